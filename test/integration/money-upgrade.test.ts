import assert from 'node:assert/strict'
import { type OlderDatabase, olderDatabase } from '../support/older-database.js'

const tenants = ['0000000c-0000-4000-8000-00000000000c', '0000000d-0000-4000-8000-00000000000d']

describe('stores that were paid before payees could be replaced', () => {
  let database: OlderDatabase
  const sql: OlderDatabase['sql'] = (text, values) => database.sql(text, values)

  before(async function () {
    this.timeout(60_000)
    database = await olderDatabase('0060')
    await sql(
      `insert into platform.payment_account (id, provider_id, mode, reference, country, credentials)
       values ('pacct_op', 'pp_stripe_stripe', 'test', 'acct_op', 'us', 'sealed')`,
    )
    for (const [id, type] of [
      ['one', 'charge.dispute.created'],
      ['two', 'payment_intent.succeeded'],
    ]) {
      await sql(
        `insert into platform.payment_event (id, payment_account_id, event_reference, type, touched, is_live, payload, state, occurred_at)
         values ($1, 'pacct_op', $1, $2, '{x}', false, '{}', 'unclaimed', now())`,
        [id, type],
      )
    }
    for (const [index, tenant] of tenants.entries()) await addStore(tenant, index + 1)
    await database.upgrade()
  })
  after(() => database?.drop())

  /** A vendor with a payee, and a charge of so many euros that its account changed into dollars. */
  async function addStore(tenant: string, number: number): Promise<void> {
    await sql(`insert into platform.tenant (id, public_id, slug, name, plan_id) values ($1, $2, $2, $2, 'plan_1')`, [
      tenant,
      `ten-${number}`,
    ])
    await sql(`insert into app.vendor (tenant_id, id, handle, name) values ($1, 'vend_1', 'one', 'One')`, [tenant])
    await sql(
      `insert into app.payment_account (tenant_id, id, provider_id, mode, reference, country, credentials, hook_token_hash)
       values ($1, 'pacct_1', 'pp_stripe_stripe', 'test', 'acct_1', 'us', 'sealed', 'hash')`,
      [tenant],
    )
    await sql(
      `insert into app.payee (tenant_id, id, vendor_id, payment_account_id, provider_id, reference, kind, status, country, currency_code)
       values ($1, 'payee_1', 'vend_1', 'pacct_1', 'pp_stripe_stripe', 'acct_v', 'company', 'rejected', 'us', 'usd')`,
      [tenant],
    )
    await sql(
      `insert into app.payment_event (tenant_id, id, payment_account_id, event_reference, type, payload, state, occurred_at)
       values ($1, 'pevt_1', 'pacct_1', 'evt_1', 'charge.updated', '{}', $2, now())`,
      [tenant, number === 1 ? 'parked' : 'done'],
    )
    for (const reference of ['txn_changed', 'txn_own']) {
      await sql(
        `insert into app.payment_movement (tenant_id, id, payment_account_id, reference, category, amount_minor, fee_minor, net_minor, currency_code, occurred_at)
         values ($1, $2, 'pacct_1', $2, 'charge', $3, 0, $3, 'usd', now())`,
        [tenant, reference, 110 * number],
      )
    }
    await sql(
      `with account as (
         insert into app.ledger_account (tenant_id, id, code, party_id, currency_code, normal)
         values ($1, 'lacc_fx', 'A:fx_clearing', 'pp_stripe_stripe', 'eur', 'debit'), ($1, 'lacc_psp', 'A:psp_clearing', 'pp_stripe_stripe', 'eur', 'debit')
       ), entry as (
         insert into app.ledger_transaction (tenant_id, id, source, kind, occurred_at) values ($1, 'ltx_1', 'txn_changed:from', 'conversion', now())
       )
       insert into app.ledger_posting (tenant_id, transaction_id, position, account_id, amount_minor, currency_code)
       values ($1, 'ltx_1', 0, 'lacc_fx', $2, 'eur'), ($1, 'ltx_1', 1, 'lacc_psp', -$2, 'eur')`,
      [tenant, 100 * number],
    )
    // Of 100 that were authorised 60 were captured: the books have 60 beside all of the dollars.
    await sql(
      `with collection as (
         insert into app.payment_collection (tenant_id, id, currency_code, amount_minor) values ($1, 'paycol_part', 'eur', 100)
       ), session as (
         insert into app.payment_session (tenant_id, id, payment_collection_id, provider_id, currency_code, amount_minor, reference)
         values ($1, 'payses_part', 'paycol_part', 'pp_stripe_stripe', 'eur', 100, 'pi_part')
       ), movement as (
         insert into app.payment_movement (tenant_id, id, payment_account_id, reference, payment_reference, category, amount_minor, fee_minor, net_minor, currency_code, occurred_at)
         values ($1, 'txn_part', 'pacct_1', 'txn_part', 'pi_part', 'charge', 110, 0, 110, 'usd', now())
       ), entry as (
         insert into app.ledger_transaction (tenant_id, id, source, kind, occurred_at) values ($1, 'ltx_2', 'txn_part:from', 'conversion', now())
       )
       insert into app.ledger_posting (tenant_id, transaction_id, position, account_id, amount_minor, currency_code)
       values ($1, 'ltx_2', 0, 'lacc_fx', 60, 'eur'), ($1, 'ltx_2', 1, 'lacc_psp', -60, 'eur')`,
      [tenant],
    )
  }

  it('know what was changed into another currency, each of its own, and leave open what the books have only a part of', async () => {
    const rows = await sql(
      `select tenant_id::text, reference, original_minor::int, original_currency_code from app.payment_movement order by tenant_id, reference`,
    )
    assert.deepEqual(
      rows,
      tenants.flatMap((tenant_id, index) => [
        { tenant_id, reference: 'txn_changed', original_minor: 100 * (index + 1), original_currency_code: 'eur' },
        { tenant_id, reference: 'txn_own', original_minor: null, original_currency_code: null },
        { tenant_id, reference: 'txn_part', original_minor: null, original_currency_code: null },
      ]),
    )
  })

  it('have their payee in use, and one after it once it is replaced', async () => {
    const another = `insert into app.payee (tenant_id, id, vendor_id, payment_account_id, provider_id, kind, status, country, currency_code)
      values ($1, 'payee_2', 'vend_1', 'pacct_1', 'pp_stripe_stripe', 'company', 'creating', 'us', 'usd')`
    await assert.rejects(sql(another, [tenants[0]]), /payee_in_use/)
    await sql('update app.payee set replaced_at = now() where tenant_id = $1', [tenants[0]])
    await sql(another, [tenants[0]])
  })

  it('have their staff told of payment events that were set aside', async () => {
    const queued = await sql(
      `select tenant_id::text, handler, available_at < now() + interval '1 hour' as is_soon from app.outbox_event
       where name = 'payment_events.parked' and state = 'queued'`,
    )
    assert.deepEqual(queued, [{ tenant_id: tenants[0], handler: 'send_parked_events_alarm', is_soon: true }])
  })

  it('have their abandoned carts looked for, and of the operator’s events those set aside that a person must see', async () => {
    const queued = await sql<{ tenant_id: string }>(
      `select tenant_id::text from app.outbox_event where name = 'carts.outdated' and handler = 'sweep_carts' and state = 'queued' order by 1`,
    )
    assert.deepEqual(
      queued.map((row) => row.tenant_id),
      tenants,
    )
    assert.deepEqual(await sql('select id, state, alarm_at <= now() as is_due from platform.payment_event order by id'), [
      { id: 'one', state: 'parked', is_due: true },
      { id: 'two', state: 'unclaimed', is_due: null },
    ])
  })
})

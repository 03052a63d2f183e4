import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import Stripe from 'stripe'
import { stripeOptionsFor } from '../../infra/local/stripe/index.js'
import { ensureOperator } from '../../src/access/index.js'
import type { Context } from '../../src/db/index.js'
import { systemClock } from '../../src/kernel/index.js'
import { claimReference } from '../../src/payments/operator-events.js'
import type { PaymentAccount } from '../../src/payments/provider.js'
import { type Client, client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { connectAccount, type StripeStore, stripeId, useStripe } from '../support/stripe.js'

describe("the operator's account, on which several stores are charged", () => {
  const world = useStripe()
  let operator: Client
  let stripe: Stripe
  let one: StripeStore
  let other: StripeStore
  let late: StripeStore

  before(async function () {
    this.timeout(60_000)
    const { app, simulator } = world()
    const person = { email: 'operator@platform.example', password: 'correct horse battery' }
    const context = { db: app.db, clock: systemClock, scope: { role: 'platform' as const }, requestId: 'test', actorId: 'system' }
    await ensureOperator(context, person)
    operator = client(app, { token: (await client(app).post('/auth/operator/emailpass', person)).body.token })
    stripe = new Stripe('sk_test_operator', stripeOptionsFor(simulator))
    ;[one, other, late] = [await world().openStore({ vendors: 2 }), await world().openStore(), await world().openStore()]
  })
  afterEach(async () => {
    for (const store of [one, other, late])
      assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), [])
  })

  const sql = <Row extends object>(text: string, values: unknown[] = []) => asAdmin<Row>(world().app.adminUrl, text, values)
  const control = () => world().simulator.control
  const keysOf = (name: string) => ({ provider_id: stripeId, secret_key: `sk_test_${name}`, publishable_key: `pk_test_${name}` })
  const setTo = (store: StripeStore, setting: string) => operator.post(`/platform/tenants/${store.publicId}`, { payment_account: setting })
  const accountsOf = async (store: StripeStore) => good(await store.admin.get('/admin/payment-accounts')).payment_accounts
  const unclaimed = async () => good(await operator.get('/platform/payment-events', { state: 'unclaimed', limit: 100 })).payment_events
  const orderOf = async (store: StripeStore, id: string) => good(await store.admin.get(`/admin/orders/${id}`)).order
  const both = () => one.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity: 1 }))

  /** A payment that no store of ours asked for. */
  const payElsewhere = (metadata: Record<string, string>) =>
    stripe.paymentIntents.create({
      amount: 1_000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      metadata,
    })

  /** A checksum of each table of a store's that an event could change. */
  async function stateOf(store: StripeStore): Promise<object[]> {
    const tables = ['payment', 'refund', 'dispute', 'payee', 'release', 'payment_event', 'payment_movement', 'ledger_posting', 'orders']
    return sql(
      tables
        .map((name) => `select '${name}' as name, sum(hashtextextended(t::text, 0))::text as sum from app.${name} t where tenant_id = $1`)
        .join(' union all '),
      [store.tenantId],
    )
  }

  it('is connected by the operator, and its keys are answered nowhere', async () => {
    const none = await setTo(one, 'operator')
    assert.equal(none.status, 400)
    assert.match(none.body.message, /connected no account/)
    const connected = await operator.post('/platform/payment-accounts', keysOf('operator'))
    assert.equal(good(connected).payment_account.reference, 'acct_operator')
    const rotated = good(await operator.post('/platform/payment-accounts', keysOf('operator')))
    assert.equal(rotated.payment_account.id, connected.body.payment_account.id)
    const listed = await operator.get('/platform/payment-accounts')
    assert.doesNotMatch(JSON.stringify([connected.body, rotated, listed.body]), /sk_test|whsec|credentials/)
    const wrong = await operator.post('/platform/payment-accounts', { ...keysOf('operator'), secret_key: 'nothing at all' })
    assert.equal(wrong.status, 400)
    assert.equal((await one.admin.get('/platform/payment-accounts')).status, 401)
  })

  it('takes the place of a store’s own, which its staff see and cannot change', async () => {
    for (const store of [one, other]) assert.equal(good(await setTo(store, 'operator')).tenant.payment_account, 'operator')
    const [own, shared] = (await accountsOf(one)) as [{ status: string }, { id: string; owner: string }]
    assert.equal(own.status, 'disabled')
    assert.deepEqual(
      { ...shared, id: '', created_at: '', updated_at: '' },
      { ...shared, id: '', created_at: '', updated_at: '', owner: 'operator', reference: null, publishable_key: null, status: 'active' },
    )
    const refused = await one.admin.post('/admin/payment-accounts', keysOf(one.accountName))
    assert.equal(refused.body.code, 'operator_account')
    assert.match(refused.body.message, /Ask the operator/)
    assert.equal((await one.admin.delete(`/admin/payment-accounts/${shared.id}`)).body.code, 'operator_account')
  })

  it('is charged for orders of each store, whose fees are its own', async () => {
    for (const store of [one, other]) {
      const { order, intentId } = await store.buy()
      await world().settle()
      assert.equal((await stripe.paymentIntents.retrieve(intentId)).status, 'succeeded')
      assert.equal((await orderOf(store, order.id)).payment_status, 'captured')
      const [fees] = await sql<{ count: string }>(`select count(*) from app.payment_movement where tenant_id = $1 and fee_minor > 0`, [
        store.tenantId,
      ])
      assert.equal(Number(fees?.count), 1)
    }
    assert.deepEqual(await unclaimed(), [])
  })

  it('places the order of a shopper who closed the page, by the event alone', async () => {
    const { cartId, intentId } = await one.cartToPay()
    await control().confirmPayment(intentId, 'pm_card_visa')
    const before = await stateOf(other)
    await world().settle()
    const { orders } = good(await one.admin.get('/admin/orders', { limit: 1, order: '-created_at' }))
    const [cart] = await sql<{ order_id: string }>('select order_id from app.cart where tenant_id = $1 and id = $2', [one.tenantId, cartId])
    assert.equal(orders[0].id, cart?.order_id)
    assert.deepEqual(await stateOf(other), before)
  })

  it('tells of refunds and disputes to the store alone whose they are', async () => {
    const { order, intentId } = await one.buy(both())
    await other.buy()
    await world().settle()
    const before = await stateOf(other)
    await stripe.refunds.create({ payment_intent: intentId, amount: 100 })
    await world().settle()
    assert.equal(good(await one.admin.get('/admin/payments', { order_id: order.id })).payments[0].refunds[0]?.amount, 1)
    const intent = await stripe.paymentIntents.retrieve(intentId)
    const reference = await control().openDispute(intent.latest_charge as string, { amount: 500 })
    await world().settle()
    assert.equal(good(await one.admin.get('/admin/disputes', { order_id: order.id })).disputes[0]?.status, 'needs_response')
    await control().closeDispute(reference, 'won')
    await world().settle()
    assert.equal(good(await one.admin.get('/admin/disputes', { order_id: order.id })).disputes[0]?.status, 'won')
    assert.deepEqual(await stateOf(other), before)
  })

  it('pays a store’s vendors, and takes back what is refunded', async () => {
    good(await one.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company' }))
    const payee = async () => good(await one.vendor(0).get('/vendor/payee')).payee
    const { reference } = (await sql<{ reference: string }>('select reference from app.payee where tenant_id = $1', [one.tenantId]))[0] as {
      reference: string
    }
    await control().verifyAccount(reference)
    await world().settle()
    assert.equal((await payee()).status, 'active')
    const before = await stateOf(other)
    const { order, paymentId } = await one.buy()
    await world().settle()
    const sent = async () =>
      (
        await sql<{ sum: string }>(
          `select coalesce(sum(amount_minor), 0) as sum from app.release where tenant_id = $1 and state = 'succeeded' and order_id = $2`,
          [one.tenantId, order.id],
        )
      )[0]?.sum
    assert.ok(Number(await sent()) > 0)
    const { data: transfers } = await stripe.transfers.list({ destination: reference })
    assert.deepEqual(
      transfers.filter((transfer) => transfer.transfer_group === order.id).map(({ amount }) => amount),
      [Number(await sent())],
    )
    good(await one.admin.post(`/admin/payments/${paymentId}/refund`, {}))
    await world().settle()
    const reversed = (await stripe.transfers.list({ destination: reference })).data.filter((one_) => one_.transfer_group === order.id)
    assert.ok(reversed.length > 0 && reversed.every((transfer) => transfer.reversed))
    assert.deepEqual(await stateOf(other), before)
    assert.deepEqual(await unclaimed(), [])
  })

  it('keeps for the operator what is nobody’s, whatever it says of itself', async () => {
    await world().settle()
    const states = [await stateOf(one), await stateOf(other)]
    // A payment that was made in the operator's own pages, though it says that it is a store's.
    const alien = await payElsewhere({ tenant: one.tenantId, operation: 'session:payses_01' })
    // Each store's hourly listing of the account finds what is of others too.
    await sql(`update app.outbox_event set available_at = now() where name = 'payment_events.due' and state = 'queued'`)
    await world().settle()
    const kept = await unclaimed()
    assert.ok(
      kept.some(
        (event: { type: string; object_reference: string }) =>
          event.type === 'payment_intent.succeeded' && event.object_reference === alien.id,
      ),
    )
    assert.ok(
      kept.every(
        (event: { tenant_id: string | null; reason: string }) => event.tenant_id === null && /nothing that was made/.test(event.reason),
      ),
    )
    assert.deepEqual([await stateOf(one), await stateOf(other)], states)
    assert.doesNotMatch(JSON.stringify(kept), /payload|metadata/)
  })

  it('hands over what came before the answer that names its object', async () => {
    good(await other.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company' }))
    const [payee] = await sql<{ reference: string }>('select reference from app.payee where tenant_id = $1', [other.tenantId])
    const reference = payee?.reference as string
    // As a crash leaves it that comes before the answer is noted.
    await sql('delete from platform.payment_reference where reference = $1', [reference])
    await sql(`update app.payee set reference = null, status = 'creating' where tenant_id = $1`, [other.tenantId])
    await sql(`update app.payment_operation set state = 'sending', answer = null where tenant_id = $1 and kind = 'payee'`, [other.tenantId])
    const ofIt = async () => (await unclaimed()).filter((event: { object_reference: string }) => event.object_reference === reference)
    await control().verifyAccount(reference)
    await world().settle()
    assert.ok((await ofIt()).length > 0)
    good(await other.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company' }))
    await world().settle()
    assert.deepEqual(await ofIt(), [])
    const handled = () =>
      sql(`select id from app.payment_event where tenant_id = $1 and object_reference = $2 and state = 'done'`, [other.tenantId, reference])
    // One that met the payee under its lock is tried again a moment later.
    for (const until = Date.now() + 10_000; (await handled()).length === 0 && Date.now() < until; ) {
      await pause(100)
      await world().settle()
    }
    assert.ok((await handled()).length > 0)
    const told = await sql<{ payload: object }>(
      `select payload from platform.payment_event where state = 'handed' and object_reference = $1`,
      [reference],
    )
    assert.ok(
      told.length > 0 && told.every(({ payload }) => Object.keys(payload).length === 0),
      'the platform keeps nothing of what a store was told',
    )
    assert.equal(good(await other.vendor(0).get('/vendor/payee')).payee.status, 'active')
  })

  it('keeps for 90 days what was handed over or is nobody’s, and for as long as it takes what a person must look at', async () => {
    const countOf = async (where: string) =>
      (await sql<{ count: number }>(`select count(*)::int as count from platform.payment_event where ${where}`))[0]?.count ?? 0
    // A bank takes back what nobody's shopper paid: the operator's money goes, and no store hears of it.
    const { latest_charge } = await payElsewhere({})
    await control().openDispute(latest_charge as string)
    await world().settle()
    const parked = good(await operator.get('/platform/payment-events', { state: 'parked' })).payment_events
    assert.ok(parked.length > 0 && parked.every(({ type }: { type: string }) => type.startsWith('charge.dispute.')))
    assert.ok((await countOf(`state = 'unclaimed'`)) > 0 && (await countOf(`state in ('handed', 'ignored')`)) > 0)
    await sql(`update platform.payment_event set received_at = received_at - interval '91 days'`)
    await payElsewhere({})
    await world().settle()
    assert.equal(await countOf(`state <> 'parked' and received_at < now() - interval '90 days'`), 0)
    assert.equal(await countOf(`state = 'parked' and received_at < now() - interval '90 days'`), parked.length)
    const figure = async () => /^stoa_operator_events_parked (\d+)$/m.exec((await client(world().app).get('/metrics')).body)?.[1]
    assert.equal(Number(await figure()), parked.length)
    const [first, ...others] = parked
    const { payment_event } = good(await operator.post(`/platform/payment-events/${first.id}/ignore`))
    assert.equal(payment_event.state, 'ignored')
    assert.equal((await operator.post(`/platform/payment-events/${first.id}/ignore`)).status, 400)
    await payElsewhere({})
    await world().settle()
    assert.equal(await countOf(`received_at < now() - interval '90 days'`), others.length)
    for (const { id } of others) good(await operator.post(`/platform/payment-events/${id}/ignore`))
  })

  it('leaves for a person what points at objects of several stores, also when one of them notes another object', async () => {
    const [standIn] = await sql<{ id: string; operator: string }>(
      'select id, operator_account_id as operator from app.payment_account where tenant_id = $1 and operator_account_id is not null',
      [one.tenantId],
    )
    const { id, operator: operatorAccountId } = standIn as { id: string; operator: string }
    await sql(`insert into platform.payment_reference (payment_account_id, reference, tenant_id) values ($1, 'pi_of_other', $2)`, [
      operatorAccountId,
      other.tenantId,
    ])
    for (const [event, touched] of [
      ['evt_of_both', ['pi_of_one', 'pi_of_other']],
      ['evt_of_one', ['pi_of_one', 'dp_of_nobody']],
    ] as const) {
      await sql(
        `insert into platform.payment_event (id, payment_account_id, event_reference, type, touched, is_live, payload, state, occurred_at)
         values ($1, $2, $1, 'charge.dispute.created', $3, false, '{}', 'parked', now())`,
        [event, operatorAccountId, touched],
      )
    }
    const { app } = world()
    const context: Context = {
      db: app.db,
      clock: systemClock,
      scope: { role: 'platform', tenantId: one.tenantId },
      requestId: 'test',
      actorId: 'system',
    }
    const account = { id, operatorAccountId, mode: 'test' } as PaymentAccount
    await app.db.unitOfWork(context.scope, (unit) => claimReference(unit, context, account, 'pi_of_one'))
    const kept = await sql(`select id, state from platform.payment_event where id in ('evt_of_both', 'evt_of_one') order by id`)
    assert.deepEqual(kept, [
      { id: 'evt_of_both', state: 'parked' },
      { id: 'evt_of_one', state: 'handed' },
    ])
    await sql(`delete from platform.payment_event where id in ('evt_of_both', 'evt_of_one')`)
    await sql(`delete from platform.payment_reference where reference in ('pi_of_one', 'pi_of_other')`)
    await app.drain()
  })

  it('is held against each store’s rows alone', async () => {
    for (const store of [one, other]) {
      good(await store.admin.post('/admin/reconciliation/runs', {}))
      await world().settle()
      const { reconciliation_exceptions } = good(await store.admin.get('/admin/reconciliation/exceptions', { limit: 100 }))
      assert.deepEqual(reconciliation_exceptions, [])
      const foreign = await sql(
        `select m.reference from app.payment_movement m where m.tenant_id = $1 and not exists (select 1 from platform.payment_reference r
           where r.tenant_id = $1 and r.reference in (m.source, m.payment_reference))`,
        [store.tenantId],
      )
      assert.deepEqual(foreign, [])
    }
  })

  it('keeps what was begun on an account there, whatever the store is set to since', async () => {
    const begun = await late.buy()
    good(await setTo(late, 'operator'))
    await world().settle()
    good(await late.admin.post(`/admin/payments/${begun.paymentId}/refund`, {}))
    assert.equal((await late.stripe.refunds.list({ payment_intent: begun.intentId })).data.length, 1)
    const shared = await late.buy()
    good(await setTo(late, 'own'))
    await world().settle()
    good(await late.admin.post(`/admin/payments/${shared.paymentId}/refund`, {}))
    assert.equal((await stripe.refunds.list({ payment_intent: shared.intentId })).data.length, 1)
    await assert.rejects(late.cartToPay(), /cannot be paid through pp_stripe_stripe/)
    await connectAccount(late, late.accountName)
    assert.equal((await late.stripe.paymentIntents.retrieve((await late.buy()).intentId)).status, 'succeeded')
  })

  it('is replaced for all its stores at once, and is charged no more once it is disabled', async () => {
    const next = good(await operator.post('/platform/payment-accounts', keysOf('operatornext'))).payment_account
    const fresh = new Stripe('sk_test_operatornext', stripeOptionsFor(world().simulator))
    const { order, intentId } = await other.buy()
    await world().settle()
    assert.equal((await fresh.paymentIntents.retrieve(intentId)).status, 'succeeded')
    assert.equal((await orderOf(other, order.id)).payment_status, 'captured')
    assert.equal((await operator.delete(`/platform/payment-accounts/${next.id}`)).status, 200)
    await assert.rejects(other.cartToPay(), /cannot be paid through pp_stripe_stripe/)
  })
})

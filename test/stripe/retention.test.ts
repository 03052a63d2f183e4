import assert from 'node:assert/strict'
import { sweepPaymentEvents } from '../../src/payments/index.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { jobContext } from '../support/payouts.js'
import { type StripeStore, useStripe } from '../support/stripe.js'

describe('what Stripe told long ago', () => {
  const world = useStripe()
  let store: StripeStore
  let paymentId: string
  let intentId: string
  before(async function () {
    this.timeout(30_000)
    store = await world().openStore({ vendors: 2 })
    ;({ paymentId, intentId } = await store.buy())
    good(await store.admin.post(`/admin/payments/${paymentId}/refund`, { amount: 2.5 }))
    await world().settle()
    await world().settle()
  })

  const sql = <Row extends object>(text: string, values: unknown[] = []) => asAdmin<Row>(world().app.adminUrl, text, values)
  const events = () =>
    sql<{ id: string; type: string; state: string; event_reference: string }>(
      'select * from app.payment_event where tenant_id = $1 order by id',
      [store.tenantId],
    )
  const agedBy = (days: number) =>
    sql(
      `update app.payment_event set received_at = now() - $2 * interval '1 day',
         settled_at = case when state in ('done', 'ignored', 'parked') then now() - $2 * interval '1 day' end where tenant_id = $1`,
      [store.tenantId, days],
    )
  /** Everything that money is kept in. */
  const books = () =>
    sql(
      `select (select jsonb_agg(to_jsonb(p) order by p.id) from app.payment p where p.tenant_id = $1) as payments,
              (select jsonb_agg(to_jsonb(r) order by r.id) from app.refund r where r.tenant_id = $1) as refunds,
              (select jsonb_agg(to_jsonb(t) order by t.id) from app.ledger_transaction t where t.tenant_id = $1) as entries,
              (select jsonb_agg(to_jsonb(p) order by p.transaction_id, p.position) from app.ledger_posting p where p.tenant_id = $1) as postings`,
      [store.tenantId],
    )

  it('goes in the night after 90 days, and what waits or was set aside stays', async () => {
    const before = await events()
    assert.ok(before.length > 3 && before.every(({ state }) => state === 'done' || state === 'ignored'), JSON.stringify(before))
    const [parked, pending] = before as [(typeof before)[0], (typeof before)[0]]
    await sql(`update app.payment_event set state = 'parked' where tenant_id = $1 and id = $2`, [store.tenantId, parked.id])
    await sql(`update app.payment_event set state = 'pending' where tenant_id = $1 and id = $2`, [store.tenantId, pending.id])
    await agedBy(89)
    await sweepPaymentEvents(jobContext(world().app, store))
    assert.equal((await events()).length, before.length)
    await agedBy(91)
    await sql(
      `update app.outbox_event set available_at = now() where tenant_id = $1 and name = 'reconciliation.due' and state = 'queued'`,
      [store.tenantId],
    )
    await world().app.drain()
    assert.deepEqual(
      (await events()).map(({ id, state }) => [id, state]),
      [
        [parked.id, 'parked'],
        [pending.id, 'pending'],
      ],
    )
  })

  it('does no harm when it is told again', async () => {
    const [before, kept] = [await books(), (await events()).map(({ event_reference }) => event_reference)]
    // The hourly listing takes in what is not among our rows, under the names that it had before.
    await sql(`update app.payment_account set events_listed_until = now() - interval '1 day' where tenant_id = $1`, [store.tenantId])
    await sql(
      `update app.outbox_event set available_at = now() where tenant_id = $1 and name = 'payment_events.due' and state = 'queued'`,
      [store.tenantId],
    )
    await world().app.drain()
    const taken = (await events()).filter(({ event_reference }) => !kept.includes(event_reference))
    const types = taken.map(({ type }) => type)
    assert.ok(types.includes('charge.updated') && types.includes('refund.created'), JSON.stringify(types))
    assert.ok(
      taken.every(({ state }) => state === 'done' || state === 'ignored'),
      JSON.stringify(taken.map(({ state }) => state)),
    )
    assert.deepEqual(await books(), before)
    assert.equal((await store.stripe.refunds.list({ payment_intent: intentId })).data.length, 1)
    assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), [])
  })
})

import assert from 'node:assert/strict'
import Stripe from 'stripe'
import {
  handlePaymentEvent,
  type PaymentProvider,
  paymentProviderOf,
  registerPaymentProvider,
  type RemotePort,
} from '../../src/payments/index.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { addStaff } from '../support/people.js'
import { jobContext } from '../support/payouts.js'
import { endpointOf, eventOf, sendEvent } from '../support/stripe-events.js'
import { brokenInvariants } from '../support/invariants.js'
import { connectAccount, type StripeStore, stripeId, useStripe } from '../support/stripe.js'

describe('what Stripe tells', () => {
  const world = useStripe()
  let store: StripeStore
  before(async function () {
    this.timeout(30_000)
    store = await world().openStore({ vendors: 2 })
  })
  afterEach(async () => assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), []))
  const sql = <Row extends object>(text: string, values: unknown[] = []) => asAdmin<Row>(world().app.adminUrl, text, values)
  const events = () =>
    sql<{ event_reference: string; state: string }>('select * from app.payment_event where tenant_id = $1', [store.tenantId])

  const endpoint = (of: StripeStore = store) => endpointOf(world(), of)
  const send = (payload: string, how: Parameters<typeof sendEvent>[3] = {}) => sendEvent(world(), store, payload, how)

  it('is refused when it is forged, stale, dated ahead, changed or not signed, and leaves no row', async () => {
    const before = (await events()).length
    const good = eventOf('evt_forged')
    assert.equal(await send(good, { secret: 'whsec_somebody_elses' }), 400)
    assert.equal(await send(good, { secret: (await endpoint(await world().openStore())).secret }), 400, 'what another account signed')
    assert.equal(await send(good, { at_s: -301 }), 400)
    assert.equal(await send(good, { at_s: 302 }), 400)
    assert.equal(await send(good, { signature: 't=1,v1=00' }), 400)
    assert.equal(await send(good, { signature: '' }), 400)
    const { url, secret } = await endpoint()
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: good, secret })
    const asked = async (address: string, body: string) =>
      (await fetch(address, { method: 'POST', headers: { 'stripe-signature': signature }, body })).status
    assert.equal(await asked(url, good.replace('nobody', 'other')), 400)
    assert.deepEqual([await asked(`${url}x`, good), await asked(url, 'x'.repeat(600_000))], [404, 413])
    assert.equal((await events()).length, before)
  })

  it('is kept once, however often it is told', async () => {
    const payload = eventOf('evt_replayed')
    assert.deepEqual(await Promise.all([send(payload), send(payload), send(payload)]), [200, 200, 200])
    assert.equal((await events()).filter((event) => event.event_reference === 'evt_replayed').length, 1)
    // What it names is not known, yet: the job waits, and is not lost.
    const [job] = await sql<{ state: string }>(
      `select e.state from app.outbox_event e join app.payment_event p on p.tenant_id = e.tenant_id and e.payload ->> 'payment_event_id' = p.id
       where p.event_reference = 'evt_replayed'`,
    )
    assert.ok(['queued', 'leased'].includes(job?.state ?? ''), job?.state)
    await sql(
      `delete from app.outbox_event where payload ->> 'payment_event_id' = (select id from app.payment_event where event_reference = 'evt_replayed')`,
    )
  })

  it('is set aside when it is of another mode, or of nothing that is known for long, and can be tried again', async () => {
    assert.equal(await send(eventOf('evt_live', { livemode: true })), 200)
    const [parked] = good(await store.admin.get('/admin/payment-events', { state: 'parked' })).payment_events
    assert.equal(parked.reference, 'evt_live')
    assert.match(parked.reason, /live event for an account in test mode/)
    await sql(`update app.payment_event set received_at = now() - interval '1 hour' where event_reference = 'evt_live'`)
    good(await store.admin.post(`/admin/payment-events/${parked.id}/retry`))
    await world().app.drain()
    const again = good(await store.admin.get(`/admin/payment-events/${parked.id}`))
    assert.match(again.payment_event.reason, /Nothing of this store/)
    assert.equal((await store.admin.post(`/admin/payment-events/${store.tenantId}/retry`)).status, 404)
  })

  it('is told of to staff by mail when it was set aside, soon and together, and each day until somebody has looked', async () => {
    const waiting = async () => good(await store.admin.get('/admin/payment-events', { state: 'parked' })).payment_events
    await addStaff(world().app, store, 'store_support')
    assert.equal(await send(eventOf('evt_live_again', { livemode: true })), 200)
    await world().app.drain()
    const told = () => world().app.mails.filter(({ subject }) => /payment event.* wait.* for you/.test(subject))
    assert.deepEqual(told(), [], 'what comes together is told of together')
    /** Of what waits, told at once whenever it would be. */
    const later = async (hours = 0) => {
      const back = `- $2 * interval '1 hour' where tenant_id = $1`
      await sql(`update app.payment_event set alarm_at = alarm_at ${back}`, [store.tenantId, hours])
      await sql(`update app.payment_account set events_told_at = events_told_at ${back}`, [store.tenantId, hours])
      const due = await sql(
        `update app.outbox_event set available_at = now() where tenant_id = $1 and name = 'payment_events.parked' and state = 'queued' returning id`,
        [store.tenantId],
      )
      await world().app.drain()
      return due.length
    }
    assert.ok((await later()) > 1, 'each says that it waits')
    const parked = await waiting()
    assert.deepEqual(
      told().map(({ to, subject }) => [to, subject]),
      [[store.owner.email, `${parked.length} payment events wait for you`]],
    )
    for (const { id, reason } of parked) assert.ok(told()[0]?.text.includes(id) && told()[0]?.text.includes(reason))
    assert.equal(await later(), 2, 'the next day, and who tells of it should the first have died')
    assert.equal(told().length, 1)
    const [first, ...others] = parked
    for (const { id } of others) good(await store.admin.post(`/admin/payment-events/${id}/ignore`))
    await sql(
      `update app.outbox_event set state = 'queued' where id = (
         select max(id) from app.outbox_event where tenant_id = $1 and name = 'payment_events.parked')`,
      [store.tenantId],
    )
    await later(25)
    assert.equal(told().length, 2)
    assert.deepEqual([told()[1]?.subject, told()[1]?.text.includes(first.id)], ['A payment event waits for you', true])
    good(await store.admin.post(`/admin/payment-events/${first.id}/ignore`))
    assert.equal((await store.admin.post(`/admin/payment-events/${first.id}/ignore`)).status, 400)
    await later(25)
    assert.deepEqual([told().length, await waiting()], [2, []])
    const seen = good(await store.admin.get(`/admin/payment-events/${first.id}`)).payment_event
    assert.ok(seen.settled_at !== null, 'it goes when its time comes')
    const another = async (event: string) => {
      assert.equal(await send(eventOf(event, { livemode: true })), 200)
      await world().app.drain()
      await later()
      return told().length
    }
    assert.deepEqual([await another('evt_live_third'), await another('evt_live_fourth')], [3, 3], 'one by one is not a mail each')
    await later(2)
    for (const { id } of await waiting()) good(await store.admin.post(`/admin/payment-events/${id}/ignore`))
    assert.deepEqual([told().length, await another('evt_live_fifth')], [4, 4], 'nor where all of it was seen to')
    await later(2)
    assert.equal(told().length, 5)
  })

  it('is ignored when it asks for nothing', async () => {
    assert.equal(await send(eventOf('evt_created', { type: 'payment_intent.created' })), 200)
    await world().app.drain()
    assert.equal((await events()).find((event) => event.event_reference === 'evt_created')?.state, 'ignored')
  })

  it('of a refund and a capture that were made in the dashboard comes into the order', async () => {
    const careful = await world().openStore({ paymentCapture: 'manual' })
    const { order, intentId } = await careful.buy()
    await careful.stripe.paymentIntents.capture(intentId)
    await world().settle()
    const captured = good(await careful.admin.get('/admin/payments', { order_id: order.id })).payments[0]
    assert.equal(captured.captured_amount, order.total)
    await careful.stripe.refunds.create({ payment_intent: intentId, amount: 250 })
    await world().settle()
    await world().settle()
    const refunded = good(await careful.admin.get('/admin/payments', { order_id: order.id })).payments[0]
    assert.equal(refunded.refunded_amount, 2.5)
    assert.equal(refunded.refunds.length, 1)
    assert.match(refunded.refunds[0].note, /Made at the payment provider: re_/)
    assert.deepEqual(await brokenInvariants(world().app.adminUrl, careful.tenantId, { atRest: false }), [])
  })

  it('of a refund that was made in the dashboard gives the money back once, where booking it broke off', async () => {
    const { intentId, paymentId } = await store.buy()
    await world().settle()
    await sql(`alter table app.refund add constraint breaks_off check (state = 'pending') not valid`)
    await store.stripe.refunds.create({ payment_intent: intentId, amount: 100 })
    await world().settle()
    await sql('alter table app.refund drop constraint breaks_off')
    const open = await sql(`select id from app.refund where tenant_id = $1 and payment_id = $2 and state = 'pending'`, [
      store.tenantId,
      paymentId,
    ])
    assert.equal(open.length, 1)
    await sql(
      `update app.outbox_event set available_at = now() where tenant_id = $1 and state = 'queued' and name = 'payment.event_received'`,
      [store.tenantId],
    )
    await world().settle()
    assert.equal((await store.stripe.refunds.list({ payment_intent: intentId })).data.length, 1)
    const [payment] = good(await store.admin.get('/admin/payments', { id: paymentId })).payments
    assert.deepEqual(
      payment.refunds.map((refund: { amount: number }) => refund.amount),
      [1],
    )
  })

  it('of an authorisation that was given up in the dashboard leaves the order to be paid anew', async () => {
    const careful = await world().openStore({ paymentCapture: 'manual' })
    const { order, intentId } = await careful.buy()
    await careful.stripe.paymentIntents.cancel(intentId)
    await world().settle()
    const found = good(await careful.admin.get(`/admin/orders/${order.id}`)).order
    assert.equal(found.payment_status, 'not_paid')
    const collection = found.payment_collections.find((one: { status: string }) => one.status === 'not_paid')
    assert.equal(collection.amount, order.total)
    assert.deepEqual(await brokenInvariants(world().app.adminUrl, careful.tenantId, { atRest: false }), [])
    good(await careful.admin.post(`/admin/payment-collections/${collection.id}/mark-as-paid`, { order_id: order.id }))
    assert.equal(good(await careful.admin.get(`/admin/orders/${order.id}`)).order.payment_status, 'captured')
    assert.deepEqual(await brokenInvariants(world().app.adminUrl, careful.tenantId, { atRest: false }), [])
  })

  it('of a refund that the bank returned makes the shopper be owed it again', async () => {
    const { intentId, paymentId } = await store.buy()
    good(await store.admin.post(`/admin/payments/${paymentId}/refund`, { amount: 4 }))
    const [refund] = (await store.stripe.refunds.list({ payment_intent: intentId })).data
    await world().simulator.control.failRefund(refund?.id as string)
    await world().settle()
    const { payment } = good(await store.admin.get(`/admin/payments/${paymentId}`))
    assert.equal(payment.refunded_amount, 0)
    // It is owed, and can be given once more.
    good(await store.admin.post(`/admin/payments/${paymentId}/refund`, { amount: 4 }))
    const again = good(await store.admin.get(`/admin/payments/${paymentId}`))
    assert.equal(again.payment.refunded_amount, 4)
  })

  it('of the stock that is gone gives the authorisation up when the shopper does not come back', async () => {
    const scarce = await world().openStore({ stock: 1 })
    const first = await scarce.cartToPay()
    const second = await scarce.cartToPay()
    for (const { intentId } of [first, second]) await world().simulator.control.confirmPayment(intentId, 'pm_card_visa')
    good(await scarce.shopper.post(`/store/carts/${first.cartId}/complete`))
    await world().settle()
    assert.equal((await scarce.stripe.paymentIntents.retrieve(second.intentId)).status, 'requires_capture')
    await sql(`update app.outbox_event set available_at = now() where name = 'payment_session.ended' and tenant_id = $1`, [scarce.tenantId])
    await world().settle()
    assert.equal((await scarce.stripe.paymentIntents.retrieve(second.intentId)).status, 'canceled')
    assert.deepEqual(await brokenInvariants(world().app.adminUrl, scarce.tenantId, { atRest: false }), [])
  })

  it('is not needed: what was paid is found out without it', async () => {
    world().simulator.control.setFaults({ delivery: { drop: 1 } })
    const { cartId, intentId } = await store.cartToPay()
    await world().simulator.control.confirmPayment(intentId, 'pm_card_visa')
    await world().settle()
    world().simulator.control.setFaults({ delivery: { drop: 0 } })
    await sql(`update app.outbox_event set available_at = now() where name = 'payment_session.check' and tenant_id = $1`, [store.tenantId])
    await world().app.drain()
    const [cart] = await sql<{ order_id: string | null }>('select order_id from app.cart where id = $1', [cartId])
    assert.ok(cart?.order_id)
  })

  it('is listed every hour, so that what never arrived is handled all the same, and once', async () => {
    const lost = await world().openStore({ paymentCapture: 'manual', vendors: 1 })
    const { intentId, paymentId } = await lost.buy()
    await world().settle()
    good(await lost.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company' }))
    await world().settle()
    const [payee] = good(await lost.admin.get('/admin/payees')).payees
    assert.equal(payee.status, 'onboarding')
    world().simulator.control.setFaults({ delivery: { drop: 1 } })
    await lost.stripe.paymentIntents.capture(intentId)
    await lost.stripe.refunds.create({ payment_intent: intentId, amount: 250 })
    await world().simulator.control.verifyAccount(payee.reference)
    await world().settle()
    world().simulator.control.setFaults({ delivery: { drop: 0 } })
    const paymentNow = async () => good(await lost.admin.get(`/admin/payments/${paymentId}`)).payment
    assert.equal((await paymentNow()).captured_amount, 0)
    const due = `name = 'payment_events.due' and tenant_id = $1 and state = 'queued'`
    const list = async () => {
      await sql(`update app.outbox_event set available_at = now() where ${due}`, [lost.tenantId])
      await world().app.drain()
      // One of the refund's events may have to wait for another.
      await sql(
        `update app.outbox_event set available_at = now() where name = 'payment.event_received' and tenant_id = $1 and state = 'queued'`,
        [lost.tenantId],
      )
      await world().app.drain()
      const waiting = await sql<{ minutes: number }>(
        `select extract(epoch from available_at - now())::float8 / 60 as minutes from app.outbox_event where ${due}`,
        [lost.tenantId],
      )
      assert.ok(waiting.length === 1 && (waiting[0]?.minutes ?? 0) > 50, JSON.stringify(waiting))
    }
    await list()
    const payment = await paymentNow()
    assert.equal(payment.refunded_amount, 2.5)
    // Several events of the one refund are handled at once: none of them gives the money back again.
    assert.equal((await lost.stripe.refunds.list({ payment_intent: intentId })).data.length, 1)
    assert.equal(payment.captured_amount, payment.amount)
    assert.equal(good(await lost.admin.get(`/admin/payees/${payee.id}`)).payee.status, 'active')
    const kept = () =>
      sql<{ rows: object }>(
        `select jsonb_build_array(
           (select jsonb_agg(to_jsonb(e) order by e.id) from app.payment_event e where e.tenant_id = $1),
           (select jsonb_agg(to_jsonb(t) order by t.id) from app.ledger_transaction t where t.tenant_id = $1)) as rows`,
        [lost.tenantId],
      )
    // What our own transfers caused is delivered again.
    await world().settle()
    const before = await kept()
    await list()
    assert.deepEqual(await kept(), before)
    assert.deepEqual(await brokenInvariants(world().app.adminUrl, lost.tenantId, { atRest: false }), [])
  })

  it('is not read for again when it came before the last reading, and is when it came during it', async () => {
    const careful = await world().openStore({ paymentCapture: 'manual' })
    const { intentId, paymentId } = await careful.buy()
    await world().settle()
    /** As they come in, without the jobs that would handle them. */
    const receive = async (...types: string[]) => {
      const rows = await sql<{ id: string }>(
        `insert into app.payment_event (tenant_id, id, payment_account_id, event_reference, type, payload, occurred_at)
         select $1, 'pevt_' || t, a.id, 'evt_' || t, t, jsonb_build_object('data', jsonb_build_object('object',
           jsonb_build_object('id', $2::text, 'payment_intent', $2::text))), now()
         from unnest($3::text[]) t join app.payment_account a on a.tenant_id = $1 returning id`,
        [careful.tenantId, intentId, types],
      )
      return rows.map(({ id }) => id)
    }
    world().simulator.control.setFaults({ delivery: { drop: 1 } })
    await careful.stripe.paymentIntents.capture(intentId)
    const before = await receive('payment_intent.succeeded', 'payment_intent.amount_capturable_updated')
    const provider = paymentProviderOf(stripeId) as PaymentProvider & { remote: RemotePort }
    let readings = 0
    let during: string[] = []
    const fetchPayment: RemotePort['fetchPayment'] = async (call, reference) => {
      const seen = await provider.remote.fetchPayment(call, reference)
      readings += 1
      if (readings > 1) return seen
      // While the answer is under way, somebody refunds it, and that is told.
      await careful.stripe.refunds.create({ payment_intent: intentId, amount: 250 })
      during = await receive('refund.created', 'charge.refunded')
      return seen
    }
    registerPaymentProvider({ ...provider, remote: { ...provider.remote, fetchPayment } })
    const handle = (id: string) =>
      handlePaymentEvent(
        jobContext(world().app, careful),
        { payment_event_id: id },
        { complete: () => assert.fail('it has its order'), touches: {} },
      )
    try {
      for (const id of before) await handle(id)
      assert.deepEqual([before.length, readings], [2, 1])
      for (const id of during) await handle(id)
      assert.deepEqual([during.length, readings], [2, 2])
    } finally {
      registerPaymentProvider(provider)
      world().simulator.control.setFaults({ delivery: { drop: 0 } })
    }
    const { payment } = good(await careful.admin.get(`/admin/payments/${paymentId}`))
    assert.deepEqual([payment.captured_amount, payment.refunded_amount], [payment.amount, 2.5])
  })

  it('of a transfer that was reversed in the dashboard is booked, and the vendor is paid again when staff say so', async () => {
    const paid = await world().openStore({ vendors: 1 })
    good(await paid.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company' }))
    const [payee] = good(await paid.admin.get('/admin/payees')).payees
    await world().simulator.control.verifyAccount(payee.reference)
    await paid.buy()
    await world().settle()
    await world().settle()
    const transfers = async () => (await paid.stripe.transfers.list()).data
    const transfer = (await transfers())[0] as Stripe.Transfer
    await paid.stripe.transfers.createReversal(transfer.id, { amount: 300 })
    await world().settle()
    const clawbacks = () =>
      sql<{ amount_minor: string }>(`select amount_minor from app.clawback where tenant_id = $1 and state = 'succeeded'`, [paid.tenantId])
    const holds = async () =>
      good(await paid.admin.get('/admin/holds')).holds.filter((hold: { lifted_at: unknown }) => hold.lifted_at === null)
    assert.deepEqual(await clawbacks(), [{ amount_minor: '300' }])
    const [hold, ...more] = await holds()
    assert.deepEqual([hold.reason, hold.amount, more.length], ['manual', 3, 0])
    assert.match(hold.note, /Taken back at the payment provider: trr_/)
    // Another, of which no event comes: the night finds it. The first is known.
    world().simulator.control.setFaults({ delivery: { drop: 1 } })
    await paid.stripe.transfers.createReversal(transfer.id, { amount: 200 })
    await world().simulator.control.advance(60_000)
    world().simulator.control.setFaults({ delivery: { drop: 0 } })
    good(await paid.admin.post('/admin/reconciliation/runs', {}))
    await world().app.drain()
    assert.deepEqual(good(await paid.admin.get('/admin/reconciliation/exceptions', { state: 'open' })).reconciliation_exceptions, [])
    assert.deepEqual((await clawbacks()).map((row) => row.amount_minor).sort(), ['200', '300'])
    assert.equal((await transfers()).length, 1)
    // Time for the money of the sale to be there.
    await world().settle(8 * 86_400_000)
    for (const { id } of await holds()) good(await paid.admin.post(`/admin/holds/${id}/release`))
    await world().settle()
    const net = (await transfers()).reduce((sum, { amount, amount_reversed }) => sum + amount - amount_reversed, 0)
    assert.equal(net, transfer.amount)
    assert.deepEqual(await brokenInvariants(world().app.adminUrl, paid.tenantId, { atRest: false }), [])
  })

  it('is heard under old secrets while the account is connected again, whose keys nobody can read', async () => {
    const { url, secret } = await endpoint()
    const id = await connectAccount(store, store.accountName)
    const accounts = good(await store.admin.get('/admin/payment-accounts')).payment_accounts
    assert.deepEqual(
      accounts.map((account: { id: string }) => account.id),
      [id],
    )
    assert.doesNotMatch(JSON.stringify(accounts), /sk_test|whsec/)
    const rows = await sql('select * from app.payment_account where tenant_id = $1', [store.tenantId])
    assert.doesNotMatch(JSON.stringify(rows), /sk_test|whsec/)
    const payload = eventOf('evt_old_secret', { type: 'payment_intent.created' })
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret })
    const response = await fetch(url, { method: 'POST', headers: { 'stripe-signature': header }, body: payload })
    assert.equal(response.status, 200)
  })
})

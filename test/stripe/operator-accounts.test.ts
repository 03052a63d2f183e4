import assert from 'node:assert/strict'
import Stripe from 'stripe'
import { stripeOptionsFor } from '../../infra/local/stripe/index.js'
import { ensureOperator } from '../../src/access/index.js'
import { type Mail, sendOperatorAlarm } from '../../src/notifications/index.js'
import { buy } from '../support/after-sale.js'
import { type Client, client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { type StripeOrder, type StripeStore, stripeId, useStripe } from '../support/stripe.js'
import { addPayees } from './truths.js'

const day_ms = 86_400_000
const rate = 1.1

describe("accounts of the operator's, one after the other, that keep another currency than shoppers pay in", () => {
  const world = useStripe({ virtualTime: true, simulator: { settlement: { currency: 'usd', rates: { eur: rate } } } })
  let operator: Client
  let stripe: Stripe
  let store: StripeStore

  before(async function () {
    this.timeout(60_000)
    const { app, simulator } = world()
    const person = { email: 'operator@platform.example', password: 'correct horse battery' }
    const context = { db: app.db, clock: simulator.control, scope: { role: 'platform' as const }, requestId: 'test', actorId: 'system' }
    await ensureOperator(context, person)
    operator = client(app, { token: (await client(app).post('/auth/operator/emailpass', person)).body.token })
    stripe = new Stripe('sk_test_operator', stripeOptionsFor(simulator))
    store = await world().openStore({ currency: 'eur', price_minor: 1_999n, vendors: 2 })
    good(await operator.post('/platform/payment-accounts', { provider_id: stripeId, secret_key: 'sk_test_operator' }))
    good(await operator.post(`/platform/tenants/${store.publicId}`, { payment_account: 'operator' }))
  })
  afterEach(async () => assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), []))

  const sql = <Row extends object>(text: string, values: unknown[] = []) => asAdmin<Row>(world().app.adminUrl, text, values)

  it('tells operators of what waits for a person, in one mail and each day again, until somebody has seen to it', async () => {
    const { app, simulator } = world()
    await sql(
      `insert into platform.operator (id, email, password_hash, permissions) values ('oper_stores', 'stores@platform.example', '', '{platform:tenants:read}')`,
    )
    const { latest_charge } = await stripe.paymentIntents.create({
      amount: 100_000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      metadata: { note: 'of nobody' },
    })
    await simulator.control.openDispute(latest_charge as string, { amount: 500 })
    await world().settle()
    const waiting = async () =>
      good(await operator.get('/platform/payment-events', { state: 'parked', order: 'received_at' })).payment_events
    const parked = await waiting()
    assert.ok(parked.length > 1)
    const mails: Mail[] = []
    let isRefusing = false
    const mailer = {
      async send(mail: Mail) {
        if (isRefusing) throw new Error('mail server is busy')
        mails.push(mail)
      },
      close: () => undefined,
    }
    const start = simulator.control.now().getTime()
    const tell = (minutes: number) => {
      const clock = { now: () => new Date(start + minutes * 60_000) }
      const context = { db: app.db, clock, scope: { role: 'platform' as const }, requestId: 'test', actorId: 'system' }
      return sendOperatorAlarm(context, { mailer, fromAddress: 'stoa@platform.example', publicUrl: 'https://platform.example' })
    }
    await tell(1)
    assert.equal(mails.length, 0, 'what comes together is told of together')
    const asBefore = await sql<{ id: string; alarm_at: Date }>(
      `update platform.payment_event e set alarm_at = null from platform.payment_event k where k.id = e.id and e.state = 'parked'
       returning e.id, k.alarm_at`,
    )
    await tell(1)
    assert.equal(mails.length, 1, 'what a process of the version before has set aside is told of as well')
    mails.length = 0
    await sql('update platform.payment_account set events_told_at = null', [])
    for (const { id, alarm_at } of asBefore) await sql('update platform.payment_event set alarm_at = $2 where id = $1', [id, alarm_at])
    // All three come before one of them is through.
    const gate = sql(
      `select pg_sleep(0.3) from (select count(*) from (select id from platform.payment_event where state = 'parked' for update) held) c`,
    )
    await Promise.all([tell(6), tell(6), tell(6), gate])
    await tell(12)
    assert.deepEqual(
      mails.map(({ to, subject }) => [to, subject]),
      [['operator@platform.example', `${parked.length} payment events wait for you`]],
    )
    const [mail] = mails as [Mail]
    for (const { id, object_reference } of parked) {
      assert.ok([mail.text, mail.html].every((text) => text.includes(`${id}: charge.dispute`) && text.includes(object_reference)))
    }
    assert.match(mail.text, /https:\/\/platform\.example\/platform\/payment-events\?state=parked/)
    assert.doesNotMatch(mail.text, /of nobody|metadata/)
    isRefusing = true
    await assert.rejects(tell(25 * 60))
    isRefusing = false
    await tell(25 * 60 + 1)
    assert.equal(mails.length, 1, 'who fails is followed after some minutes')
    await tell(25 * 60 + 6)
    assert.equal(mails.length, 2)
    assert.match(mails[1]?.text ?? '', /received 25 h ago/)
    // Once its object turns out to be a store's, it is that store's to read.
    const [first, ...others] = parked
    const retry = () => operator.post(`/platform/payment-events/${first.id}/retry`)
    const nobodys = await retry()
    assert.deepEqual([nobodys.status, nobodys.body.code], [400, 'payment_object_unknown'])
    assert.match(nobodys.body.message, /nothing that was made for a store/)
    const touched = `select unnest(touched) as reference from platform.payment_event where id = $1`
    await sql(
      `insert into platform.payment_reference (payment_account_id, reference, tenant_id)
       select $2, reference, $3 from (${touched}) t`,
      [first.id, first.payment_account_id, store.tenantId],
    )
    good(await operator.post(`/platform/payment-events/${first.id}/ignore`))
    const { payment_event: handed } = good(await retry())
    assert.deepEqual([handed.state, handed.tenant_id], ['handed', store.publicId])
    const kept = await sql(`select id from app.payment_event where tenant_id = $1 and event_reference = $2`, [
      store.tenantId,
      first.reference,
    ])
    assert.equal(kept.length, 1)
    assert.equal((await retry()).status, 400)
    for (const { id } of others) good(await operator.post(`/platform/payment-events/${id}/ignore`))
    await tell(50 * 60)
    assert.deepEqual([mails.length, await waiting()], [2, []])
    const setAside = `update platform.payment_event set state = 'parked', alarm_at = $2 where id = $1`
    await sql(setAside, [others[0].id, new Date(start)])
    for (const [minutes, count] of [
      [25 * 60 + 60, 2],
      [25 * 60 + 67, 3],
    ] as const) {
      await tell(minutes)
      assert.equal(mails.length, count, 'also where all that was told of was seen to, nobody is told of more within the hour')
    }
    good(await operator.post(`/platform/payment-events/${others[0].id}/ignore`))
    // It knows no such dispute, and sets the event aside in its own list.
    await sql(`delete from platform.payment_reference where tenant_id = $2 and reference in (${touched})`, [first.id, store.tenantId])
    await sql(`delete from app.outbox_event where tenant_id = $1 and name = 'payment.event_received' and state <> 'done'`, [store.tenantId])
    await sql(`delete from app.payment_event where tenant_id = $1 and event_reference = $2`, [store.tenantId, first.reference])
  })

  const nights = async (count: number) => {
    for (let night = 0; night < count; night += 1) {
      await world().settle(day_ms)
      // What was to be looked at again within that day is due.
      await sql(`update app.outbox_event set available_at = now() where tenant_id = $1 and state = 'queued' and available_at < $2`, [
        store.tenantId,
        world().simulator.control.now(),
      ])
      await world().app.drain()
      good(await store.admin.post('/admin/reconciliation/runs', {}))
      await world().settle()
    }
  }
  const both = (quantity: number) => store.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity }))
  const cents = (amount: number) => Math.round(amount * 100)
  const inUse = async () => {
    const { payment_accounts } = good(await store.admin.get('/admin/payment-accounts'))
    return payment_accounts.find((account: { status: string }) => account.status === 'active').id as string
  }
  /** Vendors and store are known to an account, and may be paid. */
  async function becomePayees(): Promise<void> {
    good(await store.admin.post('/admin/store-payee', { country: 'us', kind: 'company', email: 'store@store.example' }))
    await addPayees(world(), store)
  }
  const balanceOf = async (account: string) => {
    const { store_balances } = good(await store.admin.get('/admin/store-balances'))
    return store_balances.filter((one: { payment_account_id: string }) => one.payment_account_id === account)
  }
  /** What the provider has of a payment and its refunds, after its own fees, and what of it went to vendors and was not taken back. */
  function movedBy({ intentId, order }: StripeOrder): { net: number; toVendors: number } {
    const { charges, refunds, balanceTransactions, transfers } = world().simulator.control.snapshot()
    const own = [...charges, ...refunds].filter((one) => one.payment_intent === intentId).map((one) => one.id)
    const lines = balanceTransactions.filter((one) => own.includes(one.source as string))
    assert.ok(lines.length > 0 && lines.every(({ currency }) => currency === 'usd'))
    const sent = transfers.filter((one) => one.transfer_group === order.id)
    return {
      net: lines.reduce((sum, one) => sum + one.net, 0),
      toVendors: sent.reduce((sum, one) => sum + Number(one.amount) - Number(one.amount_reversed), 0),
    }
  }
  /** By the plan: a part of what the shopper pays without tax, and so much for each order; in what the account keeps. */
  const feeOf = ({ order }: StripeOrder) => Math.ceil(Math.floor(cents(order.subtotal) * 0.015 + 30.5) * rate)

  const sumOf = async (account: string) => {
    const [{ own, paid }] = await balanceOf(account)
    return { own: cents(own), paid: cents(paid) }
  }
  const shareOf = (...orders: StripeOrder[]) =>
    orders.reduce((sum, order) => sum + movedBy(order).net - movedBy(order).toVendors - feeOf(order), 0)
  let first: StripeOrder

  it('pay a store what there is its own: the fee of what was paid there is kept, and none of what was paid by hand', async function () {
    this.timeout(60_000)
    const { plan } = good(await operator.post('/platform/plans', { name: 'Fair', fee_rate: 1.5, fee_fixed: { eur: 0.3 } }))
    good(await operator.post(`/platform/tenants/${store.publicId}`, { plan: plan.id }))
    await becomePayees()
    const account = await inUse()
    first = await store.buy(both(2))
    await nights(3)
    const byHand = await buy(store)
    await store.admin.post(`/admin/payments/${byHand.paymentId}/capture`, {})
    await nights(2)
    const [balance, ...none] = await balanceOf(account)
    assert.equal(none.length, 0)
    const { net, toVendors } = movedBy(first)
    assert.ok(toVendors > 0)
    const fee = feeOf(first)
    assert.ok(fee > 33)
    assert.deepEqual(
      [balance.currency_code, cents(balance.platform_fee), cents(balance.own), cents(balance.owed_to_vendors), cents(balance.paid)],
      ['usd', fee, 0, 0, net - toVendors - fee],
    )
  })

  it('each take back what they paid, and no more, when one has followed the other', async function () {
    this.timeout(60_000)
    const before = await inUse()
    const sold = await store.buy(both(3))
    await nights(3)
    good(await operator.post('/platform/payment-accounts', { provider_id: stripeId, secret_key: 'sk_test_operatornext' }))
    const another = await store.buy(both(1))
    const after = await inUse()
    assert.notEqual(after, before)
    await becomePayees()
    await nights(3)
    const [own] = await balanceOf(after)
    const { net, toVendors } = movedBy(another)
    assert.ok(toVendors > 0)
    assert.deepEqual(
      [cents(own.platform_fee), cents(own.own), cents(own.owed_to_vendors), cents(own.paid)],
      [feeOf(another), 0, 0, net - toVendors - feeOf(another)],
    )
    good(await store.admin.post(`/admin/payments/${sold.paymentId}/refund`, {}))
    await nights(2)
    const left = await sumOf(before)
    assert.deepEqual(await balanceOf(after), [own], 'what was paid on the one is nothing to the other')
    assert.equal(movedBy(sold).toVendors, 0)
    const due = shareOf(sold, first)
    assert.ok(due < 0, 'fees are not given back')
    assert.deepEqual(left, { own: due, paid: 0 }, 'all that it was paid, and the rest is netted')
    // While the other holds money of the store that is not at its disposal yet, what is netted is of both.
    const more = await store.buy(both(2))
    // Vendors have their part of it before they are in debt: netted and taken back at once, it would be owed again, to be paid by hand.
    await world().settle()
    good(await store.admin.post(`/admin/payments/${another.paymentId}/refund`, {}))
    await nights(4)
    const sums = [await sumOf(before), await sumOf(after)]
    assert.equal(
      sums.reduce((sum, one) => sum + one.own + one.paid, 0),
      shareOf(sold, first) + shareOf(another, more),
    )
    const { reconciliation_exceptions } = good(await store.admin.get('/admin/reconciliation/exceptions', { state: 'open' }))
    assert.deepEqual(reconciliation_exceptions, [])
    // What is added to an order later is under the change's name in the books, and its fee is of where the order was paid.
    const [{ platform_fee }] = await balanceOf(after)
    good(await store.admin.post('/admin/order-edits', { order_id: more.order.id }))
    good(await store.admin.post(`/admin/order-edits/${more.order.id}/items`, { items: both(50).slice(0, 1) }))
    good(await store.admin.post(`/admin/order-edits/${more.order.id}/confirm`))
    const [{ platform_fee: grown }] = await balanceOf(after)
    const added = Math.round(1_999 * 50 * 0.015)
    assert.ok(Math.abs(cents(grown) - cents(platform_fee) - added * rate) <= 2, `${platform_fee} has grown to ${grown}`)
  })
})

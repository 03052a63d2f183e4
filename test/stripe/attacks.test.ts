import assert from 'node:assert/strict'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { type StripeOrder, type StripeStore, useStripe } from '../support/stripe.js'
import { addPayees } from './truths.js'

// What an auditor suspects: each a story that ends with the books held against Stripe.

describe('money that goes several ways at once', () => {
  const world = useStripe({ virtualTime: true })
  let store: StripeStore
  const control = () => world().simulator.control
  const variants = () => store.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity: 1 }))

  async function open(currency: string, price_minor: bigint, more: object = {}): Promise<void> {
    store = await world().openStore({ currency, price_minor, vendors: 2, ...more })
    await addPayees(world(), store)
  }
  async function bought(): Promise<StripeOrder & { charge: string; total: number }> {
    const order = await store.buy(variants())
    await world().settle()
    const charge = control()
      .snapshot()
      .charges.find((one) => one.payment_intent === order.intentId)
    return { ...order, charge: charge?.id as string, total: charge?.amount_captured as number }
  }
  const refund = (order: StripeOrder, amount?: number) =>
    store.admin.post(`/admin/payments/${order.paymentId}/refund`, amount === undefined ? {} : { amount })
  async function balances(): Promise<Record<string, number>> {
    const rows = await asAdmin<{ code: string; balance: string }>(
      world().app.adminUrl,
      `select a.code, sum(p.amount_minor) as balance from app.ledger_posting p
       join app.ledger_account a on a.tenant_id = p.tenant_id and a.id = p.account_id where p.tenant_id = $1 group by 1`,
      [store.tenantId],
    )
    return Object.fromEntries(rows.map((row) => [row.code, Number(row.balance)]))
  }
  /** The clearing account is what Stripe has, and nothing hangs in what banks held. */
  async function clears(): Promise<Record<string, number>> {
    const books = await balances()
    const net = control()
      .snapshot()
      .balanceTransactions.filter((one) => one.account.includes(store.accountName))
      .reduce((sum, one) => sum + one.net, 0)
    assert.equal(books['A:psp_clearing'] ?? 0, net)
    assert.equal(books['A:dispute_hold'] ?? 0, 0)
    return books
  }
  const openExceptions = async () => {
    good(await store.admin.post('/admin/reconciliation/runs', {}))
    await world().app.drain()
    return good(await store.admin.get('/admin/reconciliation/exceptions', { state: 'open' })).reconciliation_exceptions.map(
      ({ kind }: { kind: string }) => kind,
    )
  }
  const wellBooked = async () => assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), [])

  beforeEach(async function () {
    this.timeout(30_000)
    await open('usd', 2_000n)
  })
  afterEach(wellBooked)

  it('a dispute of the whole charge after a part of it was refunded is the store’s loss beyond the parts, also when the order is then canceled', async function () {
    this.timeout(30_000)
    const order = await bought()
    good(await refund(order, 7.5))
    await world().settle()
    const dispute = await control().openDispute(order.charge)
    await world().settle()
    await control().closeDispute(dispute, 'lost')
    await world().settle()
    const books = await clears()
    assert.equal(books['E:dispute_loss'], 750)
    assert.equal(books['L:vendor'] ?? 0, 0, 'vendors gave back what they were sent')
    good(await store.admin.post(`/admin/orders/${order.order.id}/cancel`))
    await world().settle()
    await clears()
    const late = await refund(order)
    assert.equal(late.status, 400)
    // The bank thinks better of it.
    await control().closeDispute(dispute, 'won')
    await world().settle()
    assert.equal((await clears())['E:dispute_loss'] ?? 0, 0)
  })

  it('a part of a lost dispute that the bank gives back, and the dispute stays lost, is less of a loss', async function () {
    this.timeout(30_000)
    const order = await bought()
    good(await refund(order, 10))
    await world().settle()
    const dispute = await control().openDispute(order.charge)
    await world().settle()
    await control().closeDispute(dispute, 'lost')
    await world().settle()
    await control().reinstateDispute(dispute, 1_000)
    await world().settle()
    assert.equal((await clears())['E:dispute_loss'] ?? 0, 0, 'what was refunded as well came back')
    assert.deepEqual(await openExceptions(), [])
    // Told once more, it is the same.
    await control().createEvent('charge.dispute.updated', dispute)
    await world().settle()
    await clears()
  })

  it('a part that was given back before the loss was heard of, and a late win after it, leave nothing', async function () {
    this.timeout(30_000)
    const order = await bought()
    good(await refund(order, 10))
    await world().settle()
    const dispute = await control().openDispute(order.charge)
    await control().closeDispute(dispute, 'lost')
    await control().reinstateDispute(dispute, 600)
    await world().settle()
    assert.equal((await clears())['E:dispute_loss'], 400)
    await control().reinstateDispute(dispute, 400)
    await world().settle()
    assert.equal((await clears())['E:dispute_loss'] ?? 0, 0)
  })

  it('two disputes of one charge are borne once by the vendors, and then by the store', async function () {
    this.timeout(30_000)
    const order = await bought()
    const first = await control().openDispute(order.charge, { amount: 3_000 })
    const second = await control().openDispute(order.charge, { amount: 3_000 })
    await world().settle()
    await control().closeDispute(second, 'lost')
    await control().closeDispute(first, 'lost')
    await world().settle()
    const books = await clears()
    assert.equal(books['E:dispute_loss'], 6_000 - order.total)
    assert.equal(books['L:vendor'] ?? 0, 0)
  })

  it('a refund that was under way when the bank took the money credits nobody, and the dispute what is left', async function () {
    this.timeout(30_000)
    const order = await bought()
    const dispute = await control().openDispute(order.charge, { amount: 1_000 })
    // Nobody has heard of the dispute yet.
    const refused = await refund(order, 5)
    assert.equal(refused.status, 422, JSON.stringify(refused.body))
    await world().settle()
    await control().closeDispute(dispute, 'lost')
    await world().settle()
    const books = await clears()
    assert.equal(books['E:dispute_loss'] ?? 0, 0)
    assert.deepEqual(await openExceptions(), [])
  })

  it('a refund, a reversal at Stripe and a lost dispute together take no more of vendors than they were sent', async function () {
    this.timeout(60_000)
    const order = await bought()
    const [transfer] = control()
      .snapshot()
      .transfers.filter((one) => (one.metadata as Record<string, string>).tenant === store.tenantId)
    await store.stripe.transfers.createReversal(transfer?.id as string, { amount: 500 })
    good(await refund(order, 8.88))
    const dispute = await control().openDispute(order.charge, { amount: 2_000 })
    await world().settle()
    await control().closeDispute(dispute, 'lost')
    await world().settle()
    await clears()
    for (const one of control().snapshot().transfers) assert.ok((one.amount_reversed as number) <= (one.amount as number))
  })

  it('odd fils are paid by hand, where the provider moves ten at a time, and all of it comes back', async function () {
    this.timeout(30_000)
    await open('kwd', 9_990n, { vendors: 1, commission_ppm: 101_000 })
    const order = await bought()
    const { releases } = good(await store.admin.get('/admin/releases', { order_id: order.order.id }))
    const of = (method: string) => releases.filter((one: { method: string }) => one.method === method)
    assert.equal(of('provider').length, 1, JSON.stringify(releases))
    const amount_minor = Math.round(of('provider')[0].amount * 1_000)
    assert.equal(amount_minor % 10, 0)
    assert.deepEqual([of('manual')[0].state, of('provider')[0].state], ['awaiting', 'succeeded'])
    const due_minor = Math.round((of('provider')[0].amount + of('manual')[0].amount) * 1_000)
    assert.ok(due_minor - amount_minor > 0 && due_minor - amount_minor < 10)
    const odd = await refund(order, 0.001)
    assert.equal(odd.status, 422)
    assert.match(odd.body.message, /steps of 10/)
    good(await refund(order))
    await world().settle()
    assert.equal((await clears())['L:vendor'] ?? 0, 0)
  })

  it('an amount that Stripe does not charge is refused before anybody pays, and says what could be', async function () {
    this.timeout(30_000)
    for (const [currency, price_minor, message] of [
      ['usd', 30n, /no less than 50 minor units of USD/],
      ['kwd', 10_001n, /steps of 10/],
    ] as const) {
      const cheap = await world().openStore({ currency, price_minor, autoPickShipping: true })
      const created = good(
        await cheap.shopper.post('/store/carts', {
          region_id: cheap.regionId,
          email: 'ada@example.com',
          items: [{ variant_id: cheap.vendors[0]?.products[0]?.variantIds[0], quantity: 1 }],
        }),
      )
      await asAdmin(world().app.adminUrl, 'delete from app.shipping_option where tenant_id = $1', [cheap.tenantId])
      await asAdmin(world().app.adminUrl, 'update app.cart_line_item set requires_shipping = false where tenant_id = $1', [cheap.tenantId])
      const { payment_collection } = good(await cheap.shopper.post('/store/payment-collections', { cart_id: created.cart.id }))
      const refused = await cheap.shopper.post(`/store/payment-collections/${payment_collection.id}/payment-sessions`, {
        provider_id: 'pp_stripe_stripe',
      })
      assert.ok(refused.status === 400 || refused.status === 422, JSON.stringify(refused.body))
      assert.match(refused.body.message, message)
    }
  })

  it('refunds that are told in the wrong order, twice, and after they failed, are booked once', async function () {
    this.timeout(30_000)
    const order = await bought()
    control().setFaults({ delivery: { reorder: true, duplicate: [2, 3] } })
    const [one, two] = [
      await store.stripe.refunds.create({ payment_intent: order.intentId, amount: 1_000 }),
      await store.stripe.refunds.create({ payment_intent: order.intentId, amount: 500 }),
    ]
    await control().failRefund(one.id)
    await world().settle()
    await world().settle()
    control().setFaults({ delivery: { reorder: false, duplicate: [1, 1] } })
    await clears()
    const { payments } = good(await store.admin.get('/admin/payments', { order_id: order.order.id, fields: '+refunds' }))
    const states = payments[0].refunds
      .map(({ amount, state }: { amount: number; state: string }) => [amount, state])
      .sort((a: [number], b: [number]) => a[0] - b[0])
    assert.ok(
      states.some(([amount]: [number]) => amount === 5),
      JSON.stringify([states, two.id]),
    )
  })
})

import assert from 'node:assert/strict'
import Stripe from 'stripe'
import { stripeOptionsFor } from '../../infra/local/stripe/index.js'
import { ensureOperator } from '../../src/access/index.js'
import { buy, orderOf } from '../support/after-sale.js'
import { type Client, client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { type StripeStore, stripeId, useStripe } from '../support/stripe.js'

const day_ms = 86_400_000

describe("a store's own share of what is charged on the operator's account", () => {
  const world = useStripe({ virtualTime: true })
  let operator: Client
  let stripe: Stripe
  let store: StripeStore
  let payee: { id: string; reference: string; vendor_id: null; status: string; requirements: string[] }

  before(async function () {
    this.timeout(60_000)
    const { app, simulator } = world()
    const person = { email: 'operator@platform.example', password: 'correct horse battery' }
    const context = { db: app.db, clock: simulator.control, scope: { role: 'platform' as const }, requestId: 'test', actorId: 'system' }
    await ensureOperator(context, person)
    operator = client(app, { token: (await client(app).post('/auth/operator/emailpass', person)).body.token })
    stripe = new Stripe('sk_test_operator', stripeOptionsFor(simulator))
    store = await world().openStore({ vendors: 2 })
    good(await operator.post('/platform/payment-accounts', { provider_id: stripeId, secret_key: 'sk_test_operator' }))
  })
  afterEach(async () => assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), []))

  const nights = async (count: number) => {
    for (let night = 0; night < count; night += 1) {
      await world().settle(day_ms)
      good(await store.admin.post('/admin/reconciliation/runs', {}))
      await world().settle()
    }
  }
  const cents = (amount: number) => Math.round(amount * 100)
  const shown = async () => good(await store.admin.get('/admin/store-balances')).store_balances[0]
  const releases = async () => good(await store.admin.get('/admin/releases', { of_store: true, order: 'id' })).releases
  const hold = (held_reason: string | null) => operator.post(`/platform/tenants/${store.publicId}/payouts`, { held_reason })
  const both = (quantity: number) => store.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity }))
  /** What the books say is the store's: what the provider holds for it less what it owes others. */
  const booked = async () => {
    const { balances } = good(await store.admin.get('/admin/ledger/balances'))
    const of = new Map<string, number>()
    for (const { code, party_id, balance } of balances as { code: string; party_id: string; balance: number }[]) {
      const owner = code === 'L:reserve' || code === 'L:vendor' ? party_id : code
      of.set(owner, (of.get(owner) ?? 0) + cents(balance))
    }
    const vendors = store.vendors.reduce((sum, { id }) => sum + Math.max(of.get(id) ?? 0, 0), 0)
    return (of.get('A:psp_clearing') ?? 0) - vendors - (of.get('L:platform_fee') ?? 0)
  }

  it('is told of the account alone on which the store is charged', async () => {
    const facts = { country: 'us', kind: 'company', email: 'store@store.example' }
    assert.equal((await store.admin.post('/admin/store-payee', facts)).body.code, 'own_account')
    good(await operator.post(`/platform/tenants/${store.publicId}`, { payment_account: 'operator' }))
    assert.equal((await store.admin.get('/admin/store-payee')).status, 404)
    assert.equal((await hold('Not yet')).status, 404)
    payee = good(await store.admin.post('/admin/store-payee', facts)).payee
    assert.ok(payee.vendor_id === null && payee.status !== 'active' && payee.requirements.length > 0)
    assert.equal(good(await store.admin.post('/admin/store-payee', facts)).payee.id, payee.id)
    const moved = await store.admin.post('/admin/store-payee', { ...facts, country: 'de', email: 'other@store.example' })
    assert.equal(moved.body.code, 'payee_facts_differ')
    assert.match(moved.body.message, /country \(us\), email/)
    const urls = { return_url: 'https://store.example/back', refresh_url: 'https://store.example/again' }
    assert.match(good(await store.admin.post('/admin/store-payee/onboarding-link', urls)).onboarding_link.url, /^http/)
    assert.equal((await store.vendor(0).get('/vendor/payee')).status, 404, 'no vendor sees who the store is')
  })

  it('waits until the store said who it is, the operator holds it no more, and the provider has the money', async () => {
    await store.buy(both(8))
    await world().settle()
    assert.equal((await shown()).available, 0, 'a card takes two days')
    await nights(3)
    const { own, available } = await shown()
    assert.ok(available > 0)
    assert.deepEqual([cents(own), cents(available)], [await booked(), await booked()])
    assert.deepEqual(await releases(), [], 'nothing goes to who has not said who it is')
    good(await hold('A first look'))
    await world().simulator.control.verifyAccount(payee.reference)
    await nights(1)
    assert.deepEqual(await releases(), [], 'nothing goes out while the operator holds it')
    assert.equal(good(await store.admin.get('/admin/store-payee')).payee.held_reason, 'A first look')
    good(await hold(null))
    const { audit_records } = good(await store.admin.get('/admin/audit', { action: 'POST /platform/tenants/:id/payouts', order: 'id' }))
    const noted = (said: string | null) => ({ payouts_held_reason: said })
    assert.deepEqual(
      audit_records.map((record: { before: unknown; after: unknown }) => [record.before, record.after]),
      [
        [noted(null), noted('A first look')],
        [noted('A first look'), noted(null)],
      ],
    )
    await world().settle()
    const [release, ...none] = await releases()
    assert.deepEqual([release.amount, release.state, release.vendor_id, none.length], [available, 'succeeded', null, 0])
    const transfer = await stripe.transfers.retrieve(release.reference)
    assert.deepEqual([transfer.amount, transfer.destination], [cents(available), payee.reference])
    assert.deepEqual([await booked(), (await shown()).own, (await shown()).paid], [0, 0, available])
    await nights(1)
    assert.equal((await releases()).length, 1, 'the same is not paid twice')
  })

  it('goes out each night to the minor unit, and comes back for what is refunded and disputed', async () => {
    const sold = await store.buy(both(3))
    const kept = await store.buy(both(1))
    await nights(3)
    const [, second] = await releases()
    assert.ok(second.amount > 0)
    good(await store.admin.post(`/admin/payments/${sold.paymentId}/refund`, {}))
    await world().settle()
    const owes = cents((await shown()).own)
    assert.ok(owes < 0, 'it was paid what it has to give back')
    await nights(1)
    const returned = async () =>
      (await releases()).reduce((sum: number, { returned_amount }: { returned_amount: number }) => sum + cents(returned_amount), 0)
    assert.equal(await returned(), -owes)
    assert.deepEqual([(await shown()).own, await booked()], [0, 0])
    const intent = await stripe.paymentIntents.retrieve(kept.intentId)
    const dispute = await world().simulator.control.openDispute(intent.latest_charge as string)
    await nights(1)
    assert.ok((await returned()) > -owes, 'what a bank holds comes back as well')
    const { paid, own } = await shown()
    assert.deepEqual([paid, cents(own)], [0, await booked()], 'all that it was paid, and the rest is netted')
    await world().simulator.control.closeDispute(dispute, 'won')
    await nights(1)
    assert.ok((await shown()).paid >= 0)
    assert.equal(cents((await shown()).own), await booked())
  })

  it('is netted with what comes in where the store has not what is to come back', async () => {
    const sold = await store.buy(both(20))
    await nights(3)
    const before = await releases()
    assert.equal((await shown()).own, 0)
    await world().simulator.control.payOut(payee.reference, 'usd')
    good(await store.admin.post(`/admin/payments/${sold.paymentId}/refund`, {}))
    await nights(1)
    const owes = (await shown()).own
    assert.ok(owes < 0)
    assert.equal(cents(owes), await booked())
    await store.buy(both(40))
    await nights(3)
    const after = await releases()
    assert.equal(after.length, before.length + 1)
    assert.deepEqual([(await shown()).own, await booked()], [0, 0])
    const { store_payouts: seen } = good(await operator.get(`/platform/tenants/${store.publicId}/payouts`))
    assert.deepEqual([seen.payees[0].id, seen.releases.length, seen.balances[0].own], [payee.id, after.length, 0])
    const { reconciliation_exceptions } = good(await store.admin.get('/admin/reconciliation/exceptions', { limit: 100 }))
    assert.deepEqual(reconciliation_exceptions, [])
  })

  it('is held once the operator took some of it back by hand', async () => {
    const list = await releases()
    const newest = list.at(-1)
    await stripe.transfers.createReversal(newest.reference, { amount: 5 })
    await nights(2)
    assert.equal((await releases()).at(-1).returned_amount, 0.05)
    assert.match(good(await store.admin.get('/admin/store-payee')).payee.held_reason, /Taken back/)
    assert.deepEqual([(await releases()).length, (await shown()).own], [list.length, 0.05])
  })

  it('is none of what was paid by hand, of which nothing lies on the account: vendors are owed that elsewhere', async () => {
    const before = await shown()
    const byHand = await buy(store)
    await store.admin.post(`/admin/payments/${byHand.paymentId}/capture`, {})
    assert.equal((await orderOf(store, byHand.id)).payment_status, 'captured')
    await nights(1)
    const after = await shown()
    assert.deepEqual([after.own, after.owed_to_vendors], [before.own, before.owed_to_vendors])
  })

  it('is less the platform’s fee on what was paid there; that on the rest is shown as owed, and canceled orders owe none', async () => {
    const period = world().simulator.control.now().toISOString().slice(0, 7)
    const fees = async () => {
      const { platform_fees } = good(await store.admin.get('/admin/platform-fees'))
      const seen = good(await operator.get(`/platform/tenants/${store.publicId}/platform-fees`))
      assert.deepEqual(seen.platform_fees, platform_fees, 'both sides see the same')
      const sum = (name: string) =>
        platform_fees.reduce((total: number, month: Record<string, number>) => total + cents(month[name] as number), 0)
      return Object.fromEntries(['charged', 'credited', 'kept', 'pending', 'owed'].map((name) => [name, sum(name)])) as Record<
        'charged' | 'credited' | 'kept' | 'pending' | 'owed',
        number
      >
    }
    const owedInBooks = async () => {
      const { balances } = good(await store.admin.get('/admin/ledger/balances'))
      return cents(balances.find(({ code }: { code: string }) => code === 'L:platform_fee')?.balance ?? 0)
    }
    const before = await fees()
    assert.equal(before.kept, cents((await shown()).platform_fee))
    assert.equal(before.charged - before.credited, before.kept + before.owed)
    await asAdmin(world().app.adminUrl, `update app.store_fee set rate_ppm = 50000, fixed = '{"usd": 30}' where tenant_id = $1`, [
      store.tenantId,
    ])
    const card = await store.buy(both(1))
    const byHand = await buy(store)
    const subtotal = cents((await orderOf(store, byHand.id)).subtotal)
    const fee = Math.floor(subtotal * 0.05) + 30
    const cardFee = Math.floor(cents((await orderOf(store, card.order.id)).subtotal) * 0.05) + 30
    const sold = await fees()
    assert.deepEqual(sold, { ...before, charged: before.charged + fee + cardFee, kept: before.kept + cardFee, owed: before.owed + fee })
    assert.equal(await owedInBooks(), sold.kept + sold.owed)
    for (const id of [byHand.id, card.order.id]) good(await store.admin.post(`/admin/orders/${id}/cancel`))
    await world().settle()
    const canceled = await fees()
    assert.deepEqual(canceled, { ...before, charged: sold.charged, credited: before.credited + fee + cardFee })
    assert.equal(canceled.kept, cents((await shown()).platform_fee))
    assert.equal(await owedInBooks(), canceled.kept + canceled.owed)
    const storeId = good(await store.admin.get('/admin/stores')).stores[0].id
    const capture = (payment_capture: string) => store.admin.post(`/admin/stores/${storeId}`, { payment_capture })
    good(await capture('manual'))
    const later = await store.buy(both(1))
    const ofLater = Math.floor(cents((await orderOf(store, later.order.id)).subtotal) * 0.05) + 30
    const authorised = { ...canceled, charged: canceled.charged + ofLater, pending: canceled.pending + ofLater }
    assert.deepEqual(await fees(), authorised, 'nobody is billed for what is kept when the money is taken')
    good(await store.admin.post(`/admin/payments/${later.paymentId}/capture`, {}))
    await world().settle()
    assert.deepEqual(await fees(), { ...authorised, pending: canceled.pending, kept: canceled.kept + ofLater })
    good(await capture('automatic'))
    const { kept, ...taken } = await fees()
    const debit = await store.buy(both(1), 'pm_usBankAccount_success')
    const ofDebit = Math.floor(cents((await orderOf(store, debit.order.id)).subtotal) * 0.05) + 30
    const awaited = { ...taken, charged: taken.charged + ofDebit }
    assert.deepEqual(await fees(), { ...awaited, kept, pending: taken.pending + ofDebit }, 'nor for what a bank is to send')
    await world().settle(5 * day_ms)
    assert.deepEqual(await fees(), { ...awaited, kept: kept + ofDebit })
    const elsewhere = await store.admin.get('/admin/platform-fees', { period: '2026-13' })
    assert.equal(elsewhere.status, 400)
    assert.ok(good(await store.admin.get('/admin/platform-fees', { period })).platform_fees.length <= 1)
  })
})

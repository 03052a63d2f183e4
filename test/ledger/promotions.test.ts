import assert from 'node:assert/strict'
import { ensureOperator } from '../../src/access/index.js'
import { systemClock } from '../../src/kernel/index.js'
import { booksOf, orderOf } from '../support/after-sale.js'
import { useApp } from '../support/app.js'
import { client } from '../support/client.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { promote } from '../support/promotions.js'
import { readyCart, startPayment } from '../support/ready-cart.js'
import { createTestStore, type TestStore } from '../support/store.js'

/** An order of one piece from each of three vendors, with promotions; shipping of each vendor is chosen. */
async function buyWith(store: TestStore, promo_codes: readonly string[]) {
  const items = store.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity: 1 }))
  const cartId = await readyCart(store, { items, shippingOf: store.vendors.map((_vendor, index) => index) })
  good(await store.shopper.post(`/store/carts/${cartId}/promotions`, { promo_codes }))
  await startPayment(store, cartId)
  const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
  return orderOf(store, order.id)
}

describe('the books of an order with discounts', function () {
  this.timeout(60_000)
  const app = useApp()
  const settings = { vendors: 3, commission_ppm: 100_000, tax_ppm: 200_000 }

  /** Without what the platform takes. */
  async function ownBooks(store: TestStore, orderId: string): Promise<Record<string, number>> {
    const books = await booksOf(store, orderId)
    return Object.fromEntries(Object.entries(books).filter(([code]) => !code.includes('platform_fee')))
  }

  const vendorBooks = (store: TestStore, amounts: readonly number[]) =>
    Object.fromEntries(amounts.map((amount, index) => [`L:vendor ${store.vendors[index]?.id}`, amount]))

  /** One vendor gives 20 % of its own price, the store 10 % of what is left of everything. */
  async function twoPromotions(store: TestStore, more: object = {}) {
    await promote(store, { code: 'STALL', value: 20, more: { ...more, vendor_id: store.vendors[1]?.id } })
    await promote(store, { code: 'STORE', value: 10, target_type: 'order', more })
    return buyWith(store, ['STORE', 'STALL'])
  }

  it('say who pays, with tax on top of the prices', async () => {
    // On paper: three things of 100, shipping of 5, 6 and 7, 20 % tax, 10 % commission.
    //            price   vendor's   store's   paid   commission   to the vendor
    //   first     100        –        10       90    10 of 100    90 +  5 shipping
    //   second    100       20         8       72     8 of  80    72 +  6
    //   third     100        –        10       90    10 of 100    90 +  7
    const store = await createTestStore(app(), { ...settings, price_minor: 10_000n })
    const order = await twoPromotions(store)
    assert.deepEqual([order.subtotal, order.discount_subtotal, order.tax_total, order.total], [318, 48, 54, 324])
    assert.deepEqual(await ownBooks(store, order.id), {
      'A:psp_clearing pp_system_default': 324,
      'E:promotion': 28,
      'L:tax': 54,
      'R:commission': 28,
      ...vendorBooks(store, [95, 78, 97]),
    })
    const shares = order.vendor_orders.map((part: Record<string, number>) => [
      part.total,
      part.vendor_discount_total,
      part.store_discount_total,
      part.platform_discount_total,
      part.commission_total,
      part.vendor_amount,
    ])
    assert.deepEqual(shares, [
      [114, 0, 10, 0, 10, 95],
      [93.6, 20, 8, 0, 8, 78],
      [116.4, 0, 10, 0, 10, 97],
    ])
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })

  for (const isInclusive of [false, true]) {
    it(`say the same with tax in the prices, and ${isInclusive ? 'in' : 'on top of'} the promotions' amounts`, async () => {
      // The same prices with their tax; shipping of 5, 6 and 7 is 4.17, 5.00 and 5.83 without it.
      const store = await createTestStore(app(), { ...settings, price_minor: 12_000n, taxInclusive: true })
      const order = await twoPromotions(store, { is_tax_inclusive: isInclusive })
      assert.deepEqual([order.subtotal, order.discount_subtotal, order.tax_total, order.total], [315, 48, 53.4, 320.4])
      assert.deepEqual(await ownBooks(store, order.id), {
        'A:psp_clearing pp_system_default': 320.4,
        'E:promotion': 28,
        'L:tax': 53.4,
        'R:commission': 28,
        ...vendorBooks(store, [94.17, 77, 95.83]),
      })
      assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
    })
  }

  it('come to nothing when all is given back, in whatever pieces, and the vendor has paid for its own discount', async () => {
    const store = await createTestStore(app(), { ...settings, price_minor: 10_000n })
    const order = await twoPromotions(store)
    const payment = order.payment_collections[0].payments[0].id
    for (const amount of [0.01, 33.33, 100.01]) good(await store.admin.post(`/admin/payments/${payment}/refund`, { amount }))
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
    const between = await ownBooks(store, order.id)
    assert.ok((between['E:promotion'] as number) < 28 && (between['E:promotion'] as number) > 0)
    good(await store.admin.post(`/admin/payments/${payment}/refund`, {}))
    assert.deepEqual(await ownBooks(store, order.id), {})
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })

  it('let the platform owe what it has agreed to pay, and the store change no more than whether it runs', async () => {
    const store = await createTestStore(app(), { ...settings, price_minor: 10_000n })
    const credentials = { email: `operator@${store.slug}.example`, password: 'correct horse battery' }
    await ensureOperator(
      { db: app().db, clock: systemClock, scope: { role: 'platform' }, requestId: 'test', actorId: 'system' },
      credentials,
    )
    const { token } = good(await client(app()).post('/auth/operator/emailpass', credentials)) as { token: string }
    const operator = client(app(), { token })
    const promotion = await promote(store, { code: 'LAUNCH', value: 50, target_type: 'order' })
    const fund = `/platform/tenants/${store.publicId}/promotions/${promotion.id}/fund`
    const endless = await operator.post(fund)
    assert.equal(endless.status, 400, JSON.stringify(endless.body))
    good(await store.admin.post(`/admin/promotions/${promotion.id}`, { limit: 5 }))
    assert.equal(good(await operator.post(fund)).promotion.funder, 'platform')
    for (const change of [{ limit: 500 }, { application_method: { value: 100 } }, { campaign_id: null }, { is_automatic: true }]) {
      const refused = await store.admin.post(`/admin/promotions/${promotion.id}`, change)
      assert.equal(refused.body.message, 'The platform pays for this promotion: only its status can be changed')
    }
    const rules = await store.admin.post(`/admin/promotions/${promotion.id}/rules/batch`, {
      create: [{ attribute: 'region.id', operator: 'in', values: ['reg_1'] }],
    })
    assert.equal(rules.status, 400)
    good(await store.admin.post(`/admin/promotions/${promotion.id}`, { status: 'inactive' }))
    good(await store.admin.post(`/admin/promotions/${promotion.id}`, { status: 'active' }))
    const order = await buyWith(store, ['LAUNCH'])
    const books = await ownBooks(store, order.id)
    assert.equal(books['A:platform'], 150)
    assert.equal(books['R:commission'], 30)
    assert.deepEqual(
      vendorBooks(store, [95, 96, 97]),
      Object.fromEntries(Object.entries(books).filter(([code]) => code.startsWith('L:vendor'))),
    )
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })

  it('take back what the vendors were promised for an order that cost nothing, when it is canceled', async () => {
    const store = await createTestStore(app(), { ...settings, price_minor: 10_000n })
    await promote(store, { code: 'ALL', value: 100 })
    await promote(store, { code: 'SHIP', value: 100, target_type: 'shipping_methods' })
    const order = await buyWith(store, ['ALL', 'SHIP'])
    assert.equal(order.total, 0)
    assert.deepEqual(await ownBooks(store, order.id), { 'E:promotion': 318, 'R:commission': 30, ...vendorBooks(store, [95, 96, 97]) })
    good(await store.admin.post(`/admin/orders/${order.id}/cancel`))
    assert.deepEqual(await ownBooks(store, order.id), {})
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })
})

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { exponentOf } from '../../../src/kernel/index.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { brokenInvariants } from '../../support/invariants.js'
import { promote } from '../../support/promotions.js'
import { addressIn } from '../../support/purchase.js'
import { startPayment } from '../../support/ready-cart.js'
import { createTestStore, type TestStore } from '../../support/store.js'

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
type Wire = Record<string, any>

/** Every total that a cart, an order and a vendor's part of it show. */
const names =
  `total subtotal tax_total discount_total discount_subtotal discount_tax_total original_total original_subtotal original_tax_total
  item_total item_subtotal item_tax_total item_discount_total original_item_total original_item_subtotal original_item_tax_total
  shipping_total shipping_subtotal shipping_tax_total shipping_discount_total original_shipping_total original_shipping_subtotal
  original_shipping_tax_total`.split(/\s+/)
const ofLine = names.slice(0, 9)

/** A price with one tier, in minor units. */
const tiers = fc.record({
  base: fc.integer({ min: 1, max: 99_999 }),
  tier: fc.integer({ min: 1, max: 99_999 }),
  from: fc.integer({ min: 2, max: 9 }),
})

const promotion = fc.record({
  type: fc.constantFrom('percentage', 'fixed'),
  percentage: fc.constantFrom(0.5, 7, 10, 33.33, 100),
  amount: fc.integer({ min: 1, max: 20_000 }),
  target_type: fc.constantFrom('items', 'shipping_methods', 'order'),
  allocation: fc.constantFrom('each', 'across', 'once'),
  max_quantity: fc.constantFrom(null, 1, 3),
  is_tax_inclusive: fc.boolean(),
  funder: fc.constantFrom('store', 'vendor', 'platform'),
  vendor: fc.nat(2),
})

const purchase = fc.record({
  prices: fc.array(tiers, { minLength: 3, maxLength: 3 }),
  lines: fc.array(fc.record({ vendor: fc.nat(2), quantity: fc.integer({ min: 1, max: 12 }), mark: fc.nat(1) }), {
    minLength: 1,
    maxLength: 6,
  }),
  inclusive: fc.boolean(),
  rate_ppm: fc.constantFrom(0, 1, 50_000, 82_500, 190_000, 333_333),
  added_ppm: fc.constantFrom(0, 25_000, 99_999),
  combinable: fc.boolean(),
  promotions: fc.array(promotion, { maxLength: 3 }),
})
type Purchase = typeof purchase extends fc.Arbitrary<infer Value> ? Value : never

describe('the totals of whatever is bought', function () {
  this.timeout(120_000)
  const app = useApp()
  let count = 0
  const sql = (text: string, values: unknown[]) => asAdmin(app().adminUrl, text, values)

  for (const currency of ['usd', 'jpy', 'kwd']) {
    it(`sum, from lines to vendors to the order to the payment, to the last unit of ${currency}`, async () => {
      const store = await createTestStore(app(), { vendors: 3, currency, stock: 1_000_000, tax_ppm: 100_000, taxInclusive: true })
      await sql(
        `insert into app.tax_rate (tenant_id, id, tax_region_id, name, code, rate_ppm, is_combinable)
         values ($1, 'txr_added', 'txreg_test', 'Added', 'added', 50000, true)`,
        [store.tenantId],
      )
      await sql(
        `insert into app.tax_rate_rule (tenant_id, id, tax_rate_id, reference, reference_id) values ($1, 'txrule_added', 'txr_added', 'product', $2)`,
        [store.tenantId, store.vendors[1]?.products[0]?.id],
      )
      await fc.assert(
        fc.asyncProperty(purchase, (wanted) => holds(store, wanted)),
        { numRuns: 3, seed: 20_261_128, endOnFailure: true },
      )
      await app().drain()
      assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
    })
  }

  const variantOf = (store: TestStore, vendor: number) => store.vendors[vendor]?.products[0]?.variantIds[0] as string

  /** Puts prices, taxes and promotions where the case wants them. Answers the codes. */
  async function setUp(store: TestStore, wanted: Purchase): Promise<string[]> {
    const scale = 10 ** exponentOf(store.currency)
    const { tenantId, currency } = store
    await sql('update app.price_preference set is_tax_inclusive = $2 where tenant_id = $1', [tenantId, wanted.inclusive])
    await sql(`update app.tax_rate set rate_ppm = $2 where tenant_id = $1 and id = 'txr_test'`, [tenantId, wanted.rate_ppm])
    await sql(`update app.tax_rate set rate_ppm = $2, is_combinable = $3 where tenant_id = $1 and id = 'txr_added'`, [
      tenantId,
      wanted.added_ppm,
      wanted.combinable,
    ])
    for (const [vendor, { base, tier, from }] of wanted.prices.entries()) {
      const prices = [
        { currency_code: currency, amount: base / scale },
        { currency_code: currency, amount: tier / scale, min_quantity: from },
      ]
      const variants = [{ id: variantOf(store, vendor), prices }]
      good(await store.admin.post(`/admin/products/${store.vendors[vendor]?.products[0]?.id}`, { variants }))
    }
    const codes: string[] = []
    for (const one of wanted.promotions) {
      count += 1
      const code = `P${count}`
      const type = one.type as 'percentage' | 'fixed'
      const isAcross = one.allocation === 'across' || one.target_type === 'order'
      await promote(store, {
        code,
        type,
        value: type === 'percentage' ? one.percentage : one.amount / scale,
        target_type: one.target_type as 'items' | 'shipping_methods' | 'order',
        method: {
          ...(one.target_type === 'order' ? {} : { allocation: one.allocation }),
          ...(isAcross || one.target_type === 'shipping_methods' ? {} : { max_quantity: one.max_quantity }),
        },
        more: {
          is_tax_inclusive: one.is_tax_inclusive,
          limit: 1_000,
          ...(one.funder === 'vendor' ? { vendor_id: store.vendors[one.vendor]?.id } : {}),
        },
      })
      if (one.funder === 'platform') {
        await sql(`update app.promotion set funder = 'platform' where tenant_id = $1 and code = $2`, [tenantId, code])
      }
      codes.push(code)
    }
    return codes
  }

  async function holds(store: TestStore, wanted: Purchase): Promise<void> {
    const promo_codes = await setUp(store, wanted)
    const items = wanted.lines.map(({ vendor, quantity, mark }) => ({ variant_id: variantOf(store, vendor), quantity, metadata: { mark } }))
    const body = { email: 'ada@example.com', shipping_address: addressIn('us'), items, promo_codes }
    const { cart: made } = good(await store.shopper.post('/store/carts', body))
    const vendors = [...new Set(wanted.lines.map((line) => line.vendor))]
    const choices = vendors.map((vendor) => ({ option_id: store.vendors[vendor]?.shippingOptionId }))
    good(await store.shopper.post(`/store/carts/${made.id}/shipping-methods`, choices))
    await startPayment(store, made.id)
    const fields = '*items,*items.tax_lines,*items.adjustments,*shipping_methods,*shipping_methods.tax_lines,*shipping_methods.adjustments'
    const { cart } = good(await store.shopper.get(`/store/carts/${made.id}`, { fields }))
    looksRight(store, cart, wanted)
    const { order: placed } = good(await store.shopper.post(`/store/carts/${made.id}/complete`))
    const { order } = good(await store.admin.get(`/admin/orders/${placed.id}`))

    for (const name of names) assert.equal(order[name], cart[name], `order and cart: ${name}`)
    const minor = minorOf(store.currency)
    for (const name of names) assert.equal(minor(order[name]), sumOf(minor, order.vendor_orders, name), `vendors and order: ${name}`)
    for (const part of order.vendor_orders) {
      const funded = ['vendor_discount_total', 'store_discount_total', 'platform_discount_total'].map((name) => minor(part[name]))
      assert.equal(
        funded.reduce((sum, one) => sum + one, 0),
        minor(part.discount_subtotal),
        'who pays for the discounts of a vendor',
      )
    }
    assert.equal(order.summary.current_order_total, order.total)
    if (order.total > 0) {
      const [collection] = order.payment_collections
      assert.deepEqual([collection.amount, collection.payments[0].amount, order.summary.paid_total], Array(3).fill(order.total))
      assert.deepEqual([cart.payment_collection.amount, cart.payment_collection.payment_sessions[0].amount], Array(2).fill(cart.total))
    }
  }
})

/** Whole minor units; fails for an amount that has a fraction of one. */
const minorOf = (currency: string) => (amount: number) => {
  const scaled = amount * 10 ** exponentOf(currency)
  assert.ok(Math.abs(scaled - Math.round(scaled)) < 1e-6, `${amount} is no amount of ${currency}`)
  return Math.round(scaled)
}

const sumOf = (minor: (amount: number) => number, parts: readonly Wire[], name: string) =>
  parts.reduce((sum, part) => sum + minor(part[name]), 0)

/** A cart by the formulas of the contract, written from these alone. */
function looksRight(store: TestStore, cart: Wire, wanted: Purchase): void {
  const minor = minorOf(store.currency)
  const items: Wire[] = cart.items
  const methods: Wire[] = cart.shipping_methods
  for (const item of items) {
    const vendor = store.vendors.findIndex((one) => one.products[0]?.variantIds[0] === item.variant_id)
    const price = wanted.prices[vendor] as Purchase['prices'][number]
    const [quantity, unit] = [item.quantity, minor(item.unit_price)]
    assert.equal(unit, quantity >= price.from ? price.tier : price.base, 'the tier of the merged quantity')
    addsUp(minor, item, unit * quantity)
  }
  for (const method of methods) addsUp(minor, method, minor(method.amount))
  const pieces = items.reduce((sum, item) => sum + item.quantity, 0)
  assert.equal(
    pieces,
    wanted.lines.reduce((sum, line) => sum + line.quantity, 0),
  )
  for (const name of ofLine) {
    const whole = sumOf(minor, items, name) + sumOf(minor, methods, name)
    assert.equal(minor(cart[name]), whole, `lines and cart: ${name}`)
  }
  const root = (name: string) => minor(cart[name])
  assert.equal(root('item_total'), sumOf(minor, items, 'total'))
  assert.equal(root('shipping_total'), sumOf(minor, methods, 'total'))
  assert.equal(root('subtotal'), root('item_subtotal') + root('shipping_subtotal'))
  assert.equal(root('total'), root('subtotal') + root('tax_total') - root('discount_subtotal'))
}

/** One line by the contract's formulas. `amount` is its price times its quantity. */
function addsUp(minor: (amount: number) => number, part: Wire, amount: number): void {
  const of = (name: string) => minor(part[name])
  const taxes: Wire[] = part.tax_lines
  const adjustments: Wire[] = part.adjustments
  const rate = taxes.reduce((sum, tax) => sum + tax.rate / 100, 0)
  assert.equal(of(part.is_tax_inclusive ? 'original_total' : 'subtotal'), amount)
  assert.equal(of('original_total'), of('subtotal') + of('original_tax_total'))
  assert.equal(of('original_subtotal'), of('subtotal'))
  assert.equal(of('total'), of('subtotal') - of('discount_subtotal') + of('tax_total'))
  assert.equal(of('discount_total'), of('discount_subtotal') + of('discount_tax_total'))
  assert.equal(of('discount_tax_total'), of('original_tax_total') - of('tax_total'))
  assert.ok(of('total') >= 0 && of('discount_subtotal') <= of('subtotal') && of('tax_total') >= 0)
  assert.equal(sumOf(minor, taxes, 'total'), of('tax_total'), 'tax lines')
  assert.equal(sumOf(minor, taxes, 'subtotal'), of('original_tax_total'), 'tax lines before discounts')
  assert.equal(sumOf(minor, adjustments, 'subtotal'), of('discount_subtotal'), 'adjustments')
  assert.equal(sumOf(minor, adjustments, 'total'), of('discount_total'), 'adjustments with their tax')
  // Rounded once: never a whole unit from what the formula says.
  assert.ok(Math.abs(of('original_tax_total') - of('subtotal') * rate) < 1 + rate, 'tax before discounts')
  assert.ok(Math.abs(of('tax_total') - (of('subtotal') - of('discount_subtotal')) * rate) < 1 + rate, 'tax')
}

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type LoadedCart, totalsOfCart } from '../../../src/carts/index.js'
import { planOrder } from '../../../src/checkout/index.js'
import type { CommissionRule } from '../../../src/commissions/index.js'

const vendors = ['vend_1', 'vend_2', 'vend_3', 'vend_4']
const rate = fc.integer({ min: 0, max: 400_000 })
const taxLines = fc.array(rate, { maxLength: 2 }).map((rates) => rates.map((rate_ppm) => ({ rate_ppm, code: 'VAT' })))
const orNull = (...values: string[]) => fc.constantFrom(null, ...values)

const adjustment = fc.record({
  promotion_id: fc.stringMatching(/^promo_[0-9]{8}$/),
  code: fc.constant('SAVE'),
  amount_minor: fc.integer({ min: 1, max: 100_000_000 }),
  is_tax_inclusive: fc.boolean(),
  funder: fc.constantFrom('vendor', 'store', 'platform'),
})
// Also such as a cart would not come to: more than the line is worth.
const adjustments = fc.array(adjustment, { maxLength: 4 })

const line = fc.record({
  vendor_id: fc.constantFrom(...vendors),
  quantity: fc.integer({ min: 1, max: 1_000 }),
  unit_price_minor: fc.integer({ min: 0, max: 10_000_000 }),
  is_tax_inclusive: fc.boolean(),
  tax_lines: taxLines,
  adjustments,
  snapshot: fc.record({ product_type_id: orNull('ptyp_1', 'ptyp_2') }),
  product: fc.option(fc.record({ categories: fc.subarray([{ id: 'pcat_1' }, { id: 'pcat_2' }]) })),
})
const method = fc.record({
  amount_minor: fc.integer({ min: 0, max: 100_000 }),
  is_tax_inclusive: fc.boolean(),
  tax_lines: taxLines,
  adjustments,
})
const rule: fc.Arbitrary<CommissionRule> = fc.record({
  id: fc.stringMatching(/^comr_[0-9]{6}$/),
  vendor_id: orNull('vend_1', 'vend_2'),
  product_type_id: orNull('ptyp_1'),
  product_category_id: orNull('pcat_1'),
  rate_ppm: fc.integer({ min: 0, max: 1_000_000 }),
  fixed_minor: fc.integer({ min: 0, max: 100_000 }),
  currency_code: orNull('usd', 'eur'),
})

const cart: fc.Arbitrary<LoadedCart> = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 15 }), fc.array(method, { minLength: vendors.length, maxLength: vendors.length }))
  .map(([lines, methods]) => {
    const present = [...new Set(lines.map((entry) => entry.vendor_id))]
    return {
      id: 'cart_1',
      currency_code: 'usd',
      lines: lines.map((entry, index) => ({ ...entry, id: `cali_${index}` })),
      methods: present.map((vendor_id, index) => ({ ...methods[index], id: `casm_${index}`, vendor_id })),
    } as unknown as LoadedCart
  })

const sum = <Entry>(list: readonly Entry[], amount: (entry: Entry) => bigint) => list.reduce((total, entry) => total + amount(entry), 0n)

describe('dividing an order among its vendors', () => {
  it('the vendors’ orders sum to the parent, total, tax and all', () => {
    fc.assert(
      fc.property(cart, fc.array(rule, { maxLength: 6 }), (loaded, rules) => {
        const totals = totalsOfCart(loaded)
        const { vendorOrders } = planOrder(loaded, { rules })
        assert.equal(
          sum(vendorOrders, (order) => order.total_minor),
          totals.total,
        )
        assert.equal(
          sum(vendorOrders, (order) => order.tax_total_minor),
          totals.tax,
        )
        assert.equal(
          sum(vendorOrders, (order) => order.item_total_minor),
          totals.items.total,
        )
        assert.equal(
          sum(vendorOrders, (order) => order.shipping_total_minor),
          totals.shipping.total,
        )
      }),
    )
  })

  it('what the shopper and those who pay for discounts pay is what the vendors, the store and the tax office are owed', () => {
    fc.assert(
      fc.property(cart, fc.array(rule, { maxLength: 6 }), (loaded, rules) => {
        const { vendorOrders } = planOrder(loaded, { rules })
        for (const order of vendorOrders) {
          assert.equal(
            order.vendor_amount_minor + order.commission_minor + order.tax_total_minor,
            order.total_minor + order.store_discount_minor + order.platform_discount_minor,
          )
          assert.ok(order.vendor_amount_minor >= 0n && order.commission_minor >= 0n)
        }
      }),
    )
  })

  it('a commission is never more than its line without tax, and the order’s is the sum of its lines’', () => {
    fc.assert(
      fc.property(cart, fc.array(rule, { maxLength: 6 }), (loaded, rules) => {
        const { vendorOrders, lines } = planOrder(loaded, { rules })
        for (const entry of lines) {
          assert.equal(entry.commission.baseMinor, entry.totals.subtotal - entry.totals.funded.vendorMinor)
          assert.ok(entry.commission.amountMinor >= 0n && entry.commission.amountMinor <= entry.commission.baseMinor)
        }
        for (const order of vendorOrders) {
          const own = lines.filter((entry) => entry.vendor_order_id === order.id)
          assert.equal(
            order.commission_minor,
            sum(own, (entry) => entry.commission.amountMinor),
          )
        }
      }),
    )
  })

  it('discounts are divided to the last cent among lines, vendors and those who pay for them', () => {
    fc.assert(
      fc.property(cart, (loaded) => {
        const totals = totalsOfCart(loaded)
        const { vendorOrders, lines, methods } = planOrder(loaded, { rules: [] })
        for (const { totals: own, adjustments: list } of [...lines, ...methods]) {
          assert.equal(own.total, own.subtotal - own.discountSubtotal + own.tax)
          assert.equal(own.funded.vendorMinor + own.funded.storeMinor + own.funded.platformMinor, own.discountSubtotal)
          assert.equal(own.adjustmentParts.length, list.length)
          assert.equal(
            sum(own.adjustmentParts, (part) => part.total),
            own.subtotal + own.originalTax - own.total,
          )
          assert.ok(own.total >= 0n && own.tax >= 0n && own.tax <= own.originalTax && own.discountSubtotal <= own.subtotal)
          assert.equal(
            sum(own.taxParts, (part) => part),
            own.tax,
          )
          for (const part of own.adjustmentParts) assert.ok(part.subtotal >= 0n && part.total >= 0n)
        }
        assert.equal(
          sum(vendorOrders, (order) => order.vendor_discount_minor + order.store_discount_minor + order.platform_discount_minor),
          totals.discountSubtotal,
        )
        assert.equal(totals.total, totals.subtotal - totals.discountSubtotal + totals.tax)
      }),
    )
  })

  it('every line and method is in the order of its own vendor, once', () => {
    fc.assert(
      fc.property(cart, (loaded) => {
        const { vendorOrders, lines, methods } = planOrder(loaded, { rules: [] })
        assert.deepEqual(lines.map((entry) => entry.cart_line_id).sort(), loaded.lines.map((entry) => entry.id).sort())
        assert.equal(methods.length, loaded.methods.length)
        const vendorOf = new Map(vendorOrders.map((order) => [order.id, order.vendor_id]))
        assert.equal(vendorOf.size, new Set(loaded.lines.map((entry) => entry.vendor_id)).size)
        for (const entry of [...lines, ...methods]) assert.equal(vendorOf.get(entry.vendor_order_id), entry.vendor_id)
        assert.deepEqual(
          vendorOrders.map((order) => order.position),
          vendorOrders.map((_order, index) => index + 1),
        )
      }),
    )
  })

  it('gives every row an id of its own', () => {
    fc.assert(
      fc.property(cart, (loaded) => {
        const plan = planOrder(loaded, { rules: [] })
        const ids = [
          plan.orderId,
          ...plan.vendorOrders.map((order) => order.id),
          ...plan.methods.map((entry) => entry.id),
          ...plan.lines.flatMap((entry) => [entry.id, entry.commission_line_id]),
        ]
        assert.equal(new Set(ids).size, ids.length)
      }),
    )
  })
})

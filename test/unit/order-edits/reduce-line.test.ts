import assert from 'node:assert/strict'
import fc from 'fast-check'
import { lineTotals } from '../../../src/carts/index.js'
import { reduceLine, type ReducedLine } from '../../../src/order-edits/reduce-line.js'
import type { OrderLineRow } from '../../../src/orders/index.js'
import { divideCredit, lessCredits, type OpenPart } from '../../../src/payments/index.js'

const funders = ['vendor', 'store', 'platform'] as const

/** A sold line as the database has it, and what is left of it. */
function sold(wish: {
  price: number
  quantity: number
  rates: number[]
  isInclusive: boolean
  discounts: number[]
  commission_ppm: number
}) {
  const adjustments = wish.discounts.map((share, index) => ({
    id: `ordliadj_${index}`,
    promotion_id: `promo_${index}`,
    code: `C${index}`,
    amount_minor: Math.floor((wish.price * wish.quantity * share) / 100),
    is_tax_inclusive: wish.isInclusive,
    funder: funders[index % 3] as (typeof funders)[number],
  }))
  const totals = lineTotals({
    quantity: wish.quantity,
    unitPriceMinor: BigInt(wish.price),
    isTaxInclusive: wish.isInclusive,
    ratesPpm: wish.rates,
    adjustments,
  })
  const { vendorMinor, storeMinor, platformMinor } = totals.funded
  const sale = totals.subtotal - vendorMinor
  const commission = (sale * BigInt(wish.commission_ppm)) / 1_000_000n
  const row = {
    id: 'ordli_1',
    vendor_order_id: 'vord_1',
    quantity: wish.quantity,
    subtotal_minor: Number(totals.subtotal),
    tax_minor: Number(totals.tax),
    total_minor: Number(totals.total),
    discount_tax_minor: Number(totals.originalTax - totals.tax),
    vendor_discount_minor: Number(vendorMinor),
    store_discount_minor: Number(storeMinor),
    platform_discount_minor: Number(platformMinor),
    tax_lines: wish.rates.map((rate_ppm, index) => ({ rate_ppm, amount_minor: Number(totals.taxParts[index]) })),
    adjustments: adjustments.map((adjustment, index) => ({
      ...adjustment,
      subtotal_minor: Number(totals.adjustmentParts[index]?.subtotal),
      total_minor: Number(totals.adjustmentParts[index]?.total),
    })),
  } as unknown as OrderLineRow
  const open: OpenPart = {
    vendor_order_id: 'vord_1',
    vendor_id: 'vend_1',
    order_line_item_id: 'ordli_1',
    order_shipping_method_id: null,
    amount_minor: totals.total,
    vendor_amount_minor: sale - commission,
    commission_minor: commission,
    tax_minor: totals.tax,
    held_minor: 0n,
    store_discount_minor: storeMinor,
    platform_discount_minor: platformMinor,
  }
  return { row, open }
}

const amounts = [
  'amount_minor',
  'vendor_amount_minor',
  'commission_minor',
  'tax_minor',
  'store_discount_minor',
  'platform_discount_minor',
] as const

/** What must hold of any line that pieces were taken out of. */
function check(row: OrderLineRow, open: OpenPart, less: ReducedLine): void {
  for (const name of amounts)
    assert.ok(less.share[name] >= 0n && less.share[name] <= open[name], `${name} ${less.share[name]} of ${open[name]}`)
  const { share } = less
  assert.equal(
    share.amount_minor,
    share.vendor_amount_minor + share.commission_minor + share.tax_minor - share.store_discount_minor - share.platform_discount_minor,
  )
  assert.equal(less.total_minor, BigInt(row.total_minor) - share.amount_minor)
  assert.equal(less.tax_minor, BigInt(row.tax_minor) - share.tax_minor)
  const discounts = [less.vendor_discount_minor, less.store_discount_minor, less.platform_discount_minor]
  const discount = discounts.reduce((sum, one) => sum + one, 0n)
  assert.equal(less.total_minor, less.subtotal_minor - discount + less.tax_minor)
  for (const part of [less.subtotal_minor, less.tax_minor, less.total_minor, ...discounts]) assert.ok(part >= 0n)
  assert.equal(BigInt(less.adjustments.reduce((sum, adjustment) => sum + adjustment.subtotal_minor, 0)), discount)
  if (less.tax_lines.length > 0) assert.equal(BigInt(less.tax_lines.reduce((sum, line) => sum + line.amount_minor, 0)), less.tax_minor)
}

const asRow = (row: OrderLineRow, { share: _share, ...less }: ReducedLine) =>
  ({
    ...row,
    ...Object.fromEntries(Object.entries(less).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])),
  }) as OrderLineRow

const wish = fc.record({
  price: fc.integer({ min: 0, max: 100_000 }),
  quantity: fc.integer({ min: 1, max: 30 }),
  rates: fc.array(fc.integer({ min: 0, max: 250_000 }), { maxLength: 2 }),
  isInclusive: fc.boolean(),
  discounts: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 4 }),
  commission_ppm: fc.integer({ min: 0, max: 1_000_000 }),
})

describe('taking pieces out of a sold line', () => {
  it('leaves a line whose parts sum, and takes of each party no more than it has', () => {
    fc.assert(
      fc.property(wish, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), fc.nat(100), (wanted, steps, credited) => {
        let { row, open } = sold(wanted)
        // Something may have been given back before.
        const before = (open.amount_minor * BigInt(credited)) / 100n
        if (credited % 2 === 1 && before > 0n) open = lessCredits([open], divideCredit(before, [open]))[0] as OpenPart
        for (const step of steps) {
          if (row.quantity === 0) break
          const less = reduceLine(row, open, step % row.quantity)
          check(row, open, less)
          row = asRow(row, less)
          open = lessCredits([open], [less.share])[0] as OpenPart
        }
      }),
      { numRuns: 500 },
    )
  })

  it('leaves the price times the pieces where nothing was discounted and tax comes on top', () => {
    fc.assert(
      fc.property(wish, fc.nat(), (wanted, left) => {
        const { row, open } = sold({ ...wanted, discounts: [], isInclusive: false })
        const less = reduceLine(row, open, left % row.quantity)
        assert.equal(less.subtotal_minor, BigInt(wanted.price * less.quantity))
      }),
      { numRuns: 200 },
    )
  })

  it('leaves nothing of a line without pieces', () => {
    fc.assert(
      fc.property(wish, (wanted) => {
        const { row, open } = sold(wanted)
        const less = reduceLine(row, open, 0)
        assert.deepEqual([less.subtotal_minor, less.tax_minor, less.total_minor, less.share.amount_minor], [0n, 0n, 0n, open.amount_minor])
        assert.equal(less.share.vendor_amount_minor, open.vendor_amount_minor)
      }),
      { numRuns: 200 },
    )
  })
})

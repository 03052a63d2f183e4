import assert from 'node:assert/strict'
import fc from 'fast-check'
import { lineTotals } from '../../../src/carts/index.js'
import { currentTotals, worthOf } from '../../../src/orders/queries/order-money.js'
import type { OrderLineRow } from '../../../src/orders/index.js'

describe('the totals of a line of which pieces came back', () => {
  const line = fc.record({
    price: fc.integer({ min: 1, max: 100_000 }),
    quantity: fc.integer({ min: 1, max: 9 }),
    rates: fc.array(fc.integer({ min: 0, max: 250_000 }), { maxLength: 2 }),
    isInclusive: fc.boolean(),
    discount: fc.integer({ min: 0, max: 90 }),
    received: fc.integer({ min: 0, max: 9 }),
    damaged: fc.integer({ min: 0, max: 9 }),
  })

  it('are what was sold less what those were sold for, to the cent', () => {
    fc.assert(
      fc.property(line, ({ price, quantity, rates, isInclusive, discount, received, damaged }) => {
        const gone = Math.min(quantity, received)
        const dismissed = Math.min(quantity - gone, damaged)
        const amount_minor = Math.floor((price * quantity * discount) / 100)
        const adjustments = [{ amount_minor, is_tax_inclusive: isInclusive, funder: 'vendor' as const }]
        const sold = lineTotals({ quantity, unitPriceMinor: BigInt(price), isTaxInclusive: isInclusive, ratesPpm: rates, adjustments })
        const row = {
          quantity,
          subtotal_minor: Number(sold.subtotal),
          tax_minor: Number(sold.tax),
          total_minor: Number(sold.total),
          discount_tax_minor: Number(sold.originalTax - sold.tax),
          vendor_discount_minor: Number(sold.discountSubtotal),
          store_discount_minor: 0,
          platform_discount_minor: 0,
          tax_lines: rates.map((rate_ppm, index) => ({ rate_ppm, amount_minor: Number(sold.taxParts[index] ?? 0n) })),
          adjustments: [],
          return_received_quantity: gone,
          return_dismissed_quantity: dismissed,
        } as unknown as OrderLineRow
        const left = currentTotals(row)
        assert.equal(left.total, sold.total - worthOf(row, gone + dismissed))
        assert.equal(left.total, left.subtotal - left.discountSubtotal + left.tax)
        const sum = (parts: bigint[]) => parts.reduce((all, part) => all + part, 0n)
        assert.deepEqual([sum(left.taxParts), sum(left.originalTaxParts)], rates.length === 0 ? [0n, 0n] : [left.tax, left.originalTax])
        if (gone + dismissed === quantity) assert.deepEqual([left.total, left.subtotal, left.tax, left.originalTax], [0n, 0n, 0n, 0n])
      }),
    )
  })
})

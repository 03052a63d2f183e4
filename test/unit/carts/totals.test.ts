import assert from 'node:assert/strict'
import fc from 'fast-check'
import { lineTotals, type PricedLine, renderLineTotals, renderRootTotals, sumTotals, totalPaths } from '../../../src/carts/index.js'
import { toMinor } from '../../../src/kernel/index.js'

const line: fc.Arbitrary<PricedLine> = fc.record({
  quantity: fc.integer({ min: 1, max: 100_000 }),
  unitPriceMinor: fc.bigInt({ min: 0n, max: 1_000_000_000n }),
  isTaxInclusive: fc.boolean(),
  ratesPpm: fc.array(fc.integer({ min: 0, max: 500_000 }), { maxLength: 3 }),
})
const lines = fc.array(line, { maxLength: 12 })

describe('totals of a line', () => {
  it('subtotal and tax make the total, and the tax lines make the tax', () => {
    fc.assert(
      fc.property(line, (priced) => {
        const totals = lineTotals(priced)
        assert.equal(totals.subtotal + totals.tax, totals.total)
        assert.equal(
          totals.taxParts.reduce((sum, part) => sum + part, 0n),
          totals.tax,
        )
        assert.equal(totals.taxParts.length, priced.ratesPpm.length)
        assert.ok(totals.subtotal >= 0n && totals.tax >= 0n)
      }),
    )
  })

  it('with tax included cost the shopper price × quantity; otherwise that is the subtotal', () => {
    fc.assert(
      fc.property(line, (priced) => {
        const totals = lineTotals(priced)
        const amount = priced.unitPriceMinor * BigInt(priced.quantity)
        assert.equal(priced.isTaxInclusive ? totals.total : totals.subtotal, amount)
      }),
    )
  })

  it('are rounded once for the line, not once for each piece', () => {
    const priced = { quantity: 3, unitPriceMinor: 333n, isTaxInclusive: false, ratesPpm: [190_000] }
    const { subtotal, tax, total, taxParts } = lineTotals(priced)
    assert.deepEqual({ subtotal, tax, total, taxParts }, { subtotal: 999n, tax: 190n, total: 1_189n, taxParts: [190n] })
    assert.equal(lineTotals({ ...priced, quantity: 1 }).tax * 3n, 189n)
  })
})

describe('totals of a cart', () => {
  it('are the sums of its lines and shipping methods, to the last cent, on the wire too', () => {
    fc.assert(
      fc.property(lines, lines, fc.constantFrom('usd', 'jpy', 'kwd'), (items, methods, currency) => {
        const itemTotals = items.map(lineTotals)
        const methodTotals = methods.map((method) => lineTotals({ ...method, quantity: 1 }))
        const root = sumTotals(itemTotals, methodTotals)
        const wire = renderRootTotals(root, currency)
        const minor = (name: string) => toMinor(wire[name] as number, currency)
        const lineSum = (list: typeof itemTotals, name: string) =>
          list.reduce((sum, totals) => sum + toMinor(renderLineTotals(totals, currency)[name] as number, currency), 0n)
        assert.equal(minor('item_total'), lineSum(itemTotals, 'total'))
        assert.equal(minor('item_subtotal'), lineSum(itemTotals, 'subtotal'))
        assert.equal(minor('item_tax_total'), lineSum(itemTotals, 'tax_total'))
        assert.equal(minor('shipping_total'), lineSum(methodTotals, 'total'))
        assert.equal(minor('shipping_tax_total'), lineSum(methodTotals, 'tax_total'))
        assert.equal(minor('total'), minor('item_total') + minor('shipping_total'))
        assert.equal(minor('total'), minor('subtotal') + minor('tax_total'))
        assert.equal(minor('original_total'), minor('total'))
        assert.equal(minor('discount_total'), 0n)
      }),
    )
  })

  it('of nothing are nothing', () => {
    for (const value of Object.values(renderRootTotals(sumTotals([], []), 'usd'))) assert.equal(value, 0)
  })

  it('have a path each, so that one asked for brings all', () => {
    const root = Object.keys(renderRootTotals(sumTotals([], []), 'usd'))
    for (const name of root) assert.ok(totalPaths.includes(name), name)
    for (const name of ['items.total', 'items.original_total', 'shipping_methods.tax_total', 'gift_card_total', 'credit_line_total']) {
      assert.ok(totalPaths.includes(name), name)
    }
    assert.equal(new Set(totalPaths).size, totalPaths.length)
  })
})

/** What one line comes to by Medusa's published formulas, nothing rounded: an independent reckoning, in fractions of minor units. */
function unrounded({ quantity, unitPriceMinor, isTaxInclusive, ratesPpm, adjustments = [] }: PricedLine): Record<string, number> {
  const rate = ratesPpm.reduce((sum, ppm) => sum + ppm, 0) / 1_000_000
  const amount = Number(unitPriceMinor) * quantity
  const subtotal = isTaxInclusive ? amount / (1 + rate) : amount
  const off = adjustments.reduce((sum, one) => sum + (one.is_tax_inclusive ? one.amount_minor / (1 + rate) : one.amount_minor), 0)
  return {
    subtotal,
    original_subtotal: subtotal,
    original_tax_total: subtotal * rate,
    original_total: subtotal * (1 + rate),
    discount_subtotal: off,
    discount_tax_total: off * rate,
    discount_total: off * (1 + rate),
    tax_total: (subtotal - off) * rate,
    total: (subtotal - off) * (1 + rate),
  }
}

describe('totals by Medusa’s formulas', () => {
  /** A line with discounts of which some have the tax in them, never more than it costs. */
  const discounted = fc
    .tuple(
      fc.record({
        quantity: fc.integer({ min: 1, max: 50 }),
        unitPriceMinor: fc.bigInt({ min: 0n, max: 1_000_000n }),
        isTaxInclusive: fc.boolean(),
        ratesPpm: fc.array(fc.constantFrom(0, 5_000, 50_000, 77_500, 190_000, 333_333), { maxLength: 3 }),
      }),
      fc.array(fc.record({ share: fc.integer({ min: 0, max: 33 }), is_tax_inclusive: fc.boolean() }), { maxLength: 3 }),
    )
    .map(([priced, parts]): PricedLine => {
      const whole = unrounded(priced)
      const adjustments = parts.map(({ share, is_tax_inclusive }) => ({
        is_tax_inclusive,
        funder: 'store' as const,
        amount_minor: Math.floor(((is_tax_inclusive ? whole.original_total : whole.subtotal) as number) * (share / 100)),
      }))
      return { ...priced, adjustments }
    })
  /** Where discounts without tax meet some with it, the second is taken of what the first has left, which is rounded already. */
  const unitsOff = 1.5
  const near = (found: number, wanted: number, most: number, name: string) =>
    assert.ok(Math.abs(found - wanted) <= most + 1e-6, `${name}: ${found} is not ${wanted}`)
  const sumOf = (parts: readonly Record<string, number>[], name: string) => parts.reduce((sum, part) => sum + (part[name] as number), 0)

  it('are those of a line to the rounding of its parts, and of a cart to that of its lines', () => {
    fc.assert(
      fc.property(
        fc.array(discounted, { maxLength: 5 }),
        fc.array(
          discounted.map((method) => ({ ...method, quantity: 1, adjustments: method.quantity === 1 ? (method.adjustments ?? []) : [] })),
          { maxLength: 3 },
        ),
        fc.integer({ min: 0, max: 10_000 }),
        (items, methods, credit) => {
          const [itemTotals, methodTotals] = [items.map(lineTotals), methods.map(lineTotals)]
          const [itemsBy, methodsBy] = [items.map(unrounded), methods.map(unrounded)]
          // The smallest unit of this currency is its only one: what is on the wire is minor units.
          for (const [index, wanted] of [...itemsBy, ...methodsBy].entries()) {
            const found = renderLineTotals([...itemTotals, ...methodTotals][index] as (typeof itemTotals)[number], 'jpy')
            assert.deepEqual(Object.keys(found).sort(), Object.keys(wanted).sort())
            for (const name of Object.keys(wanted)) near(found[name] as number, wanted[name] as number, unitsOff, name)
          }
          const root = renderRootTotals(sumTotals(itemTotals, methodTotals), 'jpy', { total: BigInt(credit), giftCards: 0n })
          const wanted: Record<string, number> = { credit_line_total: credit, credit_line_subtotal: credit }
          for (const name of Object.keys(unrounded(noLine))) {
            const [ofItems, ofMethods] = [sumOf(itemsBy, name), sumOf(methodsBy, name)]
            wanted[name] = ofItems + ofMethods - (name === 'total' ? credit : 0)
            const isOriginal = name.startsWith('original_')
            const own = name.replace('original_', '')
            if (!isOriginal && ['discount_subtotal', 'discount_tax_total'].includes(name)) continue
            wanted[isOriginal ? `original_item_${own}` : `item_${own}`] = ofItems
            wanted[isOriginal ? `original_shipping_${own}` : `shipping_${own}`] = ofMethods
          }
          const uncomputed = ['credit_line_tax_total', 'gift_card_total', 'gift_card_tax_total']
          assert.deepEqual(Object.keys(root).sort(), [...Object.keys(wanted), ...uncomputed].sort())
          const most = unitsOff * (items.length + methods.length)
          for (const name of Object.keys(wanted)) near(root[name] as number, wanted[name] as number, most, name)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('of discounted lines have parts that sum to them, to the last unit', () => {
    const sum = (parts: readonly bigint[]) => parts.reduce((all, part) => all + part, 0n)
    fc.assert(
      fc.property(fc.array(discounted, { minLength: 1, maxLength: 5 }), (items) => {
        const totals = items.map(lineTotals)
        for (const line of totals) {
          assert.equal(sum(line.taxParts), line.tax)
          assert.equal(sum(line.originalTaxParts), line.originalTax)
          const off = line.discountSubtotal + line.originalTax - line.tax
          assert.equal(sum(line.adjustmentParts.map((part) => part.total)), line.adjustmentParts.length === 0 ? 0n : off)
          assert.equal(sum(line.adjustmentParts.map((part) => part.subtotal)), line.discountSubtotal)
        }
        const [root, half] = [sumTotals(totals, []), Math.ceil(totals.length / 2)]
        const [first, second] = [sumTotals(totals.slice(0, half), []), sumTotals(totals.slice(half), [])]
        for (const name of ['subtotal', 'discountSubtotal', 'tax', 'originalTax', 'total'] as const) {
          assert.equal(root.items[name], sum(totals.map((line) => line[name])), name)
          assert.equal(root[name], first[name] + second[name], name)
        }
      }),
      { numRuns: 300 },
    )
  })
})

const noLine: PricedLine = { quantity: 1, unitPriceMinor: 0n, isTaxInclusive: false, ratesPpm: [] }

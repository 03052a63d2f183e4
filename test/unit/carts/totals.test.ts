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

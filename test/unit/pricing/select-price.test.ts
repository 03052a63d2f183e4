import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type PriceCandidate, selectPrice } from '../../../src/pricing/index.js'

const window = fc.option(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.option(fc.integer({ min: 0, max: 20 }), { nil: null })), {
  nil: null,
})
const list = fc.constantFrom(
  { price_list_id: null, price_list_type: null },
  { price_list_id: 'plist_A', price_list_type: 'sale' as const },
  { price_list_id: 'plist_B', price_list_type: 'sale' as const },
  { price_list_id: 'plist_C', price_list_type: 'override' as const },
  { price_list_id: 'plist_D', price_list_type: 'override' as const },
)
const price = fc
  .record({
    amount_minor: fc.integer({ min: 0, max: 20 }),
    former: fc.option(fc.integer({ min: 0, max: 30 }), { nil: null }),
    window,
    list,
    is_regional: fc.boolean(),
    rules_count: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ window: given, list: { price_list_id, price_list_type }, former, ...rest }) => ({
    ...rest,
    price_list_id,
    price_list_type,
    compare_at_minor: price_list_id === null ? former : null,
    min_quantity: given === null ? null : given[0],
    max_quantity: given === null || given[1] === null ? null : given[0] + given[1],
  }))
const prices = fc
  .array(price, { maxLength: 12 })
  .map((all): PriceCandidate[] => all.map((one, index) => ({ id: `price_${String(index).padStart(2, '0')}`, ...one })))

const holds = (one: PriceCandidate, quantity: number) =>
  quantity >= (one.min_quantity ?? 1) && quantity <= (one.max_quantity ?? Number.POSITIVE_INFINITY)
const met = (one: PriceCandidate) => one.rules_count + (one.min_quantity === null ? 0 : 1)

/** The rules as they are written down, for each price against each other one. */
function model(all: readonly PriceCandidate[], quantity: number): { amount: number; original: number } | null {
  const winners = (ofList: (one: PriceCandidate) => boolean) =>
    all
      .filter((one) => ofList(one) && holds(one, quantity))
      .filter((one, _index, rest) =>
        rest.every((other) => {
          if (other.price_list_id !== one.price_list_id) return true
          const [a, b] = [one, other].map((each) => [met(each), each.min_quantity ?? 0, -each.amount_minor])
          const difference = (a as number[]).findIndex((value, index) => value !== (b as number[])[index])
          return difference === -1 || ((a as number[])[difference] as number) > ((b as number[])[difference] as number)
        }),
      )
      .map((one) => one.amount_minor)
  const overrides = winners((one) => one.price_list_type === 'override')
  if (overrides.length > 0) return { amount: Math.min(...overrides), original: Math.min(...overrides) }
  const [standard] = winners((one) => one.price_list_id === null)
  const sales = winners((one) => one.price_list_type === 'sale')
  if (standard === undefined && sales.length === 0) return null
  const original = standard ?? Math.min(...sales)
  return { amount: Math.min(original, ...sales), original }
}

describe('choosing among prices', () => {
  it('finds what the written rules say, for any prices and quantity', () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 40 }), (all, quantity) => {
        const bare = all.map((one) => ({ ...one, compare_at_minor: null }))
        const selected = selectPrice(bare, quantity)
        assert.deepEqual(
          selected === null ? null : { amount: selected.calculated.amount_minor, original: selected.original_minor },
          model(bare, quantity),
        )
      }),
      { numRuns: 2_000 },
    )
  })

  it('does not depend on the order in which prices are read', () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 40 }), (all, quantity) => {
        assert.deepEqual(selectPrice([...all].reverse(), quantity), selectPrice(all, quantity))
      }),
    )
  })

  it('never asks more than the price outside lists, unless a list overrides', () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 40 }), (all, quantity) => {
        const selected = selectPrice(all, quantity)
        if (selected === null || selected.calculated.price_list_type === 'override') return
        assert.ok(selected.calculated.amount_minor <= selected.original.amount_minor)
        assert.ok(selected.original_minor >= selected.original.amount_minor)
      }),
    )
  })
})

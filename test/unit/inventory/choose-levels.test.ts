import assert from 'node:assert/strict'
import fc from 'fast-check'
import { chooseLevels } from '../../../src/inventory/index.js'

type Level = Parameters<typeof chooseLevels>[0][number]

const level = (cartLine: string, item: string, location: string | null, wanted: number, available: number, backorder = false): Level => ({
  line_id: cartLine,
  inventory_item_id: item,
  vendor_id: 'vend_1',
  wanted,
  allow_backorder: backorder,
  level_id: location === null ? null : `${item} ${location}`,
  location_id: location,
  available,
})
const held = (levels: readonly Level[]) =>
  chooseLevels(levels).map((hold) => [hold.line_id, hold.inventory_item_id, hold.location_id, hold.quantity])
const insufficient = { type: 'not_allowed', code: 'insufficient_inventory' }

describe('choosing where stock comes from', () => {
  it('takes all of it from the first location that has enough', () => {
    assert.deepEqual(held([level('l1', 'i1', 'a', 5, 3), level('l1', 'i1', 'b', 5, 5), level('l1', 'i1', 'c', 5, 9)]), [
      ['l1', 'i1', 'b', 5],
    ])
  })

  it('takes it from several, in order, when no location has enough', () => {
    assert.deepEqual(held([level('l1', 'i1', 'a', 5, 3), level('l1', 'i1', 'b', 5, 0), level('l1', 'i1', 'c', 5, 4)]), [
      ['l1', 'i1', 'a', 3],
      ['l1', 'i1', 'c', 2],
    ])
  })

  it('does not promise to a second line what it gave to the first', () => {
    const both = (available: number) => [level('l1', 'i1', 'a', 3, available), level('l2', 'i1', 'a', 3, available)]
    assert.deepEqual(held(both(6)), [
      ['l1', 'i1', 'a', 3],
      ['l2', 'i1', 'a', 3],
    ])
    assert.throws(() => chooseLevels(both(5)), insufficient)
  })

  it('wants every part of a bundle', () => {
    assert.deepEqual(held([level('l1', 'i1', 'a', 2, 2), level('l1', 'i2', 'a', 4, 4)]), [
      ['l1', 'i1', 'a', 2],
      ['l1', 'i2', 'a', 4],
    ])
    assert.throws(() => chooseLevels([level('l1', 'i1', 'a', 2, 2), level('l1', 'i2', 'a', 4, 3)]), insufficient)
  })

  it('refuses what no location of the channel has', () => {
    assert.throws(() => chooseLevels([level('l1', 'i1', null, 1, 0)]), insufficient)
  })

  it('takes what is there of what may be sold beyond its stock', () => {
    assert.deepEqual(held([level('l1', 'i1', 'a', 5, 3, true)]), [['l1', 'i1', 'a', 3]])
    assert.deepEqual(held([level('l1', 'i1', null, 5, 0, true)]), [])
  })

  it('of nothing is nothing', () => {
    assert.deepEqual(chooseLevels([]), [])
  })

  it('never holds more of a location than it has, and all of every line or none of the cart', () => {
    const items = ['i1', 'i2', 'i3']
    const locations = ['a', 'b', 'c']
    const stock = fc.array(fc.nat(8), { minLength: 9, maxLength: 9 })
    const cartLines = fc.array(fc.record({ item: fc.nat(2), wanted: fc.integer({ min: 1, max: 6 }), backorder: fc.boolean() }), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(stock, cartLines, (available, wants) => {
        const rows = wants.flatMap((want, number) =>
          locations.map((location, at) =>
            level(`l${number}`, items[want.item] as string, location, want.wanted, available[want.item * 3 + at] as number, want.backorder),
          ),
        )
        const total = (item: number) => available.slice(item * 3, item * 3 + 3).reduce((sum, count) => sum + count, 0)
        let holds: ReturnType<typeof chooseLevels>
        try {
          holds = chooseLevels(rows)
        } catch {
          const short = items.some(
            (_item, at) => wants.filter((want) => want.item === at).reduce((sum, want) => sum + want.wanted, 0) > total(at),
          )
          assert.ok(short, 'refused although there was enough')
          return
        }
        for (const [at, item] of items.entries()) {
          for (const [place, location] of locations.entries()) {
            const taken = holds.filter((hold) => hold.level_id === `${item} ${location}`).reduce((sum, hold) => sum + hold.quantity, 0)
            assert.ok(taken <= (available[at * 3 + place] as number))
          }
        }
        for (const [number, want] of wants.entries()) {
          const taken = holds.filter((hold) => hold.line_id === `l${number}`).reduce((sum, hold) => sum + hold.quantity, 0)
          assert.ok(want.backorder ? taken <= want.wanted : taken === want.wanted)
        }
        assert.ok(holds.every((hold) => hold.quantity > 0))
      }),
      { numRuns: 400 },
    )
  })
})

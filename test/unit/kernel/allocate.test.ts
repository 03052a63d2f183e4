import assert from 'node:assert/strict'
import fc from 'fast-check'
import { allocate } from '../../../src/kernel/index.js'

const amount = fc.bigInt({ min: 0n, max: 10n ** 15n })
const weight = fc.bigInt({ min: 0n, max: 10n ** 12n })
const weights = fc.array(weight, { minLength: 1, maxLength: 20 }).filter((list) => list.some((entry) => entry > 0n))
const quantum = fc.constantFrom(1n, 5n, 10n, 100n)
const sum = (list: readonly bigint[]) => list.reduce((total, entry) => total + entry, 0n)

describe('dividing money', () => {
  it('divides 100 among three as 34, 33, 33', () => {
    assert.deepEqual(allocate(100n, [1n, 1n, 1n]), [34n, 33n, 33n])
  })

  it('gives the odd cents to the largest remainders', () => {
    assert.deepEqual(allocate(10n, [1n, 2n, 4n]), [1n, 3n, 6n])
    assert.deepEqual(allocate(1n, [1n, 3n, 2n]), [0n, 1n, 0n])
  })

  it('parts sum to the total, are multiples of the quantum, and nobody is given less than nothing', () => {
    fc.assert(
      fc.property(amount, weights, quantum, (units, list, step) => {
        const parts = allocate(units * step, list, { quantum: step })
        assert.equal(sum(parts), units * step)
        assert.ok(parts.every((part) => part >= 0n && part % step === 0n))
      }),
    )
  })

  it('every part is its exact share, rounded down or up by less than one quantum', () => {
    fc.assert(
      fc.property(amount, weights, quantum, (units, list, step) => {
        const total = units * step
        const whole = sum(list)
        for (const [index, part] of allocate(total, list, { quantum: step }).entries()) {
          const difference = part * whole - total * (list[index] as bigint)
          assert.ok(difference < step * whole && difference > -step * whole, `part ${index}`)
        }
      }),
    )
  })

  it('nobody whose remainder is smaller is rounded up before somebody whose remainder is larger', () => {
    fc.assert(
      fc.property(amount, weights, (total, list) => {
        const whole = sum(list)
        const shares = allocate(total, list).map((part, index) => {
          const exact = total * (list[index] as bigint)
          return { up: part > exact / whole, remainder: exact % whole }
        })
        const up = shares.filter((share) => share.up).map((share) => share.remainder)
        const down = shares.filter((share) => !share.up).map((share) => share.remainder)
        for (const large of up) for (const small of down) assert.ok(large >= small)
      }),
    )
  })

  it('the order of the weights does not matter, except between equal remainders', () => {
    fc.assert(
      fc.property(amount, weights, fc.infiniteStream(fc.nat()), (total, list, random) => {
        const whole = sum(list)
        const remainders = list.map((entry) => (total * entry) % whole)
        fc.pre(new Set(remainders).size === remainders.length)
        const order = list.map((_entry, index) => ({ index, key: random.next().value as number })).sort((a, b) => a.key - b.key)
        const shuffled = allocate(
          total,
          order.map(({ index }) => list[index] as bigint),
        )
        const straight = allocate(total, list)
        for (const [at, { index }] of order.entries()) assert.equal(shuffled[at], straight[index])
      }),
    )
  })

  it('of equals the first is given more', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 12 }), weight, (total, count, each) => {
        const parts = allocate(
          total,
          Array.from({ length: count }, () => each + 1n),
        )
        for (const [index, part] of parts.slice(1).entries())
          assert.ok((parts[index] as bigint) - part === 0n || (parts[index] as bigint) - part === 1n)
      }),
    )
  })

  it('a negative total is divided like a positive one', () => {
    fc.assert(
      fc.property(amount, weights, (total, list) => {
        assert.deepEqual(
          allocate(-total, list),
          allocate(total, list).map((part) => -part),
        )
      }),
    )
  })

  it('nothing weighs nothing and is given nothing', () => {
    fc.assert(
      fc.property(amount, weights, (total, list) => {
        for (const [index, part] of allocate(total, list).entries()) if (list[index] === 0n) assert.equal(part, 0n)
      }),
    )
  })

  describe('with caps', () => {
    const capped = fc.array(fc.record({ weight: fc.bigInt({ min: 1n, max: 10n ** 9n }), cap: fc.bigInt({ min: 0n, max: 10n ** 9n }) }), {
      minLength: 1,
      maxLength: 15,
    })

    it('no part exceeds its cap, and the parts still sum to the total', () => {
      fc.assert(
        fc.property(capped, fc.nat(1_000), (list, share) => {
          const total = (sum(list.map((entry) => entry.cap)) * BigInt(share)) / 1_000n
          const parts = allocate(
            total,
            list.map((entry) => entry.weight),
            { caps: list.map((entry) => entry.cap) },
          )
          assert.equal(sum(parts), total)
          for (const [index, part] of parts.entries()) assert.ok(part >= 0n && part <= (list[index]?.cap ?? 0n))
        }),
      )
    })

    it('what was divided in steps within what remains is never more than was there, and in the end all of it', () => {
      fc.assert(
        fc.property(capped, fc.array(fc.nat(1_000), { maxLength: 5 }), (list, steps) => {
          const caps = list.map((entry) => entry.cap)
          const list_weights = list.map((entry) => entry.weight)
          const remaining = [...caps]
          for (const step of [...steps, 1_000]) {
            const total = (sum(remaining) * BigInt(step)) / 1_000n
            const parts = allocate(total, list_weights, { caps: remaining })
            for (const [index, part] of parts.entries()) remaining[index] = (remaining[index] as bigint) - part
          }
          assert.deepEqual(
            remaining,
            caps.map(() => 0n),
          )
        }),
      )
    })

    it('refuses a total that does not fit under the caps', () => {
      fc.assert(
        fc.property(capped, fc.bigInt({ min: 1n, max: 10n ** 9n }), (list, more) => {
          const caps = list.map((entry) => entry.cap)
          assert.throws(
            () =>
              allocate(
                sum(caps) + more,
                list.map((entry) => entry.weight),
                { caps },
              ),
            RangeError,
          )
        }),
      )
    })

    it('caps that are no multiple of the quantum are used as far as a multiple goes', () => {
      assert.deepEqual(allocate(15n, [1n, 1n], { quantum: 5n, caps: [9n, 14n] }), [5n, 10n])
      assert.throws(() => allocate(20n, [1n, 1n], { quantum: 5n, caps: [9n, 14n] }), RangeError)
    })
  })

  it('refuses what cannot be divided', () => {
    assert.throws(() => allocate(1n, []), RangeError)
    assert.throws(() => allocate(1n, [0n, 0n]), RangeError)
    assert.throws(() => allocate(1n, [1n, -1n]), RangeError)
    assert.throws(() => allocate(7n, [1n], { quantum: 5n }), RangeError)
    assert.throws(() => allocate(5n, [1n], { quantum: 0n }), RangeError)
    assert.throws(() => allocate(1n, [1n, 1n], { caps: [1n] }), RangeError)
    assert.throws(() => allocate(1n, [1n, 1n], { caps: [-1n, 5n] }), RangeError)
    assert.deepEqual(allocate(0n, []), [])
    assert.deepEqual(allocate(0n, [0n, 0n]), [0n, 0n])
  })
})

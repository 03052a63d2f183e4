import assert from 'node:assert/strict'
import { useStripe } from '../support/stripe.js'
import { runTangle } from './tangle.js'

/** More for a longer look, and from which on: TANGLE_SEEDS=40 TANGLE_FIRST=3 npm test -- test/stripe/tangle.test.ts */
const seeds = Number(process.env.TANGLE_SEEDS ?? 2)
const first = Number(process.env.TANGLE_FIRST ?? 1)
const steps = 14
const currencies = [
  { currency: 'usd', price_minor: 2_000n },
  { currency: 'jpy', price_minor: 3_000n },
  { currency: 'kwd', price_minor: 10_000n },
] as const

describe('orders to which everything happens at once', function () {
  this.timeout(180_000)
  const world = useStripe({ virtualTime: true })

  for (let seed = first; seed < first + seeds; seed += 1) {
    it(`come out right, seed ${seed}`, async () => {
      assert.deepEqual(await runTangle(world(), seed, { steps, ...(currencies[seed % 3] as (typeof currencies)[0]) }), [])
    })
  }
})

import assert from 'node:assert/strict'
import { manyConnections } from '../support/app.js'
import { useStripe } from '../support/stripe.js'
import { type ChaosOptions, runChaos } from './chaos.js'

/** More for a longer look: CHAOS_SEEDS=20 npm test -- test/stripe/chaos.test.ts */
const seeds = Number(process.env.CHAOS_SEEDS ?? 1)
const shoppers = 40
/** Fewer are enough to see what goes wrong without what the design stands on. */
const fewer = 24

describe('payments in a storm', function () {
  this.timeout(120_000)
  const world = useStripe({ settings: { ...manyConnections, CHECKOUT_RESUME_AFTER_MS: '500' } })

  /** Races are the machine's to lose: a storm that happens to come out right is followed by another. */
  async function goesWrong(control: NonNullable<ChaosOptions['control']>, storms: readonly number[]): Promise<boolean> {
    for (const seed of storms) if ((await runChaos(world(), { seed, shoppers: fewer, control })).length > 0) return true
    return false
  }

  for (let seed = 1; seed <= seeds; seed += 1) {
    it(`of ${shoppers} shoppers come out right, seed ${seed}`, async () => {
      assert.deepEqual(await runChaos(world(), { seed, shoppers }), [])
    })
  }

  it('come out wrong without row locks', async () => {
    assert.ok(await goesWrong('no row locks', [4, 8, 12]))
  })

  it('come out wrong where events of payments without an order are forgotten', async () => {
    assert.ok(await goesWrong('events of unpaid orders are dropped', [1, 2, 3]))
  })
})

import assert from 'node:assert/strict'
import { useStripe } from '../support/stripe.js'
import { runChaos } from './chaos.js'

/** More for a longer look: CHAOS_SEEDS=20 npm test -- test/stripe/chaos.test.ts */
const seeds = Number(process.env.CHAOS_SEEDS ?? 1)
const shoppers = 40

describe('payments in a storm', function () {
  this.timeout(120_000)
  const world = useStripe({ settings: { CHECKOUT_RESUME_AFTER_MS: '500' } })

  for (let seed = 1; seed <= seeds; seed += 1) {
    it(`of ${shoppers} shoppers come out right, seed ${seed}`, async () => {
      assert.deepEqual(await runChaos(world(), { seed, shoppers }), [])
    })
  }

  it('come out wrong without row locks', async () => {
    assert.notDeepEqual(await runChaos(world(), { seed: 4, shoppers, control: 'no row locks' }), [])
  })

  it('come out wrong where events of payments without an order are forgotten', async () => {
    assert.notDeepEqual(await runChaos(world(), { seed: 1, shoppers, control: 'events of unpaid orders are dropped' }), [])
  })
})

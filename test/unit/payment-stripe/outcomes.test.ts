import assert from 'node:assert/strict'
import Stripe from 'stripe'
import { startStripeSimulator, stripeOptionsFor } from '../../../infra/local/stripe/index.js'
import { attempt } from '../../../src/providers/payment-stripe/outcomes.js'

describe('what a call to Stripe came to', () => {
  it('is not known where its key was used with other parameters: what that moved is no failure', async () => {
    const simulator = await startStripeSimulator({ seed: 1 })
    try {
      const stripe = new Stripe('sk_test_twoparameters', stripeOptionsFor(simulator))
      const pay = (amount: number) =>
        attempt(async () => ({
          kind: 'ok' as const,
          value: await stripe.paymentIntents.create({ amount, currency: 'usd' }, { idempotencyKey: 'transfer:one' }),
        }))
      assert.equal((await pay(1_000)).kind, 'ok')
      assert.equal((await pay(1_001)).kind, 'unknown')
    } finally {
      await simulator.stop()
    }
  })
})

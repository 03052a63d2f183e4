import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import Stripe from 'stripe'
import { startStripeSimulator, stripeOptionsFor } from '../../../infra/local/stripe/index.js'
import { type Exchange, Recorder } from './recorder.js'

describe('the recorder of the contract with Stripe', () => {
  it('writes what was exchanged, and nothing that signs in', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-recorded-'))
    const simulator = await startStripeSimulator()
    const recorder = new Recorder(folder)
    const httpClient = Stripe.createFetchHttpClient(recorder.fetch)
    const stripe = new Stripe('sk_test_recordedstore', { ...stripeOptionsFor(simulator), httpClient, maxNetworkRetries: 0 })
    const intent = await stripe.paymentIntents.create({ amount: 5_000, currency: 'usd' }, { idempotencyKey: 'order-1' })
    await stripe.webhookEndpoints.create({ url: 'https://example.com', enabled_events: ['*'] })
    await assert.rejects(stripe.paymentIntents.capture(intent.id))
    await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_threeDSecure2Required', return_url: 'https://example.com' })
    recorder.write('Payments: captures nothing that is not authorised')
    await simulator.stop()
    const text = fs.readFileSync(path.join(folder, 'payments-captures-nothing-that-is-not-authorised.json'), 'utf8')
    fs.rmSync(folder, { recursive: true })
    const exchanges = JSON.parse(text) as Exchange[]
    assert.deepEqual(
      exchanges.map(({ method, path: at, status }) => [method, at, status]),
      [
        ['POST', '/v1/payment_intents', 200],
        ['POST', '/v1/webhook_endpoints', 200],
        ['POST', `/v1/payment_intents/${intent.id}/capture`, 400],
        ['POST', `/v1/payment_intents/${intent.id}/confirm`, 200],
      ],
    )
    assert.deepEqual([exchanges[0]?.request, exchanges[0]?.idempotencyKey], ['amount=5000&currency=usd', 'order-1'])
    for (const secret of ['sk_test_recordedstore', intent.client_secret as string, 'whsec_']) assert.ok(!text.includes(secret), secret)
  })
})

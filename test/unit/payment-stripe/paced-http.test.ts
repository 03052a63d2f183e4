import assert from 'node:assert/strict'
import Stripe from 'stripe'
import { attempt } from '../../../src/providers/payment-stripe/outcomes.js'
import { pacedHttp } from '../../../src/providers/payment-stripe/paced-http.js'

describe('requests to Stripe', () => {
  /** Answers everything, and counts. */
  function counting() {
    const inner = Stripe.createNodeHttpClient()
    let sent = 0
    const answer = {
      getStatusCode: () => 200,
      getHeaders: () => ({}),
      toJSON: async () => ({ object: 'balance', available: [] }),
      getRawResponse: () => ({}),
    }
    inner.makeRequest = async () => {
      sent += 1
      return answer as unknown as Awaited<ReturnType<typeof inner.makeRequest>>
    }
    return { inner, sent: () => sent }
  }
  const outcomes = async (mode: 'test' | 'live', requests: number) => {
    const { inner, sent } = counting()
    const client = new Stripe(`sk_${mode}_12345678`, { httpClient: pacedHttp(mode, inner, 0), telemetry: false, maxNetworkRetries: 2 })
    const kinds = await Promise.all(
      Array.from({ length: requests }, () => attempt(async () => ({ kind: 'ok', value: await client.balance.retrieve() }))),
    )
    return { sent: sent(), kinds: kinds.map(({ kind }) => kind) }
  }

  it('are as many in a second as Stripe takes, and those that would wait too long are told to come back, unsent', async () => {
    for (const [mode, most] of [
      ['test', 25],
      ['live', 100],
    ] as const) {
      const { sent, kinds } = await outcomes(mode, most + 3)
      assert.equal(sent, most)
      assert.deepEqual(
        kinds.filter((kind) => kind !== 'ok'),
        ['throttled', 'throttled', 'throttled'],
      )
    }
  })
})

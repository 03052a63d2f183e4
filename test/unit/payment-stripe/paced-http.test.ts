import assert from 'node:assert/strict'
import Stripe from 'stripe'
import { openSharedRedis, type SharedRedis } from '../../../src/jobs/index.js'
import { attempt } from '../../../src/providers/payment-stripe/outcomes.js'
import { type Pace, pacedHttp, paceOf } from '../../../src/providers/payment-stripe/paced-http.js'

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
    const kinds = await ask(paceOf(), `sk_${mode}_12345678`, requests, inner)
    return { sent: sent(), kinds }
  }
  const ask = async (pace: Pace, secretKey: string, requests: number, inner: ReturnType<typeof counting>['inner']) => {
    const mode = secretKey.startsWith('sk_live') ? 'live' : 'test'
    const client = new Stripe(secretKey, {
      httpClient: pacedHttp(pace, { mode, secretKey }, inner, 0),
      telemetry: false,
      maxNetworkRetries: 2,
    })
    const kinds = await Promise.all(
      Array.from({ length: requests }, () => attempt(async () => ({ kind: 'ok', value: await client.balance.retrieve() }))),
    )
    return kinds.map(({ kind }) => kind)
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

  describe('of several processes', () => {
    const redisUrl = process.env.STOA_TEST_REDIS
    const opened: SharedRedis[] = []
    const lost: Error[] = []
    const pace = async (url: string, prefix: string): Promise<Pace> => {
      const redis = await openSharedRedis({ redisUrl: url, prefix, onError: (error) => lost.push(error) })
      opened.push(redis)
      return paceOf({ client: redis.client, prefix })
    }
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((redis) => redis.close()))
    })

    it('are counted together, of each key by itself and of each deployment by itself', async function () {
      if (redisUrl === undefined) {
        assert.notEqual(process.env.CI, 'true', 'STOA_TEST_REDIS is not set: in CI it must run')
        return this.skip()
      }
      const prefix = `paced${process.pid}`
      const [one, two, foreign] = [await pace(redisUrl, prefix), await pace(redisUrl, prefix), await pace(redisUrl, `${prefix}x`)]
      for (const { client } of opened) await client.ping()
      const { inner, sent } = counting()
      const kinds = (await Promise.all([one, two].map((each) => ask(each, 'sk_test_together1', 20, inner)))).flat()
      assert.equal(sent(), 25)
      assert.equal(kinds.filter((kind) => kind === 'throttled').length, 15)
      assert.deepEqual(new Set(await ask(two, 'sk_test_another12', 5, inner)), new Set(['ok']))
      assert.deepEqual(new Set(await ask(foreign, 'sk_test_together1', 5, inner)), new Set(['ok']))
    })

    it('go on, each process counting alone, while Redis is lost', async () => {
      const alone = await pace('redis://127.0.0.1:1', 'nowhere')
      const { inner, sent } = counting()
      const kinds = await ask(alone, 'sk_test_alone1234', 27, inner)
      assert.equal(sent(), 25)
      assert.equal(kinds.filter((kind) => kind === 'throttled').length, 2)
    })
  })
})

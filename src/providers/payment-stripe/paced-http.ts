import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible'
import Stripe from 'stripe'
import { assertNoUnit } from '../../db/index.js'

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>
type Mode = 'test' | 'live'

/** Requests of a second that Stripe takes of an account. */
const perSecond = { test: 25, live: 100 } as const
/** Who waits longer than that is told so: the caller comes back under the same key. */
const patience_ms = 5_000

/** A Redis in which several processes count together: the connection of a client that speaks its commands. */
export interface SharedCounts {
  client: unknown
  /** Keeps deployments apart that share a Redis. */
  prefix: string
}

/** Counts the requests of each key. */
export type Pace = Readonly<Record<Mode, RateLimiterAbstract>>

/** Counted in Redis, where there is one, so that all processes together send no more than Stripe takes; else, and while it is lost, in this process alone. */
export function paceOf(shared?: SharedCounts): Pace {
  const limiterOf = (mode: Mode): RateLimiterAbstract => {
    const limit = { points: perSecond[mode], duration: 1 }
    const alone = new RateLimiterMemory(limit)
    if (shared === undefined) return alone
    return new RateLimiterRedis({
      ...limit,
      storeClient: shared.client,
      keyPrefix: `${shared.prefix}:stripe:${mode}`,
      insuranceLimiter: alone,
      rejectIfRedisNotReady: true,
    })
  }
  return { test: limiterOf('test'), live: limiterOf('live') }
}

/**
 * Sends no more requests of a key in a second than Stripe takes of its account; what is more waits its turn, and in the end is
 * answered as Stripe would answer it, without being sent. Keys of one account are counted apart: Stripe may still refuse.
 */
export function pacedHttp(
  pace: Pace,
  of: { mode: Mode; secretKey: string },
  inner: HttpClient = Stripe.createNodeHttpClient(),
  longest_ms = patience_ms,
): HttpClient {
  // What is in Redis opens nothing.
  const name = createHash('sha256').update(of.secretKey).digest('hex').slice(0, 32)
  return {
    getClientName: () => inner.getClientName(),
    async makeRequest(...request) {
      assertNoUnit('asking Stripe')
      return (await turn(pace[of.mode], name, longest_ms)) ? inner.makeRequest(...request) : refusal
    },
  }
}

async function turn(limiter: RateLimiterAbstract, name: string, longest_ms: number): Promise<boolean> {
  const until = performance.now() + longest_ms
  for (;;) {
    try {
      await limiter.consume(name)
      return true
    } catch (rejected) {
      if (rejected instanceof Error) throw rejected
      const wait_ms = Math.max(1, (rejected as RateLimiterRes).msBeforeNext)
      if (performance.now() + wait_ms > until) return false
      await pause(wait_ms)
    }
  }
}

const body = { error: { type: 'rate_limit_error', code: 'rate_limit', message: 'Too many requests of this account: nothing was sent' } }

const refusal: Awaited<ReturnType<HttpClient['makeRequest']>> = {
  getStatusCode: () => 429,
  getHeaders: () => ({}),
  getRawResponse: () => ({}) as never,
  toStream: () => {
    throw new Error('A refusal has no stream')
  },
  toJSON: async () => body,
}

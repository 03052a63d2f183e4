import { setTimeout as pause } from 'node:timers/promises'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import Stripe from 'stripe'
import { assertNoUnit } from '../../db/index.js'

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>

/** Requests of a second that Stripe takes of an account. */
const perSecond = { test: 25, live: 100 } as const
/** Who waits longer than that is told so: the caller comes back under the same key. */
const patience_ms = 5_000

/**
 * Sends no more requests of an account in a second than Stripe takes; what is more waits its turn, and in the end is answered
 * as Stripe would answer it, without being sent. Counted in each process: several together may still be refused by Stripe.
 */
export function pacedHttp(mode: 'test' | 'live', inner: HttpClient = Stripe.createNodeHttpClient(), longest_ms = patience_ms): HttpClient {
  const limiter = new RateLimiterMemory({ points: perSecond[mode], duration: 1 })
  return {
    getClientName: () => inner.getClientName(),
    async makeRequest(...request) {
      assertNoUnit('asking Stripe')
      return (await turn(limiter, longest_ms)) ? inner.makeRequest(...request) : refusal
    },
  }
}

async function turn(limiter: RateLimiterMemory, longest_ms: number): Promise<boolean> {
  const until = performance.now() + longest_ms
  for (;;) {
    try {
      await limiter.consume('requests')
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

import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { StoaError, tooManyRequests } from '../kernel/index.js'

interface Limit {
  points: number
  duration_s: number
}

/** Per caller (tenant, address, and token or key). Sign-ins also per account, so that one address cannot be used up for all. */
const rateLimits = {
  read: { points: 3_000, duration_s: 60 },
  write: { points: 1_200, duration_s: 60 },
  sign_in: { points: 60, duration_s: 60 },
  account: { points: 10, duration_s: 60 },
  /** Mails that anybody can have sent to one address. */
  mail: { points: 5, duration_s: 900 },
  /** Asking to sell: each is somebody's work to answer. */
  application: { points: 10, duration_s: 3_600 },
  /** Codes that are worth money to whoever guesses one. */
  code: { points: 60, duration_s: 60 },
  /** Pictures: megabytes that are kept for good, and seconds of a worker's time each. */
  upload: { points: 60, duration_s: 60 },
} as const satisfies Record<string, Limit>

export type RateClass = keyof typeof rateLimits

export interface RateLimits {
  /**
   * Takes one from a caller's allowance and answers the headers that tell of it.
   * @throws too_many_requests when there is none left
   */
  take(rateClass: RateClass, caller: string): Promise<Record<string, string>>
}

/** A 429 with the headers that say when to come back. */
export class RateLimitError extends StoaError {
  readonly headers: Record<string, string>

  constructor(headers: Record<string, string>) {
    const cause = tooManyRequests(`Too many requests. Try again in ${headers['retry-after']} seconds.`)
    super(cause.type, cause.status, cause.message)
    this.headers = headers
  }
}

/** @param scale multiplies every limit; 0 switches them off */
export function rateLimiter(scale: number): RateLimits {
  if (scale === 0) return { take: async () => ({}) }
  const limiters = Object.fromEntries(
    Object.entries(rateLimits).map(([name, limit]) => [
      name,
      new RateLimiterMemory({ points: Math.max(1, Math.round(limit.points * scale)), duration: limit.duration_s }),
    ]),
  ) as Record<RateClass, RateLimiterMemory>
  return {
    async take(rateClass, caller) {
      const limiter = limiters[rateClass]
      try {
        return headersOf(limiter.points, await limiter.consume(caller))
      } catch (rejected) {
        if (rejected instanceof Error) throw rejected
        const result = rejected as RateLimiterRes
        const retry_s = String(Math.max(1, Math.ceil(result.msBeforeNext / 1_000)))
        throw new RateLimitError({ ...headersOf(limiter.points, result), 'retry-after': retry_s })
      }
    },
  }
}

function headersOf(points: number, result: RateLimiterRes): Record<string, string> {
  return {
    'ratelimit-limit': String(points),
    'ratelimit-remaining': String(Math.max(0, result.remainingPoints)),
    'ratelimit-reset': String(Math.ceil(result.msBeforeNext / 1_000)),
  }
}

import { refused } from './errors.js'
import type { Account } from './world.js'

/** A request, read and checked. */
export interface Call {
  account: Account
  parameters: Record<string, unknown>
  requestId: string
  idempotencyKey: string | null
  /** A browser: it has the publishable key, and must know the client secret. */
  publishable: boolean
}

/** What would change the outcome at Stripe, and not here, is better refused than passed over. */
export function refuseIgnored(parameters: Record<string, unknown>, names: readonly string[]): void {
  const ignored = names.find((name) => parameters[name] !== undefined)
  if (ignored !== undefined) throw refused(`The Stripe simulator does not know what to do with ${ignored}.`, { param: ignored })
}

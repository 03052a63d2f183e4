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

import Stripe from 'stripe'
import type { Outcome } from '../../payments/index.js'
import { UnchargeableAmount } from './amounts.js'

type Refusal = Exclude<Outcome<never>, { kind: 'ok' }>

/**
 * What a failed call came to. Told by status and code, not by class: an idempotency key in use is a StripeAPIError on v1
 * and a StripeIdempotencyError on v2. What may have had its effect is `unknown`: a lost connection, 409, 5xx, and a key that was
 * used with other parameters, since what it was used for may have moved the money. So is a key of the account that Stripe does
 * not take: once it is mended, the same call is good.
 */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof UnchargeableAmount) return { kind: 'rejected', code: 'amount_unchargeable', message: error.message }
  if (!(error instanceof Stripe.errors.StripeError)) throw error
  const status = error.statusCode ?? 0
  const code = error.code ?? error.type
  if (status === 402) return { kind: 'declined', message: error.message }
  if (status === 429 || code === 'lock_timeout') return { kind: 'throttled', message: 'Stripe asks to wait' }
  if (status === 401 || status === 403) {
    return {
      kind: 'unknown',
      message: "Stripe does not take the account's key, or the key may not do this: change it at /admin/payment-accounts",
    }
  }
  const isUsed = error instanceof Stripe.errors.StripeIdempotencyError || code === 'idempotency_error'
  if (isUsed) return { kind: 'unknown', message: 'Stripe knows the key of this call with other parameters: look up there what it made' }
  if (status >= 400 && status < 500 && status !== 409) return { kind: 'rejected', code, message: error.message }
  return { kind: 'unknown', message: `Stripe gave no answer that counts (${status === 0 ? 'connection' : status})` }
}

/** Runs a call; what it throws becomes an outcome. */
export async function attempt<Value>(call: () => Promise<Outcome<Value>>): Promise<Outcome<Value>> {
  try {
    return await call()
  } catch (error) {
    return refusalOf(error)
  }
}

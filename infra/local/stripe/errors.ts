import type { StripeObject } from './objects.js'

export interface ErrorBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'
  code?: string
  message: string
  param?: string
  decline_code?: string
  charge?: string
  payment_intent?: StripeObject
  payment_method?: StripeObject
  setup_intent?: StripeObject
}

/** An answer that is no success, as Stripe words it. */
export class StripeFailure extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
    /** Whether it is kept under the idempotency key: what came of executing is, what a check before that said is not. */
    readonly kept: boolean,
    readonly headers: Record<string, string> = {},
  ) {
    super(body.message)
  }
}

/** Refused before anything was executed. */
export function refused(message: string, details: { code?: string; param?: string; status?: number } = {}): StripeFailure {
  const { status = 400, ...rest } = details
  return new StripeFailure(status, { type: 'invalid_request_error', message, ...rest }, false)
}

/** Refused because of the state that the objects are in. */
export function impossible(code: string | undefined, message: string, more: Partial<ErrorBody> = {}): StripeFailure {
  return new StripeFailure(400, { type: 'invalid_request_error', ...(code === undefined ? {} : { code }), message, ...more }, true)
}

export function missing(kind: string, id: string, param = 'id'): StripeFailure {
  return refused(`No such ${kind.replaceAll('_', '')}: '${id}'`, { code: 'resource_missing', param, status: 404 })
}

/** Money in minor units with its lower-case currency. */
export interface Money {
  amountMinor: bigint
  currency: string
}

/** What a call to a provider came to. `unknown` is never a failure: the same key must be tried again. */
export type Outcome<Value> =
  | { kind: 'ok'; value: Value }
  | { kind: 'declined'; message: string }
  | { kind: 'requires_more'; message: string }
  | { kind: 'unknown'; message: string }

export interface ProviderCall {
  /** Derived from our row: the same key any number of times has one effect and one answer. */
  operationKey: string
}

/** What a provider says of a payment. Amounts are cumulative. */
export interface PaymentSnapshot {
  /** `pending_authorization`: the shopper has done their part, and the money comes later, as with a bank transfer. */
  status: 'authorized' | 'captured' | 'pending_authorization'
  data: Record<string, unknown>
}

/** The port to those who move money. No method is called inside a transaction, none throws for a provider's answer. */
export interface PaymentProvider {
  readonly id: string
  /** What the shopper's browser needs to pay; becomes the session's data. */
  startSession(call: ProviderCall, money: Money): Promise<Outcome<Record<string, unknown>>>
  authorize(call: ProviderCall, money: Money, data: Record<string, unknown>): Promise<Outcome<PaymentSnapshot>>
  capture(call: ProviderCall, money: Money, data: Record<string, unknown>): Promise<Outcome<PaymentSnapshot>>
  /** Gives captured money back: the amount of this call, which may be part of what was captured. */
  refund(call: ProviderCall, money: Money, data: Record<string, unknown>): Promise<Outcome<{ data: Record<string, unknown> }>>
  /** Gives up what was authorised and not captured. */
  cancel(call: ProviderCall, money: Money, data: Record<string, unknown>): Promise<Outcome<{ data: Record<string, unknown> }>>
}

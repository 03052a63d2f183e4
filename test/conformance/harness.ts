import type { PaymentAccount, PaymentProvider } from '../../src/payments/index.js'

/** What a broken way to the provider looks like; `unanswered` ones have had their effect. */
export type Breakage = 'none' | 'unanswered' | 'failing' | 'throttled'

/** What the other side of an adapter does, so that one suite can hold all of them to the port. */
export interface Harness {
  readonly provider: PaymentProvider
  /** Null for providers that need none. */
  readonly account: PaymentAccount | null
  /** The providers's side; null for one that has none, and remembers nothing. */
  readonly other: OtherSide | null
  stop(): Promise<void>
}

export interface OtherSide {
  /** What must never be seen in an answer or an error. */
  readonly secrets: readonly string[]
  /** What `connect` is given, and what it refuses. */
  readonly credentials: Record<string, string>
  /** Of which the provider's steps are larger than ours: an amount that is none of them. */
  readonly offStep: readonly { currency: string; amountMinor: bigint }[]
  /** Time passes: what the provider books later is booked. */
  settle(): Promise<void>
  shopperPays(reference: string): Promise<void>
  breakWay(breakage: Breakage): void
  /** The next reads say of payments, payees and disputes what the port does not know; `false` ends it. */
  speakInTongues(on: boolean): void
  /** How often the provider did it: session, capture, refund, payee, release, clawback. */
  effects(): Record<string, number>
  verifyPayee(reference: string): Promise<void>
  restrictPayee(reference: string): Promise<void>
  openDispute(paymentReference: string): Promise<string>
  /** A signed event that a payment has changed. */
  event(paymentReference: string): Promise<{ raw: Buffer; headers: Record<string, string> }>
}

/** Money in minor units (ISO 4217) with its lower-case currency. A provider's own units are the adapter's affair. */
export interface Money {
  amountMinor: bigint
  currency: string
}

/**
 * What a call to a provider came to. `unknown` is never a failure: the same key must be tried again, and so must it after
 * `throttled`. `declined` is the bank's or the shopper's refusal, `rejected` the provider's own: asked again, it would
 * say the same.
 */
export type Outcome<Value> =
  | { kind: 'ok'; value: Value }
  | { kind: 'declined'; message: string }
  | { kind: 'requires_more'; message: string }
  | { kind: 'rejected'; code: string; message: string }
  | { kind: 'unknown'; message: string }
  | { kind: 'throttled'; message: string }

/** The account at a provider that a store's shoppers are charged on: the store's own, or the operator's. Its credentials are readable to its adapter alone. */
export interface PaymentAccount {
  id: string
  providerId: string
  mode: 'test' | 'live'
  /** The provider's name for it. */
  reference: string
  country: string
  publishableKey: string | null
  /** Sealed JSON of what the adapter needs to sign in and to check signatures. */
  credentials: string
  /** The operator's account that the store's row stands for; missing for a store's own. */
  operatorAccountId?: string
}

export interface ProviderCall {
  /** Derived from our row: the same key any number of times has one effect and one answer. */
  operationKey: string
  tenantId: string
  /** Null for providers that need none. */
  account: PaymentAccount | null
  /** When this key was first sent, if it was: a provider may forget keys (Stripe: after 24 hours). */
  firstSentAt: Date | null
  now: Date
}

/** What a provider says of a payment. Amounts are cumulative. */
export interface PaymentSnapshot {
  /** `pending_authorization`: the shopper has done their part, and the money comes later, as with a bank transfer. */
  status: 'authorized' | 'captured' | 'pending_authorization'
  data: Record<string, unknown>
}

/** A refund as the provider has it. `reference` is the provider's name, `refundId` ours, where we asked for it. */
export interface RefundSnapshot {
  reference: string
  refundId: string | null
  amountMinor: bigint
  status: 'pending' | 'succeeded' | 'failed' | 'unrecognised'
}

/** Money that entered or left an account at the provider, with what the provider kept. Null before it is known. */
export interface MoneyMovement {
  reference: string
  /** What moved: a charge, refund, transfer … by the provider's name. */
  source: string | null
  /** The payment that it is of, by the provider's name; null for what is of none, as a payout, or where the provider does not say. */
  payment: string | null
  /** The release that it takes back of, by the provider's name, where the provider says so. */
  release?: string
  category: string
  amountMinor: bigint
  feeMinor: bigint
  netMinor: bigint
  currency: string
  /** In the shopper's currency, where the provider changed it into another. */
  original: Money | null
  occurredAt: Date
  availableAt: Date | null
}

/** The authoritative read of a payment: what `settlePayment` moves our rows towards. */
export interface RemotePayment {
  reference: string
  status: 'open' | 'processing' | 'authorized' | 'captured' | 'canceled' | 'unrecognised'
  currency: string
  amountMinor: bigint
  capturedMinor: bigint
  refunds: RefundSnapshot[]
  /** Of its charge; empty until the provider has booked them. */
  movements: MoneyMovement[]
  data: Record<string, unknown>
}

/** A page of what moved on an account, and where the next one begins; null after the last. */
export interface MovementPage {
  movements: MoneyMovement[]
  next: string | null
}

/** An event whose signature was checked. */
export interface VerifiedEvent {
  id: string
  type: string
  isLive: boolean
  /** The connected account it is about; null for the store's own. */
  connectedAccount: string | null
  objectId: string | null
  occurredAt: Date
  payload: Record<string, unknown>
}

/** A page of what a provider told, and where the next one begins; null after the last. */
export interface EventPage {
  events: VerifiedEvent[]
  next: string | null
}

/** What an event says has changed: a pointer, never a state. */
export interface Touch {
  kind: 'payment' | 'dispute' | 'payee' | 'release' | 'payout'
  reference: string
}

/** What is asked of providers that live elsewhere: they tell of what happened, and are asked what is so. */
export interface RemotePort {
  fetchPayment(call: ProviderCall, reference: string): Promise<Outcome<RemotePayment>>
  /** What moved since a moment, the newest first, with what was changed into another currency. `cursor`: of the page before. */
  listMovements(call: ProviderCall, since: Date, cursor: string | null): Promise<Outcome<MovementPage>>
  /** What was told since a moment, whether it arrived or not, of the kinds that `connect` registers for. `cursor`: of the page before. */
  listEvents(call: ProviderCall, since: Date, cursor: string | null): Promise<Outcome<EventPage>>
  /** What the account holds in each currency, whether it can be paid out yet or not. */
  fetchBalances(call: ProviderCall): Promise<Outcome<Money[]>>
  /** Checks credentials, registers for events at `hookUrl`, and says whose account it is. */
  connect(
    call: Pick<ProviderCall, 'operationKey'>,
    /** `previous`: the account that is in use. Where it is the same, its events' secrets are still good. */
    input: { credentials: Record<string, string>; hookUrl: string; previous: PaymentAccount | null },
  ): Promise<Outcome<Pick<PaymentAccount, 'mode' | 'reference' | 'country' | 'credentials'>>>
  /** @returns null for a signature that is not the provider's, or too old or too new */
  verifyWebhook(account: PaymentAccount, raw: Buffer, headers: Record<string, string>, now: Date): VerifiedEvent | null
  /** Pure; a type that nobody knows touches nothing. */
  interpret(event: Pick<VerifiedEvent, 'type' | 'payload' | 'connectedAccount'>): Touch[]
}

export type PayeeStatus = 'onboarding' | 'pending_verification' | 'active' | 'restricted' | 'rejected' | 'closed' | 'unrecognised'

export interface PayeeSnapshot {
  reference: string
  status: PayeeStatus
  /** What the provider still wants to know, or why it pays no more. */
  requirements: string[]
  country: string
  currency: string | null
}

/** A release as the provider has it. */
export interface ReleaseSnapshot {
  reference: string
  /** What was taken back of it. `clawbackId`: ours, where we asked for it. */
  takenBack: { reference: string; clawbackId: string | null; amountMinor: bigint }[]
}

/** What is asked of providers that can pay vendors. */
export interface PayeePort {
  /** The smallest amount that it moves of a currency, of which every other is a multiple; in minor units. One, unless it says so. */
  stepMinor?(currency: string): bigint
  createPayee(
    call: ProviderCall,
    /** `vendorId`: null for the store itself. */
    payee: { vendorId: string | null; email: string; name: string; country: string; currency: string; kind: 'individual' | 'company' },
  ): Promise<Outcome<PayeeSnapshot>>
  /** `rejected` with code `not_found` for one that there is not, or that our keys do not reach any more. */
  fetchPayee(call: ProviderCall, reference: string): Promise<Outcome<PayeeSnapshot>>
  /** A page of the provider's where a vendor tells who they are; good for minutes, and once. */
  onboardingLink(
    call: ProviderCall,
    reference: string,
    urls: { returnUrl: string; refreshUrl: string },
  ): Promise<Outcome<{ url: string; expiresAt: Date }>>
  /** Pays from what a payment took, in the currency that the provider keeps; `data` is the payment's. Without any, from the account's balance. */
  release(
    call: ProviderCall,
    release: { payee: string; money: Money; data: Record<string, unknown>; orderId: string },
  ): Promise<Outcome<{ reference: string }>>
  fetchRelease(call: ProviderCall, reference: string): Promise<Outcome<ReleaseSnapshot>>
  /** Takes back of a release. `rejected` with code `insufficient` is an ordinary answer: the vendor then owes it. */
  clawback(call: ProviderCall, clawback: { release: string; money: Money }): Promise<Outcome<{ reference: string }>>
}

/** A cardholder's dispute as the provider has it. */
export interface DisputeSnapshot {
  reference: string
  paymentReference: string
  amountMinor: bigint
  currency: string
  reason: string
  status: 'inquiry' | 'inquiry_closed' | 'needs_response' | 'under_review' | 'won' | 'lost' | 'unrecognised'
  evidenceDueAt: Date | null
  /** What the bank took, and what it gave back. */
  movements: MoneyMovement[]
}

/** What is asked of providers whose payments can be disputed. */
export interface DisputePort {
  fetchDispute(call: ProviderCall, reference: string): Promise<Outcome<DisputeSnapshot>>
  submitEvidence(call: ProviderCall, reference: string, evidence: Record<string, string>): Promise<Outcome<object>>
}

/** The port to those who move money. No method is called inside a transaction, none throws for a provider's answer. */
export interface PaymentProvider {
  readonly id: string
  /** What the shopper's browser needs to pay; becomes the session's data. `reference` is the provider's name for the payment. */
  startSession(call: ProviderCall, money: Money, about: { collectionId: string }): Promise<Outcome<Record<string, unknown>>>
  authorize(call: ProviderCall, money: Money, data: Record<string, unknown>): Promise<Outcome<PaymentSnapshot>>
  capture(call: ProviderCall, money: Money, data: Record<string, unknown>): Promise<Outcome<PaymentSnapshot>>
  /** Gives captured money back: the amount of this call, which may be part of what was captured. */
  refund(
    call: ProviderCall,
    money: Money,
    data: Record<string, unknown>,
  ): Promise<Outcome<{ data: Record<string, unknown>; reference?: string }>>
  /** Gives up what was authorised and not captured. */
  cancel(call: ProviderCall, money: Money, data: Record<string, unknown>): Promise<Outcome<{ data: Record<string, unknown> }>>
  /** The provider's name for a payment, from its data: how its events find our rows. */
  referenceOf?(data: Record<string, unknown>): string
  /** Whether a payment is captured once: what is not taken then is let go. */
  readonly capturesOnce?: boolean
  /** Providers that live elsewhere: their calls are kept as operations, and they need an account. */
  readonly remote?: RemotePort
  readonly payees?: PayeePort
  readonly disputes?: DisputePort
}

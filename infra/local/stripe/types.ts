import type { BalanceTransaction, Charge, Dispute, Event, Intent, Payout, Refund, Transfer, TransferReversal } from './objects.js'

export interface Faults {
  /** Probability that a request is executed and the connection then cut without an answer. */
  dropAfter: number
  /** Probability of a 500 before anything is executed. */
  failBefore500: number
  /** Probability that a request is executed and answered with a 500, which its idempotency key then keeps. */
  failAfter500: number
  /** Probability of a 429. */
  rateLimit429: number
  /** Probability of a 429 because another request holds the object. */
  lockTimeout429: number
  /** How long an answer takes, at least and at most. */
  latency_ms: [number, number]
  delivery: {
    /** How often an event is delivered, at least and at most. */
    duplicate: [number, number]
    reorder: boolean
    delay_ms: [number, number]
    /** Probability that an event is never delivered; it stays in the list of events. */
    drop: number
  }
}

export interface Fees {
  /** Of the amount, in hundredths of a percent. */
  rate_basisPoints: number
  /** Added to that, in minor units. */
  fixed: number
  dispute: number
  /** Whether the fee of a dispute comes back when it is won. */
  disputeReturned: boolean
}

export interface SimulatorOptions {
  seed?: number
  /** 0, the default, takes a free one. */
  port?: number
  controlPort?: number
  /** `virtual` stands still until `advance`. */
  clock?: 'real' | 'virtual'
  /** Where the virtual clock stands at first, and after a reset; now, unless said. */
  startAt?: Date
  /** Answers that differ from the typings of the SDK become errors, and `stop` tells of them. */
  validate?: boolean
  /** The time in signatures: the real one, or the simulator's, for receivers that live by its clock. */
  signatures?: 'real' | 'clock'
  /** Delivers in the background; otherwise `control.deliver` does. */
  autoDeliver?: boolean
  /** `async`: a charge has its balance transaction only some seconds after it was captured. */
  balanceTransactions?: 'async' | 'at_once'
  fees?: Partial<Fees>
  /** Of the platforms, in capitals. */
  country?: string
  /** Every charge is settled in this currency, at these rates of minor units; otherwise in its own. */
  settlement?: Settlement
  /** Whether a connected account may be overdrawn when a transfer is reversed. */
  overdraft?: boolean
  /** Where everything is kept for the next start, the port included; forgotten at the end, unless said. */
  stateFile?: string
}

export interface Settlement {
  currency: string
  rates: Record<string, number>
}

export interface Settings {
  seed: number
  clock: 'real' | 'virtual'
  startAt: Date | undefined
  validate: boolean
  signatures: 'real' | 'clock'
  autoDeliver: boolean
  balanceTransactions: 'async' | 'at_once'
  fees: Fees
  country: string
  settlement: Settlement | undefined
  overdraft: boolean
  faults: Faults
  /** The address of the API, known once it listens. */
  url: string
}

/** Everything that was made, of all accounts, oldest first. */
export interface Snapshot {
  intents: Intent[]
  charges: Charge[]
  refunds: Refund[]
  transfers: (Transfer & { reversal_list: TransferReversal[] })[]
  balanceTransactions: (BalanceTransaction & { account: string })[]
  disputes: Dispute[]
  payouts: Payout[]
  events: Event[]
}

/** What a shopper, a bank, Stripe's staff and the network do. */
export interface SimulatorControl {
  now(): Date
  /** Moves the clock: settles balance transactions, payments that take days, payouts. */
  advance(duration_ms: number): Promise<void>
  /** Names what is left out keep as they were. */
  setFaults(faults: Partial<Omit<Faults, 'delivery'>> & { delivery?: Partial<Faults['delivery']> }): void
  /** Delivers the events that are due, and returns how many deliveries were answered with 2xx. */
  deliver(): Promise<number>
  /** What the shopper's browser does. */
  confirmPayment(intentId: string, paymentMethod: string): Promise<void>
  complete3ds(intentId: string, outcome: 'succeed' | 'fail'): Promise<void>
  verifyAccount(id: string): Promise<void>
  restrictAccount(id: string, reason: string): Promise<void>
  rejectAccount(id: string): Promise<void>
  /** The vendor leaves the platform: its keys do not reach the account any more. */
  disconnectAccount(id: string): Promise<void>
  /** What rk_test_<name> may not do, by the beginnings of paths: /v1/transfers. */
  denyRestrictedKey(name: string, pathPrefixes: readonly string[]): void
  /** Returns the id of the dispute. */
  openDispute(chargeId: string, options?: { amount?: number; reason?: string; inquiry?: boolean }): Promise<string>
  /** An inquiry becomes a chargeback. */
  escalateDispute(id: string): Promise<void>
  /** `won` after `lost` is a late win. */
  closeDispute(id: string, outcome: 'won' | 'lost' | 'warning_closed'): Promise<void>
  /** A part of a lost dispute comes back, and it stays lost: of what was refunded as well, for one. */
  reinstateDispute(id: string, amount: number): Promise<void>
  failRefund(id: string): Promise<void>
  /** An automatic payout of all that is available; returns its id, or undefined when there is nothing. */
  payOut(accountId: string, currency: string): Promise<string | undefined>
  failPayout(id: string): Promise<void>
  /** What Stripe takes by itself, for Radar or a monthly fee; returns the id of the balance transaction. */
  takeFee(accountId: string, amount: number, currency: string): Promise<string>
  /** Another event that says the same of an object as it is now; returns its id. */
  createEvent(type: string, objectId: string): Promise<string>
  /** From now on amounts are changed into the settlement's currency at these rates. */
  setRates(rates: Record<string, number>): void
  snapshot(): Snapshot
  /** Answers that the SDK's typings do not allow, so far. */
  violations(): readonly string[]
  /** Forgets everything and starts again from that seed. */
  reset(seed: number): void
}

export interface StripeSimulator {
  /** http://127.0.0.1:port of the API that the SDK talks to. */
  readonly url: string
  readonly port: number
  /** http://127.0.0.1:port of the control plane. */
  readonly controlUrl: string
  /** What the control plane does, in process. */
  readonly control: SimulatorControl
  /** Rejects when an answer differed from the SDK's typings. */
  stop(): Promise<void>
}

import { partAtRate } from '../payments/index.js'

export type ReleasePolicy = 'on_payment' | 'on_shipment' | 'on_delivery' | 'manual'
export type WaitingFor = 'payment' | 'shipment' | 'delivery' | 'approval' | 'gift_cards' | 'hold' | 'payee' | 'provider'

export interface ReleaseFact {
  id: string
  method: 'provider' | 'manual' | 'offset'
  state: 'pending' | 'awaiting' | 'succeeded'
  payout_id: string | null
  amount_minor: bigint
  /** Taken back of it, or being taken back. */
  clawed_minor: bigint
  /** The last amount that the provider would not take back of it, lately. */
  refused_minor: bigint | null
  /** Whom it went out through; null of what a provider had nothing to do with. */
  provider_id: string | null
  /** What went out, where the provider keeps another currency than the order's. */
  settled_minor: bigint | null
  settled_currency_code: string | null
  /** What the provider has taken back of it, or is taking back, in both currencies. */
  returned_minor: bigint
  returned_settled_minor: bigint
}

export interface HoldFact {
  id: string
  vendor_order_id: string | null
  reason: string
  /** Null holds all. */
  amount_minor: bigint | null
  until: Date | null
}

export interface PaymentFact {
  id: string
  provider_id: string
  payment_account_id: string | null
  /** Captured, not given back, and not released from yet. */
  left_minor: bigint
  payee_id: string | null
  payee_status: string | null
  payee_reference: string | null
  /** What came in, and what the provider made of it in the currency that it keeps; null where it keeps the order's. */
  exchange: { original: bigint; changed: bigint; currency: string } | null
  /** The provider changes this currency into another, and has not said yet what it made of this payment. */
  awaits_exchange: boolean
}

/** Money in the currency that a provider keeps. */
export interface Settled {
  amountMinor: bigint
  currency: string
}

/** Everything that what a vendor order's vendor is to be paid follows from, read under locks. */
export interface Facts {
  now: Date
  vendor_order_id: string
  vendor_id: string
  order_id: string
  currency_code: string
  vendor_amount_minor: bigint
  booked_credit_minor: bigint
  pending_credit_minor: bigint
  /** On gift cards that it sold: the store owes that to whoever holds them. */
  gift_minor: bigint
  is_paid: boolean
  gift_cards_to_come: boolean
  is_shipped: boolean
  /** When the last piece arrived; null while one has not. */
  delivered_at: Date | null
  release_policy: ReleasePolicy
  release_delay_days: number
  reserve_ppm: number
  reserve_days: number
  /** What staff said may be released in all, before the policy would. */
  approved_minor: bigint
  has_reserve: boolean
  failed_at: Date | null
  /** Netted with what the vendor was paid for others: taken back without a release of its own. */
  unattached_minor: bigint
  releases: readonly ReleaseFact[]
  /** What asks the provider now: it is settled before anything else is begun. */
  pending: { kind: 'release' | 'clawback'; id: string } | null
  holds: readonly HoldFact[]
  /** Still owed to the vendor for other orders, in this currency, and not about to be paid by hand. */
  others_open_minor: bigint
  /** Other vendor orders that the vendor was paid too much for. */
  debts: readonly { vendor_order_id: string; owed_minor: bigint }[]
  payments: readonly PaymentFact[]
  /** Whether a provider pays vendors itself; otherwise they are paid by hand. */
  paysVendors(providerId: string): boolean
  /** The smallest amount that a provider moves of a currency, of which every other is a multiple. */
  stepMinor(providerId: string, currency: string): bigint
}

export interface Assessment {
  /** What the vendor is owed in all for this order, by the books; negative where it owes. */
  dueMinor: bigint
  /** Released and not taken back. Not what only waits to be paid by hand: that may still be changed. */
  releasedMinor: bigint
  /** Waits to be paid by hand, in no payout yet. */
  awaitingMinor: bigint
  reservedMinor: bigint
  /** Owed, paid for, and kept back by nothing but where it is to be paid. */
  availableMinor: bigint
  /** Paid too much. */
  excessMinor: bigint
  waitingFor: WaitingFor | null
  lookAgainAt: Date | null
}

export type Step =
  | { kind: 'resume'; what: 'release' | 'clawback'; id: string }
  | { kind: 'cancel'; releaseIds: string[] }
  | { kind: 'clawback'; releaseId: string; amountMinor: bigint; settled: Settled | null }
  | { kind: 'lift_reserve'; hold: HoldFact; keepMinor: bigint }
  | { kind: 'reserve'; amountMinor: bigint; until: Date }
  | { kind: 'offset'; debtor: string; amountMinor: bigint }
  | { kind: 'release'; payment: PaymentFact; amountMinor: bigint; settled: Settled | null }
  | { kind: 'pay_by_hand'; amountMinor: bigint }
  | { kind: 'rest' }

export const day_ms = 86_400_000
export const lesser = (one: bigint, other: bigint) => (one < other ? one : other)
const atLeastNothing = (amount: bigint) => (amount < 0n ? 0n : amount)
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n)
const isLoose = (release: ReleaseFact) => release.state === 'awaiting' && release.payout_id === null
const later = (from: Date, days: number) => new Date(from.getTime() + days * day_ms)

/** Holds that are in force: one without an end is until somebody lifts it. */
export const inForce = (holds: readonly HoldFact[], now: Date) => holds.filter((hold) => hold.until === null || hold.until > now)

/** Where the vendor of an order stands, by what was sold, given back, released and held. Pure. */
export function assess(facts: Facts): Assessment {
  const dueMinor = facts.vendor_amount_minor - facts.booked_credit_minor - facts.gift_minor
  const awaitingMinor = sum(facts.releases.filter(isLoose).map((release) => release.amount_minor))
  const committed = facts.releases.filter((release) => !isLoose(release))
  const releasedMinor = sum(committed.map((release) => release.amount_minor - release.clawed_minor)) - facts.unattached_minor
  const active = inForce(facts.holds, facts.now)
  const reservedMinor = sum(active.filter(isReserve).map((hold) => hold.amount_minor ?? 0n))
  // What is being refunded is not released meanwhile, and is taken back only when it was refunded.
  const openMinor = atLeastNothing(dueMinor - facts.pending_credit_minor - releasedMinor - reservedMinor)
  const ripe = ripenessOf(facts, releasedMinor)
  const held = heldBack(facts, active, openMinor)
  const availableMinor = lesser(lesser(openMinor, ripe.mostMinor), held.mostMinor)
  const retryAt = facts.failed_at === null ? null : new Date(facts.failed_at.getTime() + patience_ms)
  const ends = [ripe.at, retryAt, ...facts.holds.map((hold) => hold.until)].filter((at): at is Date => at !== null && at > facts.now)
  return {
    dueMinor,
    releasedMinor,
    awaitingMinor,
    reservedMinor,
    availableMinor,
    excessMinor: atLeastNothing(releasedMinor - dueMinor),
    waitingFor: openMinor === 0n ? null : (ripe.waitingFor ?? (held.mostMinor < openMinor ? 'hold' : null)),
    lookAgainAt: ends.sort((a, b) => a.getTime() - b.getTime())[0] ?? null,
  }
}

const isReserve = (hold: HoldFact) => hold.reason === 'reserve'

/** How much the store's policy lets go by now, what else it waits for, and when to look again. */
function ripenessOf(facts: Facts, releasedMinor: bigint): { mostMinor: bigint; waitingFor: WaitingFor | null; at: Date | null } {
  if (!facts.is_paid) return { mostMinor: 0n, waitingFor: 'payment', at: null }
  if (facts.gift_cards_to_come) return { mostMinor: 0n, waitingFor: 'gift_cards', at: null }
  const all = { mostMinor: facts.vendor_amount_minor, waitingFor: null, at: null }
  const approved = atLeastNothing(facts.approved_minor - releasedMinor)
  switch (facts.release_policy) {
    case 'on_payment':
      return all
    case 'on_shipment':
      return facts.is_shipped ? all : { mostMinor: approved, waitingFor: 'shipment', at: null }
    case 'on_delivery': {
      const at = facts.delivered_at === null ? null : later(facts.delivered_at, facts.release_delay_days)
      return at !== null && at <= facts.now ? all : { mostMinor: approved, waitingFor: 'delivery', at }
    }
    case 'manual':
      return { mostMinor: approved, waitingFor: 'approval', at: null }
  }
}

/** How much of what is open for this order holds leave. A reserve is counted already. */
function heldBack(facts: Facts, active: readonly HoldFact[], openMinor: bigint): { mostMinor: bigint } {
  const others = active.filter((hold) => !isReserve(hold))
  if (others.some((hold) => hold.amount_minor === null)) return { mostMinor: 0n }
  const amountOf = (isOfOrder: boolean) =>
    sum(others.filter((hold) => (hold.vendor_order_id !== null) === isOfOrder).map((hold) => hold.amount_minor ?? 0n))
  const ofOrder = openMinor - amountOf(true)
  // An amount held of a vendor as a whole stays of all that it is owed, whichever order comes first.
  const ofVendor = openMinor + facts.others_open_minor - amountOf(false)
  return { mostMinor: atLeastNothing(lesser(ofOrder, ofVendor)) }
}

/** What is to be done next for a vendor order, and after that what next again, until all is at rest. Pure. */
export function nextStep(facts: Facts, assessed: Assessment): { step: Step; waitingFor: WaitingFor | null } {
  const done = (step: Step, waitingFor = assessed.waitingFor) => ({ step, waitingFor })
  if (facts.pending !== null) return done({ kind: 'resume', what: facts.pending.kind, id: facts.pending.id })
  const loose = facts.releases.filter(isLoose).map((release) => release.id)
  const tooMuch = reserveToLift(facts, assessed)
  if (tooMuch !== null) return done(tooMuch)
  if (assessed.excessMinor > 0n) {
    if (loose.length > 0) return done({ kind: 'cancel', releaseIds: loose })
    return done(clawbackOf(facts, assessed.excessMinor) ?? { kind: 'rest' })
  }
  const { steps, byHandMinor, waitingFor } = planOf(facts, assessed)
  if (loose.length > 0 && byHandMinor !== assessed.awaitingMinor) return done({ kind: 'cancel', releaseIds: loose })
  const [first] = steps
  if (first !== undefined) return done(first)
  const isByHand = byHandMinor > 0n && loose.length === 0
  return done(isByHand ? { kind: 'pay_by_hand', amountMinor: byHandMinor } : { kind: 'rest' }, waitingFor ?? assessed.waitingFor)
}

/**
 * How a vendor order stands once a step's rows are written. Its vendor's other orders go by it while the provider is asked: what is being
 * released is owed no more, and what is being taken back is no debt to net.
 */
export function standingAfter(assessed: Assessment, step: Step): Assessment {
  if (step.kind === 'clawback') return { ...assessed, releasedMinor: assessed.releasedMinor - step.amountMinor }
  if (step.kind !== 'release' && step.kind !== 'offset') return assessed
  const { amountMinor } = step
  return { ...assessed, releasedMinor: assessed.releasedMinor + amountMinor, availableMinor: assessed.availableMinor - amountMinor }
}

/** A reserve whose time is over, or that is more than what is still owed. */
function reserveToLift(facts: Facts, assessed: Assessment): Step | null {
  const reserve = facts.holds.find(isReserve)
  if (reserve === undefined) return null
  if (reserve.until !== null && reserve.until <= facts.now) return { kind: 'lift_reserve', hold: reserve, keepMinor: 0n }
  const most = atLeastNothing(assessed.dueMinor - assessed.releasedMinor)
  return assessed.reservedMinor > most ? { kind: 'lift_reserve', hold: reserve, keepMinor: most } : null
}

type Movable = Pick<Facts, 'currency_code' | 'stepMinor'> & { releases: readonly ReleaseFact[] }

/** The newest release goes back first. What a provider would not give back lately it is not asked for again. */
export function clawbackOf(facts: Movable, excessMinor: bigint): Extract<Step, { kind: 'clawback' }> | null {
  for (const release of [...facts.releases].reverse()) {
    if (release.method !== 'provider' || release.state !== 'succeeded') continue
    const wanted = lesser(excessMinor, release.amount_minor - release.clawed_minor)
    const { amountMinor, settled } = inSteps(facts, release.provider_id ?? '', wanted, (amount) => returnOf(release, amount))
    if (amountMinor > 0n && (release.refused_minor === null || amountMinor < release.refused_minor)) {
      return { kind: 'clawback', releaseId: release.id, amountMinor, settled }
    }
  }
  return null
}

/** What a part of a release comes back as, where it went out in another currency: the last part with what was rounded off before. */
function returnOf(release: ReleaseFact, amountMinor: bigint): Settled | null {
  const { settled_minor: whole, settled_currency_code: currency } = release
  if (whole === null || currency === null) return null
  const isLast = release.returned_minor + amountMinor === release.amount_minor
  const part = partAtRate(amountMinor, { original: release.amount_minor, changed: whole })
  return { amountMinor: isLast ? whole - release.returned_settled_minor : part, currency }
}

/**
 * The most of an amount that a provider can move: its steps may be wider than minor units, and what is too little to be changed
 * into the currency that it keeps moves not at all.
 */
function inSteps(
  facts: Movable,
  providerId: string,
  wanted: bigint,
  changed: (amountMinor: bigint) => Settled | null,
): { amountMinor: bigint; settled: Settled | null } {
  const floor = (amount: bigint, currency: string) => amount - (amount % facts.stepMinor(providerId, currency))
  const settled = changed(wanted)
  if (settled === null) return { amountMinor: floor(wanted, facts.currency_code), settled }
  const moved = { ...settled, amountMinor: floor(settled.amountMinor, settled.currency) }
  return moved.amountMinor > 0n ? { amountMinor: wanted, settled: moved } : { amountMinor: 0n, settled: null }
}

/** After the provider has refused a release, it is asked again an hour later. */
export const patience_ms = 3_600_000

/**
 * How the available amount goes out: a part into reserve, then what the vendor owes for other orders, then from each
 * payment in order no more than it holds, in the provider's steps, and what no provider can pay by hand.
 */
function planOf(facts: Facts, assessed: Assessment): { steps: Step[]; byHandMinor: bigint; waitingFor: WaitingFor | null } {
  let left = assessed.availableMinor
  const steps: Step[] = []
  const take = (most: bigint) => {
    const amount = lesser(left, atLeastNothing(most))
    left -= amount
    return amount
  }
  if (!facts.has_reserve && facts.reserve_ppm > 0 && facts.reserve_days > 0) {
    const amountMinor = take((left * BigInt(facts.reserve_ppm)) / 1_000_000n)
    if (amountMinor > 0n) steps.push({ kind: 'reserve', amountMinor, until: later(facts.now, facts.reserve_days) })
  }
  for (const debt of facts.debts) {
    const amountMinor = take(debt.owed_minor)
    if (amountMinor > 0n) steps.push({ kind: 'offset', debtor: debt.vendor_order_id, amountMinor })
  }
  let waitingFor: WaitingFor | null = null
  const wasRefused = facts.failed_at !== null && facts.now.getTime() - facts.failed_at.getTime() < patience_ms
  for (const payment of facts.payments) {
    if (!facts.paysVendors(payment.provider_id)) continue
    const wanted = lesser(left, atLeastNothing(payment.left_minor))
    const { exchange } = payment
    const { amountMinor, settled } = inSteps(facts, payment.provider_id, wanted, (amount) =>
      exchange === null ? null : { amountMinor: partAtRate(amount, exchange), currency: exchange.currency },
    )
    if (take(amountMinor) === 0n) continue
    if (payment.payee_status !== 'active') waitingFor = 'payee'
    else if (wasRefused || payment.awaits_exchange) waitingFor = 'provider'
    else steps.push({ kind: 'release', payment, amountMinor, settled })
  }
  return { steps, byHandMinor: left, waitingFor }
}

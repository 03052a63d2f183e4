import type { AccountRef, LedgerEntry, Posting } from './post.js'

/** What a sale gives to whom, in minor units of the order's currency. */
export interface Sale {
  /** The fact's id: the order's own, unless something was added to it later. */
  source?: string
  orderId: string
  currency: string
  occurredAt: Date
  parts: readonly {
    vendorId: string
    /** Items and shipping without tax, less the vendor's own discounts and commission. */
    vendorAmountMinor: bigint
    commissionMinor: bigint
    taxMinor: bigint
    /** Discounts that others than the vendor pay for. */
    storeDiscountMinor: bigint
    platformDiscountMinor: bigint
  }[]
}

/**
 * Order placed: vendors, the store and the tax office are owed their parts. The shopper owes them but for discounts that
 * others pay for: the store has an expense, the platform owes the store.
 */
export function saleEntry(sale: Sale): LedgerEntry {
  const shopper = { code: 'A:shopper', orderId: sale.orderId } as const
  const postings = sale.parts.flatMap((part): Posting[] => [
    { from: { code: 'L:vendor', partyId: part.vendorId }, to: shopper, amountMinor: part.vendorAmountMinor },
    { from: { code: 'R:commission' }, to: shopper, amountMinor: part.commissionMinor },
    { from: { code: 'L:tax' }, to: shopper, amountMinor: part.taxMinor },
    { from: shopper, to: { code: 'E:promotion' }, amountMinor: part.storeDiscountMinor },
    { from: shopper, to: { code: 'A:platform' }, amountMinor: part.platformDiscountMinor },
  ])
  return { source: sale.source ?? sale.orderId, kind: 'sale', currency: sale.currency, occurredAt: sale.occurredAt, postings }
}

/** Money captured by a provider: the shopper has paid, the provider holds it for the store. */
export function paymentEntry(payment: {
  captureId: string
  orderId: string
  providerId: string
  currency: string
  amountMinor: bigint
  occurredAt: Date
}): LedgerEntry {
  return {
    source: payment.captureId,
    kind: 'payment',
    currency: payment.currency,
    occurredAt: payment.occurredAt,
    postings: [
      {
        from: { code: 'A:shopper', orderId: payment.orderId },
        to: { code: 'A:psp_clearing', partyId: payment.providerId },
        amountMinor: payment.amountMinor,
      },
    ],
  }
}

/** The platform's fee on an order: an expense of the store, owed to the operator. */
export function platformFeeEntry(fee: {
  source?: string
  orderId: string
  currency: string
  amountMinor: bigint
  occurredAt: Date
}): LedgerEntry {
  return {
    source: fee.source ?? fee.orderId,
    kind: 'platform_fee',
    currency: fee.currency,
    occurredAt: fee.occurredAt,
    postings: [{ from: { code: 'L:platform_fee' }, to: { code: 'E:platform_fee' }, amountMinor: fee.amountMinor }],
  }
}

/** The platform's fee on an order, given back: of an order that was canceled nothing was sold. */
export function platformFeeCreditEntry(fee: { orderId: string; currency: string; amountMinor: bigint; occurredAt: Date }): LedgerEntry {
  const { orderId, currency, amountMinor, occurredAt } = fee
  const postings = [{ from: { code: 'E:platform_fee' }, to: { code: 'L:platform_fee' }, amountMinor } as const]
  return { source: orderId, kind: 'platform_fee_credit', currency, occurredAt, postings }
}

/**
 * The tax that is in a commission that was invoiced: the store keeps so much less of it, and owes it. A credit note's is turned.
 */
export function commissionTaxEntry(document: {
  source: string
  kind: 'invoice' | 'credit_note'
  currency: string
  amountMinor: bigint
  occurredAt: Date
}): LedgerEntry {
  const { source, currency, occurredAt, amountMinor } = document
  const [commission, owed] = [{ code: 'R:commission' }, { code: 'L:commission_tax' }] as const
  const posting = document.kind === 'invoice' ? { from: owed, to: commission, amountMinor } : { from: commission, to: owed, amountMinor }
  return { source, kind: 'commission_tax', currency, occurredAt, postings: [posting] }
}

interface CreditedPart {
  vendor_id: string
  vendor_amount_minor: bigint
  commission_minor: bigint
  tax_minor: bigint
  store_discount_minor: bigint
  platform_discount_minor: bigint
}

/**
 * What an order is credited with, and who gives it up: vendors their share, the store its commission, the tax office
 * its tax; who paid for a discount has that back. `credit` goes with a refund; `cancellation` is of what was sold and never paid;
 * `reduction` is of what was taken out of the order.
 */
export function creditEntry(credit: {
  source: string
  kind: 'credit' | 'cancellation' | 'reduction'
  orderId: string
  currency: string
  occurredAt: Date
  parts: readonly CreditedPart[]
}): LedgerEntry {
  const { parts, orderId, ...fact } = credit
  const shopper = { code: 'A:shopper', orderId } as const
  const vendorIds = [...new Set(parts.map((part) => part.vendor_id))]
  const postings = vendorIds.flatMap((vendorId): Posting[] => {
    const own = parts.filter((part) => part.vendor_id === vendorId)
    const sum = (name: Exclude<keyof CreditedPart, 'vendor_id'>) => own.reduce((total, part) => total + part[name], 0n)
    return [
      { from: shopper, to: { code: 'L:vendor', partyId: vendorId }, amountMinor: sum('vendor_amount_minor') },
      { from: shopper, to: { code: 'R:commission' }, amountMinor: sum('commission_minor') },
      { from: shopper, to: { code: 'L:tax' }, amountMinor: sum('tax_minor') },
      { from: { code: 'E:promotion' }, to: shopper, amountMinor: sum('store_discount_minor') },
      { from: { code: 'A:platform' }, to: shopper, amountMinor: sum('platform_discount_minor') },
    ]
  })
  return { ...fact, postings }
}

/** Takes a credit back: goods that were to come back for others do not. Everybody has again what they gave up. */
export function creditReversalEntry(credit: Parameters<typeof creditEntry>[0] & { kind: 'credit' }): LedgerEntry {
  const { postings, ...entry } = creditEntry(credit)
  return { ...entry, kind: 'credit_reversal', postings: postings.map(({ from, to, amountMinor }) => ({ from: to, to: from, amountMinor })) }
}

/** Money that a provider gave back to the shopper. */
export function refundEntry(refund: {
  source: string
  orderId: string
  providerId: string
  currency: string
  amountMinor: bigint
  occurredAt: Date
}): LedgerEntry {
  const { source, currency, occurredAt } = refund
  const from = { code: 'A:psp_clearing', partyId: refund.providerId } as const
  return {
    source,
    kind: 'refund',
    currency,
    occurredAt,
    postings: [{ from, to: { code: 'A:shopper', orderId: refund.orderId }, amountMinor: refund.amountMinor }],
  }
}

/** What gives rise to store credit, or takes it: the shopper of an order, the vendor who sold a gift card, or the store by itself. */
export type CreditCounterpart = { orderId: string } | { vendorId: string } | 'store'

/**
 * Store credit given (`credit`) or taken (`debit`). An order that was paid with credit owes the shopper nothing for it; who
 * sold a gift card is owed nothing for it, since the store owes what it holds; what the store gives away is its expense.
 */
export function storeCreditEntry(credit: {
  source: string
  type: 'credit' | 'debit'
  counterpart: CreditCounterpart
  currency: string
  amountMinor: bigint
  occurredAt: Date
}): LedgerEntry {
  const { source, currency, occurredAt, amountMinor } = credit
  const liability = { code: 'L:credit' } as const
  const other = accountOf(credit.counterpart)
  const posting = credit.type === 'credit' ? { from: liability, to: other } : { from: other, to: liability }
  return { source, kind: 'store_credit', currency, occurredAt, postings: [{ ...posting, amountMinor }] }
}

function accountOf(counterpart: CreditCounterpart): AccountRef {
  if (counterpart === 'store') return { code: 'E:credit' }
  if ('orderId' in counterpart) return { code: 'A:shopper', orderId: counterpart.orderId }
  return { code: 'L:vendor', partyId: counterpart.vendorId }
}

/** A refund that the bank returned: the provider has the money again, the shopper is owed it again. */
export function refundFailedEntry(refund: Parameters<typeof refundEntry>[0]): LedgerEntry {
  const { source, currency, occurredAt, amountMinor } = refund
  const to = { code: 'A:psp_clearing', partyId: refund.providerId } as const
  return {
    source,
    kind: 'refund_failed',
    currency,
    occurredAt,
    postings: [{ from: { code: 'A:shopper', orderId: refund.orderId }, to, amountMinor }],
  }
}

interface MovementFact {
  source: string
  providerId: string
  currency: string
  amountMinor: bigint
  occurredAt: Date
}

/** Between a provider's clearing account and another one: what comes in is positive. */
function clearingEntry(fact: MovementFact, kind: LedgerEntry['kind'], other: AccountRef): LedgerEntry {
  const { source, currency, occurredAt, amountMinor } = fact
  const clearing = { code: 'A:psp_clearing', partyId: fact.providerId } as const
  const posting = amountMinor < 0n ? { from: clearing, to: other, amountMinor: -amountMinor } : { from: other, to: clearing, amountMinor }
  return { source, kind, currency, occurredAt, postings: [posting] }
}

/** What a provider kept of a movement of money. A fee that it gives back is a negative one. */
export function feeEntry(fee: MovementFact & { kind: 'psp_fee' | 'dispute_fee' }): LedgerEntry {
  return clearingEntry({ ...fee, amountMinor: -fee.amountMinor }, fee.kind, {
    code: fee.kind === 'psp_fee' ? 'E:psp_fee' : 'E:dispute_fee',
  })
}

/** What a bank took because of a dispute, negative, or gave back. */
export function disputeHoldEntry(fact: MovementFact): LedgerEntry {
  return clearingEntry(fact, 'dispute', { code: 'A:dispute_hold', partyId: fact.providerId })
}

/** What went to the store's own bank account, negative, or came back from it. */
export function bankEntry(fact: MovementFact): LedgerEntry {
  return clearingEntry(fact, 'payout', { code: 'A:bank' })
}

interface DisputeOutcome {
  id: string
  orderId: string
  providerId: string
  currency: string
  occurredAt: Date
  /** What vendors, store and tax give up, as with a refund. */
  parts: readonly CreditedPart[]
  /** What is the store's loss. */
  lossMinor: bigint
}

function disputePostings(outcome: DisputeOutcome): Posting[] {
  const hold = { code: 'A:dispute_hold', partyId: outcome.providerId } as const
  const shopper = { code: 'A:shopper', orderId: outcome.orderId } as const
  const credit = creditEntry({ ...outcome, source: outcome.id, kind: 'credit' })
  // What the shopper paid for parts, less the discounts that others have back.
  const credited = outcome.parts.reduce(
    (sum, part) =>
      sum + part.vendor_amount_minor + part.commission_minor + part.tax_minor - part.store_discount_minor - part.platform_discount_minor,
    0n,
  )
  return [
    ...credit.postings,
    { from: hold, to: shopper, amountMinor: credited },
    { from: hold, to: { code: 'E:dispute_loss' }, amountMinor: outcome.lossMinor },
  ]
}

/** A dispute that was lost: what the bank held is the shopper's for good. */
export function disputeLostEntry(outcome: DisputeOutcome): LedgerEntry {
  const { id: source, currency, occurredAt } = outcome
  return { source, kind: 'dispute_lost', currency, occurredAt, postings: disputePostings(outcome) }
}

/** A dispute that was won after it was lost: the loss is turned. */
export function disputeWonEntry(outcome: DisputeOutcome): LedgerEntry {
  const { id: source, currency, occurredAt } = outcome
  const postings = disputePostings(outcome).map(({ from, to, amountMinor }) => ({ from: to, to: from, amountMinor }))
  return { source, kind: 'dispute_won', currency, occurredAt, postings }
}

/** A bank gave back a part of a dispute that stays lost: so much less is the store's loss. Turned where it is won in the end. */
export function disputeReturnedEntry(fact: MovementFact & { kind: 'dispute_returned' | 'dispute_returned_reversal' }): LedgerEntry {
  const { source, kind, currency, occurredAt, amountMinor } = fact
  const loss = { code: 'E:dispute_loss' } as const
  const hold = { code: 'A:dispute_hold', partyId: fact.providerId } as const
  const posting = kind === 'dispute_returned' ? { from: loss, to: hold, amountMinor } : { from: hold, to: loss, amountMinor }
  return { source, kind, currency, occurredAt, postings: [posting] }
}

/**
 * Money that the provider changed into another currency: out of its clearing account in the one, into it in the other.
 * What `A:fx_clearing` holds in two currencies is what was changed.
 */
export function conversionEntries(movement: {
  reference: string
  providerId: string
  original: { amountMinor: bigint; currency: string }
  changed: { amountMinor: bigint; currency: string }
  occurredAt: Date
}): LedgerEntry[] {
  const clearing = { code: 'A:psp_clearing', partyId: movement.providerId } as const
  const exchange = { code: 'A:fx_clearing', partyId: movement.providerId } as const
  const { reference, original, changed, occurredAt } = movement
  // What comes in is given to the exchange in the shopper's currency; what goes out is fetched there.
  const [given, taken] = original.amountMinor < 0n ? [exchange, clearing] : [clearing, exchange]
  const size = (amount: bigint) => (amount < 0n ? -amount : amount)
  const leg = (suffix: string, money: { amountMinor: bigint; currency: string }, from: AccountRef, to: AccountRef): LedgerEntry => ({
    source: `${reference}:${suffix}`,
    kind: 'conversion',
    currency: money.currency,
    occurredAt,
    postings: [{ from, to, amountMinor: size(money.amountMinor) }],
  })
  return [leg('from', original, given, taken), leg('to', changed, taken, given)]
}

/** What was won, or lost (negative), because money went back at another rate than it came in. */
export function exchangeEntry(fact: MovementFact): LedgerEntry {
  const { source, currency, occurredAt, amountMinor } = fact
  const clearing = { code: 'A:fx_clearing', partyId: fact.providerId } as const
  const result = { code: 'E:exchange' } as const
  const posting = amountMinor < 0n ? { from: clearing, to: result, amountMinor: -amountMinor } : { from: result, to: clearing, amountMinor }
  return { source, kind: 'exchange', currency, occurredAt, postings: [posting] }
}

interface PayeePayment {
  source: string
  /** A vendor, which was owed it; or the store, whose money lay on the operator's account and is at its bank then. */
  to: { vendorId: string } | 'store'
  /** Where the money is: a provider's clearing account, or the bank for what is paid by hand. */
  from: AccountRef
  currency: string
  amountMinor: bigint
  occurredAt: Date
}

const payeeAccount = (to: PayeePayment['to']): AccountRef =>
  to === 'store' ? { code: 'A:bank' } : { code: 'L:vendor', partyId: to.vendorId }

/** What a vendor was owed went out to it, or what is the store's own to the store. */
export function releaseEntry({ to, from, amountMinor, ...fact }: PayeePayment): LedgerEntry {
  return { ...fact, kind: 'release', postings: [{ from, to: payeeAccount(to), amountMinor }] }
}

/** Of what went out something came back. */
export function clawbackEntry({ to, from: back, amountMinor, ...fact }: PayeePayment): LedgerEntry {
  return { ...fact, kind: 'clawback', postings: [{ from: payeeAccount(to), to: back, amountMinor }] }
}

/** What a vendor was paid too much is not expected back any more. */
export function writeOffEntry({ vendorId, amountMinor, ...fact }: Omit<PayeePayment, 'from' | 'to'> & { vendorId: string }): LedgerEntry {
  return {
    ...fact,
    kind: 'write_off',
    postings: [{ from: { code: 'L:vendor', partyId: vendorId }, to: { code: 'E:bad_debt' }, amountMinor }],
  }
}

interface Reserve {
  holdId: string
  vendorId: string
  currency: string
  amountMinor: bigint
  occurredAt: Date
}

/** A part of what a vendor is owed is kept back for some time: still the vendor's, and not to be paid yet. */
export function reserveEntry({ holdId, vendorId, currency, amountMinor, occurredAt }: Reserve): LedgerEntry {
  const posting = { from: { code: 'L:reserve', partyId: vendorId }, to: { code: 'L:vendor', partyId: vendorId }, amountMinor } as const
  return { source: holdId, kind: 'reserve', currency, occurredAt, postings: [posting] }
}

/** What was kept back may be paid. */
export function reserveReleaseEntry({ holdId, vendorId, currency, amountMinor, occurredAt }: Reserve): LedgerEntry {
  const posting = { from: { code: 'L:vendor', partyId: vendorId }, to: { code: 'L:reserve', partyId: vendorId }, amountMinor } as const
  return { source: holdId, kind: 'reserve_release', currency, occurredAt, postings: [posting] }
}

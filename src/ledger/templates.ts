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

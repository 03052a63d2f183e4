import type { LedgerEntry, Posting } from './post.js'

/** What a sale gives to whom, in minor units of the order's currency. */
export interface Sale {
  orderId: string
  currency: string
  occurredAt: Date
  parts: readonly {
    vendorId: string
    /** Items and shipping without tax, less commission. */
    vendorAmountMinor: bigint
    commissionMinor: bigint
    taxMinor: bigint
  }[]
}

/** Order placed: the shopper owes the total; vendors, the store and the tax office are owed their parts of it. */
export function saleEntry(sale: Sale): LedgerEntry {
  const shopper = { code: 'A:shopper', orderId: sale.orderId } as const
  const postings = sale.parts.flatMap((part): Posting[] => [
    { from: { code: 'L:vendor', partyId: part.vendorId }, to: shopper, amountMinor: part.vendorAmountMinor },
    { from: { code: 'R:commission' }, to: shopper, amountMinor: part.commissionMinor },
    { from: { code: 'L:tax' }, to: shopper, amountMinor: part.taxMinor },
  ])
  return { source: sale.orderId, kind: 'sale', currency: sale.currency, occurredAt: sale.occurredAt, postings }
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
export function platformFeeEntry(fee: { orderId: string; currency: string; amountMinor: bigint; occurredAt: Date }): LedgerEntry {
  return {
    source: fee.orderId,
    kind: 'platform_fee',
    currency: fee.currency,
    occurredAt: fee.occurredAt,
    postings: [{ from: { code: 'L:platform_fee' }, to: { code: 'E:platform_fee' }, amountMinor: fee.amountMinor }],
  }
}

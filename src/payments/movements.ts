import { bankEntry, conversionEntries, disputeHoldEntry, feeEntry, type LedgerEntry } from '../ledger/index.js'
import type { MoneyMovement } from './provider.js'

/** Stripe's reporting categories, in which other providers speak too. */
const disputed = new Set(['dispute', 'dispute_reversal'])
const paidOut = new Set(['payout', 'payout_reversal'])
/** What a provider takes by itself: fees that are of no payment. */
const charged = new Set(['fee', 'network_cost'])

/**
 * What the books say of a movement by itself: what the provider kept, what a bank holds while it decides, what went to the
 * store's own bank account, what was changed into another currency. Payments, refunds and releases are booked where they
 * are decided.
 */
export function movementEntries(movement: MoneyMovement, providerId: string): LedgerEntry[] {
  const { reference: source, currency, occurredAt, amountMinor, category } = movement
  const fact = { source, providerId, currency, occurredAt }
  const keptMinor = movement.feeMinor - (charged.has(category) ? amountMinor : 0n)
  const entries = [feeEntry({ ...fact, kind: disputed.has(category) ? 'dispute_fee' : 'psp_fee', amountMinor: keptMinor })]
  // A dispute is of what the shopper paid, in the shopper's currency.
  if (disputed.has(category)) entries.push(disputeHoldEntry({ ...fact, ...(movement.original ?? { amountMinor, currency }) }))
  if (paidOut.has(category)) entries.push(bankEntry({ ...fact, amountMinor }))
  if (movement.original !== null) {
    const changed = { amountMinor, currency }
    entries.push(...conversionEntries({ reference: source, providerId, original: movement.original, changed, occurredAt }))
  }
  return entries
}

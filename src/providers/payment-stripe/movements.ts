import type Stripe from 'stripe'
import { assertNoUnit } from '../../db/index.js'
import type { Money, MoneyMovement, MovementPage, Outcome, ProviderCall } from '../../payments/index.js'
import { fromStripeAmount } from './amounts.js'
import { accountOf, type StripeAccess } from './client.js'
import { attempt } from './outcomes.js'

const page = 100

export const idOf = (named: string | { id: string } | null | undefined): string | null =>
  typeof named === 'string' ? named : (named?.id ?? null)

/** A balance transaction as a movement. What it was in the shopper's currency counts only where Stripe changed it. */
export function movementOf(transaction: Stripe.BalanceTransaction, payment: string | null, original: Money | null): MoneyMovement {
  const { currency } = transaction
  return {
    reference: transaction.id,
    source: idOf(transaction.source),
    payment,
    category: transaction.reporting_category,
    amountMinor: fromStripeAmount(transaction.amount, currency),
    feeMinor: fromStripeAmount(transaction.fee, currency),
    netMinor: fromStripeAmount(transaction.net, currency),
    currency,
    original: original === null || original.currency === currency ? null : original,
    occurredAt: new Date(transaction.created * 1_000),
    availableAt: new Date(transaction.available_on * 1_000),
  }
}

/** What moved is told by the object that moved it: its intent, and what it was before Stripe changed its currency. */
function listedOf(transaction: Stripe.BalanceTransaction): MoneyMovement {
  const { source, reporting_category: category } = transaction
  if (source === null || typeof source === 'string') return movementOf(transaction, null, null)
  const payment = 'payment_intent' in source ? idOf(source.payment_intent) : null
  if (category === 'charge' && source.object === 'charge') return movementOf(transaction, payment, moneyOf(source.amount, source.currency))
  // Of what was captured in part the whole came in, and the rest goes out again.
  if (category === 'partial_capture_reversal' && source.object === 'charge') {
    return movementOf(transaction, payment, moneyOf(source.amount_captured - source.amount, source.currency))
  }
  if (source.object === 'dispute') return movementOf(transaction, payment, disputedOf(transaction, source))
  if (category === 'refund' && source.object === 'refund') return movementOf(transaction, payment, moneyOf(-source.amount, source.currency))
  if (source.object === 'transfer_reversal') {
    const release = idOf(source.transfer)
    return { ...movementOf(transaction, null, null), ...(release === null ? {} : { release }) }
  }
  if (category === 'refund_failure' && source.object === 'refund') {
    return movementOf(transaction, payment, moneyOf(source.amount, source.currency))
  }
  return movementOf(transaction, payment, null)
}

/**
 * What a bank took of the shopper's money, or gave back, in the shopper's currency. It takes all that is disputed; it may give
 * back a part, which Stripe tells only in the currency that the account keeps: what went out tells what it was before.
 */
export function disputedOf(transaction: Stripe.BalanceTransaction, dispute: Stripe.Dispute): Money {
  return moneyOf(transaction.amount < 0 ? -dispute.amount : givenBackOf(transaction, dispute), dispute.currency)
}

function givenBackOf(
  transaction: Stripe.BalanceTransaction,
  { amount: disputed, balance_transactions: all, status }: Stripe.Dispute,
): number {
  const taken = all.find(({ amount }) => amount < 0)
  const isOnly = all.every(({ amount, id }) => amount <= 0 || id === transaction.id)
  if (taken === undefined || (status === 'won' && isOnly)) return disputed
  // The two rates by each other: however many decimals the currencies have.
  const rates = taken.exchange_rate === null || transaction.exchange_rate === null ? 1 : taken.exchange_rate / transaction.exchange_rate
  const perUnit = disputed / -taken.amount
  const part = Math.round(transaction.amount * perUnit * rates)
  // As close to the whole as the smallest unit of what came back can tell.
  return part + Math.ceil(perUnit * rates) >= disputed ? disputed : part
}

const moneyOf = (amount: number, currency: string): Money => ({ amountMinor: fromStripeAmount(amount, currency), currency })

/** A page of the account's balance transactions, the newest first. */
export function listMovements(
  access: StripeAccess,
  call: ProviderCall,
  since: Date,
  cursor: string | null,
): Promise<Outcome<MovementPage>> {
  assertNoUnit('listing movements')
  return attempt(async () => {
    const listed = await access.clientOf(accountOf(call)).balanceTransactions.list({
      created: { gte: Math.floor(since.getTime() / 1_000) },
      limit: page,
      expand: ['data.source'],
      ...(cursor === null ? {} : { starting_after: cursor }),
    })
    return { kind: 'ok', value: { movements: listed.data.map(listedOf), next: listed.has_more ? (listed.data.at(-1)?.id ?? null) : null } }
  })
}

/** Pending and available together, with what Stripe reserves for vendors who owe it. */
export function fetchBalances(access: StripeAccess, call: ProviderCall): Promise<Outcome<Money[]>> {
  assertNoUnit('reading a balance')
  return attempt(async () => {
    const balance = await access.clientOf(accountOf(call)).balance.retrieve()
    const sums = new Map<string, bigint>()
    for (const { amount, currency } of [...balance.available, ...balance.pending, ...(balance.connect_reserved ?? [])]) {
      sums.set(currency, (sums.get(currency) ?? 0n) + fromStripeAmount(amount, currency))
    }
    return { kind: 'ok', value: [...sums].map(([currency, amountMinor]) => ({ amountMinor, currency })) }
  })
}

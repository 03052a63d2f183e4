import type { Call } from './call.js'
import { refused } from './errors.js'
import type { BalanceTransaction, StripeObject } from './objects.js'
import { presented } from './present.js'
import { filled } from './schema.js'
import type { Account } from './world.js'

const day_s = 86_400
/** A card payment can be paid out after two days. */
export const pending_s = 2 * day_s

interface Movement {
  type: string
  reporting_category: string
  /** Positive comes in. */
  amount: number
  fee?: number
  feeDescription?: string
  currency: string
  source: string | null
  available_s?: number
  description?: string | null
  rate?: number | null
}

/** Moves money into or out of an account's balance. */
export function move(account: Account, movement: Movement): BalanceTransaction {
  const { amount, currency, fee = 0, type, reporting_category, source, description = null, rate = null } = movement
  const created = account.world.now_s()
  return account.add<BalanceTransaction>(
    filled<BalanceTransaction>('BalanceTransaction', {
      id: account.newId('txn'),
      object: 'balance_transaction',
      amount,
      available_on: created + (movement.available_s ?? 0),
      balance_type: 'payments',
      created,
      currency,
      description,
      exchange_rate: rate,
      fee,
      fee_details:
        fee === 0
          ? []
          : [
              {
                amount: fee,
                application: null,
                currency,
                description: movement.feeDescription ?? 'Stripe processing fees',
                type: 'stripe_fee',
              },
            ],
      net: amount - fee,
      reporting_category,
      source,
      status: 'pending',
      type,
    }),
  )
}

/** What an amount becomes in the account's balance. */
export function settled(account: Account, amount: number, from: string): { amount: number; currency: string; rate: number | null } {
  const { settlement } = account.world.settings
  if (settlement === undefined || account.connected || settlement.currency === from) return { amount, currency: from, rate: null }
  const rate = settlement.rates[from]
  if (rate === undefined) throw refused(`The simulator has no rate from ${from} to ${settlement.currency}.`)
  return { amount: Math.round(amount * rate), currency: settlement.currency, rate }
}

/** What is there of each currency, in minor units. */
export function fundsOf(account: Account, currency: string): { available: number; pending: number } {
  const funds = { available: 0, pending: 0 }
  for (const transaction of account.all<BalanceTransaction>('balance_transaction')) {
    if (transaction.currency !== currency) continue
    const { status } = presented(account, transaction) as BalanceTransaction
    funds[status] += transaction.net
  }
  return funds
}

export function retrieveBalance({ account }: Call): Record<string, unknown> {
  const currencies = [...new Set(account.all<BalanceTransaction>('balance_transaction').map(({ currency }) => currency))]
  const known = currencies.length === 0 ? ['usd'] : currencies
  const part = (kind: 'available' | 'pending') =>
    known.map((currency) => {
      const amount = fundsOf(account, currency)[kind]
      return { amount, currency, source_types: { card: amount } }
    })
  return filled('Balance', { object: 'balance', available: part('available'), livemode: false, pending: part('pending') })
}

export function matchesTransaction(call: Call, transaction: StripeObject): boolean {
  const { currency, payout, source, type } = call.parameters
  const wanted = { currency, payout, source, type }
  return Object.entries(wanted).every(([name, value]) => value === undefined || transaction[name] === value)
}

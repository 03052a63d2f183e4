import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { exchangeEntry, type LedgerEntry } from '../ledger/index.js'
import type { MoneyMovement } from './provider.js'

// A provider may keep another currency than shoppers pay in. What comes in is changed at the rate of its day, and what goes back
// at the rate of another: the difference is the store's gain or loss.

/** A movement that the provider changed into another currency; amounts are positive where money came in. */
export interface ExchangedMovement {
  reference: string
  category: string
  amount_minor: bigint
  currency_code: string
  original_minor: bigint
  /** What it is at the rate at which the payment came in; null while that is not reckoned. */
  cost_minor: bigint | null
  occurred_at: Date
}

export interface Exchanged {
  reference: string
  costMinor: bigint
  /** What it came to beyond that: negative is a loss. */
  differenceMinor: bigint
  currency: string
  occurredAt: Date
}

/** A part of an amount in another currency, rounded down: all parts together are never more than the whole. */
export const partAtRate = (part: bigint, rate: { original: bigint; changed: bigint }): bigint => (part * rate.changed) / rate.original

/**
 * What of a payment's movements can be reckoned by now, and was not. The costs of all that went out add up to what came in, to the
 * last minor unit, once everything has gone out: each is the difference of two roundings of what is out.
 */
export function exchangesOf(movements: readonly ExchangedMovement[]): Exchanged[] {
  const charge = movements.find(({ category }) => category === 'charge')
  if (charge === undefined || charge.original_minor <= 0n) return []
  const rate = { original: charge.original_minor, changed: charge.amount_minor }
  const others = movements
    .filter((one) => one !== charge && one.currency_code === charge.currency_code)
    .sort((a, b) => a.occurred_at.getTime() - b.occurred_at.getTime() || (a.reference < b.reference ? -1 : 1))
  let out = others.reduce((sum, one) => (one.cost_minor === null ? sum : sum - one.original_minor), 0n)
  return others
    .filter((one) => one.cost_minor === null)
    .map((one) => {
      const before = partAtRate(out, rate)
      out -= one.original_minor
      const costMinor = before - partAtRate(out, rate)
      const { reference, currency_code: currency, occurred_at: occurredAt } = one
      return { reference, costMinor, differenceMinor: one.amount_minor - costMinor, currency, occurredAt }
    })
}

const paymentsOf = (movements: readonly MoneyMovement[]) => [
  ...new Set(movements.flatMap(({ payment, original }) => (payment === null || original === null ? [] : [payment]))),
]

/** Whoever notes movements of the same payments reckons one after the other. */
export async function lockExchanged(unit: Unit, providerId: string, movements: readonly MoneyMovement[]): Promise<void> {
  const payments = paymentsOf(movements)
  if (payments.length === 0) return
  await unit.run(
    statement(
      'payments.lock_exchanged',
      `select id from payment_session where tenant_id = $1 and provider_id = $2 and reference = any($3) order by id for no key update`,
      [tenantOf(unit), providerId, payments],
    ),
  )
}

/**
 * What is to be booked as changed: not what was noted before it was known that it was, since that is in the books in the
 * provider's currency already.
 */
export async function withoutOlder(unit: Unit, accountId: string, movements: readonly MoneyMovement[]): Promise<MoneyMovement[]> {
  const changed = movements.filter(({ original }) => original !== null).map(({ reference }) => reference)
  if (changed.length === 0) return [...movements]
  const older = await unit.run(
    statement<{ reference: string }>(
      'payments.noted_unchanged',
      `select reference from payment_movement where tenant_id = $1 and payment_account_id = $2 and reference = any($3) and original_minor is null`,
      [tenantOf(unit), accountId, changed],
    ),
  )
  const known = new Set(older.map(({ reference }) => reference))
  return movements.map((movement) => (known.has(movement.reference) ? { ...movement, original: null } : movement))
}

function exchangedStatement(
  tenantId: string,
  accountId: string,
  payments: readonly string[],
): Statement<ExchangedMovement & { payment_reference: string }> {
  return statement(
    'payments.exchanged_of_payments',
    `select payment_reference, reference, category, amount_minor, currency_code, original_minor, cost_minor, occurred_at from payment_movement
     where tenant_id = $1 and payment_account_id = $2 and payment_reference = any($3) and original_minor is not null`,
    [tenantId, accountId, payments],
  )
}

/**
 * Reckons, for all payments of the movements at once, what the store won or lost because money went back at another rate than it came in, and notes it with the movements.
 * Under `lockExchanged`.
 * @returns what is to be booked
 */
export async function reckonExchanges(
  unit: Unit,
  about: { accountId: string; providerId: string },
  movements: readonly MoneyMovement[],
): Promise<LedgerEntry[]> {
  const tenantId = tenantOf(unit)
  const payments = paymentsOf(movements)
  if (payments.length === 0) return []
  const exchanged = await unit.run(exchangedStatement(tenantId, about.accountId, payments))
  const reckoned = payments.flatMap((payment) => exchangesOf(exchanged.filter((one) => one.payment_reference === payment)))
  if (reckoned.length === 0) return []
  await unit.run(
    statement(
      'payments.note_costs',
      `update payment_movement m set cost_minor = r.cost_minor from jsonb_to_recordset($3::jsonb) as r (reference text, cost_minor bigint)
       where m.tenant_id = $1 and m.payment_account_id = $2 and m.reference = r.reference`,
      [
        tenantId,
        about.accountId,
        JSON.stringify(reckoned.map(({ reference, costMinor }) => ({ reference, cost_minor: String(costMinor) }))),
      ],
    ),
  )
  return reckoned.map(({ reference: source, differenceMinor: amountMinor, currency, occurredAt }) =>
    exchangeEntry({ source, providerId: about.providerId, currency, amountMinor, occurredAt }),
  )
}

/** Orders whose payments' rates are known since now: what waited for them can go out to vendors. */
export function ordersOfPaymentsStatement(
  tenantId: string,
  providerId: string,
  payments: readonly string[],
): Statement<{ order_id: string }> {
  return statement(
    'payments.orders_of_references',
    `select distinct k.order_id from payment p join payment_collection k on k.tenant_id = $1 and k.id = p.payment_collection_id
     where p.tenant_id = $1 and p.provider_id = $2 and p.reference = any($3) and k.order_id is not null order by 1`,
    [tenantId, providerId, payments],
  )
}

import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { newId, notAllowed } from '../kernel/index.js'

/** What an account's balance changes by, and why. An attempt to complete a cart takes of an account once, and gives back once. */
export interface Move {
  accountId: string
  type: 'credit' | 'debit'
  amountMinor: bigint
  reference: 'staff' | 'gift-card' | 'checkout' | 'order'
  referenceId: string | null
  note?: string | null | undefined
}

export const creditSpent = 'The gift cards and store credit of the cart no longer hold what it takes of them.'

/**
 * Changes balances, all of them or none, with a transaction for each. Accounts are locked in key order, so that two who take
 * of the same ones wait for one another instead of dying; the table's own check is the last line behind this code.
 * @param options.spends what is taken pays for something: a gift card that has expired or is void does not give it
 * @returns the ids of the transactions, in the order of the moves
 * @throws not_allowed when an account does not hold what is taken
 */
export async function moveCredit(
  unit: Unit,
  moves: readonly Move[],
  options: { createdBy: string; spends?: boolean; refusal?: string },
): Promise<string[]> {
  if (moves.length === 0) return []
  const ids = moves.map(() => newId('sctr'))
  const rows = moves.map((move, index) => ({
    id: ids[index],
    account_id: move.accountId,
    type: move.type,
    amount_minor: String(move.amountMinor),
    reference: move.reference,
    reference_id: move.referenceId,
    note: move.note ?? null,
  }))
  const [moved] = await unit.run(
    statement<{ count: number }>(
      'credit.move',
      `with wanted as (
         select * from jsonb_to_recordset($2::jsonb) as w (id text, account_id text, type text, amount_minor bigint, reference text,
           reference_id text, note text)
       ), held as materialized (
         select a.id from store_credit_account a where a.tenant_id = $1 and a.id in (select account_id from wanted) order by a.id for update
       ), change as (
         select account_id, sum(case type when 'credit' then amount_minor else -amount_minor end)::bigint as amount from wanted group by 1
       ), moved as (
         update store_credit_account a set balance_minor = a.balance_minor + c.amount, updated_at = now()
         from change c join held h on h.id = c.account_id
         where a.tenant_id = $1 and a.id = c.account_id and a.balance_minor + c.amount >= 0
           and not ($4::boolean and exists (select 1 from gift_card g where g.tenant_id = $1 and g.account_id = a.id
             and (g.expires_at <= now() or g.canceled_at is not null)))
         returning a.id, a.currency_code
       ), noted as (
         insert into store_credit_transaction (tenant_id, id, account_id, type, amount_minor, currency_code, reference, reference_id, note,
           created_by)
         select $1, w.id, w.account_id, w.type, w.amount_minor, m.currency_code, w.reference, w.reference_id, w.note, $3
         from wanted w join moved m on m.id = w.account_id returning id
       )
       select count(*)::int as count from noted`,
      [tenantOf(unit), JSON.stringify(rows), options.createdBy, options.spends ?? false],
    ),
  )
  if (moved?.count !== rows.length)
    throw notAllowed(options.refusal ?? 'The store credit account does not hold as much.', 'insufficient_credit')
  return ids
}

/** What a cart pays with: an account, and how much of it. */
export interface Spending {
  accountId: string
  amountMinor: bigint
}

/**
 * Takes what a cart pays with for an attempt to complete it. Nothing is asked for no credit.
 * @throws not_allowed with code `insufficient_credit`
 */
export async function takeCredit(unit: Unit, checkoutId: string, lines: readonly Spending[]): Promise<void> {
  const moves = lines.map((line): Move => ({ ...line, type: 'debit', reference: 'checkout', referenceId: checkoutId }))
  await moveCredit(unit, moves, {
    createdBy: 'system',
    spends: true,
    refusal: `${creditSpent} Refresh the cart's payment collection and try again.`,
  })
}

/** Gives back what a failed attempt took. Once: the caller has closed the attempt under its cart's lock. */
export async function giveBackCredit(unit: Unit, checkoutId: string): Promise<void> {
  const taken = await unit.run(takenStatement(tenantOf(unit), checkoutId))
  const moves = taken.map(
    (row): Move => ({
      accountId: row.account_id,
      type: 'credit',
      amountMinor: row.amount_minor,
      reference: 'checkout',
      referenceId: checkoutId,
    }),
  )
  await moveCredit(unit, moves, { createdBy: 'system' })
}

function takenStatement(tenantId: string, checkoutId: string): Statement<{ account_id: string; amount_minor: bigint }> {
  return statement(
    'credit.taken',
    `select account_id, amount_minor from store_credit_transaction
     where tenant_id = $1 and reference_id = $2 and reference = 'checkout' and type = 'debit' order by account_id`,
    [tenantId, checkoutId],
  )
}

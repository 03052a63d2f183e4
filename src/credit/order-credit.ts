import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { allocate, newId } from '../kernel/index.js'
import { post, storeCreditEntry } from '../ledger/index.js'
import type { CartCreditLine } from './cart-credit.js'
import { ensureAccount } from './commands/accounts.js'
import { moveCredit } from './move.js'

/** What an order was paid with, frozen at its sale. */
export function insertOrderCreditLinesStatement(
  tenantId: string,
  orderId: string,
  lines: readonly CartCreditLine[],
): Statement<{ id: string }> {
  const rows = lines.filter((line) => line.amount_minor > 0).map((line) => ({ ...line, id: newId('ordcl') }))
  return statement(
    'credit.insert_order_lines',
    `insert into order_credit_line (tenant_id, id, order_id, account_id, gift_card_id, amount_minor)
     select $1, l.id, $2, l.account_id, l.gift_card_id, l.amount_minor
     from jsonb_to_recordset($3::jsonb) as l (id text, account_id text, gift_card_id text, amount_minor bigint) returning id`,
    [tenantId, orderId, JSON.stringify(rows)],
  )
}

/**
 * SQL for what the shopper still owes of order `o`: what it comes to less what credit pays, what it was credited with and what
 * was captured and not refunded. Below nothing where more was paid. $1 is the tenant.
 */
export const owedSql = `(o.total_minor - o.credit_minor + o.credit_returned_minor
  - coalesce((select sum(c.amount_minor) from order_credit c where c.tenant_id = $1 and c.order_id = o.id and c.state = 'booked'
      and c.dispute_id is null), 0)
  - coalesce((select sum(k.captured_minor - k.refunded_minor) from payment_collection k where k.tenant_id = $1 and k.order_id = o.id), 0))`

interface OpenLine {
  id: string
  account_id: string
  open_minor: bigint
}

/** What of an order's credit was not given back yet. Read under the order's lock. */
export function openCreditLinesStatement(tenantId: string, orderId: string): Statement<OpenLine> {
  return statement(
    'credit.open_order_lines',
    `select id, account_id, amount_minor - returned_minor as open_minor from order_credit_line
     where tenant_id = $1 and order_id = $2 and returned_minor < amount_minor order by account_id, id`,
    [tenantId, orderId],
  )
}

/**
 * Gives an amount back as credit, under the order's lock: to the cards and accounts that paid for the order as far as they
 * did, what is more to the customer's own account. What the order is credited with is the caller's to write.
 * @param source the fact's id: what it gives back is booked once
 * @throws not_found when there is more than was paid with credit, and no customer with an account to give it to
 */
export async function returnCredit(
  unit: Unit,
  order: { id: string; customer_id: string | null; currency_code: string },
  given: { source: string; amountMinor: bigint; note?: string | null | undefined; createdBy: string; now: Date },
): Promise<void> {
  if (given.amountMinor === 0n) return
  const tenantId = tenantOf(unit)
  let left = given.amountMinor
  const lines = (await unit.run(openCreditLinesStatement(tenantId, order.id))).flatMap((line) => {
    let amount = line.open_minor
    if (amount > left) amount = left
    left -= amount
    return amount === 0n ? [] : [{ id: line.id, accountId: line.account_id, amountMinor: amount }]
  })
  const shares = new Map<string, bigint>()
  for (const { accountId, amountMinor } of lines) shares.set(accountId, (shares.get(accountId) ?? 0n) + amountMinor)
  if (left > 0n) {
    const own = await ensureAccount(unit, { customer_id: order.customer_id ?? '', currency_code: order.currency_code })
    shares.set(own, (shares.get(own) ?? 0n) + left)
  }
  await creditAccounts(unit, order.id, shares, given)
  await unit.run(
    statement(
      'credit.note_returned',
      `with line as (
         update order_credit_line l set returned_minor = l.returned_minor + r.amount, updated_at = now()
         from jsonb_to_recordset($3::jsonb) as r (id text, amount bigint) where l.tenant_id = $1 and l.id = r.id
       )
       update orders set credit_returned_minor = credit_returned_minor + $4, updated_at = now() where tenant_id = $1 and id = $2`,
      [tenantId, order.id, JSON.stringify(lines.map(({ id, amountMinor }) => ({ id, amount: String(amountMinor) }))), given.amountMinor],
    ),
  )
  await post(unit, [
    storeCreditEntry({
      source: given.source,
      type: 'credit',
      counterpart: { orderId: order.id },
      currency: order.currency_code,
      amountMinor: given.amountMinor,
      occurredAt: given.now,
    }),
  ])
}

/**
 * Credit pays for less of an order than it did: the order has come to less than was paid with cards and accounts. What it
 * pays too much goes back to where it came from, and was never paid with it. Under the order's lock; the caller lowers the
 * order's total afterwards.
 * @param source the fact's id: what it gives back is booked once
 */
export async function takeCreditOff(
  unit: Unit,
  order: { id: string; currency_code: string },
  taken: { source: string; amountMinor: bigint; note: string; createdBy: string; now: Date },
): Promise<void> {
  if (taken.amountMinor <= 0n) return
  const tenantId = tenantOf(unit)
  const open = await unit.run(openCreditLinesStatement(tenantId, order.id))
  const shares = allocate(
    taken.amountMinor,
    open.map((line) => line.open_minor),
    { caps: open.map((line) => line.open_minor) },
  )
  const lines = open.flatMap((line, index) => (shares[index] === 0n ? [] : [{ ...line, amountMinor: shares[index] as bigint }]))
  const perAccount = new Map<string, bigint>()
  for (const line of lines) perAccount.set(line.account_id, (perAccount.get(line.account_id) ?? 0n) + line.amountMinor)
  await creditAccounts(unit, order.id, perAccount, taken)
  await unit.run(
    statement(
      'credit.take_off_order',
      `with less as (
         select * from jsonb_to_recordset($3::jsonb) as r (id text, amount bigint)
       ), gone as (
         delete from order_credit_line l using less r where l.tenant_id = $1 and l.id = r.id and l.amount_minor = r.amount
       ), kept as (
         update order_credit_line l set amount_minor = l.amount_minor - r.amount, updated_at = now()
         from less r where l.tenant_id = $1 and l.id = r.id and l.amount_minor > r.amount
       )
       update orders set credit_minor = credit_minor - $4, updated_at = now() where tenant_id = $1 and id = $2`,
      [tenantId, order.id, JSON.stringify(lines.map(({ id, amountMinor }) => ({ id, amount: String(amountMinor) }))), taken.amountMinor],
    ),
  )
  await post(unit, [
    storeCreditEntry({
      source: taken.source,
      type: 'credit',
      counterpart: { orderId: order.id },
      currency: order.currency_code,
      amountMinor: taken.amountMinor,
      occurredAt: taken.now,
    }),
  ])
}

/** Gives accounts what an order gives back to each. */
function creditAccounts(
  unit: Unit,
  orderId: string,
  amounts: ReadonlyMap<string, bigint>,
  { note, createdBy }: { note?: string | null | undefined; createdBy: string },
): Promise<string[]> {
  const moves = [...amounts].map(([accountId, amountMinor]) => ({
    accountId,
    type: 'credit' as const,
    amountMinor,
    reference: 'order' as const,
    referenceId: orderId,
    note,
  }))
  return moveCredit(unit, moves, { createdBy })
}

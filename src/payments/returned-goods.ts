import { statement, tenantOf, type Unit } from '../db/index.js'
import { notFound, worthOfPieces } from '../kernel/index.js'
import { divideCredit, divideRefund, lessCredits, lesserOf, type OpenPart, sumOf } from './credits.js'
import type { OrderLock } from './locks.js'

/**
 * Pieces of a line that returns before this one took: SQL for an item `i` of a return `r`. Those count that were asked for earlier and
 * not called off, whether or not they came, so that what a return is worth stays when others are received.
 */
export const piecesBeforeSql = `coalesce((
  select sum(bi.quantity) from order_return b join order_return_item bi on bi.tenant_id = b.tenant_id and bi.return_id = b.id
  where b.tenant_id = $1 and b.order_id = r.order_id and bi.order_line_item_id = i.order_line_item_id
    and b.status in ('requested', 'partially_received', 'received')
    and (b.requested_at, b.id) < (coalesce(r.requested_at, 'infinity'), r.id)), 0)::int`

/** Returns that a refund could be for are looked at one by one. */
const returnsLookedAt = 20

/** Returns of which goods came, oldest first. What comes back for an exchange or a claim has paid for that. */
const receivedReturns = (unit: Unit, orderId: string) =>
  unit.run(
    statement<{ id: string }>(
      'payments.received_returns',
      `select id from order_return where tenant_id = $1 and order_id = $2 and status in ('partially_received', 'received')
         and exchange_id is null
       order by created_at, id limit ${returnsLookedAt}`,
      [tenantOf(unit), orderId],
    ),
  )

/**
 * Medusa's own software names no return when it gives money back for one. Where goods came back that nothing was given for yet, the
 * amount is for those: the return that it is the whole worth of, else the oldest that is worth as much. Null where there is none.
 */
export async function returnMeant(unit: Unit, order: OrderLock, wanted: bigint, open: readonly OpenPart[]): Promise<string | null> {
  let meant: string | null = null
  for (const { id } of await receivedReturns(unit, order.id)) {
    const { parts, offeredMinor } = await worthOfReturn(unit, order, id, open)
    if (offeredMinor === wanted) return id
    if (meant === null && sumOf(parts) >= wanted) meant = id
  }
  return meant
}

/** Credits that are for one return's goods, or for nothing in particular. */
export interface NamedCredits {
  returnId: string | null
  credits: OpenPart[]
}

/**
 * Divides what is credited for no one return: goods that came back and were not paid for come first, the oldest return before the
 * others, and only what is more than those are worth is shared by all that is left of the order.
 */
export async function divideAmongReturned(
  unit: Unit,
  order: OrderLock,
  amountMinor: bigint,
  open: readonly OpenPart[],
): Promise<NamedCredits[]> {
  const named: NamedCredits[] = []
  let left = amountMinor
  let parts = open
  for (const { id } of left === 0n ? [] : await receivedReturns(unit, order.id)) {
    const worth = await worthOfReturn(unit, order, id, parts)
    const credits = divideRefund(order, lesserOf(left, sumOf(worth.parts)), worth.parts)
    named.push({ returnId: id, credits })
    left -= sumOf(credits)
    parts = lessCredits(parts, credits)
  }
  return [...named, { returnId: null, credits: divideRefund(order, left, parts) }].filter(({ credits }) => credits.length > 0)
}

export interface WorthOfReturn {
  /** The returned lines, each with no more than its returned pieces were sold for. */
  parts: OpenPart[]
  /** Less what sending back costs. */
  offeredMinor: bigint
}

/** What the pieces received with a return were sold for, as far as it was not given back. */
export async function worthOfReturn(unit: Unit, order: OrderLock, returnId: string, open: readonly OpenPart[]): Promise<WorthOfReturn> {
  const rows = await unit.run(
    statement<{
      order_line_item_id: string | null
      pieces: number
      before: number
      quantity: number
      total_minor: bigint
      given_minor: bigint
      shipping_minor: bigint
    }>(
      'payments.worth_of_return',
      `select i.order_line_item_id,
              -- What a claim gives it gives for what is claimed, whether or not that comes back.
              case when starts_with(r.exchange_id, 'claim_') then 0 else i.received_quantity + i.damaged_quantity end as pieces,
              ${piecesBeforeSql} as before, l.quantity, l.total_minor,
              coalesce((select sum(c.amount_minor) from order_credit c left join refund f on f.tenant_id = $1 and f.id = c.refund_id
                where c.tenant_id = $1 and c.order_line_item_id = i.order_line_item_id and c.state <> 'void'
                  and r.id in (f.return_id, c.return_id)), 0)::bigint as given_minor, r.shipping_minor
       from order_return r left join order_return_item i on i.tenant_id = r.tenant_id and i.return_id = r.id
       left join order_line_item l on l.tenant_id = i.tenant_id and l.id = i.order_line_item_id
       where r.tenant_id = $1 and r.id = $2 and r.order_id = $3`,
      [tenantOf(unit), returnId, order.id],
    ),
  )
  if (rows[0] === undefined) throw notFound(`Return with id: ${returnId} was not found`)
  const parts = open.flatMap((part) => {
    const item = rows.find((row) => row.order_line_item_id === part.order_line_item_id)
    // Nothing came of it: its line may even be gone.
    if (part.order_line_item_id === null || item === undefined || item.pieces === 0) return []
    const worth = worthOfPieces({ total: item.total_minor, quantity: item.quantity }, item.pieces, item.before) - item.given_minor
    const amount = lesserOf(worth, part.amount_minor)
    return amount > 0n ? divideCredit(amount, [part]) : []
  })
  // What sending back costs is kept of all that is given for the return, however often some of it is.
  return { parts, offeredMinor: sumOf(parts) - rows[0].shipping_minor }
}

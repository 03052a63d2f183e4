import { type Context, statement, tenantOf, type Unit } from '../db/index.js'
import { invalidData, notAllowed, notFound } from '../kernel/index.js'
import { lockLinesOfOrderStatement, lockOrderStatement, type OrderLineLock, type OrderLock } from '../orders/index.js'
import { lockPartsStatement } from '../payments/index.js'

export interface ReturnLock {
  id: string
  order_id: string
  status: 'open' | 'requested' | 'received' | 'partially_received' | 'canceled'
  location_id: string | null
  is_receiving: boolean
  exchange_id: string | null
  /** What sending back costs. */
  shipping_minor: bigint
}

export interface ReturnItemLock {
  id: string
  order_line_item_id: string
  vendor_id: string
  quantity: number
  received_quantity: number
  damaged_quantity: number
  receiving_quantity: number
  dismissing_quantity: number
  reason_id: string | null
  note: string | null
}

/** A return and all that its commands may change, held until the transaction ends. */
export interface LockedReturn {
  order: OrderLock
  lines: OrderLineLock[]
  row: ReturnLock
  items: ReturnItemLock[]
}

/**
 * Locks order, vendor orders, lines, and then the return: whoever packs, refunds, cancels or returns at once waits here.
 * @throws not_found
 */
export async function lockReturn(unit: Unit, returnId: string): Promise<LockedReturn> {
  const tenantId = tenantOf(unit)
  const unknown = () => notFound(`Return id not found: ${returnId}`)
  const [found] = await unit.run(
    statement<{ order_id: string }>('returns.order_of', 'select order_id from order_return where tenant_id = $1 and id = $2', [
      tenantId,
      returnId,
    ]),
  )
  if (found === undefined) throw unknown()
  const [[order], , lines, [row], items] = await Promise.all([
    unit.run(lockOrderStatement(tenantId, found.order_id)),
    unit.run(lockPartsStatement(tenantId, found.order_id)),
    unit.run(lockLinesOfOrderStatement(tenantId, found.order_id)),
    unit.run(
      statement<ReturnLock>(
        'returns.lock',
        'select id, order_id, status, location_id, is_receiving, exchange_id, shipping_minor from order_return where tenant_id = $1 and id = $2 for update',
        [tenantId, returnId],
      ),
    ),
    unit.run(
      statement<ReturnItemLock>(
        'returns.items_to_change',
        `select id, order_line_item_id, vendor_id, quantity, received_quantity, damaged_quantity, receiving_quantity, dismissing_quantity,
                reason_id, note
         from order_return_item where tenant_id = $1 and return_id = $2 order by id`,
        [tenantId, returnId],
      ),
    ),
  ])
  if (order === undefined || row === undefined) throw unknown()
  return { order, lines, row, items }
}

/** Nothing is chosen or counted, and what was is done. In Medusa's words. */
export const nothingPlanned = () => invalidData('An active Order Change is required to proceed')

/** Throws invalid_data. */
export function refuseCanceled(row: Pick<ReturnLock, 'id' | 'status'>): void {
  if (row.status === 'canceled') throw invalidData(`Return with id ${row.id} has been canceled.`)
}

/** What is a part of an exchange or a claim is requested, dropped and canceled with it. Throws not_allowed. */
export function refuseOfExchange({ row }: LockedReturn, verb: string): void {
  if (row.exchange_id !== null) throw notAllowed(`Return ${row.id} is a part of ${row.exchange_id}: ${verb} that instead`)
}

/** Runs a change of a return in a unit of its own, under its locks. */
export function changeReturn<T>(context: Context, returnId: string, change: (unit: Unit, locked: LockedReturn) => Promise<T>): Promise<T> {
  return context.db.unitOfWork(context.scope, async (unit) => change(unit, await lockReturn(unit, returnId)))
}

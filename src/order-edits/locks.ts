import { type Context, tenantOf, type Unit } from '../db/index.js'
import { invalidData, notAllowed, notFound } from '../kernel/index.js'
import { lockOrderStatement, type OrderLock } from '../orders/index.js'
import { openEditStatement, type OrderEdit } from './queries/edits.js'

/** Which plan is meant: an edit of the order by itself, or what an exchange adds to it. */
export interface EditTarget {
  orderId: string
  exchangeId: string | null
}

/**
 * Locks an order that may be edited. Everything that is planned for it is under this lock.
 * @throws not_found; invalid_data for an order that is canceled; not_allowed for one that is archived
 */
export async function lockOrderToEdit(unit: Unit, orderId: string): Promise<OrderLock> {
  const [order] = await unit.run(lockOrderStatement(tenantOf(unit), orderId))
  if (order === undefined || order.status === 'draft') throw notFound(`Order id not found: ${orderId}`)
  if (order.status === 'canceled') throw invalidData(`Order with id ${orderId} has been canceled.`)
  if (order.status === 'archived') throw notAllowed(`Order with id: ${orderId} is archived and cannot be edited`)
  return order
}

/** The same with the edit that is open. Throws as lockOrderToEdit and openEditOf do. */
export async function lockEdit(unit: Unit, target: EditTarget): Promise<{ order: OrderLock; edit: OrderEdit }> {
  const order = await lockOrderToEdit(unit, target.orderId)
  return { order, edit: await openEditOf(unit, target) }
}

/** The open edit of an order that is locked. Throws invalid_data where none is open; not_allowed when it is another's. */
export async function openEditOf(unit: Unit, { orderId, exchangeId }: EditTarget): Promise<OrderEdit> {
  const [edit] = await unit.run(openEditStatement(tenantOf(unit), orderId))
  if (edit !== undefined && edit.exchange_id === exchangeId) return edit
  if (exchangeId !== null) throw invalidData('An active Order Change is required to proceed')
  if (edit !== undefined) throw notAllowed(`${edit.exchange_id} of order ${orderId} is open: request it or give it up first`)
  throw invalidData('An active Order Change is required to proceed')
}

/** Runs a change of an order's open edit in a unit of its own, under the order's lock. */
export function changeEdit<T>(
  context: Context,
  target: EditTarget,
  change: (unit: Unit, locked: { order: OrderLock; edit: OrderEdit }) => Promise<T>,
): Promise<T> {
  return context.db.unitOfWork(context.scope, async (unit) => change(unit, await lockEdit(unit, target)))
}

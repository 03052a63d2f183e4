import { type Context, tenantOf, type Unit } from '../db/index.js'
import { notAllowed, notFound } from '../kernel/index.js'
import { lockOrderStatement, type OrderLock } from '../orders/index.js'
import { openEditStatement, type OrderEdit } from './queries/edits.js'

/**
 * Locks an order that may be edited. Everything that is planned for it is under this lock.
 * @throws not_found; not_allowed for an order that is canceled or archived
 */
export async function lockOrderToEdit(unit: Unit, orderId: string): Promise<OrderLock> {
  const [order] = await unit.run(lockOrderStatement(tenantOf(unit), orderId))
  if (order === undefined || order.status === 'draft') throw notFound(`Order with id: ${orderId} was not found`)
  if (order.status === 'canceled' || order.status === 'archived') {
    throw notAllowed(`Order with id: ${orderId} is ${order.status} and cannot be edited`)
  }
  return order
}

/** The same with the edit that is open. Throws as lockOrderToEdit does; not_found when there is none. */
export async function lockEdit(unit: Unit, orderId: string): Promise<{ order: OrderLock; edit: OrderEdit }> {
  const order = await lockOrderToEdit(unit, orderId)
  return { order, edit: await openEditOf(unit, orderId) }
}

/** The open edit of an order that is locked. Throws not_found. */
export async function openEditOf(unit: Unit, orderId: string): Promise<OrderEdit> {
  const [edit] = await unit.run(openEditStatement(tenantOf(unit), orderId))
  if (edit === undefined) throw notFound(`Order with id: ${orderId} has no open edit. Begin one with POST /admin/order-edits.`)
  return edit
}

/** Runs a change of an order's open edit in a unit of its own, under the order's lock. */
export function changeEdit<T>(
  context: Context,
  orderId: string,
  change: (unit: Unit, locked: { order: OrderLock; edit: OrderEdit }) => Promise<T>,
): Promise<T> {
  return context.db.unitOfWork(context.scope, async (unit) => change(unit, await lockEdit(unit, orderId)))
}

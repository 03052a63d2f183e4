import type { Address } from '../../carts/index.js'
import { type Context, type Statement, statement, tenantOf, type Unit, withMetadata } from '../../db/index.js'
import { invalidData, newId, notAllowed, notFound } from '../../kernel/index.js'
import { lockOrderStatement, type OrderLock } from '../locks.js'

export interface OrderPatch {
  email?: string | undefined
  /** An address is replaced in the fields that are given; its id stays. */
  shipping_address?: Omit<Address, 'id'> | undefined
  billing_address?: Omit<Address, 'id'> | undefined
  /** The language in which the shopper is written to. */
  locale?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

/** An entry in the history of an order: what was done to it, and by whom. */
export function insertOrderChangeStatement(
  tenantId: string,
  change: {
    orderId: string
    returnId: string | null
    type: 'update_order' | 'return_request' | 'return_receive'
    actions: readonly object[]
    actorId: string
  },
): Statement<{ id: string }> {
  return statement(
    'orders.insert_change',
    `insert into order_change (tenant_id, id, order_id, return_id, change_type, actions, created_by) values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [tenantId, newId('ordch'), change.orderId, change.returnId, change.type, JSON.stringify(change.actions), change.actorId],
  )
}

/** Whoever knows an order's address may send it elsewhere, but not abroad: tax and shipping were sold for the country. */
function addressAfter(before: Address | null, given: Omit<Address, 'id'> | undefined): Address | null {
  if (given === undefined) return before
  if (given.country_code != null && before?.country_code != null && given.country_code !== before.country_code) {
    throw invalidData('Country code cannot be changed')
  }
  return { ...before, ...given, id: before?.id ?? newId('ordaddr'), country_code: before?.country_code ?? given.country_code ?? null }
}

/**
 * Changes whom an order is for and where it goes; the vendors' parts follow. Kept in the order's history.
 * @throws not_found; invalid_data for a canceled order, and for an address in another country
 */
export async function updateOrder(context: Context, orderId: string, patch: OrderPatch): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const order = await orderToChange(unit, orderId, `Order id not found: ${orderId}`)
    if (order.status === 'canceled') throw invalidData(`Order with id ${orderId} has been canceled.`)
    const after = {
      email: patch.email ?? order.email,
      shipping_address: addressAfter(order.shipping_address, patch.shipping_address),
      billing_address: addressAfter(order.billing_address, patch.billing_address),
      locale: patch.locale === undefined ? order.locale : patch.locale,
      metadata: withMetadata(order.metadata, patch.metadata),
    }
    const fields = ['email', 'shipping_address', 'billing_address', 'locale', 'metadata'] as const
    const actions = fields
      .filter((field) => patch[field] !== undefined)
      .map((field) => ({ action: 'UPDATE_ORDER_PROPERTIES', details: { type: field, old: order[field], new: after[field] } }))
    if (actions.length === 0) return
    const json = (value: object | null) => (value === null ? null : JSON.stringify(value))
    await Promise.all([
      unit.run(
        statement(
          'orders.update',
          `with parts as (
             update vendor_order set email = $3, shipping_address = $4, updated_at = now() where tenant_id = $1 and order_id = $2
           )
           update orders set email = $3, shipping_address = $4, billing_address = $5, metadata = $6, locale = $7, updated_at = now()
           where tenant_id = $1 and id = $2`,
          [tenantId, orderId, after.email, json(after.shipping_address), json(after.billing_address), json(after.metadata), after.locale],
        ),
      ),
      unit.run(insertOrderChangeStatement(tenantId, { orderId, returnId: null, type: 'update_order', actions, actorId: context.actorId })),
    ])
  })
}

/** @param unknown what is said of one that is not there: Medusa does so in two ways */
async function orderToChange(unit: Unit, orderId: string, unknown: string): Promise<OrderLock> {
  const [order] = await unit.run(lockOrderStatement(tenantOf(unit), orderId))
  if (order === undefined || order.status === 'draft') throw notFound(unknown)
  return order
}

async function setStatus(unit: Unit, orderId: string, status: 'completed' | 'archived'): Promise<void> {
  await unit.run(
    statement('orders.set_status', 'update orders set status = $3, updated_at = now() where tenant_id = $1 and id = $2', [
      tenantOf(unit),
      orderId,
      status,
    ]),
  )
}

/** Nothing more is expected of an order. Throws not_found; invalid_data for a canceled one; not_allowed for an archived one. */
export async function completeOrder(context: Context, orderId: string): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    const { status } = await orderToChange(unit, orderId, `Order with id "${orderId}" not found`)
    if (status === 'canceled') throw invalidData(`Orders ${orderId} are canceled and cannot be completed`)
    if (status === 'archived') throw notAllowed(`Order with id: ${orderId} is archived and cannot be completed`)
    await setStatus(unit, orderId, 'completed')
  })
}

/** Puts an order away. Throws not_found; invalid_data for one that is neither completed nor canceled, or is away already, in Medusa's words, which say it the wrong way round. */
export async function archiveOrder(context: Context, orderId: string): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    const { status } = await orderToChange(unit, orderId, `Order with id "${orderId}" not found`)
    if (status !== 'completed' && status !== 'canceled')
      throw invalidData(`Orders ${orderId} are completed, canceled, or in draft and cannot be archived`)
    await setStatus(unit, orderId, 'archived')
  })
}

/**
 * Notes something for the staff about an edit of an order, or a request for it.
 * @param note absent to leave what is noted
 * @returns the order's id
 * @throws not_found
 */
export async function noteOrderChange(context: Context, changeId: string, note: string | null | undefined): Promise<string> {
  const rows = await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement<{ order_id: string }>(
        'orders.note_change',
        `with edited as (
           update order_edit set internal_note = case when $4 then $3 else internal_note end, updated_at = now()
           where tenant_id = $1 and id = $2 returning order_id
         ), asked as (
           update order_transfer set internal_note = case when $4 then $3 else internal_note end, updated_at = now()
           where tenant_id = $1 and id = $2 returning order_id
         )
         select order_id from edited union all select order_id from asked`,
        [tenantOf(unit), changeId, note ?? null, note !== undefined],
      ),
    ),
  )
  if (rows[0] === undefined) throw notFound(`Order change with id: ${changeId} was not found`)
  return rows[0].order_id
}

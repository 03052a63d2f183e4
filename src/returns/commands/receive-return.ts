import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { putBack, type TakenPieces } from '../../inventory/index.js'
import { invalidData, notAllowed, notFound } from '../../kernel/index.js'
import { insertOrderChangeStatement } from '../../orders/index.js'
import { changeReturn, type LockedReturn, nothingPlanned, refuseCanceled, refuseOfExchange, type ReturnItemLock } from '../locks.js'
import { refuseForeignLocation } from './begin-return.js'

/** What is counted of an item: good pieces go back on the shelf, damaged ones do not. */
export type Count = 'receiving' | 'dismissing'

/** Begins to count what came back. Throws not_found; invalid_data for a return that is canceled, put together or counted; not_allowed when all came. */
export function beginReceiving(context: Context, returnId: string): Promise<void> {
  return changeReturn(context, returnId, async (unit, { row }) => {
    refuseCanceled(row)
    if (row.status === 'open' || row.is_receiving) throw invalidData(`Order (${row.order_id}) already has an existing active order change`)
    if (row.status === 'received') throw notAllowed(`Return ${returnId} is received: nothing more of it is expected`)
    await setReceiving(unit, returnId, true)
  })
}

/** Forgets what was counted and not confirmed. Throws not_found. */
export function cancelReceiving(context: Context, returnId: string): Promise<void> {
  return changeReturn(context, returnId, async (unit) => setReceiving(unit, returnId, false))
}

async function setReceiving(unit: Unit, returnId: string, on: boolean): Promise<void> {
  await unit.run(
    statement(
      'returns.set_receiving',
      `with counted as (
         update order_return_item set receiving_quantity = 0, dismissing_quantity = 0, updated_at = now()
         where tenant_id = $1 and return_id = $2 and not $3
       )
       update order_return set is_receiving = $3, updated_at = now() where tenant_id = $1 and id = $2`,
      [tenantOf(unit), returnId, on],
    ),
  )
}

function needReceiving({ row }: LockedReturn): void {
  if (!row.is_receiving) throw nothingPlanned()
}

/** What is expected of an item besides what is counted otherwise. */
const expected = (item: ReturnItemLock, count: Count) =>
  item.quantity -
  item.received_quantity -
  item.damaged_quantity -
  (count === 'receiving' ? item.dismissing_quantity : item.receiving_quantity)

async function setCounts(unit: Unit, count: Count, counted: readonly { item: ReturnItemLock; quantity: number }[]): Promise<void> {
  for (const { item, quantity } of counted) {
    if (quantity > expected(item, count))
      throw invalidData(`Cannot receive more items than what was requested to be returned for item ${item.order_line_item_id}.`)
  }
  const values = [tenantOf(unit), counted.map(({ item }) => item.id), counted.map(({ quantity }) => quantity)]
  await unit.run(
    count === 'receiving'
      ? statement(
          'returns.count_received',
          `update order_return_item i set receiving_quantity = c.quantity, updated_at = now()
           from unnest($2::text[], $3::int[]) as c (id, quantity) where i.tenant_id = $1 and i.id = c.id`,
          values,
        )
      : statement(
          'returns.count_dismissed',
          `update order_return_item i set dismissing_quantity = c.quantity, updated_at = now()
           from unnest($2::text[], $3::int[]) as c (id, quantity) where i.tenant_id = $1 and i.id = c.id`,
          values,
        ),
  )
}

/**
 * Notes how many pieces of which lines came; said again, the figure is replaced. Nothing changes until it is confirmed.
 * @throws not_found; invalid_data when the return is not being received, and for more than is expected
 */
export function countReturn(
  context: Context,
  returnId: string,
  count: Count,
  counted: readonly { id: string; quantity: number }[],
): Promise<void> {
  return changeReturn(context, returnId, async (unit, locked) => {
    needReceiving(locked)
    const found = counted.map(({ id, quantity }) => {
      const item = locked.items.find((candidate) => candidate.order_line_item_id === id)
      if (item === undefined) throw invalidData(`Items with ids ${id} does not exist in Return with id ${returnId}.`)
      return { item, quantity }
    })
    await setCounts(unit, count, found)
  })
}

/** The same for one item that was counted; nought takes it back, no figure leaves it. Throws as countReturn does. */
export function changeCount(context: Context, returnId: string, count: Count, itemId: string, quantity: number | undefined): Promise<void> {
  return changeReturn(context, returnId, async (unit, locked) => {
    needReceiving(locked)
    const item = locked.items.find((candidate) => candidate.id === itemId)
    if (item === undefined) throw notFound(`Action with id: ${itemId} was not found`)
    if (quantity !== undefined) await setCounts(unit, count, [{ item, quantity }])
  })
}

/**
 * What was counted is received: good pieces are on the shelf again and may be bought. Nothing is paid back by this;
 * a refund with the return's id offers what its goods are worth.
 * @param isTold the shopper is sent what came
 * @throws not_found; invalid_data when the return is not being received, and when nothing was counted
 */
export function confirmReceiving(context: Context, returnId: string, isTold = true): Promise<void> {
  return changeReturn(context, returnId, async (unit, locked) => {
    needReceiving(locked)
    const { row, items } = locked
    const counted = items.filter((item) => item.receiving_quantity + item.dismissing_quantity > 0)
    if (counted.length === 0) throw invalidData('Items are required to receive a return.')
    await refuseForeignLocation(unit, row.location_id, items)
    const shelves = await shelvesOf(unit, locked, counted)
    await settle(unit, context, row.id)
    const pieces = items.reduce((sum, item) => sum + counts.reduce((all, name) => all + item[name], 0), 0)
    await emit(
      unit,
      'return.received',
      { return_id: row.id, order_id: row.order_id, pieces, ...(isTold ? {} : { no_notification: true }) },
      { requestId: context.requestId },
    )
    const actions = counted.map((item) => ({
      action: 'RECEIVE_RETURN_ITEM',
      reference_id: item.order_line_item_id,
      details: { quantity: item.receiving_quantity, damaged_quantity: item.dismissing_quantity },
    }))
    const change = { orderId: row.order_id, returnId: row.id, type: 'return_receive' as const, actions, actorId: context.actorId }
    await unit.run(insertOrderChangeStatement(tenantOf(unit), change))
    for (const vendorId of [...new Set(shelves.map((shelf) => shelf.vendorId))]) {
      await putBack(
        unit,
        vendorId,
        shelves.filter((shelf) => shelf.vendorId === vendorId),
        false,
      )
    }
  })
}

const counts = ['received_quantity', 'damaged_quantity', 'receiving_quantity', 'dismissing_quantity'] as const

/** Where good pieces go: to the return's location, or where they came from. What is not counted goes nowhere. */
async function shelvesOf(
  unit: Unit,
  { row }: LockedReturn,
  counted: readonly ReturnItemLock[],
): Promise<(TakenPieces & { vendorId: string })[]> {
  const good = counted.filter((item) => item.receiving_quantity > 0)
  const rows = await unit.run(
    statement<{ line_id: string; vendor_id: string; inventory_item_id: string; location_id: string }>(
      'returns.shelves',
      `select i.id as line_id, i.vendor_id, coalesce(s.inventory_item_id, k.inventory_item_id) as inventory_item_id,
              coalesce($3, s.location_id, f.location_id) as location_id
       from order_line_item i
       left join lateral (
         select x.inventory_item_id, x.location_id from fulfillment_stock x
         join fulfillment y on y.tenant_id = x.tenant_id and y.id = x.fulfillment_id and y.canceled_at is null
         where x.tenant_id = $1 and x.order_line_item_id = i.id order by x.id limit 1) s on true
       left join lateral (
         select y.location_id from fulfillment_item x
         join fulfillment y on y.tenant_id = x.tenant_id and y.id = x.fulfillment_id and y.canceled_at is null
         where x.tenant_id = $1 and x.order_line_item_id = i.id and y.location_id is not null order by y.id limit 1) f on true
       left join lateral (
         select w.inventory_item_id from product_variant v
         join variant_inventory_item w on w.tenant_id = v.tenant_id and w.variant_id = v.id
         where v.tenant_id = $1 and v.id = i.variant_id and v.manage_inventory order by w.inventory_item_id limit 1) k on true
       where i.tenant_id = $1 and i.id = any($2) and coalesce(s.inventory_item_id, k.inventory_item_id) is not null
         and coalesce($3, s.location_id, f.location_id) is not null`,
      [tenantOf(unit), good.map((item) => item.order_line_item_id), row.location_id],
    ),
  )
  return rows.map((shelf) => ({
    vendorId: shelf.vendor_id,
    orderLineId: shelf.line_id,
    inventoryItemId: shelf.inventory_item_id,
    locationId: shelf.location_id,
    quantity: good.find((item) => item.order_line_item_id === shelf.line_id)?.receiving_quantity ?? 0,
  }))
}

async function settle(unit: Unit, context: Context, returnId: string): Promise<void> {
  const tenantId = tenantOf(unit)
  // In this order: the lines take what was counted before the count is cleared, and the return looks at what is left.
  await Promise.all([
    unit.run(
      statement(
        'returns.receive_lines',
        `update order_line_item l
         set return_requested_quantity = l.return_requested_quantity - i.receiving_quantity - i.dismissing_quantity,
             return_received_quantity = l.return_received_quantity + i.receiving_quantity,
             return_dismissed_quantity = l.return_dismissed_quantity + i.dismissing_quantity, updated_at = now()
         from order_return_item i where i.tenant_id = $1 and i.return_id = $2 and l.tenant_id = $1 and l.id = i.order_line_item_id`,
        [tenantId, returnId],
      ),
    ),
    unit.run(
      statement(
        'returns.receive_items',
        `update order_return_item set received_quantity = received_quantity + receiving_quantity,
           damaged_quantity = damaged_quantity + dismissing_quantity, receiving_quantity = 0, dismissing_quantity = 0, updated_at = now()
         where tenant_id = $1 and return_id = $2`,
        [tenantId, returnId],
      ),
    ),
    unit.run(
      statement(
        'returns.receive',
        `update order_return r set is_receiving = false, received_at = $3, updated_at = now(),
           status = case when exists (select 1 from order_return_item i where i.tenant_id = $1 and i.return_id = r.id
             and i.received_quantity + i.damaged_quantity < i.quantity) then 'partially_received' else 'received' end
         where r.tenant_id = $1 and r.id = $2`,
        [tenantId, returnId, context.clock.now()],
      ),
    ),
  ])
}

/**
 * Calls a return off: its pieces may be returned again. One that is canceled stays so.
 * @param isTold whether the shopper is to hear of it
 * @throws not_found; invalid_data for one that is put together or counted; not_allowed once something of it was received
 */
export function cancelReturn(context: Context, returnId: string, isTold = true): Promise<void> {
  return changeReturn(context, returnId, async (unit, locked) => {
    refuseOfExchange(locked, 'cancel')
    const { row } = locked
    // What is put together is dropped, and what is counted is left first: as Medusa says it.
    if (row.status === 'open' || row.is_receiving) throw invalidData(`Order (${row.order_id}) already has an existing active order change`)
    await callOff(unit, context, locked)
    if (isTold && row.status !== 'canceled') await emit(unit, 'return.canceled', { return_id: returnId }, { requestId: context.requestId })
  })
}

/** The same under its locks, for what the return is a part of. */
export async function callOff(unit: Unit, context: Context, { row, items }: LockedReturn): Promise<void> {
  if (row.status === 'canceled') return
  if (items.some((item) => item.received_quantity + item.damaged_quantity > 0)) {
    throw notAllowed("Can't cancel a return which has returned items")
  }
  await unit.run(
    statement(
      'returns.cancel',
      `with pieces as (
         update order_line_item l set return_requested_quantity = l.return_requested_quantity - i.quantity, updated_at = now()
         from order_return_item i where i.tenant_id = $1 and i.return_id = $2 and l.tenant_id = $1 and l.id = i.order_line_item_id and $4
       )
       update order_return set status = 'canceled', canceled_at = $3, is_receiving = false, updated_at = now() where tenant_id = $1 and id = $2`,
      [tenantOf(unit), row.id, context.clock.now(), row.status === 'requested'],
    ),
  )
}

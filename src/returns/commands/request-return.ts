import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { invalidData, newId, notFound, toMinor } from '../../kernel/index.js'
import { insertOrderChangeStatement, refuseOpenChange } from '../../orders/index.js'
import { changeReturn, type LockedReturn, lockReturn, nothingPlanned, refuseCanceled, refuseOfExchange } from '../locks.js'
import { insertReturn, refuseForeignLocation, type ReturnInput } from './begin-return.js'

export interface ReturnedItem {
  /** A line item of the order. */
  id: string
  quantity: number
  reason_id?: string | null | undefined
  note?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

function needOpen({ row }: LockedReturn): void {
  refuseCanceled(row)
  if (row.status !== 'open') throw nothingPlanned()
}

const moreThanFulfilled = (lineId: string) => invalidData(`Cannot request to return more items than what was fulfilled for item ${lineId}.`)

/** Throws invalid_data for a reason that there is not, and for one that stands over others: the closer one is to be named. */
async function refuseReasons(unit: Unit, orderId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const known = await unit.run(
    statement<{ id: string; has_nested: boolean }>(
      'returns.reasons',
      `select r.id, exists (select 1 from return_reason c where c.tenant_id = $1 and c.parent_return_reason_id = r.id
         and c.deleted_at is null) as has_nested
       from return_reason r where r.tenant_id = $1 and r.id = any($2) and r.deleted_at is null`,
      [tenantOf(unit), ids],
    ),
  )
  const missing = ids.filter((id) => !known.some((reason) => reason.id === id))
  if (missing.length > 0) throw invalidData(`Return reason with id ${missing.join(', ')} does not exists.`)
  const nested = known.filter((reason) => reason.has_nested).map((reason) => reason.id)
  if (nested.length > 0) {
    throw invalidData(
      `Cannot apply return reason with id ${nested.join(', ')} to order with id ${orderId}. Return reason has nested reasons.`,
    )
  }
}

/** Pieces of a line that were packed and are not on their way back already. */
function returnable(line: LockedReturn['lines'][number]): number {
  return line.fulfilled_quantity - line.return_requested_quantity - line.return_received_quantity - line.return_dismissed_quantity
}

/** Sets how many pieces of which lines go back. Throws invalid_data as the Store API contract says. */
async function setItems(unit: Unit, locked: LockedReturn, items: readonly ReturnedItem[]): Promise<void> {
  needOpen(locked)
  const tenantId = tenantOf(unit)
  const { lines, order, row } = locked
  const unknown = items.map((item) => item.id).filter((id) => !lines.some((line) => line.id === id))
  if (unknown.length > 0) throw invalidData(`Items with ids ${unknown.join(', ')} does not exist in order with id ${order.id}.`)
  if (new Set(items.map((item) => item.id)).size !== items.length) throw invalidData('An item is named twice.')
  await refuseReasons(unit, order.id, [...new Set(items.flatMap((item) => item.reason_id ?? []))])
  for (const item of items) {
    if (item.quantity === 0) throw invalidData(`Quantity to return of item ${item.id} is required.`)
    const line = lines.find((candidate) => candidate.id === item.id)
    if (line === undefined || item.quantity > returnable(line)) throw moreThanFulfilled(item.id)
  }
  const rows = items.map((item) => ({
    ...item,
    item_id: newId('retitem'),
    vendor_id: lines.find((line) => line.id === item.id)?.vendor_id,
  }))
  await unit.run(
    statement(
      'returns.set_items',
      `insert into order_return_item (tenant_id, return_id, id, order_line_item_id, vendor_id, quantity, reason_id, note, metadata)
       select $1, $2, i.item_id, i.id, i.vendor_id, i.quantity, i.reason_id, i.note, i.metadata
       from jsonb_to_recordset($3::jsonb) as i (item_id text, id text, vendor_id text, quantity integer, reason_id text, note text, metadata jsonb)
       on conflict (tenant_id, return_id, order_line_item_id) do update
         set quantity = excluded.quantity, reason_id = excluded.reason_id, note = excluded.note, metadata = coalesce(excluded.metadata, order_return_item.metadata), updated_at = now()`,
      [tenantId, row.id, JSON.stringify(rows)],
    ),
  )
}

/** Chooses what goes back with a return. Throws not_found for the return; invalid_data, also once it is requested. */
export function requestReturnItems(context: Context, returnId: string, items: readonly ReturnedItem[]): Promise<void> {
  return changeReturn(context, returnId, (unit, locked) => setItems(unit, locked, items))
}

/** Changes an item that was chosen; null leaves it out. Throws not_found; invalid_data, also once the return is requested. */
export function changeReturnItem(
  context: Context,
  returnId: string,
  itemId: string,
  change: Partial<Omit<ReturnedItem, 'id'>> | null,
): Promise<void> {
  return changeReturn(context, returnId, async (unit, locked) => {
    needOpen(locked)
    const item = locked.items.find((candidate) => candidate.id === itemId)
    if (item === undefined) throw notFound(`Action with id: ${itemId} was not found`)
    if (change !== null) {
      const kept = { id: item.order_line_item_id, quantity: item.quantity, reason_id: item.reason_id, note: item.note }
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
      return setItems(unit, locked, [{ ...kept, ...given }])
    }
    await unit.run(
      statement('returns.remove_item', 'delete from order_return_item where tenant_id = $1 and return_id = $2 and id = $3', [
        tenantOf(unit),
        returnId,
        itemId,
      ]),
    )
  })
}

/**
 * How the goods are sent back, and what that costs: the option's price in the order's region or else in its currency, or
 * another that the store's staff name. It is kept from what the return is worth. Null for no shipping.
 */
async function setShipping(unit: Unit, locked: LockedReturn, optionId: string | null, custom: number | null): Promise<void> {
  needOpen(locked)
  const tenantId = tenantOf(unit)
  const currency = locked.order.currency_code
  const [option] =
    optionId === null
      ? []
      : await unit.run(
          statement<{ name: string; amount_minor: bigint | null }>(
            'returns.shipping_option',
            `select o.name, coalesce(
                (select p.amount_minor from conditional_price p join orders b on b.tenant_id = p.tenant_id and b.region_id = p.region_id
                 where p.tenant_id = $1 and p.price_set_id = o.price_set_id and p.currency_code = $4 and b.id = $3
                   and p.price_list_id is null and p.customer_group_id is null and p.item_total_rules is null
                   and p.other_rules is null order by p.id limit 1),
                (select p.amount_minor from price p where p.tenant_id = $1 and p.price_set_id = o.price_set_id
                 and p.currency_code = $4 order by p.id limit 1)) as amount_minor
             from shipping_option o where o.tenant_id = $1 and o.id = $2 and o.is_return and o.deleted_at is null
               and o.vendor_id in (select v.vendor_id from vendor_order v where v.tenant_id = $1 and v.order_id = $3)`,
            [tenantId, optionId, locked.order.id, currency],
          ),
        )
  if (optionId !== null && option === undefined)
    throw notFound(`Shipping option with id: ${optionId} was not found among those for returns`)
  const minor = custom === null ? (option?.amount_minor ?? 0n) : toMinor(custom, currency)
  await unit.run(
    statement(
      'returns.set_shipping',
      `update order_return set shipping_option_id = $3, shipping_name = $4, shipping_minor = $5, updated_at = now() where tenant_id = $1 and id = $2`,
      [tenantId, locked.row.id, optionId, option?.name ?? null, minor],
    ),
  )
}

/** Chooses the shipping of a return. Throws not_found for return or option; invalid_data once it is requested. */
export function chooseReturnShipping(
  context: Context,
  returnId: string,
  optionId: string | null,
  customAmount: number | null,
): Promise<void> {
  return changeReturn(context, returnId, (unit, locked) => setShipping(unit, locked, optionId, customAmount))
}

/** From now on the chosen pieces are on their way back, and cannot be returned twice. Throws as requestReturn does. */
export async function confirmReturn(unit: Unit, context: Context, locked: LockedReturn): Promise<void> {
  needOpen(locked)
  const { items, lines, row } = locked
  if (items.length === 0) throw invalidData('Order return request should have at least 1 item')
  await refuseForeignLocation(unit, row.location_id, items)
  for (const item of items) {
    const line = lines.find((candidate) => candidate.id === item.order_line_item_id)
    if (line === undefined || item.quantity > returnable(line)) throw moreThanFulfilled(item.order_line_item_id)
  }
  const tenantId = tenantOf(unit)
  const actions = items.map((item) => ({
    action: 'RETURN_ITEM',
    reference_id: item.order_line_item_id,
    details: { quantity: item.quantity },
  }))
  await Promise.all([
    unit.run(
      statement(
        'returns.request',
        `with pieces as (
           update order_line_item l set return_requested_quantity = l.return_requested_quantity + i.quantity, updated_at = now()
           from order_return_item i where i.tenant_id = $1 and i.return_id = $2 and l.tenant_id = $1 and l.id = i.order_line_item_id
         )
         update order_return set status = 'requested', requested_at = $3, updated_at = now() where tenant_id = $1 and id = $2`,
        [tenantId, row.id, context.clock.now()],
      ),
    ),
    unit.run(
      insertOrderChangeStatement(tenantId, {
        orderId: row.order_id,
        returnId: row.id,
        type: 'return_request',
        actions,
        actorId: context.actorId,
      }),
    ),
  ])
}

/** Requests the return that was put together, and tells the shopper where it is told. Throws not_found; not_allowed for a part of an exchange; invalid_data, also when it is not open. */
export function requestReturn(context: Context, returnId: string, isTold = true): Promise<void> {
  return changeReturn(context, returnId, async (unit, locked) => {
    refuseOfExchange(locked, 'request')
    await confirmReturn(unit, context, locked)
    await note(unit, context, locked.row, isTold)
  })
}

/** The shopper is sent what goes back, how, and where to, unless staff say not. */
const note = (unit: Unit, context: Context, row: LockedReturn['row'], isTold: boolean) =>
  emit(
    unit,
    'return.requested',
    { return_id: row.id, order_id: row.order_id, ...(isTold ? {} : { no_notification: true }) },
    { requestId: context.requestId },
  )

/** Drops a return that was not requested. Throws not_found; not_allowed for a part of an exchange; invalid_data when it is not open. */
export function dropReturn(context: Context, returnId: string): Promise<void> {
  return changeReturn(context, returnId, async (unit, locked) => {
    refuseOfExchange(locked, 'drop')
    await removeReturn(unit, locked)
  })
}

/** The same under its locks, for what the return is a part of. */
export async function removeReturn(unit: Unit, locked: LockedReturn): Promise<void> {
  needOpen(locked)
  const values = [tenantOf(unit), locked.row.id]
  await unit.run(statement('returns.drop_items', 'delete from order_return_item where tenant_id = $1 and return_id = $2', values))
  await unit.run(statement('returns.drop', 'delete from order_return where tenant_id = $1 and id = $2', values))
}

/**
 * A return as a shopper asks for it: begun, filled and requested at once, or not at all.
 * @returns its id
 * @throws not_found for order, option or location; invalid_data as the Store API contract says, and while another change of the order is open
 */
export function createReturn(
  context: Context,
  input: ReturnInput & { items: readonly ReturnedItem[]; shippingOptionId: string },
): Promise<string> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const returnId = await insertReturn(unit, context, input)
    await refuseOpenChange(unit, input.order_id)
    const locked = await lockReturn(unit, returnId)
    await setItems(unit, locked, input.items)
    await setShipping(unit, locked, input.shippingOptionId, null)
    await confirmReturn(unit, context, await lockReturn(unit, returnId))
    await note(unit, context, locked.row, true)
    return returnId
  })
}

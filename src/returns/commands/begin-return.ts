import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, newId, notAllowed, notFound } from '../../kernel/index.js'
import { lockOrderStatement, refuseOpenChange } from '../../orders/index.js'
import { changeReturn, type LockedReturn } from '../locks.js'

export interface ReturnInput {
  order_id: string
  /** The goods come back for others. */
  exchange_id?: string | undefined
  /** Where the goods go back to the shelf; where they came from when absent. */
  location_id?: string | null | undefined
  note?: string | null | undefined
  no_notification?: boolean | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

/** Begins a return in the caller's unit. Throws not_found for order or location; invalid_data for a canceled order. */
export async function insertReturn(unit: Unit, context: Context, input: ReturnInput): Promise<string> {
  const tenantId = tenantOf(unit)
  const [order] = await unit.run(lockOrderStatement(tenantId, input.order_id))
  if (order === undefined || order.status === 'draft') throw notFound(`Order id not found: ${input.order_id}`)
  if (order.status === 'canceled') throw invalidData(`Order with id ${input.order_id} has been canceled.`)
  await refuseUnknownLocation(unit, input.location_id ?? null)
  const returnId = newId('return')
  await unit.run(
    statement(
      'returns.insert',
      `with number as (
         update order_sequence set next_return_display_id = next_return_display_id + 1 where tenant_id = $1
         returning next_return_display_id - 1 as display_id
       )
       insert into order_return (tenant_id, id, order_id, display_id, location_id, note, no_notification, metadata, created_by, exchange_id)
       select $1, $2, $3, number.display_id, $4, $5, $6, $7, $8, $9 from number`,
      [
        tenantId,
        returnId,
        input.order_id,
        input.location_id ?? null,
        input.note ?? null,
        input.no_notification ?? null,
        input.metadata == null ? null : JSON.stringify(input.metadata),
        context.actorId,
        input.exchange_id ?? null,
      ],
    ),
  )
  return returnId
}

async function refuseUnknownLocation(unit: Unit, id: string | null): Promise<void> {
  if (id === null) return
  const rows = await unit.run(
    statement<{ id: string }>('returns.location', 'select id from stock_location where tenant_id = $1 and id = $2 and deleted_at is null', [
      tenantOf(unit),
      id,
    ]),
  )
  if (rows.length === 0) throw notFound(`Stock location with id: ${id} was not found`)
}

/** Begins a return: its items and shipping are chosen next. Throws as insertReturn does; invalid_data while another change is open. */
export function beginReturn(context: Context, input: ReturnInput): Promise<string> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const returnId = await insertReturn(unit, context, input)
    await refuseOpenChange(unit, input.order_id)
    return returnId
  })
}

/** Changes where the goods of a return go, and what is noted of it. Throws not_found; not_allowed when all came or it is canceled. */
export async function updateReturn(
  context: Context,
  returnId: string,
  patch: Omit<Partial<ReturnInput>, 'order_id' | 'exchange_id' | 'note'>,
): Promise<void> {
  await changeReturn(context, returnId, async (unit, { row, items }) => {
    if (row.status === 'canceled' || row.status === 'received') throw notAllowed(`Return ${returnId} is ${row.status}`)
    await refuseUnknownLocation(unit, patch.location_id ?? null)
    const location = patch.location_id === undefined ? row.location_id : patch.location_id
    await refuseForeignLocation(unit, location, items)
    await unit.run(
      statement(
        'returns.update',
        `update order_return set location_id = $3, no_notification = coalesce($4, no_notification),
           metadata = case when $5 then app.merged_metadata(metadata, $6::jsonb) else metadata end, updated_at = now() where tenant_id = $1 and id = $2`,
        [
          tenantOf(unit),
          returnId,
          location,
          patch.no_notification ?? null,
          patch.metadata !== undefined,
          patch.metadata == null ? null : JSON.stringify(patch.metadata),
        ],
      ),
    )
  })
}

/** Changes where the goods of a return go, under its locks. Throws not_found for the location; invalid_data for another vendor's. */
export async function moveReturn(unit: Unit, { row, items }: LockedReturn, locationId: string): Promise<void> {
  await refuseUnknownLocation(unit, locationId)
  await refuseForeignLocation(unit, locationId, items)
  await unit.run(
    statement('returns.move', 'update order_return set location_id = $3, updated_at = now() where tenant_id = $1 and id = $2', [
      tenantOf(unit),
      row.id,
      locationId,
    ]),
  )
}

/** A vendor's goods go to a shelf of that vendor. Throws invalid_data for a location of another one. */
export async function refuseForeignLocation(unit: Unit, locationId: string | null, items: readonly { vendor_id: string }[]): Promise<void> {
  if (locationId === null || items.length === 0) return
  const [location] = await unit.run(
    statement<{ vendor_id: string }>(
      'returns.vendor_of_location',
      'select vendor_id from stock_location where tenant_id = $1 and id = $2',
      [tenantOf(unit), locationId],
    ),
  )
  if (items.some((item) => item.vendor_id !== location?.vendor_id)) {
    throw invalidData(
      `Location ${locationId} is not of the vendor whose goods are returned: name none, and each goes back to where it came from`,
    )
  }
}

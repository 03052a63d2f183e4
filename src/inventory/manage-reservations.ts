import { type ListPage, mergedMetadata, orderBy, pairs, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { newId, notAllowed, notFound } from '../kernel/index.js'
import { itemDescription } from './items.js'

const itemColumns = ['id', 'sku', 'title', 'requires_shipping', ...itemDescription, 'metadata', 'created_at', 'updated_at', 'deleted_at']

/** Pieces that are kept back: for an order's line, for a checkout, or because staff say so. */
export interface ReservationRow {
  id: string
  inventory_item_id: string
  location_id: string
  vendor_id: string
  quantity: number
  line_item_id: string | null
  description: string | null
  metadata: object | null
  created_by: string | null
  created_at: Date
  updated_at: Date
  inventory_item: { id: string; sku: string | null; title: string | null; stocked_quantity: number; reserved_quantity: number }
  count: number
}

export interface ReservationFilter {
  id: string[] | null
  itemId: string[] | null
  locationId: string[] | null
  lineItemId: string[] | null
  vendorIds: readonly string[] | null
}

/** A page of the reservations that hold. */
export function listReservationsStatement(tenantId: string, filter: ReservationFilter, page: ListPage): Statement<ReservationRow> {
  const order = orderBy('r', page.order)
  return statement(
    `inventory.list_reservations.${order.name}`,
    `select r.id, r.inventory_item_id, r.location_id, r.vendor_id, r.quantity, coalesce(r.order_line_item_id, r.line_item_note) as line_item_id, r.description,
            r.metadata, r.created_by,
            r.created_at, r.updated_at, json_build_object(${pairs('i', itemColumns)},
              'stocked_quantity', coalesce((select sum(l.stocked_quantity) from inventory_level l
                where l.tenant_id = $1 and l.inventory_item_id = i.id), 0),
              'reserved_quantity', coalesce((select sum(l.reserved_quantity) from inventory_level l
                where l.tenant_id = $1 and l.inventory_item_id = i.id), 0)) as inventory_item,
            count(*) over ()::int as count
     from reservation r join inventory_item i on i.tenant_id = r.tenant_id and i.id = r.inventory_item_id
     where r.tenant_id = $1 and r.state = 'active' and ($2::text[] is null or r.id = any($2))
       and ($3::text[] is null or r.inventory_item_id = any($3)) and ($4::text[] is null or r.location_id = any($4))
       and ($5::text[] is null or coalesce(r.order_line_item_id, r.line_item_note) = any($5)) and ($6::text[] is null or r.vendor_id = any($6))
     ${order.sql} limit $7 offset $8`,
    [tenantId, filter.id, filter.itemId, filter.locationId, filter.lineItemId, filter.vendorIds, page.limit, page.offset],
  )
}

export interface ReservationInput {
  inventory_item_id: string
  location_id: string
  quantity: number
  description?: string | null | undefined
  /** The line that staff say it is for. What an order was promised is reserved when it is placed. */
  line_item_id?: string | null | undefined
  metadata?: object | null | undefined
}

/**
 * Keeps pieces back. The level's own check is what decides between two who take the last ones.
 * @throws not_found where the item is not counted; not_allowed with code `insufficient_inventory`
 */
export async function createReservation(unit: Unit, input: ReservationInput, createdBy: string): Promise<string> {
  const vendorId = await hold(unit, input, input.quantity)
  const id = newId('resitem')
  const { line_item_id, metadata, description, ...held } = input
  await unit.knex('reservation').insert({
    id,
    vendor_id: vendorId,
    ...held,
    description: description ?? null,
    metadata: metadata ?? null,
    line_item_note: line_item_id ?? null,
    created_by: createdBy,
  })
  return id
}

/**
 * Changes how many pieces are kept back, where, or why. Only of what staff keep back: what is promised to an order follows
 * the order.
 * @throws not_found; not_allowed for an order's reservation, and with code `insufficient_inventory`
 */
export async function updateReservation(
  unit: Unit,
  id: string,
  patch: Partial<Pick<ReservationInput, 'quantity' | 'location_id' | 'description' | 'metadata'>>,
): Promise<void> {
  const reservation = await lockReservation(unit, id)
  const { quantity = reservation.quantity, location_id = reservation.location_id, description } = patch
  if (location_id === reservation.location_id) await hold(unit, reservation, quantity - reservation.quantity)
  else {
    // Levels are locked in the order of their locations, as everywhere.
    const moves = [
      { ...reservation, more: -reservation.quantity },
      { ...reservation, location_id, more: quantity },
    ]
    for (const { more, ...where } of moves.sort((a, b) => (a.location_id < b.location_id ? -1 : 1))) await hold(unit, where, more)
  }
  await unit
    .knex('reservation')
    .where({ tenant_id: tenantOf(unit), id })
    .update({
      quantity,
      location_id,
      ...(description === undefined ? {} : { description }),
      ...mergedMetadata(unit, patch),
      updated_at: new Date(),
    })
}

/** Gives back what staff kept back. Throws not_found; not_allowed for an order's reservation. */
export async function deleteReservation(unit: Unit, id: string): Promise<void> {
  const reservation = await lockReservation(unit, id)
  await hold(unit, reservation, -reservation.quantity)
  await unit.run(
    statement(
      'inventory.release_reservation',
      `update reservation set state = 'released', updated_at = now() where tenant_id = $1 and id = $2`,
      [tenantOf(unit), id],
    ),
  )
}

/** The level is locked before the reservation, as everybody does who takes from a shelf. */
async function lockReservation(unit: Unit, id: string): Promise<ReservationInput> {
  const values = [tenantOf(unit), id]
  await unit.run(
    statement(
      'inventory.lock_level_of_reservation',
      `select l.id from inventory_level l join reservation r on r.tenant_id = l.tenant_id
         and r.inventory_item_id = l.inventory_item_id and r.location_id = l.location_id
       where r.tenant_id = $1 and r.id = $2 for update of l`,
      values,
    ),
  )
  const [row] = await unit.run(
    statement<ReservationInput & { is_promised: boolean }>(
      'inventory.lock_reservation',
      `select inventory_item_id, location_id, quantity, checkout_id is not null or order_line_item_id is not null as is_promised
       from reservation where tenant_id = $1 and id = $2 and state = 'active' for update`,
      values,
    ),
  )
  if (row === undefined) throw notFound(`Reservation with id: ${id} was not found`)
  if (row.is_promised) throw notAllowed('These pieces are promised to an order: change the order')
  return row
}

/** Keeps so many more pieces back, or fewer. Answers whose they are. */
async function hold(unit: Unit, where: { inventory_item_id: string; location_id: string }, more: number): Promise<string> {
  const { inventory_item_id: itemId, location_id: locationId } = where
  const [level] = await unit.run(
    statement<{ vendor_id: string; is_enough: boolean }>(
      'inventory.hold_pieces',
      `with level as (
         select id, vendor_id, stocked_quantity - reserved_quantity >= $4 as is_enough from inventory_level
         where tenant_id = $1 and inventory_item_id = $2 and location_id = $3 for update
       ), held as (
         update inventory_level l set reserved_quantity = l.reserved_quantity + $4, updated_at = now()
         from level where l.tenant_id = $1 and l.id = level.id and level.is_enough)
       select vendor_id, is_enough from level`,
      [tenantOf(unit), itemId, locationId, more],
    ),
  )
  if (level === undefined) throw notFound(`Item ${itemId} is not stocked at location ${locationId}`)
  if (!level.is_enough)
    throw notAllowed(`Not enough stock available for item ${itemId} at location ${locationId}`, 'insufficient_inventory')
  return level.vendor_id
}

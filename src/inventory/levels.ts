import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { invalidData, newId, notFound } from '../kernel/index.js'

export interface LevelView {
  id: string
  inventory_item_id: string
  location_id: string
  location_name: string
  sku: string | null
  title: string | null
  variant_id: string | null
  product_title: string | null
  stocked_quantity: number
  reserved_quantity: number
  available_quantity: number
  updated_at: Date
}

/** A page of stock levels; the scope says whose. */
export function listLevelsStatement(
  tenantId: string,
  filter: { sku: string[] | null; itemId: string[] | null; vendorIds: readonly string[] | null; limit: number; offset: number },
): Statement<LevelView & { count: number }> {
  return statement(
    'inventory.list_levels',
    `select l.id, l.inventory_item_id, l.location_id, s.name as location_name, i.sku, i.title, k.variant_id,
            p.title as product_title, l.stocked_quantity, l.reserved_quantity,
            l.stocked_quantity - l.reserved_quantity as available_quantity, l.updated_at, count(*) over ()::int as count
     from inventory_level l
     join inventory_item i on i.tenant_id = l.tenant_id and i.id = l.inventory_item_id
     join stock_location s on s.tenant_id = l.tenant_id and s.id = l.location_id
     left join variant_inventory_item k on k.tenant_id = l.tenant_id and k.inventory_item_id = l.inventory_item_id
     left join product_variant v on v.tenant_id = k.tenant_id and v.id = k.variant_id
     left join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
     where l.tenant_id = $1 and i.deleted_at is null and v.deleted_at is null and ($2::text[] is null or i.sku = any($2))
       and ($3::text[] is null or l.inventory_item_id = any($3)) and ($4::text[] is null or l.vendor_id = any($4))
     order by l.id limit $5 offset $6`,
    [tenantId, filter.sku, filter.itemId, filter.vendorIds, filter.limit, filter.offset],
  )
}

/**
 * Sets what is on the shelf at a location. Less than is promised already cannot be: those orders come first.
 * @throws not_found for an item or location that the caller cannot see; invalid_data below what is reserved
 */
export async function setStock(unit: Unit, inventoryItemId: string, locationId: string, stocked: number): Promise<void> {
  const tenantId = tenantOf(unit)
  const [row] = await unit.run(
    statement<{ reserved_quantity: number }>(
      'inventory.lock_level',
      `select reserved_quantity from inventory_level
       where tenant_id = $1 and inventory_item_id = $2 and location_id = $3 for update`,
      [tenantId, inventoryItemId, locationId],
    ),
  )
  if (row === undefined) return createLevel(unit, inventoryItemId, locationId, stocked)
  if (stocked < row.reserved_quantity) {
    throw invalidData(`${row.reserved_quantity} pieces are promised to orders; the stock cannot be set to ${stocked}`)
  }
  await unit.run(
    statement(
      'inventory.set_stock',
      `update inventory_level set stocked_quantity = $4, updated_at = now()
       where tenant_id = $1 and inventory_item_id = $2 and location_id = $3`,
      [tenantId, inventoryItemId, locationId, stocked],
    ),
  )
}

async function createLevel(unit: Unit, inventoryItemId: string, locationId: string, stocked: number): Promise<void> {
  const made = await unit.run(
    statement<{ id: string }>(
      'inventory.create_level',
      `insert into inventory_level (tenant_id, id, inventory_item_id, location_id, vendor_id, stocked_quantity)
       select $1, $4, i.id, s.id, i.vendor_id, $5 from inventory_item i
       join stock_location s on s.tenant_id = i.tenant_id and s.vendor_id = i.vendor_id
       where i.tenant_id = $1 and i.id = $2 and s.id = $3 and s.deleted_at is null returning id`,
      [tenantOf(unit), inventoryItemId, locationId, newId('ilev'), stocked],
    ),
  )
  if (made.length > 0) return
  throw notFound(
    `Stock location with id: ${locationId} was not found among those of the vendor whose item ${inventoryItemId} is: name one of them`,
  )
}

/** Pieces of an order line, and the shelf that they came from or go to. */
export interface TakenPieces {
  orderLineId: string
  inventoryItemId: string
  locationId: string
  quantity: number
}

/**
 * Takes sent pieces of order lines off the shelf, out of what was promised to them. Pieces that were sold beyond the
 * stock were never on a shelf that we count, and take nothing.
 * @returns from which shelves they came
 */
export async function consumeForOrder(unit: Unit, lines: readonly { orderLineId: string; quantity: number }[]): Promise<TakenPieces[]> {
  const tenantId = tenantOf(unit)
  const held = await unit.run(
    statement<{
      id: string
      order_line_item_id: string
      level_id: string
      inventory_item_id: string
      location_id: string
      quantity: number
    }>(
      'inventory.lock_reservations_of_lines',
      `select r.id, r.order_line_item_id, l.id as level_id, l.inventory_item_id, l.location_id, r.quantity
       from reservation r join inventory_level l on l.tenant_id = r.tenant_id
         and l.inventory_item_id = r.inventory_item_id and l.location_id = r.location_id
       where r.tenant_id = $1 and r.order_line_item_id = any($2) and r.state = 'active'
       order by l.inventory_item_id, l.location_id, r.id for update of l, r`,
      [tenantId, lines.map((line) => line.orderLineId)],
    ),
  )
  const takes: { reservation: string; level: string; quantity: number }[] = []
  const taken: TakenPieces[] = []
  for (const line of lines) {
    let open = line.quantity
    for (const reservation of held.filter((row) => row.order_line_item_id === line.orderLineId)) {
      const quantity = Math.min(open, reservation.quantity)
      if (quantity > 0) {
        takes.push({ reservation: reservation.id, level: reservation.level_id, quantity })
        taken.push({
          orderLineId: line.orderLineId,
          inventoryItemId: reservation.inventory_item_id,
          locationId: reservation.location_id,
          quantity,
        })
      }
      open -= quantity
    }
  }
  if (takes.length > 0) await unit.run(takeStatement(tenantId, takes))
  return taken
}

function takeStatement(
  tenantId: string,
  takes: readonly { reservation: string; level: string; quantity: number }[],
): Statement<{ id: string }> {
  return statement(
    'inventory.take',
    `with take as (
       select * from unnest($2::text[], $3::text[], $4::int[]) as t (reservation, level, quantity)
     ), shelf as (
       update inventory_level l
       set stocked_quantity = l.stocked_quantity - s.quantity, reserved_quantity = l.reserved_quantity - s.quantity, updated_at = now()
       from (select level, sum(quantity)::int as quantity from take group by level) s
       where l.tenant_id = $1 and l.id = s.level
     )
     update reservation r
     set state = case when r.quantity = t.quantity then 'consumed' else 'active' end,
         quantity = case when r.quantity = t.quantity then r.quantity else r.quantity - t.quantity end, updated_at = now()
     from take t where r.tenant_id = $1 and r.id = t.reservation returning r.id`,
    [tenantId, takes.map((take) => take.reservation), takes.map((take) => take.level), takes.map((take) => take.quantity)],
  )
}

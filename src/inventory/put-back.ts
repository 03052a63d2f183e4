import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { newId } from '../kernel/index.js'
import type { TakenPieces } from './levels.js'

/**
 * Puts pieces of one vendor back on the shelf, in key order. With `promised` they are promised to their order lines
 * again, as before they were packed; otherwise anybody may buy them.
 */
export async function putBack(unit: Unit, vendorId: string, pieces: readonly TakenPieces[], promised: boolean): Promise<void> {
  if (pieces.length === 0) return
  const tenantId = tenantOf(unit)
  const column = (name: 'orderLineId' | 'inventoryItemId' | 'locationId') => pieces.map((piece) => piece[name])
  const quantities = pieces.map((piece) => piece.quantity)
  await unit.run(
    statement(
      'inventory.put_back',
      `insert into inventory_level as l (tenant_id, id, vendor_id, inventory_item_id, location_id, stocked_quantity, reserved_quantity)
       select $1, min(p.id), $2, p.item, p.location, sum(p.quantity)::int, case when $3 then sum(p.quantity)::int else 0 end
       from unnest($4::text[], $5::text[], $6::text[], $7::int[]) as p (id, item, location, quantity)
       group by p.item, p.location order by p.item, p.location
       on conflict (tenant_id, inventory_item_id, location_id) do update
         set stocked_quantity = l.stocked_quantity + excluded.stocked_quantity,
             reserved_quantity = l.reserved_quantity + excluded.reserved_quantity, updated_at = now()`,
      [tenantId, vendorId, promised, pieces.map(() => newId('ilev')), column('inventoryItemId'), column('locationId'), quantities],
    ),
  )
  if (!promised) return
  await unit.run(
    statement(
      'inventory.promise_again',
      `insert into reservation (tenant_id, id, vendor_id, order_line_item_id, inventory_item_id, location_id, quantity)
       select $1, p.id, $2, p.line, p.item, p.location, p.quantity
       from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::int[]) as p (id, line, item, location, quantity)`,
      [
        tenantId,
        vendorId,
        pieces.map(() => newId('resitem')),
        column('orderLineId'),
        column('inventoryItemId'),
        column('locationId'),
        quantities,
      ],
    ),
  )
}

/** Frees what is promised to an order's lines. A second call finds nothing to free. */
export function releaseOrderStatement(tenantId: string, orderLineIds: readonly string[]): Statement<{ id: string }> {
  return statement(
    'inventory.release_order',
    `with held as materialized (
       select l.id as level_id, r.id as reservation_id, r.quantity
       from reservation r join inventory_level l on l.tenant_id = r.tenant_id
         and l.inventory_item_id = r.inventory_item_id and l.location_id = r.location_id
       where r.tenant_id = $1 and r.order_line_item_id = any($2) and r.state = 'active'
       order by l.inventory_item_id, l.location_id for update of l
     ), given as (
       update inventory_level l set reserved_quantity = l.reserved_quantity - s.quantity, updated_at = now()
       from (select level_id, sum(quantity)::int as quantity from held group by level_id) s
       where l.tenant_id = $1 and l.id = s.level_id
     )
     update reservation r set state = 'released', updated_at = now() from held
     where r.tenant_id = $1 and r.id = held.reservation_id returning r.id`,
    [tenantId, orderLineIds],
  )
}

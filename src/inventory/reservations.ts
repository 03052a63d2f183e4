import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { newId, notAllowed } from '../kernel/index.js'
import { lockLevelsOfCartStatement, type LevelRow } from './locks.js'

export interface Hold {
  id: string
  level_id: string
  inventory_item_id: string
  location_id: string
  vendor_id: string
  quantity: number
  line_id: string
}

/**
 * Promises the stock of a cart's lines to a checkout: all of it, or none. The levels are locked in key order, so two
 * carts with the same things in opposite order wait for one another instead of dying; what is promised here can be
 * promised to nobody else, and the table's own check is the last line behind this code.
 * Variants that may be sold beyond their stock take what is there.
 * @throws not_allowed with code `insufficient_inventory`
 */
export async function reserveForCart(unit: Unit, cartId: string, checkoutId: string): Promise<void> {
  const levels = await unit.run(lockLevelsOfCartStatement(tenantOf(unit), cartId))
  const holds = chooseLevels(levels)
  if (holds.length > 0) await unit.run(holdStatement(tenantOf(unit), checkoutId, holds))
}

/** For each line, the first location that holds all of it, else several in key order. Exported for its unit test. */
export function chooseLevels(levels: readonly LevelRow[]): Hold[] {
  const free = new Map<string, number>()
  const wants = new Map<string, LevelRow[]>()
  for (const row of levels) {
    if (row.level_id !== null) free.set(row.level_id, row.available)
    const key = `${row.line_id} ${row.inventory_item_id}`
    wants.set(key, [...(wants.get(key) ?? []), row])
  }
  const holds: Hold[] = []
  for (const rows of wants.values()) {
    const first = rows[0] as LevelRow
    let open = first.wanted
    const whole = rows.find((row) => (free.get(row.level_id ?? '') ?? 0) >= open)
    for (const row of whole === undefined ? rows : [whole]) {
      const quantity = Math.min(open, free.get(row.level_id ?? '') ?? 0)
      if (row.level_id === null || row.location_id === null || quantity <= 0) continue
      free.set(row.level_id, (free.get(row.level_id) ?? 0) - quantity)
      open -= quantity
      holds.push({
        id: newId('resitem'),
        level_id: row.level_id,
        inventory_item_id: row.inventory_item_id,
        location_id: row.location_id,
        vendor_id: row.vendor_id,
        quantity,
        line_id: row.line_id,
      })
    }
    if (open > 0 && !first.allow_backorder) {
      throw notAllowed('Some variant does not have the required inventory', 'insufficient_inventory')
    }
  }
  return holds
}

function holdStatement(tenantId: string, checkoutId: string, holds: readonly Hold[]): Statement<{ id: string }> {
  return statement(
    'inventory.hold',
    `with hold as (
       select * from jsonb_to_recordset($3::jsonb) as h (id text, level_id text, inventory_item_id text, location_id text,
         vendor_id text, quantity integer, line_id text)
     ), taken as (
       update inventory_level l set reserved_quantity = l.reserved_quantity + s.quantity, updated_at = now()
       from (select level_id, sum(quantity)::int as quantity from hold group by level_id) s
       where l.tenant_id = $1 and l.id = s.level_id
     )
     insert into reservation (tenant_id, id, checkout_id, inventory_item_id, location_id, vendor_id, quantity, cart_line_item_id)
     select $1, h.id, $2, h.inventory_item_id, h.location_id, h.vendor_id, h.quantity, h.line_id from hold h
     returning id`,
    [tenantId, checkoutId, JSON.stringify(holds)],
  )
}

/** Gives back what a checkout held. A second call finds nothing to give back. */
export function releaseStatement(tenantId: string, checkoutId: string): Statement<{ id: string }> {
  return statement(
    'inventory.release',
    `with held as materialized (
       select l.id as level_id, r.id as reservation_id, r.quantity
       from reservation r join inventory_level l on l.tenant_id = r.tenant_id
         and l.inventory_item_id = r.inventory_item_id and l.location_id = r.location_id
       where r.tenant_id = $1 and r.checkout_id = $2 and r.state = 'active'
       order by l.inventory_item_id, l.location_id for update of l
     ), given as (
       update inventory_level l set reserved_quantity = l.reserved_quantity - s.quantity, updated_at = now()
       from (select level_id, sum(quantity)::int as quantity from held group by level_id) s
       where l.tenant_id = $1 and l.id = s.level_id
     )
     update reservation r set state = 'released', updated_at = now() from held
     where r.tenant_id = $1 and r.id = held.reservation_id returning r.id`,
    [tenantId, checkoutId],
  )
}

/** What was held for cart lines is held for the order's lines from now on. */
export function attachToOrderStatement(
  tenantId: string,
  checkoutId: string,
  lines: readonly { cartLineId: string; orderLineId: string }[],
): Statement<{ id: string }> {
  return statement(
    'inventory.attach_to_order',
    `update reservation r set order_line_item_id = l.order_line, updated_at = now()
     from unnest($3::text[], $4::text[]) as l (cart_line, order_line)
     where r.tenant_id = $1 and r.checkout_id = $2 and r.cart_line_item_id = l.cart_line returning r.id`,
    [tenantId, checkoutId, lines.map((line) => line.cartLineId), lines.map((line) => line.orderLineId)],
  )
}

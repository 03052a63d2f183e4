import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { lockLevelsOfOrderStatement, type WantedPieces } from './locks.js'
import { chooseLevels, type Hold } from './reservations.js'

interface Held {
  id: string
  order_line_item_id: string
  inventory_item_id: string
  level_id: string
  quantity: number
  required_quantity: number
}

/**
 * Promises stock to lines that an order is given, and frees what lines of which pieces are taken out hold beyond the pieces
 * that are still to be packed: all of it, or none, with the levels locked in one key order. What is freed may be promised
 * again at once. Lines that were sold beyond the stock hold less than they need, and free only what is beyond it.
 * @param order.openPieces pieces of a changed line that are still to be packed
 * @throws not_allowed with code `insufficient_inventory`
 */
export async function changeOrderStock(
  unit: Unit,
  order: { salesChannelId: string; wanted: readonly WantedPieces[]; openPieces: ReadonlyMap<string, number> },
): Promise<void> {
  const tenantId = tenantOf(unit)
  const changed = [...order.openPieces.keys()]
  const [levels, held] = await Promise.all([
    unit.run(lockLevelsOfOrderStatement(tenantId, order.salesChannelId, order.wanted, changed)),
    unit.run(heldStatement(tenantId, changed)),
  ])
  const freed = freedOf(held, order.openPieces)
  const freedAt = new Map<string, number>()
  for (const one of freed) freedAt.set(one.level_id, (freedAt.get(one.level_id) ?? 0) + one.quantity)
  const holds = chooseLevels(levels.map((row) => ({ ...row, available: row.available + (freedAt.get(row.level_id ?? '') ?? 0) })))
  if (freed.length > 0) await unit.run(freeStatement(tenantId, freed))
  if (holds.length > 0) await unit.run(holdForOrderStatement(tenantId, holds))
}

/** What is promised last goes first. */
function freedOf(held: readonly Held[], openPieces: ReadonlyMap<string, number>) {
  const items = new Map<string, Held[]>()
  for (const row of held) {
    const key = `${row.order_line_item_id} ${row.inventory_item_id}`
    items.set(key, [row, ...(items.get(key) ?? [])])
  }
  return [...items.values()].flatMap((rows) => {
    const [first] = rows as [Held]
    const needed = (openPieces.get(first.order_line_item_id) ?? 0) * first.required_quantity
    let beyond = rows.reduce((sum, row) => sum + row.quantity, 0) - needed
    return rows.flatMap((row) => {
      const quantity = Math.min(Math.max(beyond, 0), row.quantity)
      beyond -= quantity
      return quantity === 0 ? [] : [{ id: row.id, level_id: row.level_id, quantity }]
    })
  })
}

function heldStatement(tenantId: string, orderLineIds: readonly string[]): Statement<Held> {
  return statement(
    'inventory.held_by_lines',
    `select r.id, r.order_line_item_id, r.inventory_item_id, l.id as level_id, r.quantity,
            coalesce((select k.required_quantity from order_line_item i join variant_inventory_item k
              on k.tenant_id = i.tenant_id and k.variant_id = i.variant_id and k.inventory_item_id = r.inventory_item_id
              where i.tenant_id = $1 and i.id = r.order_line_item_id), 1) as required_quantity
     from reservation r join inventory_level l on l.tenant_id = r.tenant_id
       and l.inventory_item_id = r.inventory_item_id and l.location_id = r.location_id
     where r.tenant_id = $1 and r.order_line_item_id = any($2) and r.state = 'active'
     order by l.inventory_item_id, l.location_id, r.id for update of l, r`,
    [tenantId, orderLineIds],
  )
}

function freeStatement(tenantId: string, freed: readonly { id: string; level_id: string; quantity: number }[]): Statement<{ id: string }> {
  return statement(
    'inventory.free_of_lines',
    `with freed as (
       select * from jsonb_to_recordset($2::jsonb) as f (id text, level_id text, quantity integer)
     ), given as (
       update inventory_level l set reserved_quantity = l.reserved_quantity - s.quantity, updated_at = now()
       from (select level_id, sum(quantity)::int as quantity from freed group by level_id) s
       where l.tenant_id = $1 and l.id = s.level_id
     )
     update reservation r
     set state = case when r.quantity = f.quantity then 'released' else 'active' end,
         quantity = case when r.quantity = f.quantity then r.quantity else r.quantity - f.quantity end, updated_at = now()
     from freed f where r.tenant_id = $1 and r.id = f.id returning r.id`,
    [tenantId, JSON.stringify(freed)],
  )
}

function holdForOrderStatement(tenantId: string, holds: readonly Hold[]): Statement<{ id: string }> {
  return statement(
    'inventory.hold_for_order',
    `with hold as (
       select * from jsonb_to_recordset($2::jsonb) as h (id text, level_id text, inventory_item_id text, location_id text,
         vendor_id text, quantity integer, line_id text)
     ), taken as (
       update inventory_level l set reserved_quantity = l.reserved_quantity + s.quantity, updated_at = now()
       from (select level_id, sum(quantity)::int as quantity from hold group by level_id) s
       where l.tenant_id = $1 and l.id = s.level_id
     )
     insert into reservation (tenant_id, id, inventory_item_id, location_id, vendor_id, quantity, order_line_item_id)
     select $1, h.id, h.inventory_item_id, h.location_id, h.vendor_id, h.quantity, h.line_id from hold h returning id`,
    [tenantId, JSON.stringify(holds)],
  )
}

import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'

/**
 * The item and location that a stock change means: the item by id, or by the SKU of a variant that is on sale; the
 * location by id, or the oldest that the scope shows. Null where there is none, or none that the scope shows.
 */
export function findItemStatement(
  tenantId: string,
  wanted: { itemId: string | null; sku: string | null; locationId: string | null },
): Statement<{ inventory_item_id: string | null; location_id: string | null }> {
  return statement(
    'inventory.find_item',
    `select case when $2::text is not null
              then (select i.id from inventory_item i where i.tenant_id = $1 and i.id = $2 and i.deleted_at is null)
              else (select k.inventory_item_id from product_variant v
                    join variant_inventory_item k on k.tenant_id = v.tenant_id and k.variant_id = v.id
                    where v.tenant_id = $1 and v.sku = $3 and v.deleted_at is null order by k.inventory_item_id limit 1)
            end as inventory_item_id,
            (select l.id from stock_location l where l.tenant_id = $1 and l.deleted_at is null
               and ($4::text is null or l.id = $4) order by l.id limit 1) as location_id`,
    [tenantId, wanted.itemId, wanted.sku, wanted.locationId],
  )
}

export interface LocationRow {
  id: string
  name: string
  address: Record<string, string | null> | null
  metadata: Record<string, unknown> | null
  created_at: Date
  updated_at: Date
}

/** A page of the locations that the scope shows. `id` narrows to one. */
export function listLocationsStatement(tenantId: string, id: string | null, page: ListPage): Statement<LocationRow & { count: number }> {
  const order = orderBy('l', page.order)
  return statement(
    `inventory.list_locations.${order.name}`,
    `select l.id, l.name, l.address, l.metadata, l.created_at, l.updated_at, count(*) over ()::int as count
     from stock_location l where l.tenant_id = $1 and l.deleted_at is null and ($2::text is null or l.id = $2)
     ${order.sql} limit $3 offset $4`,
    [tenantId, id, page.limit, page.offset],
  )
}

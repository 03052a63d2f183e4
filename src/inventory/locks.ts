import { type Statement, statement } from '../db/index.js'

/** A stock level that a cart line can draw on; `level_id` is null for managed stock that no location of the channel has. */
export interface LevelRow {
  cart_line_item_id: string
  inventory_item_id: string
  vendor_id: string
  wanted: number
  allow_backorder: boolean
  level_id: string | null
  location_id: string | null
  available: number
}

/**
 * Locks every level that a cart's lines can draw on, in key order (item, then location). The rows are read after the
 * lock is held: the outer select would otherwise show what they were before another checkout took from them.
 */
export function lockLevelsOfCartStatement(tenantId: string, cartId: string): Statement<LevelRow> {
  return statement(
    'inventory.lock_levels_of_cart',
    `with wanted as (
       select i.id as cart_line_item_id, k.inventory_item_id, i.vendor_id, i.quantity * k.required_quantity as wanted,
              v.allow_backorder, c.sales_channel_id
       from cart c
       join cart_line_item i on i.tenant_id = c.tenant_id and i.cart_id = c.id
       join product_variant v on v.tenant_id = i.tenant_id and v.id = i.variant_id and v.manage_inventory
       join variant_inventory_item k on k.tenant_id = v.tenant_id and k.variant_id = v.id
       where c.tenant_id = $1 and c.id = $2
     ), locked as materialized (
       select l.id, l.inventory_item_id, l.location_id, l.stocked_quantity - l.reserved_quantity as available
       from inventory_level l
       where l.tenant_id = $1 and l.inventory_item_id in (select inventory_item_id from wanted)
         and l.location_id in (select h.stock_location_id from sales_channel_location h
                               where h.tenant_id = $1 and h.sales_channel_id = (select min(sales_channel_id) from wanted))
       order by l.inventory_item_id, l.location_id for update of l
     )
     select w.cart_line_item_id, w.inventory_item_id, w.vendor_id, w.wanted, w.allow_backorder,
            l.id as level_id, l.location_id, coalesce(l.available, 0) as available
     from wanted w left join locked l on l.inventory_item_id = w.inventory_item_id
     order by w.inventory_item_id, l.location_id, w.cart_line_item_id`,
    [tenantId, cartId],
  )
}

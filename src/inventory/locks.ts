import { type Statement, statement } from '../db/index.js'

/** A stock level that a line of a cart or order can draw on; `level_id` is null for managed stock that no location of the channel has. */
export interface LevelRow {
  line_id: string
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
       select i.id as line_id, k.inventory_item_id, i.vendor_id, i.quantity * k.required_quantity as wanted,
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
     select w.line_id, w.inventory_item_id, w.vendor_id, w.wanted, w.allow_backorder,
            l.id as level_id, l.location_id, coalesce(l.available, 0) as available
     from wanted w left join locked l on l.inventory_item_id = w.inventory_item_id
     order by w.inventory_item_id, l.location_id, w.line_id`,
    [tenantId, cartId],
  )
}

/** Pieces that an order is to have more of. */
export interface WantedPieces {
  orderLineId: string
  variantId: string
  vendorId: string
  quantity: number
  /** Sold beyond the stock, whatever the variant says. */
  allowBackorder: boolean
}

/**
 * The same for lines that are added to an order, and the levels at which its lines `changedLineIds` hold something: all in
 * one key order, since both change.
 */
export function lockLevelsOfOrderStatement(
  tenantId: string,
  salesChannelId: string,
  wanted: readonly WantedPieces[],
  changedLineIds: readonly string[],
): Statement<LevelRow> {
  return statement(
    'inventory.lock_levels_of_order',
    `with wanted as (
       select w."orderLineId" as line_id, k.inventory_item_id, w."vendorId" as vendor_id, w.quantity * k.required_quantity as wanted,
              v.allow_backorder or w."allowBackorder" as allow_backorder
       from jsonb_to_recordset($3::jsonb) as w ("orderLineId" text, "variantId" text, "vendorId" text, quantity integer, "allowBackorder" boolean)
       join product_variant v on v.tenant_id = $1 and v.id = w."variantId" and v.manage_inventory
       join variant_inventory_item k on k.tenant_id = $1 and k.variant_id = v.id
     ), locked as materialized (
       select l.id, l.inventory_item_id, l.location_id, l.stocked_quantity - l.reserved_quantity as available,
              l.location_id in (select h.stock_location_id from sales_channel_location h
                                where h.tenant_id = $1 and h.sales_channel_id = $2) as serves
       from inventory_level l
       where l.tenant_id = $1 and (l.inventory_item_id in (select inventory_item_id from wanted)
         or (l.inventory_item_id, l.location_id) in (select r.inventory_item_id, r.location_id from reservation r
              where r.tenant_id = $1 and r.order_line_item_id = any($4) and r.state = 'active'))
       order by l.inventory_item_id, l.location_id for update of l
     )
     select w.line_id, w.inventory_item_id, w.vendor_id, w.wanted, w.allow_backorder,
            l.id as level_id, l.location_id, coalesce(l.available, 0) as available
     from wanted w left join locked l on l.inventory_item_id = w.inventory_item_id and l.serves
     order by w.inventory_item_id, l.location_id, w.line_id`,
    [tenantId, salesChannelId, JSON.stringify(wanted), changedLineIds],
  )
}

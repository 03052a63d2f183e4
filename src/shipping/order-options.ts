import { type Statement, statement } from '../db/index.js'
import { isProvinceSql } from '../regions/index.js'
import { locationAddressSql } from './locations.js'
import { type OptionRule, rulesOf } from './rules.js'

/** A way in which what is in an order can be sent. */
export interface OrderOptionRow {
  id: string
  name: string
  vendor_id: string
  price_type: string
  service_zone_id: string
  shipping_profile_id: string
  provider_id: string
  data: Record<string, unknown> | null
  is_return: boolean
  enabled_in_store: boolean
  rules: OptionRule[]
  type: object
  service_zone: object
  insufficient_inventory: boolean
}

const optionsShown = 500

/**
 * How the lines of an order can be sent to where it goes, by the locations that serve its channel; ways back among them. No row
 * for an order that is not there.
 */
export function optionsOfOrderStatement(tenantId: string, orderId: string): Statement<OrderOptionRow> {
  return statement(
    'shipping.options_of_order',
    `select s.id, s.name, s.vendor_id, s.price_type, s.service_zone_id, s.shipping_profile_id, s.provider_id, s.data, s.is_return,
            s.enabled_in_store, s.rules,
            json_build_object('id', t.id, 'label', t.label, 'description', t.description, 'code', t.code) as type,
            json_build_object('id', z.id, 'fulfillment_set_id', f.id, 'fulfillment_set', json_build_object('id', f.id, 'type', f.type,
              'location', json_build_object('id', l.id, 'name', l.name, 'address', ${locationAddressSql}))) as service_zone,
            exists (select 1 from order_line_item i
              join product_variant v on v.tenant_id = i.tenant_id and v.id = i.variant_id and v.manage_inventory
              join variant_inventory_item k on k.tenant_id = v.tenant_id and k.variant_id = v.id
              left join inventory_level g on g.tenant_id = k.tenant_id and g.inventory_item_id = k.inventory_item_id and g.location_id = l.id
              where i.tenant_id = $1 and i.order_id = o.id and i.vendor_id = s.vendor_id and i.requires_shipping
                and coalesce(g.stocked_quantity - g.reserved_quantity, 0) < i.quantity * k.required_quantity) as insufficient_inventory
     from orders o
     join sales_channel_location h on h.tenant_id = o.tenant_id and h.sales_channel_id = o.sales_channel_id
     join stock_location l on l.tenant_id = h.tenant_id and l.id = h.stock_location_id and l.deleted_at is null
     join fulfillment_set f on f.tenant_id = l.tenant_id and f.location_id = l.id and f.deleted_at is null
     join service_zone z on z.tenant_id = f.tenant_id and z.fulfillment_set_id = f.id and z.deleted_at is null
     join shipping_option s on s.tenant_id = z.tenant_id and s.service_zone_id = z.id and s.deleted_at is null
     join shipping_option_type t on t.tenant_id = s.tenant_id and t.id = s.shipping_option_type_id
     where o.tenant_id = $1 and o.id = $2
       and s.vendor_id in (select i.vendor_id from order_line_item i where i.tenant_id = $1 and i.order_id = o.id)
       and exists (select 1 from geo_zone g where g.tenant_id = $1 and g.service_zone_id = z.id and g.deleted_at is null
         and g.country_code = o.shipping_address ->> 'country_code'
         and (g.type = 'country' or g.province_code is null or ${isProvinceSql('g', `(o.shipping_address ->> 'province')`)})
         and (g.type not in ('city', 'zip') or g.city is null or lower(g.city) = lower(o.shipping_address ->> 'city'))
         and (g.type <> 'zip' or g.postal_expression is null or g.postal_expression ? (o.shipping_address ->> 'postal_code')))
     order by s.id limit ${optionsShown}`,
    [tenantId, orderId],
  )
}

export function renderOrderOption(row: OrderOptionRow): Record<string, unknown> {
  const { is_return: _return, enabled_in_store: _enabled, ...option } = row
  return { ...option, provider: { id: row.provider_id, is_enabled: true }, rules: rulesOf(row) }
}

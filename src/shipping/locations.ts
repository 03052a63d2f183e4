import { hasWords, type ListPage, orderBy, type Statement, statement } from '../db/index.js'

export interface GeoZoneView {
  id: string
  type: 'country' | 'province' | 'city' | 'zip'
  country_code: string
  province_code: string | null
  city: string | null
  postal_expression: unknown
}

export interface FulfillmentSetView {
  id: string
  name: string
  type: string
  location_id: string
  created_at: string
  updated_at: string
  service_zones: { id: string; name: string; fulfillment_set_id: string; geo_zones: GeoZoneView[] }[]
}

export interface StockLocationRow {
  id: string
  name: string
  vendor_id: string
  address: object | null
  metadata: object | null
  created_at: Date
  updated_at: Date
  sales_channels: { id: string; name: string }[]
  fulfillment_providers: { id: string; is_enabled: boolean }[]
  fulfillment_sets: FulfillmentSetView[]
  count: number
}

const geoZonesJson = `coalesce((select json_agg(json_build_object('id', g.id, 'type', g.type, 'country_code', g.country_code,
    'province_code', g.province_code, 'city', g.city, 'postal_expression', g.postal_expression, 'service_zone_id', g.service_zone_id,
    'metadata', null, 'created_at', g.created_at, 'updated_at', g.updated_at, 'deleted_at', g.deleted_at) order by g.id)
  from geo_zone g where g.tenant_id = $1 and g.service_zone_id = z.id and g.deleted_at is null), '[]')`

const zonesJson = `coalesce((select json_agg(json_build_object('id', z.id, 'name', z.name,
    'fulfillment_set_id', z.fulfillment_set_id, 'metadata', null, 'created_at', z.created_at, 'updated_at', z.updated_at,
    'deleted_at', z.deleted_at, 'geo_zones', ${geoZonesJson}) order by z.id)
  from service_zone z where z.tenant_id = $1 and z.fulfillment_set_id = f.id and z.deleted_at is null), '[]')`

const setsJson = `coalesce((select json_agg(json_build_object('id', f.id, 'name', f.name, 'type', f.type,
    'location_id', f.location_id, 'metadata', null, 'created_at', f.created_at, 'updated_at', f.updated_at,
    'deleted_at', f.deleted_at, 'service_zones', ${zonesJson}) order by f.id)
  from fulfillment_set f where f.tenant_id = $1 and f.location_id = l.id and f.deleted_at is null), '[]')`

/** SQL: the address of location `l`, with every part of one; null where it has none. */
export const locationAddressSql = `(jsonb_build_object('id', replace(l.id, 'sloc_', 'laddr_'), 'company', null, 'address_2', null, 'city', null,
    'phone', null, 'province', null, 'postal_code', null, 'metadata', null) || l.address)`

/** SQL: the same as shoppers are told it, as old as its location. */
export const datedAddressSql = `(${locationAddressSql} || jsonb_build_object('created_at', l.created_at, 'updated_at', l.updated_at, 'deleted_at', null))`

/** Locations with the channels that they serve and how things are sent from them. */
export function listStockLocationsStatement(
  tenantId: string,
  filter: {
    id: string[] | null
    name: string[] | null
    q: readonly string[] | null
    vendorIds: readonly string[] | null
    salesChannelId: string[] | null
  },
  page: ListPage,
): Statement<StockLocationRow> {
  const order = orderBy('l', page.order)
  return statement(
    `shipping.list_locations.${order.name}`,
    `select l.id, l.name, l.vendor_id, ${locationAddressSql} as address, l.metadata, l.created_at, l.updated_at, count(*) over ()::int as count,
            coalesce((select json_agg(json_build_object('id', c.id, 'name', c.name, 'description', c.description, 'is_disabled', c.is_disabled,
                'metadata', c.metadata, 'created_at', c.created_at, 'updated_at', c.updated_at, 'deleted_at', c.deleted_at) order by c.id)
              from sales_channel_location h join sales_channel c on c.tenant_id = h.tenant_id and c.id = h.sales_channel_id
              where h.tenant_id = $1 and h.stock_location_id = l.id and c.deleted_at is null), '[]') as sales_channels,
            coalesce((select json_agg(json_build_object('id', h.provider_id, 'is_enabled', true) order by h.provider_id)
              from stock_location_provider h where h.tenant_id = $1 and h.stock_location_id = l.id), '[]') as fulfillment_providers,
            ${setsJson} as fulfillment_sets
     from stock_location l
     where l.tenant_id = $1 and l.deleted_at is null and ($2::text[] is null or l.id = any($2))
       and ($3::text[] is null or l.name = any($3)) and ${hasWords('$4', 'l.name')}
       and ($5::text[] is null or l.vendor_id = any($5))
       and ($6::text[] is null or exists (select 1 from sales_channel_location h where h.tenant_id = $1
            and h.stock_location_id = l.id and h.sales_channel_id = any($6)))
     ${order.sql} limit $7 offset $8`,
    [tenantId, filter.id, filter.name, filter.q, filter.vendorIds, filter.salesChannelId, page.limit, page.offset],
  )
}

/** One fulfilment set with its zones. */
export function fulfillmentSetStatement(tenantId: string, id: string): Statement<FulfillmentSetView> {
  return statement(
    'shipping.fulfillment_set',
    `select f.id, f.name, f.type, f.location_id, null as metadata, f.created_at, f.updated_at, f.deleted_at, ${zonesJson} as service_zones
     from fulfillment_set f where f.tenant_id = $1 and f.id = $2 and f.deleted_at is null`,
    [tenantId, id],
  )
}

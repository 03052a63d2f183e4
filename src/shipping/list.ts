import { hasWords, type ListPage, orderBy, pairs, type Statement, statement } from '../db/index.js'
import { pricesJsonSql, type SetPrice } from './prices.js'
import type { OptionRule } from './rules.js'

const stamps = ['created_at', 'updated_at', 'deleted_at']

export interface ShippingProfileRow {
  id: string
  name: string
  type: string
  vendor_id: string
  metadata: object | null
  created_at: Date
  updated_at: Date
  count: number
}

interface OwnedFilter {
  id: string[] | null
  q: readonly string[] | null
  vendorIds: readonly string[] | null
}

export function listShippingProfilesStatement(tenantId: string, filter: OwnedFilter, page: ListPage): Statement<ShippingProfileRow> {
  const order = orderBy('p', page.order)
  return statement(
    `shipping.list_profiles.${order.name}`,
    `select p.id, p.name, p.type, p.vendor_id, p.metadata, p.created_at, p.updated_at, count(*) over ()::int as count
     from shipping_profile p
     where p.tenant_id = $1 and p.deleted_at is null and ($2::text[] is null or p.id = any($2))
       and ${hasWords('$3', 'p.name')} and ($4::text[] is null or p.vendor_id = any($4))
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.q, filter.vendorIds, page.limit, page.offset],
  )
}

export interface ShippingOptionTypeRow {
  id: string
  label: string
  description: string | null
  code: string
  vendor_id: string
  created_at: Date
  updated_at: Date
  count: number
}

export function listShippingOptionTypesStatement(tenantId: string, filter: OwnedFilter, page: ListPage): Statement<ShippingOptionTypeRow> {
  const order = orderBy('t', page.order)
  return statement(
    `shipping.list_option_types.${order.name}`,
    `select t.id, t.label, t.description, t.code, t.vendor_id, t.created_at, t.updated_at, count(*) over ()::int as count
     from shipping_option_type t
     where t.tenant_id = $1 and t.deleted_at is null and ($2::text[] is null or t.id = any($2))
       and ${hasWords('$3', 't.label')} and ($4::text[] is null or t.vendor_id = any($4))
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.q, filter.vendorIds, page.limit, page.offset],
  )
}

/** A shipping option as the store's staff see it; amounts in minor units. */
export interface ListedShippingOption {
  id: string
  name: string
  vendor_id: string
  price_type: string
  service_zone_id: string
  shipping_profile_id: string
  shipping_option_type_id: string
  provider_id: string
  data: object | null
  metadata: object | null
  is_return: boolean
  enabled_in_store: boolean
  rules: OptionRule[]
  created_at: Date
  updated_at: Date
  type: object
  service_zone: object
  shipping_profile: object
  prices: SetPrice[]
  count: number
}

export function listShippingOptionsStatement(
  tenantId: string,
  filter: OwnedFilter & { serviceZoneId: string[] | null; profileId: string[] | null; locationId: string[] | null },
  page: ListPage,
): Statement<ListedShippingOption> {
  const order = orderBy('o', page.order)
  return statement(
    `shipping.list_options.${order.name}`,
    `select o.id, o.name, o.vendor_id, o.price_type, o.service_zone_id, o.shipping_profile_id, o.shipping_option_type_id,
            o.provider_id, o.data, o.metadata, o.is_return, o.enabled_in_store, o.rules, o.created_at, o.updated_at,
            json_build_object('id', t.id, 'label', t.label, 'description', t.description, 'code', t.code, ${pairs('t', stamps)}) as type,
            json_build_object('id', z.id, 'name', z.name, 'metadata', null, ${pairs('z', stamps)}, 'fulfillment_set_id', f.id, 'fulfillment_set',
              json_build_object('id', f.id, 'name', f.name, 'type', f.type, 'location_id', f.location_id, 'metadata', null, ${pairs('f', stamps)},
                'location', (select json_build_object('id', l.id, 'name', l.name) from stock_location l
                  where l.tenant_id = o.tenant_id and l.id = f.location_id))) as service_zone,
            json_build_object('id', p.id, 'name', p.name, 'type', p.type, 'metadata', p.metadata, ${pairs('p', stamps)}) as shipping_profile,
            ${pricesJsonSql('o.price_set_id')} as prices,
            count(*) over ()::int as count
     from shipping_option o
     join service_zone z on z.tenant_id = o.tenant_id and z.id = o.service_zone_id
     join fulfillment_set f on f.tenant_id = z.tenant_id and f.id = z.fulfillment_set_id
     join shipping_profile p on p.tenant_id = o.tenant_id and p.id = o.shipping_profile_id
     join shipping_option_type t on t.tenant_id = o.tenant_id and t.id = o.shipping_option_type_id
     where o.tenant_id = $1 and o.deleted_at is null and ($2::text[] is null or o.id = any($2))
       and ${hasWords('$3', 'o.name')} and ($4::text[] is null or o.vendor_id = any($4))
       and ($5::text[] is null or o.service_zone_id = any($5)) and ($6::text[] is null or o.shipping_profile_id = any($6))
       and ($7::text[] is null or f.location_id = any($7))
     ${order.sql} limit $8 offset $9`,
    [tenantId, filter.id, filter.q, filter.vendorIds, filter.serviceZoneId, filter.profileId, filter.locationId, page.limit, page.offset],
  )
}

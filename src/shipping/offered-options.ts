import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'
import { toMajor } from '../kernel/index.js'

/** A shipping option as who offers it sees it; amounts in minor units. */
export interface OfferedOptionRow {
  id: string
  name: string
  price_type: string
  service_zone_id: string
  shipping_profile_id: string
  provider_id: string
  location_id: string
  enabled_in_store: boolean
  type: { id: string; label: string; description: string | null; code: string }
  countries: string[]
  prices: { id: string; currency_code: string; amount_minor: number }[]
  metadata: Record<string, unknown> | null
  created_at: Date
  updated_at: Date
}

/** A page of the options that the scope shows. `id` narrows to one. */
export function offeredOptionsStatement(
  tenantId: string,
  id: string | null,
  page: ListPage,
): Statement<OfferedOptionRow & { count: number }> {
  const order = orderBy('o', page.order)
  return statement(
    `shipping.offered_options.${order.name}`,
    `select o.id, o.name, o.price_type, o.service_zone_id, o.shipping_profile_id, o.provider_id, f.location_id, o.enabled_in_store,
            json_build_object('id', t.id, 'label', t.label, 'description', t.description, 'code', t.code) as type,
            array(select distinct g.country_code from geo_zone g
                  where g.tenant_id = $1 and g.service_zone_id = o.service_zone_id and g.deleted_at is null order by 1) as countries,
            coalesce((select json_agg(json_build_object('id', p.id, 'currency_code', p.currency_code, 'amount_minor', p.amount_minor)
                        order by p.currency_code, p.id)
                      from price p where p.tenant_id = $1 and p.price_set_id = o.price_set_id), '[]') as prices,
            o.metadata, o.created_at, o.updated_at, count(*) over ()::int as count
     from shipping_option o
     join shipping_option_type t on t.tenant_id = o.tenant_id and t.id = o.shipping_option_type_id
     join service_zone z on z.tenant_id = o.tenant_id and z.id = o.service_zone_id
     join fulfillment_set f on f.tenant_id = z.tenant_id and f.id = z.fulfillment_set_id
     where o.tenant_id = $1 and o.deleted_at is null and ($2::text is null or o.id = $2)
     ${order.sql} limit $3 offset $4`,
    [tenantId, id, page.limit, page.offset],
  )
}

/** The same with amounts in major units. */
export function renderOfferedOption(row: OfferedOptionRow): Record<string, unknown> {
  const { prices, ...option } = row
  return {
    ...option,
    prices: prices.map(({ amount_minor, ...price }) => ({ ...price, amount: toMajor(amount_minor, price.currency_code) })),
  }
}

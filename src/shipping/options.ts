import { type Statement, statement } from '../db/index.js'
import { toMajor } from '../kernel/index.js'
import { isProvinceSql } from '../regions/index.js'
import {
  calculatedPrice,
  groupsOfCustomerSql,
  isTaxInclusive,
  type PriceCandidate,
  priceCandidatesSql,
  type PricingContext,
  type SelectedPrice,
  selectPrice,
} from '../pricing/index.js'
import { datedAddressSql } from './locations.js'
import { pricesJsonSql, renderPrices, type SetPrice } from './prices.js'
import { fulfillmentProviderOf } from './provider.js'
import { allHold, type OptionRule, rulesOf } from './rules.js'

/** What of a shipping option that is valid for a cart choosing it takes; amounts in minor units. */
export interface ShippingChoiceRow {
  id: string
  name: string
  vendor_id: string
  shipping_profile_id: string
  shipping_option_type_id: string
  provider_id: string
  data: Record<string, unknown> | null
  rules: OptionRule[]
  /** What rules can ask of the cart; null for an option without them, and for staff, who choose themselves. */
  facts: Record<string, unknown> | null
  currency_code: string
  price_candidates: PriceCandidate[]
  /** The lines that it would carry; null where the price does not depend on them. */
  parcel: { pieces: number; weight: number } | null
}

/** The whole option, as lists show it. */
export interface ShippingOptionRow extends ShippingChoiceRow {
  price_type: 'flat' | 'calculated'
  service_zone_id: string
  price_set_id: string
  metadata: object | null
  is_return: boolean
  enabled_in_store: boolean
  type: object
  service_zone: object
  prices: SetPrice[]
  insufficient_inventory: boolean
  /** Some line is of its profile. Another one of the vendor's is offered and may be chosen, and carries nothing yet. */
  is_needed: boolean
}

/** A row with what it costs. */
type Priced<Row> = Omit<Row, 'price_candidates' | 'parcel' | 'facts'> & {
  /** In minor units of the cart's currency; null when there is none, or when the option does not carry the parcel. */
  price: { amount_minor: number; selected: SelectedPrice | null } | null
}
export type ShippingChoice = Priced<ShippingChoiceRow>
export type ShippingOption = Priced<ShippingOptionRow>

/** The options whose rules hold, each with the price that its candidates, or its provider, say. */
export function pricedOptions<Row extends ShippingChoiceRow>(rows: readonly Row[]): Priced<Row>[] {
  const open = rows.filter(({ rules, facts }) => facts === null || allHold(rules, facts))
  return open.map(({ price_candidates, parcel, facts: _facts, ...row }) => {
    if (parcel !== null) {
      const amount = fulfillmentProviderOf(row.provider_id)?.calculate(row.data, { ...parcel, currency: row.currency_code }) ?? null
      return { ...row, price: amount === null ? null : { amount_minor: Number(amount), selected: null } }
    }
    const selected = selectPrice(price_candidates, 1)
    return { ...row, price: selected === null ? null : { amount_minor: selected.calculated.amount_minor, selected } }
  })
}

/** SQL: what serves cart $2, zone by zone; `more` are columns of the cart `c`, the location `l`, its set `f` or the zone `z`. */
const servedSql = (more: string) => `served as materialized (
       select c.id as cart_id, c.region_id, c.currency_code, c.customer_id, c.sales_channel_id, c.shipping_address,
              exists (select 1 from cart_line_item i where i.tenant_id = $1 and i.cart_id = c.id) as has_lines,
              exists (select 1 from cart_line_item i where i.tenant_id = $1 and i.cart_id = c.id and i.requires_shipping) as has_goods,
              z.id as zone_id ${more}
       from cart c
       join sales_channel_location h on h.tenant_id = c.tenant_id and h.sales_channel_id = c.sales_channel_id
       join stock_location l on l.tenant_id = h.tenant_id and l.id = h.stock_location_id and l.deleted_at is null
       join fulfillment_set f on f.tenant_id = l.tenant_id and f.location_id = l.id and f.deleted_at is null
       join service_zone z on z.tenant_id = f.tenant_id and z.fulfillment_set_id = f.id and z.deleted_at is null
       where c.tenant_id = $1 and c.id = $2
         and exists (select 1 from geo_zone g where g.tenant_id = $1 and g.service_zone_id = z.id and g.deleted_at is null
           and case when c.shipping_address ->> 'country_code' is null
                 then coalesce(g.country_code = any((select array_agg(n.iso_2) from region_country n
                   where n.tenant_id = $1 and n.region_id = c.region_id)::text[]), true)
                 else g.country_code = c.shipping_address ->> 'country_code'
                   and (g.type = 'country' or g.province_code is null
                        or ${isProvinceSql('g', `(c.shipping_address ->> 'province')`)})
                   and (g.type not in ('city', 'zip') or g.city is null or lower(g.city) = lower(c.shipping_address ->> 'city'))
                   and (g.type <> 'zip' or g.postal_expression is null
                        or g.postal_expression ? (c.shipping_address ->> 'postal_code')) end)
     )`

/**
 * What the shopper pays for the goods of the option's own vendor: as in Medusa after discounts and with taxes. What is
 * bought of others does not make a vendor's shipping cheaper.
 */
const itemTotalSql = `(select coalesce(round(sum(
                  i.unit_price_minor * i.quantity * case when i.is_tax_inclusive then 1 else rates.gross end
                  - (select coalesce(sum((a ->> 'amount_minor')::bigint * case when (a ->> 'is_tax_inclusive')::boolean then 1
                       else rates.gross end), 0) from jsonb_array_elements(i.adjustments) a))), 0)
                from cart_line_item i cross join lateral (
                  select 1 + coalesce(sum((t ->> 'rate_ppm')::integer), 0) / 1000000.0 as gross from jsonb_array_elements(i.tax_lines) t) rates
                where i.tenant_id = $1 and i.cart_id = s.cart_id and i.vendor_id = o.vendor_id)`

/** SQL: what choosing option `o` of what `s` serves takes. $3 is the moment at which prices must hold. */
const choiceSql = `o.id, o.name, o.vendor_id, o.shipping_profile_id, o.shipping_option_type_id, o.provider_id, o.data, o.rules,
            case when o.rules <> '[]' and not exists (select 1 from draft_order d where d.tenant_id = $1 and d.cart_id = s.cart_id)
              then json_build_object('region_id', s.region_id, 'currency_code', s.currency_code, 'customer_id', s.customer_id,
                'sales_channel_id', s.sales_channel_id, 'shipping_address', s.shipping_address) end as facts,
            s.currency_code,
            ${priceCandidatesSql('o.price_set_id', {
              currency: 's.currency_code',
              regionId: 's.region_id',
              groups: groupsOfCustomerSql('s.customer_id'),
              now: '$3::timestamptz',
              itemTotal: itemTotalSql,
            })} as price_candidates,
            case when o.price_type = 'calculated' then (
              select json_build_object('pieces', coalesce(sum(i.quantity), 0), 'weight', coalesce(sum(i.quantity * coalesce(v.weight, p.weight, 0)), 0))
              from cart_line_item i left join product_variant v on v.tenant_id = i.tenant_id and v.id = i.variant_id
              left join product p on p.tenant_id = i.tenant_id and p.id = i.product_id
              where i.tenant_id = $1 and i.cart_id = s.cart_id and i.shipping_profile_id = o.shipping_profile_id) end as parcel`

/** SQL: the cart that `s` serves may be sent with option `o`. */
const suitsSql = `(o.enabled_in_store or exists (select 1 from draft_order d where d.tenant_id = $1 and d.cart_id = s.cart_id))
       and case when s.has_lines
             then o.vendor_id in (select i.vendor_id from cart_line_item i
                                  where i.tenant_id = $1 and i.cart_id = s.cart_id and (i.requires_shipping or not s.has_goods))
             else o.vendor_id in (select d.id from vendor d where d.tenant_id = $1 and d.is_house) end`

/**
 * Options with which a cart's vendors can send something, or the store itself where the cart is empty yet: from locations
 * that serve its channel, to where it goes. Zones match from the country down; without an address any country of the region
 * will do, and any at all of a region that names none.
 * What the store does not show is for its staff alone, who put draft orders together. Used by choosing, by every change of
 * the cart, and by the choice made at completion. What serves the cart is found apart: joined in one, the ten tables took
 * 100 ms to plan on each connection, and take 15 so.
 */
export function shippingChoicesStatement(tenantId: string, cartId: string, now: Date): Statement<ShippingChoiceRow> {
  return statement(
    'shipping.choices',
    `with ${servedSql('')}
     select ${choiceSql}
     from served s
     join shipping_option o on o.tenant_id = $1 and o.service_zone_id = s.zone_id and o.deleted_at is null
     where not o.is_return and ${suitsSql}
     order by o.id limit 500`,
    [tenantId, cartId, now],
  )
}

/** The same as lists show them, or those by which goods come back. */
export function validShippingOptionsStatement(
  tenantId: string,
  cartId: string,
  now: Date,
  isReturn: boolean,
): Statement<ShippingOptionRow> {
  return statement(
    'shipping.valid_options',
    `with ${servedSql(`, l.id as location_id, l.name as location_name, ${datedAddressSql} as address, f.id as fulfillment_set_id,
              f.type as fulfillment_set_type, z.name as zone_name`)}
     select ${choiceSql}, o.price_type, o.service_zone_id, o.price_set_id, o.metadata, o.is_return,
            o.enabled_in_store,
            json_build_object('id', t.id, 'label', t.label, 'description', t.description, 'code', t.code) as type,
            json_build_object('id', s.zone_id, 'name', s.zone_name, 'fulfillment_set_id', s.fulfillment_set_id, 'fulfillment_set',
              json_build_object('id', s.fulfillment_set_id, 'type', s.fulfillment_set_type, 'location',
                json_build_object('id', s.location_id, 'name', s.location_name, 'address', s.address))) as service_zone,
            ${pricesJsonSql('o.price_set_id')} as prices,
            exists (select 1 from cart_line_item i
              join product_variant v on v.tenant_id = i.tenant_id and v.id = i.variant_id
              join variant_inventory_item k on k.tenant_id = v.tenant_id and k.variant_id = v.id
              join inventory_item n on n.tenant_id = k.tenant_id and n.id = k.inventory_item_id and n.requires_shipping
              where i.tenant_id = $1 and i.cart_id = s.cart_id and i.vendor_id = o.vendor_id
                and v.manage_inventory and not v.allow_backorder
              group by k.inventory_item_id
              having coalesce((select g.stocked_quantity - g.reserved_quantity from inventory_level g
                      where g.tenant_id = $1 and g.inventory_item_id = k.inventory_item_id and g.location_id = s.location_id), 0)
                    < sum(i.quantity * k.required_quantity)) as insufficient_inventory,
            not s.has_lines or exists (select 1 from cart_line_item i where i.tenant_id = $1 and i.cart_id = s.cart_id and i.requires_shipping
                    and i.shipping_profile_id = o.shipping_profile_id) as is_needed
     from served s
     join shipping_option o on o.tenant_id = $1 and o.service_zone_id = s.zone_id and o.deleted_at is null
     join shipping_option_type t on t.tenant_id = o.tenant_id and t.id = o.shipping_option_type_id
     where o.is_return = $4 and ${suitsSql}
     order by o.id limit 500`,
    [tenantId, cartId, now, isReturn],
  )
}

/**
 * An option in wire shape (Store API contract, shipping options list). A calculated amount is left out of lists: it is
 * asked for one by one. Where nothing says what it costs there is no amount.
 */
export function renderShippingOption(row: ShippingOption, pricing: PricingContext, withCalculated = false): Record<string, unknown> {
  const { price, prices, price_set_id, vendor_id, currency_code, is_needed, ...rest } = row
  const { is_return: _return, enabled_in_store: _enabled, ...option } = rest
  const major = price === null ? null : toMajor(price.amount_minor, currency_code)
  const calculated = {
    id: null,
    calculated_amount: major,
    original_amount: major,
    currency_code,
    is_calculated_price_tax_inclusive: pricing.is_tax_inclusive,
  }
  const isCalculated = option.price_type === 'calculated'
  return {
    ...option,
    provider: { id: row.provider_id, is_enabled: true },
    rules: rulesOf(row),
    prices: renderPrices(prices),
    ...(major === null || (isCalculated && !withCalculated) ? {} : { amount: major }),
    is_tax_inclusive: isTaxInclusive(price?.selected?.calculated ?? { is_regional: true }, pricing),
    calculated_price: isCalculated
      ? withCalculated && price !== null
        ? calculated
        : null
      : calculatedPrice(price?.selected ?? null, pricing, { priceSetId: price_set_id, productId: '', productTypeId: null }),
    vendor_id,
    carries_items: is_needed,
  }
}

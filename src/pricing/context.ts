import { plannedOnce, type Statement, statement } from '../db/index.js'
import { type TaxRate, taxRatesJson } from '../tax/index.js'

/** For whom prices are computed. */
export interface PricingContext {
  region_id: string
  currency_code: string
  automatic_taxes: boolean
  is_tax_inclusive: boolean
  country_code: string | null
  rates: TaxRate[]
}

/** SQL for "are prices of region r tax-inclusive": the region's own preference, else its currency's, else no. */
export const taxInclusiveSql = `coalesce(
  (select p.is_tax_inclusive from price_preference p
   where p.tenant_id = r.tenant_id and p.attribute = 'region_id' and p.value = r.id),
  (select p.is_tax_inclusive from price_preference p
   where p.tenant_id = r.tenant_id and p.attribute = 'currency_code' and p.value = r.currency_code), false)`

/** SQL for the region: the cart's, the one asked for, or the store's default. $1 tenant; the others as numbered. */
export function regionIdSql(cart: string, region: string): string {
  return `coalesce((select c.region_id from cart c where c.tenant_id = $1 and c.id = ${cart}), ${region},
    case when ${cart}::text is null then (select s.default_region_id from store s where s.tenant_id = $1) end)`
}

export interface PricingQuery {
  cartId: string | null
  regionId: string | null
  countryCode: string | null
  province: string | null
  /** The customer who is signed in: whose groups count. */
  customerId?: string | null
}

/** Everything that prices of a page need besides the prices. Travels together with the page's own statement. */
export function pricingContextStatement(tenantId: string, query: PricingQuery): Statement<PricingContext> {
  const country = `coalesce((select c.shipping_address ->> 'country_code' from cart c where c.tenant_id = $1 and c.id = $2), $4)`
  return plannedOnce(
    statement(
      'pricing.context',
      `select r.id as region_id, r.currency_code, r.automatic_taxes, ${taxInclusiveSql} as is_tax_inclusive,
            ${country} as country_code,
            case when r.automatic_taxes and ${country} is not null then ${taxRatesJson(country, '$5::text')} else '[]' end as rates
     from region r where r.tenant_id = $1 and r.id = ${regionIdSql('$2', '$3')} and r.deleted_at is null`,
      [tenantId, query.cartId, query.regionId, query.countryCode, query.province],
    ),
  )
}

import { plannedOnce, type Statement, statement } from '../db/index.js'
import { type TaxRate, taxRatesJson } from '../tax/index.js'
import type { PriceCandidate } from './candidates.js'

/** What prices in a region include. */
export interface TaxInclusion {
  /** Tax is in the prices that are for the region alone. */
  is_tax_inclusive: boolean
  /** Tax is in the prices that are in its currency, for whatever region. */
  is_plain_tax_inclusive: boolean
}

/** Whether tax is in a price: what is said of the region counts for its own prices, what is said of the currency for others. */
export function isTaxInclusive(price: Pick<PriceCandidate, 'is_regional'>, region: TaxInclusion): boolean {
  return price.is_regional ? region.is_tax_inclusive : region.is_plain_tax_inclusive
}

/** For whom prices are computed. */
export interface PricingContext extends TaxInclusion {
  region_id: string
  currency_code: string
  automatic_taxes: boolean
  country_code: string | null
  rates: TaxRate[]
}

const preferenceSql = (attribute: string, value: string) => `(select p.is_tax_inclusive from price_preference p
   where p.tenant_id = r.tenant_id and p.attribute = '${attribute}' and p.value = ${value})`
const ofRegion = preferenceSql('region_id', 'r.id')
const ofCurrency = preferenceSql('currency_code', 'r.currency_code')

/** SQL for "is tax in the prices of region r": the region's own preference, else its currency's, else no. */
export const taxInclusiveSql = `coalesce(${ofRegion}, ${ofCurrency}, false)`
/** SQL for the same of prices that are for no region: the currency's preference, else the region's, else no. */
export const plainTaxInclusiveSql = `coalesce(${ofCurrency}, ${ofRegion}, false)`

/** SQL for `column` of the cart. Shoppers ask: a draft order's cart is none. $1 tenant. */
const ofCartSql = (column: string, cart: string) => `(select ${column} from cart c where c.tenant_id = $1 and c.id = ${cart}
    and not exists (select 1 from draft_order d where d.tenant_id = $1 and d.cart_id = c.id))`

/** SQL for the region: the cart's, the one asked for, or the store's default. $1 tenant; the others as numbered. */
export function regionIdSql(cart: string, region: string): string {
  return `coalesce(${ofCartSql('c.region_id', cart)}, ${region},
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
  const country = `coalesce(${ofCartSql("c.shipping_address ->> 'country_code'", '$2')}, $4)`
  return plannedOnce(
    statement(
      'pricing.context',
      `select r.id as region_id, r.currency_code, r.automatic_taxes, ${taxInclusiveSql} as is_tax_inclusive,
            ${plainTaxInclusiveSql} as is_plain_tax_inclusive,
            ${country} as country_code,
            case when r.automatic_taxes and ${country} is not null then ${taxRatesJson(country, '$5::text')} else '[]' end as rates
     from region r where r.tenant_id = $1 and r.id = ${regionIdSql('$2', '$3')} and r.deleted_at is null`,
      [tenantId, query.cartId, query.regionId, query.countryCode, query.province],
    ),
  )
}

import { type Statement, statement } from '../db/index.js'
import { isProvinceSql } from '../regions/index.js'

/** A rate of a country or province, with what it is limited to. */
export interface TaxRate {
  id: string
  name: string
  code: string
  rate_ppm: number
  is_default: boolean
  is_combinable: boolean
  tax_region_id: string
  /** The country's region, for a rate of a province. */
  parent_region_id: string | null
  rules: { reference: 'product' | 'product_type' | 'shipping_option'; reference_id: string }[]
}

/** A tax line as stored with a cart or order line. */
export interface TaxLine {
  id: string
  description: string
  code: string
  rate_ppm: number
  provider_id: string
  tax_rate_id: string
}

/**
 * SQL for the rates of a country as a JSON array, the province's own rates before the country's. `country` and
 * `province` are SQL expressions; $1 is the tenant.
 */
export function taxRatesJson(country: string, province: string): string {
  return `coalesce((
    select json_agg(json_build_object('id', t.id, 'name', t.name, 'code', t.code, 'rate_ppm', t.rate_ppm,
             'is_default', t.is_default, 'is_combinable', t.is_combinable,
             'tax_region_id', tr.id, 'parent_region_id', tr.parent_id,
             'rules', coalesce((select json_agg(json_build_object('reference', u.reference, 'reference_id', u.reference_id))
                       from tax_rate_rule u where u.tenant_id = $1 and u.tax_rate_id = t.id), '[]'))
           order by (tr.province_code is not null) desc, t.id)
    from tax_region tr join tax_rate t on t.tenant_id = tr.tenant_id and t.tax_region_id = tr.id
    where tr.tenant_id = $1 and tr.country_code = ${country}
      and (tr.province_code is null or ${isProvinceSql('tr', province)})
      and tr.deleted_at is null and t.deleted_at is null), '[]')`
}

export function taxRatesStatement(
  tenantId: string,
  countryCode: string | null,
  provinceCode: string | null,
): Statement<{ rates: TaxRate[] }> {
  return statement('tax.rates', `select ${taxRatesJson('$2', '$3')} as rates`, [tenantId, countryCode, provinceCode])
}

export interface Taxed {
  productId?: string | null
  productTypeId?: string | null
  shippingOptionId?: string | null
}

/** Who reckons taxes, as tax lines name it: the rates are the store's own. */
const reckoner = 'system'

/**
 * The tax lines of one thing: the closest rate, and where that is a combinable one of a province, the country's closest
 * besides. Every rate of the province is closer than any of its country; within each a rule that names the product (or
 * the shipping option) comes before one that names its type, and the default last.
 */
export function taxLinesOf(rates: readonly TaxRate[], taxed: Taxed): Omit<TaxLine, 'id'>[] {
  const ranked = rates
    .map((rate) => ({ rate, distance: distanceOf(rate, taxed) }))
    .filter((entry) => entry.distance !== null)
    .sort((one, other) => (one.distance as number) - (other.distance as number))
    .map((entry) => entry.rate)
  const [closest] = ranked
  if (closest === undefined) return []
  const parent = closest.is_combinable ? ranked.find((rate) => rate.tax_region_id === closest.parent_region_id) : undefined
  return [closest, ...(parent === undefined ? [] : [parent])].map((rate) => ({
    description: rate.name,
    code: rate.code,
    rate_ppm: rate.rate_ppm,
    provider_id: reckoner,
    tax_rate_id: rate.id,
  }))
}

/** How far a rate is from a thing; null for one that is not for it. */
function distanceOf(rate: TaxRate, taxed: Taxed): number | null {
  const names = (reference: string, id: string | null | undefined) =>
    id != null && rate.rules.some((rule) => rule.reference === reference && rule.reference_id === id)
  const region = rate.parent_region_id === null ? 10 : 0
  if (names('product', taxed.productId) || names('shipping_option', taxed.shippingOptionId)) return region
  if (names('product_type', taxed.productTypeId)) return region + 1
  return rate.is_default ? region + 2 : null
}

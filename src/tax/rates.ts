import { type Statement, statement } from '../db/index.js'

/** A rate of a country or province, with what it is limited to. */
export interface TaxRate {
  id: string
  name: string
  code: string
  rate_ppm: number
  is_default: boolean
  is_combinable: boolean
  provider_id: string
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
             'is_default', t.is_default, 'is_combinable', t.is_combinable, 'provider_id', tr.provider_id,
             'rules', coalesce((select json_agg(json_build_object('reference', u.reference, 'reference_id', u.reference_id))
                       from tax_rate_rule u where u.tenant_id = $1 and u.tax_rate_id = t.id), '[]'))
           order by (tr.province_code is not null) desc, t.id)
    from tax_region tr join tax_rate t on t.tenant_id = tr.tenant_id and t.tax_region_id = tr.id
    where tr.tenant_id = $1 and tr.country_code = ${country}
      and (tr.province_code is null or tr.province_code = lower(${province}))
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

/**
 * The tax lines of one thing: the rate whose rule names it most closely (product before type), else the default. A
 * combinable rate adds the default to itself. The province's rates come before the country's.
 */
export function taxLinesOf(rates: readonly TaxRate[], taxed: Taxed): Omit<TaxLine, 'id'>[] {
  const named = (reference: string, id: string | null | undefined) =>
    id == null ? undefined : rates.find((rate) => rate.rules.some((rule) => rule.reference === reference && rule.reference_id === id))
  const special =
    named('product', taxed.productId) ?? named('product_type', taxed.productTypeId) ?? named('shipping_option', taxed.shippingOptionId)
  const standard = rates.find((rate) => rate.is_default)
  const chosen = special === undefined ? [standard] : special.is_combinable ? [special, standard] : [special]
  return chosen
    .filter((rate) => rate !== undefined)
    .map((rate) => ({
      description: rate.name,
      code: rate.code,
      rate_ppm: rate.rate_ppm,
      provider_id: rate.provider_id,
      tax_rate_id: rate.id,
    }))
}

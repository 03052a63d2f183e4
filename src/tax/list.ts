import { hasWords, type ListPage, orderBy, type Statement, statement } from '../db/index.js'

export interface TaxRateView {
  id: string
  tax_region_id: string
  name: string
  code: string
  rate_ppm: number
  is_default: boolean
  is_combinable: boolean
  metadata: object | null
  created_at: string
  updated_at: string
  created_by: string | null
  deleted_at: null
  rules: { id: string; tax_rate_id: string; reference: string; reference_id: string; created_by: string | null; created_at: string }[]
}

interface TaxRegionOfParent {
  id: string
  country_code: string
  province_code: string | null
  parent_id: string | null
}

export interface TaxRegionView {
  id: string
  country_code: string
  province_code: string | null
  parent_id: string | null
  provider_id: string | null
  metadata: object | null
  created_by: string | null
  created_at: Date
  updated_at: Date
  tax_rates: TaxRateView[]
  provider: { id: string; is_enabled: true } | null
  parent: TaxRegionOfParent | null
  children: (TaxRegionOfParent & { tax_rates: TaxRateView[] })[]
  count: number
}

// A rule is never changed, only given anew.
const rulesJson = `coalesce((select json_agg(json_build_object('id', u.id, 'tax_rate_id', u.tax_rate_id, 'reference', u.reference,
    'reference_id', u.reference_id, 'metadata', null, 'created_by', u.created_by, 'created_at', u.created_at,
    'updated_at', u.created_at, 'deleted_at', null) order by u.id)
  from tax_rate_rule u where u.tenant_id = $1 and u.tax_rate_id = t.id), '[]')`

const ratesJson = (
  region: string,
) => `coalesce((select json_agg(json_build_object('id', t.id, 'tax_region_id', t.tax_region_id, 'name', t.name,
    'code', t.code, 'rate_ppm', t.rate_ppm, 'is_default', t.is_default, 'is_combinable', t.is_combinable,
    'metadata', t.metadata, 'created_by', t.created_by, 'created_at', t.created_at, 'updated_at', t.updated_at,
    'deleted_at', t.deleted_at, 'rules', ${rulesJson}) order by t.id)
  from tax_rate t where t.tenant_id = $1 and t.tax_region_id = ${region}.id and t.deleted_at is null), '[]')`

/** A province whose provider nobody said has its country's. */
const providerJson = (region: string) =>
  `case when ${region}.provider_id is not null then json_build_object('id', ${region}.provider_id, 'is_enabled', true) end`

const parentJson = (region: string) => `case when ${region}.parent_id is not null then json_build_object('id', ${region}.parent_id) end`

const regionJson = (region: string, more = '') => `json_build_object('id', ${region}.id, 'country_code', ${region}.country_code,
    'province_code', ${region}.province_code, 'parent_id', ${region}.parent_id, 'parent', ${parentJson(region)}, 'provider_id', ${region}.provider_id,
    'provider', ${providerJson(region)}, 'metadata', ${region}.metadata, 'created_by', ${region}.created_by,
    'created_at', ${region}.created_at, 'updated_at', ${region}.updated_at, 'deleted_at', ${region}.deleted_at${more})`

export function listTaxRegionsStatement(
  tenantId: string,
  filter: { id: string[] | null; countryCode: string[] | null; provinceCode: string[] | null; parentId: string[] | null },
  page: ListPage,
): Statement<TaxRegionView> {
  const order = orderBy('r', page.order)
  return statement(
    `tax.list_regions.${order.name}`,
    `select r.id, r.country_code, r.province_code, r.parent_id, r.provider_id, r.metadata, r.created_by, r.created_at,
            r.updated_at, ${providerJson('r')} as provider, (select ${regionJson('p', `, 'tax_rates', ${ratesJson('p')}`)} from tax_region p where p.tenant_id = $1 and p.id = r.parent_id) as parent,
            ${ratesJson('r')} as tax_rates, count(*) over ()::int as count,
            coalesce((select json_agg(${regionJson('c', `, 'tax_rates', ${ratesJson('c')}`)} order by c.id)
              from tax_region c where c.tenant_id = $1 and c.parent_id = r.id), '[]') as children
     from tax_region r
     where r.tenant_id = $1 and r.deleted_at is null and ($2::text[] is null or r.id = any($2))
       and ($3::text[] is null or r.country_code = any($3)) and ($4::text[] is null or coalesce(r.province_code, 'null') = any($4))
       and ($5::text[] is null or coalesce(r.parent_id, 'null') = any($5))
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.countryCode, filter.provinceCode, filter.parentId, page.limit, page.offset],
  )
}

export function listTaxRatesStatement(
  tenantId: string,
  filter: { id: string[] | null; taxRegionId: string[] | null; q: readonly string[] | null },
  page: ListPage,
): Statement<Omit<TaxRateView, 'created_at' | 'updated_at'> & { created_at: Date; updated_at: Date; count: number }> {
  const order = orderBy('t', page.order)
  return statement(
    `tax.list_rates.${order.name}`,
    `select t.id, t.tax_region_id, t.name, t.code, t.rate_ppm, t.is_default, t.is_combinable, t.metadata, t.created_at,
            t.updated_at, t.created_by, ${rulesJson} as rules, count(*) over ()::int as count,
            (select ${regionJson('r')} from tax_region r where r.tenant_id = $1 and r.id = t.tax_region_id) as tax_region
     from tax_rate t
     where t.tenant_id = $1 and t.deleted_at is null and ($2::text[] is null or t.id = any($2))
       and ($3::text[] is null or t.tax_region_id = any($3)) and ${hasWords('$4', 't.name', 't.code')}
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.taxRegionId, filter.q, page.limit, page.offset],
  )
}

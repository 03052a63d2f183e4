import { hasWords, type ListPage, orderBy, type Statement, statement } from '../db/index.js'
import { countryOf } from './countries.js'

export interface RegionRow {
  id: string
  name: string
  currency_code: string
  automatic_taxes: boolean
  metadata: object | null
  created_at: string
  updated_at: string
  deleted_at: string | null
  countries: string[]
  payment_providers: { id: string; is_enabled: boolean }[]
}

const regionColumns = `
  r.id, r.name, r.currency_code, r.automatic_taxes, r.metadata, r.created_at, r.updated_at, r.deleted_at,
  array(select c.iso_2 from region_country c where c.tenant_id = $1 and c.region_id = r.id order by c.iso_2) as countries,
  coalesce((select json_agg(json_build_object('id', p.provider_id, 'is_enabled', p.is_enabled) order by p.provider_id)
            from region_payment_provider p where p.tenant_id = $1 and p.region_id = r.id and p.is_enabled), '[]')
    as payment_providers`

export interface RegionFilter {
  id: string[] | null
  q: readonly string[] | null
  name: string[] | null
  currencyCode: string[] | null
}

export function listRegionsStatement(tenantId: string, filter: RegionFilter, page: ListPage): Statement<RegionRow & { count: number }> {
  const order = orderBy('r', page.order)
  return statement(
    `regions.list.${order.name}`,
    `select ${regionColumns}, count(*) over ()::int as count from region r
     where r.tenant_id = $1 and r.deleted_at is null and ($2::text[] is null or r.id = any($2))
       and ${hasWords('$3', 'r.name', 'r.currency_code')} and ($4::text[] is null or r.name = any($4))
       and ($5::text[] is null or r.currency_code = any($5))
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.q, filter.name, filter.currencyCode, page.limit, page.offset],
  )
}

export function regionStatement(tenantId: string, id: string): Statement<RegionRow> {
  return statement(
    'regions.retrieve',
    `select ${regionColumns} from region r where r.tenant_id = $1 and r.id = $2 and r.deleted_at is null`,
    [tenantId, id],
  )
}

/** Countries of a region in wire shape: as old as the region that names them, since no row tells of each. */
export function renderCountries(
  countries: readonly string[],
  region: { id: string; created_at: string; updated_at: string },
): Record<string, unknown>[] {
  const of = { region_id: region.id, metadata: null, created_at: region.created_at, updated_at: region.updated_at, deleted_at: null }
  return countries.map((iso2) => ({ ...countryOf(iso2), ...of }))
}

/** A region in wire shape. */
export function renderRegion(row: RegionRow): Record<string, unknown> {
  const { countries, ...region } = row
  return {
    ...region,
    countries: renderCountries(countries, row),
  }
}

export function storeCurrenciesStatement(tenantId: string): Statement<{ currency_code: string; is_default: boolean }> {
  return statement(
    'regions.store_currencies',
    'select currency_code, is_default from store_currency where tenant_id = $1 order by currency_code',
    [tenantId],
  )
}

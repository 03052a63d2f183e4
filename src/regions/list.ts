import { hasWords, type ListPage, orderBy, type Statement, statement } from '../db/index.js'
import type { RegionRow } from './queries.js'

export interface ListedRegion extends RegionRow {
  is_tax_inclusive: boolean
  count: number
}

/** Regions as those see them who set the store up: in any order, with what its prices include. */
export function regionsOfStoreStatement(
  tenantId: string,
  filter: { id: string[] | null; q: readonly string[] | null; name: string[] | null; currencyCode: string[] | null },
  page: ListPage,
): Statement<ListedRegion> {
  const order = orderBy('r', page.order)
  return statement(
    `regions.of_store.${order.name}`,
    `select r.id, r.name, r.currency_code, r.automatic_taxes, r.metadata, r.created_at, r.updated_at, r.deleted_at,
            count(*) over ()::int as count,
            coalesce((select p.is_tax_inclusive from price_preference p where p.tenant_id = $1
                      and p.attribute = 'region_id' and p.value = r.id), false) as is_tax_inclusive,
            array(select c.iso_2 from region_country c where c.tenant_id = $1 and c.region_id = r.id order by c.iso_2) as countries,
            coalesce((select json_agg(json_build_object('id', p.provider_id, 'is_enabled', p.is_enabled) order by p.provider_id)
                      from region_payment_provider p where p.tenant_id = $1 and p.region_id = r.id), '[]') as payment_providers
     from region r
     where r.tenant_id = $1 and r.deleted_at is null and ($2::text[] is null or r.id = any($2))
       and ${hasWords('$3', 'r.name')} and ($4::text[] is null or r.name = any($4))
       and ($5::text[] is null or r.currency_code = any($5))
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.q, filter.name, filter.currencyCode, page.limit, page.offset],
  )
}

import { type ListPage, orderBy, type Statement, statement } from '../../db/index.js'

export const managedOptionOrders = ['id', 'created_at', 'updated_at', 'title'] as const

export interface ManagedOptionFilter {
  id: readonly string[] | null
  title: readonly string[] | null
  q: string | null
  productId: readonly string[] | null
  vendorIds: readonly string[] | null
}

interface ManagedOption {
  id: string
  title: string
  rank: number
  is_exclusive: boolean
  product_id: string
  metadata: object | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  values: object[]
  count: number
}

/** A page of the options of products as those who sell them see them, drafts' too, with their values. */
export function managedOptionsStatement(tenantId: string, filter: ManagedOptionFilter, page: ListPage): Statement<ManagedOption> {
  const order = orderBy('o', page.order)
  return statement(
    `catalog.managed_options.${order.name}`,
    `select o.id, o.title, o.rank, o.is_exclusive, o.product_id, o.metadata, o.created_at, o.updated_at, o.deleted_at,
            count(*) over ()::int as count,
            coalesce((select json_agg(json_build_object('id', w.id, 'value', w.value, 'rank', w.rank, 'metadata', w.metadata,
                'option_id', w.option_id, 'created_at', w.created_at, 'updated_at', w.updated_at, 'deleted_at', w.deleted_at)
                order by w.rank, w.id)
              from product_option_value w where w.tenant_id = $1 and w.option_id = o.id and w.deleted_at is null), '[]') as values
     from product_option o join product p on p.tenant_id = o.tenant_id and p.id = o.product_id and p.deleted_at is null
     where o.tenant_id = $1 and o.deleted_at is null and ($2::text[] is null or o.id = any($2)) and ($3::text[] is null or o.title = any($3))
       and ($4::text is null or o.title ilike $4) and ($5::text[] is null or o.product_id = any($5))
       and ($6::text[] is null or o.vendor_id = any($6))
     ${order.sql} limit $7 offset $8`,
    [tenantId, filter.id, filter.title, filter.q, filter.productId, filter.vendorIds, page.limit, page.offset],
  )
}

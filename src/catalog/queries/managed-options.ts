import { hasWords, type ListPage, orderBy, type Statement, statement } from '../../db/index.js'
import { describedPairs, productColumns } from './product-json.js'

export const managedOptionOrders = ['id', 'created_at', 'updated_at', 'title'] as const

/** Products that are shown with an option that many share. */
const productsShown = 100

export interface ManagedOptionFilter {
  id: readonly string[] | null
  title: readonly string[] | null
  q: readonly string[] | null
  productId: readonly string[] | null
  vendorIds: readonly string[] | null
}

interface ManagedOption {
  id: string
  title: string
  rank: number
  is_exclusive: boolean
  product_id: string | null
  metadata: object | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  values: object[]
  /** The first of those that have it. */
  products: object[]
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
              from product_option_value w where w.tenant_id = $1 and w.option_id = o.id and w.deleted_at is null), '[]') as values,
            coalesce((select json_agg(x.product order by x.id) from (
              select u.id, json_build_object(${describedPairs('u', productColumns)}) as product
              from product u where u.tenant_id = $1 and u.deleted_at is null and u.id = any(array(
                select o.product_id union select s.product_id from product_shared_option s where s.tenant_id = $1 and s.option_id = o.id))
              order by u.id limit ${productsShown}) x), '[]') as products
     from product_option o left join product p on p.tenant_id = o.tenant_id and p.id = o.product_id
     where o.tenant_id = $1 and o.deleted_at is null and p.deleted_at is null and ($2::text[] is null or o.id = any($2)) and ($3::text[] is null or o.title = any($3))
       and ${hasWords('$4', 'o.title')} and ($5::text[] is null or o.product_id = any($5) or o.id in (
         select s.option_id from product_shared_option s where s.tenant_id = $1 and s.product_id = any($5)))
       and ($6::text[] is null or o.vendor_id = any($6))
     ${order.sql} limit $7 offset $8`,
    [tenantId, filter.id, filter.title, filter.q, filter.productId, filter.vendorIds, page.limit, page.offset],
  )
}

export interface OptionValueFilter {
  optionId: string
  id: readonly string[] | null
  value: readonly string[] | null
  q: readonly string[] | null
  vendorIds: readonly string[] | null
}

interface OptionValue {
  id: string
  value: string
  rank: number
  option_id: string
  metadata: object | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  count: number
}

/** A page of the values of one option. */
export function optionValuesStatement(tenantId: string, filter: OptionValueFilter, page: ListPage): Statement<OptionValue> {
  const order = orderBy('w', page.order)
  return statement(
    `catalog.option_values.${order.name}`,
    `select w.id, w.value, w.rank, w.option_id, w.metadata, w.created_at, w.updated_at, w.deleted_at, count(*) over ()::int as count
     from product_option_value w join product_option o on o.tenant_id = w.tenant_id and o.id = w.option_id and o.deleted_at is null
     where w.tenant_id = $1 and w.option_id = $2 and w.deleted_at is null and ($3::text[] is null or w.id = any($3))
       and ($4::text[] is null or w.value = any($4)) and ${hasWords('$5', 'w.value')}
       and ($6::text[] is null or w.vendor_id = any($6))
     ${order.sql} limit $7 offset $8`,
    [tenantId, filter.optionId, filter.id, filter.value, filter.q, filter.vendorIds, page.limit, page.offset],
  )
}

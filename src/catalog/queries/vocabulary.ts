import { wordPatterns, hasWords, type ListPage, orderBy, statement, type Statement } from '../../db/index.js'
import { describedPairs, imagesSql, memberVariantsSql, optionsSql, productColumns } from './product-json.js'

/** What is told of the products that stand under a word or a category, besides their columns. */
export const memberParts = ['variants', 'options', 'images'] as const
export type MemberPart = (typeof memberParts)[number]

/** The simple nouns around products: each a row with its products, listed in the same way. */
export interface VocabularyFilter {
  q: string | null
  id: string[] | null
  /** Exact match of the noun's own name (title or value). */
  name: string[] | null
  handle: string[] | null
  externalId: string[] | null
  /** What is wanted of each row's products; null where they are not wanted. */
  members: readonly MemberPart[] | null
  /** Null shows products of every channel: a key without channels narrows nothing. */
  salesChannelIds: readonly string[] | null
}

export interface VocabularyRow {
  item: Record<string, unknown>
  count: number
}

/** Products of one collection, type or tag that are shown with it at most; storefronts count them or show a few. */
const productsShown = 100

const partsSql: Record<MemberPart, string> = { variants: memberVariantsSql, options: optionsSql, images: imagesSql }

/** Published products of row `x`, as far as these channels show them. `channels` is SQL of an array, null for every channel. */
const productsJson = (members: string, channels: string, parts: readonly MemberPart[]) => `coalesce((
  select json_agg(x.product) from (
    select json_build_object(${describedPairs('p', productColumns)}${parts.map((part) => `, '${part}', ${partsSql[part]}`).join('')}) as product
    from product p
    where p.tenant_id = $1 and ${members} and p.status = 'published' and p.deleted_at is null
      and (${channels}::text[] is null or exists (select 1 from product_sales_channel h where h.tenant_id = $1
                  and h.product_id = p.id and h.sales_channel_id = any(${channels}::text[])))
      and exists (select 1 from vendor d where d.tenant_id = $1 and d.id = p.vendor_id and d.status = 'active')
    order by p.id limit ${productsShown}) x), '[]')`

interface Noun {
  table: string
  nameColumn: string
  columns: readonly string[]
  /** SQL: product `p` belongs to row `x`. */
  members: string
}

const stamps = ['metadata', 'created_at', 'updated_at', 'deleted_at']
const nouns = {
  collection: {
    table: 'product_collection',
    nameColumn: 'title',
    columns: ['id', 'title', 'handle', 'external_id', ...stamps],
    members: 'p.collection_id = x.id',
  },
  type: {
    table: 'product_type',
    nameColumn: 'value',
    columns: ['id', 'value', 'external_id', ...stamps],
    members: 'p.type_id = x.id',
  },
  tag: {
    table: 'product_tag',
    nameColumn: 'value',
    columns: ['id', 'value', 'external_id', ...stamps],
    members: 'exists (select 1 from product_tag_product l where l.tenant_id = $1 and l.product_tag_id = x.id and l.product_id = p.id)',
  },
} as const satisfies Record<string, Noun>

export type VocabularyNoun = keyof typeof nouns

/** What a statement that reads so much of the products is called. */
const detailOf = (members: readonly MemberPart[] | null) => (members === null ? 'plain' : ['with_products', ...members].join('_'))

export function listVocabularyStatement(
  tenantId: string,
  noun: VocabularyNoun,
  filter: VocabularyFilter,
  page: ListPage,
): Statement<VocabularyRow> {
  const { table, nameColumn, columns, members } = nouns[noun]
  const list: unknown[] = [
    tenantId,
    wordPatterns(filter.q ?? undefined),
    filter.id,
    filter.name,
    page.limit,
    page.offset,
    filter.handle,
    filter.externalId,
  ]
  if (filter.members !== null) list.push(filter.salesChannelIds)
  const products = filter.members === null ? '' : `, 'products', ${productsJson(members, '$9', filter.members)}`
  const detail = detailOf(filter.members)
  const hasHandle = noun === 'collection'
  const fields = columns.map((column) => `'${column}', x.${column}`).join(', ')
  const order = orderBy('x', page.order)
  return statement(
    `catalog.${noun}s.${detail}.${order.name}`,
    `select json_build_object(${fields}${products}) as item,
            count(*) over ()::int as count
     from ${table} x
     where x.tenant_id = $1 and x.deleted_at is null
       and ${hasWords('$2', `x.${nameColumn}`)}
       and ($3::text[] is null or x.id = any($3)) and ($4::text[] is null or x.${nameColumn} = any($4))
       and ($7::text[] is null${hasHandle ? ' or x.handle = any($7)' : ''})
       and ($8::text[] is null or x.external_id = any($8))
     ${order.sql} limit $5 offset $6`,
    list,
  )
}

export interface CategoryRow {
  id: string
  name: string
  description: string
  handle: string
  rank: number
  external_id: string | null
  parent_category_id: string | null
  metadata: object | null
  created_at: string
  updated_at: string
  deleted_at: string | null
  products?: object[]
}

/**
 * Every category that shoppers may see. A store has tens or hundreds, and every answer needs parents and children, so
 * one statement reads them all and the tree is built from them.
 */
export function categoriesStatement(
  tenantId: string,
  members: readonly MemberPart[] | null,
  salesChannelIds: readonly string[] | null,
): Statement<CategoryRow> {
  const isMember =
    'exists (select 1 from product_category_product l where l.tenant_id = $1 and l.product_category_id = x.id and l.product_id = p.id)'
  return statement(
    `catalog.categories.${detailOf(members)}`,
    `select x.id, x.name, x.description, x.handle, x.rank, x.external_id, x.parent_category_id, x.metadata, x.created_at,
            x.updated_at, x.deleted_at${members === null ? '' : `, ${productsJson(isMember, '$2', members)} as products`}
     from product_category x
     where x.tenant_id = $1 and x.is_active and not x.is_internal and x.deleted_at is null
     order by x.rank, x.id limit 5000`,
    members === null ? [tenantId] : [tenantId, salesChannelIds],
  )
}

export interface ListedVendor {
  id: string
  handle: string
  name: string
  description: string | null
  logo: string | null
  product_count: number
  count: number
}

/** Vendors that sell in the store now, as shoppers see them. */
export function listVendorsStatement(
  tenantId: string,
  filter: { idOrHandle: string | null; limit: number; offset: number },
): Statement<ListedVendor> {
  return statement(
    'catalog.vendors',
    `select v.id, v.handle, v.name, v.description, v.logo, count(*) over ()::int as count,
            (select count(*) from product p where p.tenant_id = $1 and p.vendor_id = v.id and p.status = 'published'
             and p.deleted_at is null)::int as product_count
     from vendor v
     where v.tenant_id = $1 and v.status = 'active' and v.deleted_at is null and not v.is_house
       and ($2::text is null or v.id = $2 or v.handle = $2)
     order by v.name, v.id limit $3 offset $4`,
    [tenantId, filter.idOrHandle, filter.limit, filter.offset],
  )
}

/** SQL for "this vendor sells". */
const sellsSql = (vendorId: string) =>
  `exists (select 1 from vendor d where d.tenant_id = $1 and d.id = ${vendorId} and d.status = 'active')`

/** SQL for "shoppers see this product". $4 are the channels. */
const isShownSql = (product: string) => `(${product}.deleted_at is null and ${product}.status = 'published'
       and ($4::text[] is null or exists (select 1 from product_sales_channel h where h.tenant_id = $1 and h.product_id = ${product}.id
                   and h.sales_channel_id = any($4::text[])))
       and ${sellsSql(`${product}.vendor_id`)})`

/** Options of products that shoppers see, and those that products share, as tags and types: whether one uses them yet or not. */
export function listOptionsStatement(
  tenantId: string,
  filter: {
    id: string[] | null
    title: string[] | null
    q: string | null
    isExclusive: boolean | null
    salesChannelIds: readonly string[] | null
  },
  page: ListPage,
): Statement<VocabularyRow> {
  const order = orderBy('o', page.order)
  return statement(
    `catalog.options.${order.name}`,
    `select json_build_object('id', o.id, 'title', o.title, 'is_exclusive', o.is_exclusive, 'metadata', o.metadata,
              'created_at', o.created_at, 'updated_at', o.updated_at,
              'values', coalesce((select json_agg(json_build_object('id', w.id, 'value', w.value, 'rank', w.rank,
                'metadata', w.metadata, 'option_id', w.option_id, 'created_at', w.created_at, 'updated_at', w.updated_at,
                'deleted_at', w.deleted_at)
                order by w.rank, w.id)
                from product_option_value w where w.tenant_id = $1 and w.option_id = o.id and w.deleted_at is null), '[]'))
            as item, count(*) over ()::int as count
     from product_option o left join product p on p.tenant_id = o.tenant_id and p.id = o.product_id
     where o.tenant_id = $1 and o.deleted_at is null
       and (${isShownSql('p')} or (o.product_id is null and ${sellsSql('o.vendor_id')}))
       and ($2::text[] is null or o.id = any($2)) and ($3::text[] is null or o.title = any($3))
       and ${hasWords('$7', 'o.title')} and ($8::boolean is null or o.is_exclusive = $8)
     ${order.sql} limit $5 offset $6`,
    [
      tenantId,
      filter.id,
      filter.title,
      filter.salesChannelIds,
      page.limit,
      page.offset,
      wordPatterns(filter.q ?? undefined),
      filter.isExclusive,
    ],
  )
}

import { hasWords, type ListPage, orderBy, pairs, type Statement, statement } from '../../db/index.js'

/** The store's words as those see them who keep them: what is not active or internal is there too. */
export interface WordFilter {
  id: string[] | null
  q: readonly string[] | null
  /** Exact title, or value. */
  name: string[] | null
  handle: string[] | null
}

export interface CollectionOfStore {
  id: string
  title: string
  handle: string
  external_id: string | null
  metadata: object | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  count: number
}

export function collectionsOfStoreStatement(tenantId: string, filter: WordFilter, page: ListPage): Statement<CollectionOfStore> {
  const order = orderBy('c', page.order)
  return statement(
    `catalog.collections_of_store.${order.name}`,
    `select c.id, c.title, c.handle, c.external_id, c.metadata, c.created_at, c.updated_at, c.deleted_at, count(*) over ()::int as count
     from product_collection c
     where c.tenant_id = $1 and c.deleted_at is null and ($2::text[] is null or c.id = any($2))
       and ${hasWords('$3', 'c.title')} and ($4::text[] is null or c.title = any($4))
       and ($5::text[] is null or c.handle = any($5))
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.q, filter.name, filter.handle, page.limit, page.offset],
  )
}

export interface WordOfStore {
  id: string
  value: string
  external_id: string | null
  metadata: object | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  count: number
}

/** Types or tags. */
export function wordsOfStoreStatement(
  tenantId: string,
  kind: 'type' | 'tag',
  filter: Omit<WordFilter, 'handle'>,
  page: ListPage,
): Statement<WordOfStore> {
  const order = orderBy('w', page.order)
  return statement(
    `catalog.${kind}s_of_store.${order.name}`,
    `select w.id, w.value, w.external_id, w.metadata, w.created_at, w.updated_at, w.deleted_at, count(*) over ()::int as count
     from ${kind === 'type' ? 'product_type' : 'product_tag'} w
     where w.tenant_id = $1 and w.deleted_at is null and ($2::text[] is null or w.id = any($2))
       and ${hasWords('$3', 'w.value')} and ($4::text[] is null or w.value = any($4))
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.q, filter.name, page.limit, page.offset],
  )
}

export interface CategoryOfStore {
  id: string
  name: string
  description: string
  handle: string
  rank: number
  is_active: boolean
  is_internal: boolean
  external_id: string | null
  parent_category_id: string | null
  metadata: object | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  parent_category: object | null
  category_children: object[]
  count: number
}

/** Columns of a category, as staff read them. */
export const columnsOfCategory = [
  'id',
  'name',
  'description',
  'handle',
  'rank',
  'is_active',
  'is_internal',
  'external_id',
  'parent_category_id',
  'metadata',
  'created_at',
  'updated_at',
  'deleted_at',
]

/** Categories with their parent and children. `parentId` 'null' finds those at the top. */
export function categoriesOfStoreStatement(
  tenantId: string,
  filter: WordFilter & { parentId: string[] | null },
  page: ListPage,
): Statement<CategoryOfStore> {
  const order = orderBy('c', page.order)
  return statement(
    `catalog.categories_of_store.${order.name}`,
    `select ${columnsOfCategory.map((column) => `c.${column}`).join(', ')}, count(*) over ()::int as count,
            (select json_build_object(${pairs('p', columnsOfCategory)}) from product_category p
             where p.tenant_id = $1 and p.id = c.parent_category_id) as parent_category,
            coalesce((select json_agg(json_build_object(${pairs('x', columnsOfCategory)}) order by x.rank, x.id) from product_category x
             where x.tenant_id = $1 and x.parent_category_id = c.id and x.deleted_at is null), '[]') as category_children
     from product_category c
     where c.tenant_id = $1 and c.deleted_at is null and ($2::text[] is null or c.id = any($2))
       and ${hasWords('$3', 'c.name', 'c.description', 'c.handle')} and ($4::text[] is null or c.name = any($4))
       and ($5::text[] is null or c.handle = any($5)) and ($6::text[] is null or coalesce(c.parent_category_id, 'null') = any($6))
     ${order.sql} limit $7 offset $8`,
    [tenantId, filter.id, filter.q, filter.name, filter.handle, filter.parentId, page.limit, page.offset],
  )
}

/** A category by itself, for building trees. */
export type CategoryOfTree = Omit<CategoryOfStore, 'parent_category' | 'category_children' | 'count'>

const mostCategories = 5_000

/** Every category of the store: a tree is asked for from any of them, and a store has tens or hundreds. */
export function allCategoriesStatement(tenantId: string): Statement<CategoryOfTree> {
  return statement(
    'catalog.all_categories',
    `select ${columnsOfCategory.map((column) => `c.${column}`).join(', ')} from product_category c
     where c.tenant_id = $1 and c.deleted_at is null order by c.rank, c.id limit ${mostCategories}`,
    [tenantId],
  )
}

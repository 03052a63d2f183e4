import { z } from 'zod'
import { type CategoryRow, categoriesStatement, picturesOfMembers } from '../../catalog/index.js'
import { tenantOf } from '../../db/index.js'
import { booleanText, type FieldsPolicy, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { translated } from '../../translations/index.js'
import { narrowedQuery } from '../narrowing.js'
import { channelsShown } from './shared.js'
import { memberFields, membersAsked } from './vocabulary.js'

const categoryScalars = [
  'id',
  'name',
  'description',
  'handle',
  'rank',
  'external_id',
  'parent_category_id',
  'created_at',
  'updated_at',
  'metadata',
]
const categoryFields: FieldsPolicy = {
  defaults: [...categoryScalars, 'parent_category.*', 'category_children.*'],
  extra: [
    'deleted_at',
    ...memberFields,
    'category_children.products.title',
    'parent_category.parent_category.*',
    'parent_category.parent_category.parent_category.*',
    'category_children.category_children.*',
    'category_children.category_children.category_children.*',
  ],
}
/** What is above a node or below it; neither is told of where the tree ends. */
interface CategoryNode extends CategoryRow {
  parent_category?: CategoryNode | null
  category_children?: CategoryNode[]
}

/** A category and what is above it, as far as an answer needs it. */
function withParents(rows: readonly CategoryRow[], row: CategoryRow, levels: number): CategoryNode {
  if (levels === 0) return row
  const parent = rows.find(({ id }) => id === row.parent_category_id)
  return { ...row, parent_category: parent === undefined ? null : withParents(rows, parent, levels - 1) }
}

/** A category and what is below it. */
function withChildren(rows: readonly CategoryRow[], row: CategoryRow, levels: number): CategoryNode {
  if (levels === 0) return row
  const children = rows.filter((candidate) => candidate.parent_category_id === row.id)
  return { ...row, category_children: children.map((child) => withChildren(rows, child, levels - 1)) }
}

const categoryQuery = z.strictObject({
  q: z.string().max(limits.search_characters).optional(),
  id: oneOrMany.optional(),
  name: oneOrMany.optional(),
  handle: oneOrMany.optional(),
  description: oneOrMany.optional(),
  external_id: oneOrMany.optional(),
  parent_category_id: z.union([z.literal('null').transform(() => [null]), oneOrMany]).optional(),
  include_ancestors_tree: booleanText.optional(),
  include_descendants_tree: booleanText.optional(),
})
type CategoryQuery = z.output<typeof categoryQuery>
const listQuery = narrowedQuery(categoryQuery, {
  table: 'product_category',
  columns: { name: 'text', handle: 'text', description: 'text', external_id: 'text' },
})
const orders = ['id', 'rank', 'name', 'handle', 'created_at', 'updated_at'] as const
const deepest = 10

async function loadCategories(request: RequestContext<CategoryQuery, unknown>): Promise<CategoryRow[]> {
  const members = membersAsked(request.fields) ?? (request.fields.has('category_children.products') ? [] : null)
  const rows = await request.context.db.read(
    request.context.scope,
    categoriesStatement(tenantOf(request.context), members, channelsShown(request)),
  )
  for (const row of rows) picturesOfMembers(row.products, request.services.publicUrl)
  await translated(request.context, request.locale, rows)
  return rows
}

function renderCategory(request: RequestContext<CategoryQuery, unknown>, rows: readonly CategoryRow[], row: CategoryRow): unknown {
  const { include_ancestors_tree: ancestors, include_descendants_tree: descendants } = request.query
  const tree = {
    ...withChildren(rows, row, descendants === true ? deepest : 3),
    parent_category: withParents(rows, row, ancestors === true ? deepest : 3).parent_category,
  }
  const projected = request.fields.project(tree) as Record<string, unknown>
  // Asked for as trees, they come whole, whatever depth the fields name.
  if (ancestors === true) projected.parent_category = treeAbove(tree.parent_category ?? null)
  if (descendants === true) projected.category_children = tree.category_children?.map(treeBelow)
  return projected
}

function treeAbove(node: CategoryNode | null): unknown {
  if (node === null) return null
  const { products: _products, deleted_at: _deleted, ...rest } = node
  return { ...rest, parent_category: treeAbove(node.parent_category ?? null) }
}

function treeBelow(node: CategoryNode): unknown {
  const { products: _products, deleted_at: _deleted, ...rest } = node
  return { ...rest, category_children: (node.category_children ?? []).map(treeBelow) }
}

function hasWords(text: string, words: string): boolean {
  const searched = text.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.includes(word))
}

function matches(row: CategoryRow, query: CategoryQuery): boolean {
  return (
    (query.id?.includes(row.id) ?? true) &&
    (query.name?.includes(row.name) ?? true) &&
    (query.handle?.includes(row.handle) ?? true) &&
    (query.description?.includes(row.description) ?? true) &&
    (query.external_id?.includes(row.external_id ?? '') ?? true) &&
    ((query.parent_category_id as (string | null)[] | undefined)?.includes(row.parent_category_id) ?? true) &&
    hasWords(`${row.name} ${row.description} ${row.handle}`, query.q ?? '')
  )
}

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/product-categories',
    summary: 'List categories',
    access: 'public',
    query: listQuery.schema,
    fields: categoryFields,
    page: { limit: 50, orderable: orders },
    async handle(request) {
      const [rows, wanted] = await Promise.all([loadCategories(request), listQuery.narrow(request)])
      const { query } = request
      const { limit, offset, order } = request.page
      const field = order.field as (typeof orders)[number]
      const sign = order.descending ? -1 : 1
      const found = rows
        .filter((row) => matches(row, wanted))
        .sort((a, b) => sign * (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0))
      const page = found.slice(offset, offset + limit)
      // Trees stand in the order of their ranks, whatever page they are on.
      if (query.include_ancestors_tree === true || query.include_descendants_tree === true) page.sort((a, b) => a.rank - b.rank)
      return { product_categories: page.map((row) => renderCategory(request, rows, row)), count: found.length, offset, limit }
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/product-categories/:id',
    summary: 'A category',
    access: 'public',
    query: categoryQuery,
    fields: categoryFields,
    ids: { id: 'product_category' },
    async handle(request) {
      const id = request.params.id as string
      const rows = await loadCategories(request)
      const row = rows.find((candidate) => candidate.id === id)
      if (row === undefined) throw notFound(`Product category with id: ${id} was not found`)
      return { product_category: renderCategory(request, rows, row) }
    },
  }),
]

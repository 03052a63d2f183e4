import { z } from 'zod'
import {
  absoluteUrl,
  type CategoryRow,
  categoriesStatement,
  listOptionsStatement,
  listVendorsStatement,
  listVocabularyStatement,
  type VocabularyNoun,
} from '../../catalog/index.js'
import { tenantOf } from '../../db/index.js'
import { booleanText, type FieldsPolicy, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { withVendorRatings } from '../../reviews/index.js'
import { translated } from '../../translations/index.js'
import { dates } from './catalog-filters.js'
import { asksFor } from './products.js'
import { listed, salesChannelsOf } from './shared.js'

const q = z.string().max(limits.search_characters).optional()
const productsOf = ['products.*', 'products.variants.*']
const days = { created_at: dates.optional(), updated_at: dates.optional(), deleted_at: dates.optional() }

const collectionFields: FieldsPolicy = {
  defaults: ['id', 'title', 'handle', 'external_id', 'created_at', 'updated_at'],
  extra: ['metadata', 'deleted_at', ...productsOf],
}
const valueFields: FieldsPolicy = {
  defaults: ['id', 'value', 'external_id', 'created_at', 'updated_at', 'metadata', 'products.*'],
  extra: productsOf,
}
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
    'products.*',
    'category_children.products.title',
    'parent_category.parent_category.*',
    'parent_category.parent_category.parent_category.*',
    'category_children.category_children.*',
    'category_children.category_children.category_children.*',
  ],
}
const optionFields: FieldsPolicy = { defaults: ['id', 'title', 'is_exclusive', 'created_at', 'updated_at', 'metadata', 'values.*'] }
const vendorFields: FieldsPolicy = {
  defaults: ['id', 'handle', 'name', 'description', 'logo', 'product_count'],
  extra: ['rating.average', 'rating.count'],
}

interface NounRoutes {
  noun: VocabularyNoun
  path: string
  plural: string
  singular: string
  label: string
  fields: FieldsPolicy
  limit: number
  descending: boolean
}

const dateQuery = z.object(days)
const shared = { q, id: oneOrMany.optional(), external_id: oneOrMany.optional(), ...days }

/** The channels that products are shown in; null with a key that has none, which lists no products but narrows nothing here. */
function channelsOf(request: RequestContext<unknown, unknown>): readonly string[] | null {
  return (request.key?.salesChannelIds.length ?? 0) === 0 ? null : salesChannelsOf(request)
}

/** Collections, types and tags differ in their names only. */
function nounRoutes(settings: NounRoutes): Route[] {
  const { noun, path, plural, singular, label, fields } = settings
  const load = async (request: RequestContext<NounQuery, unknown>, id: string[] | null, page: { limit: number; offset: number }) =>
    request.context.db.read(
      request.context.scope,
      listVocabularyStatement(tenantOf(request.context), noun, {
        q: request.query.q ?? null,
        id,
        name: request.query.title ?? request.query.value ?? null,
        handle: request.query.handle ?? null,
        externalId: request.query.external_id ?? null,
        dates: { created_at: request.query.created_at, updated_at: request.query.updated_at, deleted_at: request.query.deleted_at },
        withProducts: request.fields.has('products'),
        withVariants: asksFor(request.fields, 'products.variants'),
        salesChannelIds: channelsOf(request),
        ...page,
        descending: request.page.order.descending,
      }),
    )
  const query =
    noun === 'collection'
      ? z.strictObject({ ...shared, title: oneOrMany.optional(), handle: oneOrMany.optional() })
      : z.strictObject({ ...shared, value: oneOrMany.optional() })
  return [
    route({
      surface: 'store',
      method: 'GET',
      path,
      summary: `List ${plural.replace('_', ' ')}`,
      access: 'public',
      query,
      fields,
      page: { limit: settings.limit, orderable: ['id', 'created_at'], descending: settings.descending },
      async handle(request) {
        const rows = await load(request as RequestContext<NounQuery, unknown>, (request.query as NounQuery).id ?? null, request.page)
        const items = rows.map((row) => row.item)
        await translated(request.context, request.locale, items)
        return listed(plural, items, request, rows[0]?.count ?? 0)
      },
    }),
    route({
      surface: 'store',
      method: 'GET',
      path: `${path}/:id`,
      summary: `A ${singular.replace('_', ' ')}`,
      access: 'public',
      fields,
      ids: { id: singular },
      async handle(request) {
        const id = request.params.id as string
        const [row] = await load(request, [id], { limit: 1, offset: 0 })
        if (row === undefined) throw notFound(`${label} with id: ${id} was not found`)
        await translated(request.context, request.locale, [row.item])
        return { [singular]: request.fields.project(row.item) }
      },
    }),
  ]
}

interface NounQuery extends z.output<typeof dateQuery> {
  external_id?: string[] | undefined
  q?: string | undefined
  id?: string[] | undefined
  title?: string[] | undefined
  value?: string[] | undefined
  handle?: string[] | undefined
}

interface CategoryNode extends CategoryRow {
  parent_category: CategoryNode | null
  category_children: CategoryNode[]
}

/** The tree as far as an answer needs it: parents upwards and children downwards, never in circles. */
function categoryTree(rows: readonly CategoryRow[], id: string, levels: { up: number; down: number }): CategoryNode | null {
  const row = rows.find((candidate) => candidate.id === id)
  if (row === undefined) return null
  const children = rows.filter((candidate) => candidate.parent_category_id === id)
  return {
    ...row,
    parent_category:
      levels.up > 0 && row.parent_category_id !== null ? categoryTree(rows, row.parent_category_id, { up: levels.up - 1, down: 0 }) : null,
    category_children:
      levels.down > 0 ? children.map((child) => categoryTree(rows, child.id, { up: 0, down: levels.down - 1 }) as CategoryNode) : [],
  }
}

const categoryQuery = z.strictObject({
  q,
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
const deepest = 10

async function loadCategories(request: RequestContext<CategoryQuery, unknown>): Promise<CategoryRow[]> {
  const withProducts = request.fields.has('products') || request.fields.has('category_children.products')
  const rows = await request.context.db.read(
    request.context.scope,
    categoriesStatement(tenantOf(request.context), withProducts, channelsOf(request)),
  )
  await translated(request.context, request.locale, rows)
  return rows
}

function renderCategory(request: RequestContext<CategoryQuery, unknown>, rows: readonly CategoryRow[], id: string): unknown {
  const { include_ancestors_tree: ancestors, include_descendants_tree: descendants } = request.query
  const tree = categoryTree(rows, id, { up: ancestors === true ? deepest : 3, down: descendants === true ? deepest : 3 })
  const projected = request.fields.project(tree) as Record<string, unknown>
  // Asked for as trees, they come whole, whatever depth the fields name.
  if (ancestors === true) projected.parent_category = plainTree(tree?.parent_category ?? null)
  if (descendants === true) projected.category_children = tree?.category_children.map(plainTree)
  return projected
}

function plainTree(node: CategoryNode | null): unknown {
  if (node === null) return null
  const { products: _products, deleted_at: _deleted, ...rest } = node
  return { ...rest, parent_category: plainTree(node.parent_category), category_children: node.category_children.map(plainTree) }
}

function matches(row: CategoryRow, query: CategoryQuery): boolean {
  return (
    (query.id?.includes(row.id) ?? true) &&
    (query.name?.includes(row.name) ?? true) &&
    (query.handle?.includes(row.handle) ?? true) &&
    (query.description?.includes(row.description) ?? true) &&
    (query.external_id?.includes(row.external_id ?? '') ?? true) &&
    ((query.parent_category_id as (string | null)[] | undefined)?.includes(row.parent_category_id) ?? true) &&
    (query.q === undefined || `${row.name} ${row.description}`.toLowerCase().includes(query.q.toLowerCase()))
  )
}

const categoryRoutes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/product-categories',
    summary: 'List categories',
    access: 'public',
    query: categoryQuery,
    fields: categoryFields,
    page: { limit: 50, orderable: ['rank', 'id', 'name'] },
    async handle(request) {
      const rows = await loadCategories(request)
      const { limit, offset, order } = request.page
      const field = order.field as 'rank' | 'id' | 'name'
      const sign = order.descending ? -1 : 1
      const found = rows
        .filter((row) => matches(row, request.query))
        .sort((a, b) => sign * (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0))
      const page = found.slice(offset, offset + limit)
      return { product_categories: page.map((row) => renderCategory(request, rows, row.id)), count: found.length, offset, limit }
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
      if (!rows.some((row) => row.id === id)) throw notFound(`Category with id: ${id} was not found`)
      return { product_category: renderCategory(request, rows, id) }
    },
  }),
]

const optionQuery = z.strictObject({ q, id: oneOrMany.optional(), title: oneOrMany.optional(), is_exclusive: booleanText.optional() })

async function loadOptions(
  request: RequestContext<unknown, unknown>,
  filter: Omit<Parameters<typeof listOptionsStatement>[1], 'salesChannelIds'>,
) {
  return request.context.db.read(
    request.context.scope,
    listOptionsStatement(tenantOf(request.context), { ...filter, salesChannelIds: channelsOf(request) }),
  )
}

const optionRoutes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/product-options',
    summary: 'List options of published products',
    access: 'public',
    query: optionQuery,
    fields: optionFields,
    page: { limit: 50, orderable: ['id'] },
    async handle(request) {
      const { id = null, title = null, q: words = null, is_exclusive: isExclusive = null } = request.query
      const rows = await loadOptions(request, { id, title, q: words, isExclusive, ...request.page })
      const items = rows.map((row) => row.item)
      await translated(request.context, request.locale, items)
      return listed('product_options', items, request, rows[0]?.count ?? 0)
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/product-options/:id',
    summary: 'An option of a published product',
    access: 'public',
    fields: optionFields,
    ids: { id: 'product_option' },
    async handle(request) {
      const id = request.params.id as string
      const [row] = await loadOptions(request, { id: [id], title: null, q: null, isExclusive: null, limit: 1, offset: 0 })
      if (row === undefined) throw notFound(`Product option with id: ${id} was not found`)
      await translated(request.context, request.locale, [row.item])
      return { product_option: request.fields.project(row.item) }
    },
  }),
]

async function loadVendors(request: RequestContext<unknown, unknown>, idOrHandle: string | null, page: { limit: number; offset: number }) {
  const rows = await request.context.db.read(
    request.context.scope,
    listVendorsStatement(tenantOf(request.context), { idOrHandle, ...page }),
  )
  const vendors = rows.map((row) => ({ ...row, logo: absoluteUrl(row.logo, request.services.publicUrl) }))
  if (request.fields.has('rating')) await withVendorRatings(request.context, vendors)
  await translated(request.context, request.locale, vendors)
  return vendors
}

const vendorRoutes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/vendors',
    summary: 'List vendors of the store',
    access: 'public',
    fields: vendorFields,
    page: { limit: 50, orderable: ['name'] },
    async handle(request) {
      const rows = await loadVendors(request, null, request.page)
      return listed('vendors', rows, request, rows[0]?.count ?? 0)
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/vendors/:handle',
    summary: 'A vendor, by handle or id',
    access: 'public',
    fields: vendorFields,
    ids: { handle: 'vendor' },
    async handle(request) {
      const handle = request.params.handle as string
      const [row] = await loadVendors(request, handle, { limit: 1, offset: 0 })
      if (row === undefined) throw notFound(`Vendor with handle: ${handle} was not found`)
      return { vendor: request.fields.project(row) }
    },
  }),
]

export const routes: Route[] = [
  ...nounRoutes({
    noun: 'collection',
    path: '/store/collections',
    plural: 'collections',
    singular: 'collection',
    label: 'Collection',
    fields: collectionFields,
    limit: 10,
    descending: true,
  }),
  ...nounRoutes({
    noun: 'type',
    path: '/store/product-types',
    plural: 'product_types',
    singular: 'product_type',
    label: 'Product type',
    fields: valueFields,
    limit: 50,
    descending: false,
  }),
  ...nounRoutes({
    noun: 'tag',
    path: '/store/product-tags',
    plural: 'product_tags',
    singular: 'product_tag',
    label: 'Product tag',
    fields: valueFields,
    limit: 50,
    descending: false,
  }),
  ...categoryRoutes,
  ...optionRoutes,
  ...vendorRoutes,
]

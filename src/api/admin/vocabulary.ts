import { z } from 'zod'
import {
  categoriesOfStoreStatement,
  collectionsOfStoreStatement,
  createCategory,
  createCollection,
  createWord,
  deleteCategory,
  deleteCollection,
  deleteWord,
  groupedProductsStatement,
  groupProducts,
  type ProductGroup,
  updateCategory,
  updateCollection,
  updateWord,
  wordsOfStoreStatement,
} from '../../catalog/index.js'
import { containsPattern, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { limits } from '../../kernel/index.js'
import { type AnyRequest, handle, id, ids, links, name, q, reach, reading, removal, text, write } from './shared.js'

/** The id that the store's other systems know it by. */
const externalId = z.string().trim().min(1).max(limits.name_characters).nullish()
const title = z.string().trim().min(1).max(limits.title_characters)

const collectionFields: FieldsPolicy = {
  defaults: ['id', 'title', 'handle', 'external_id', 'metadata', 'created_at', 'updated_at', 'deleted_at'],
  extra: ['products.*'],
}

const collections = reading({
  path: '/admin/collections',
  singular: 'collection',
  plural: 'collections',
  label: 'Product collection',
  access: 'products:read',
  query: z.strictObject({ q, id: ids, title: oneOrMany.optional(), handle: oneOrMany.optional() }),
  narrowing: { table: 'product_collection', columns: { title: 'text', handle: 'text', external_id: 'text' } },
  fields: collectionFields,
  orderable: ['id', 'created_at', 'updated_at', 'title', 'handle'],
  async load(request, query, page) {
    const filter = { id: query.id ?? null, q: containsPattern(query.q), name: query.title ?? null, handle: query.handle ?? null }
    const { context } = request
    const rows = await context.db.read(context.scope, collectionsOfStoreStatement(tenantOf(context), filter, page))
    return withProducts(request, 'product_collection', rows)
  },
})

const collectionRoutes: Route[] = [
  ...collections.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/collections',
    summary: 'Create a collection',
    access: 'catalog:write',
    body: z.strictObject({ title, handle: handle.optional(), external_id: externalId, metadata }),
    fields: collectionFields,
    async handle(request) {
      const { handle: wanted, metadata: extra, external_id = null, title: words } = request.body
      const input = { title: words, external_id, ...(wanted === undefined ? {} : { handle: wanted }), metadata: extra ?? null }
      return collections.answer(request, await write(request, (unit) => createCollection(unit, input)))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/collections/:id',
    summary: 'Change a collection',
    access: 'catalog:write',
    body: z.strictObject({ title: title.optional(), handle: handle.optional(), external_id: externalId, metadata }),
    fields: collectionFields,
    ids: { id: 'collection' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => updateCollection(unit, wanted, request.body))
      return collections.answer(request, wanted)
    },
  }),
  removal({
    path: '/admin/collections',
    object: 'collection',
    summary: 'Take a collection out of use',
    access: 'catalog:write',
    remove: deleteCollection,
  }),
  gathering('product_collection', {
    path: '/admin/collections',
    object: 'collection',
    fields: collectionFields,
    answer: collections.answer,
  }),
]

const categoryFields: FieldsPolicy = {
  defaults: [
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
    'parent_category.*',
    'category_children.*',
  ],
  extra: ['products.*'],
}

/** Rows with the products in them that the caller may read, where those are asked for. */
async function withProducts<Row extends { id: string }>(request: AnyRequest, kind: ProductGroup, rows: Row[]): Promise<Row[]> {
  if (!request.fields.has('products') || rows.length === 0) return rows
  const { context } = request
  const wanted = rows.map((row) => row.id)
  const within = reach(request, 'products:read')
  const found = await context.db.read(context.scope, groupedProductsStatement(tenantOf(context), kind, wanted, within))
  const byId = new Map(found.map(({ id: group, products }) => [group, products]))
  return rows.map((row) => ({ ...row, products: byId.get(row.id) ?? [] }))
}

/** Puts products into a category or collection. */
function gathering(kind: ProductGroup, noun: { path: string; object: string; fields: FieldsPolicy; answer: Answer }): Route {
  return route({
    surface: 'admin',
    method: 'POST',
    path: `${noun.path}/:id/products`,
    summary: `Put products into a ${noun.object.replace('product_', '')}, or take them out`,
    access: 'catalog:write',
    body: links,
    fields: noun.fields,
    ids: { id: noun.object, add: 'product', remove: 'product' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => groupProducts(unit, { kind, id: wanted }, request.body))
      return noun.answer(request, wanted)
    },
  })
}
type Answer = (request: AnyRequest, wanted: string) => Promise<Record<string, unknown>>

const categoryColumns = {
  description: text.optional(),
  handle: handle.optional(),
  parent_category_id: id.nullish(),
  rank: z.int().min(0).max(1_000_000).optional(),
  is_active: z.boolean().optional(),
  is_internal: z.boolean().optional(),
  external_id: externalId,
  metadata,
}

const categories = reading({
  path: '/admin/product-categories',
  singular: 'product_category',
  plural: 'product_categories',
  label: 'Product category',
  access: 'products:read',
  query: z.strictObject({ q, id: ids, name: oneOrMany.optional(), handle: oneOrMany.optional(), parent_category_id: ids }),
  narrowing: {
    table: 'product_category',
    columns: {
      name: 'text',
      handle: 'text',
      description: 'text',
      external_id: 'text',
      is_active: 'boolean',
      is_internal: 'boolean',
      rank: 'number',
    },
  },
  fields: categoryFields,
  orderable: ['rank', 'id', 'created_at', 'updated_at', 'name', 'handle'],
  async load(request, query, page) {
    const filter = {
      id: query.id ?? null,
      q: containsPattern(query.q),
      name: query.name ?? null,
      handle: query.handle ?? null,
      parentId: query.parent_category_id ?? null,
    }
    const { context } = request
    const rows = await context.db.read(context.scope, categoriesOfStoreStatement(tenantOf(context), filter, page))
    return withProducts(request, 'product_category', rows)
  },
})

const categoryRoutes: Route[] = [
  ...categories.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/product-categories',
    summary: 'Create a category',
    access: 'catalog:write',
    body: z.strictObject({ name, ...categoryColumns }),
    fields: categoryFields,
    ids: { parent_category_id: 'product_category' },
    async handle(request) {
      const given = Object.fromEntries(Object.entries(request.body).filter(([, value]) => value !== undefined))
      const input = { ...given, name: request.body.name }
      return categories.answer(request, await write(request, (unit) => createCategory(unit, input)))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/product-categories/:id',
    summary: 'Change a category, or move it',
    access: 'catalog:write',
    body: z.strictObject({ name: name.optional(), ...categoryColumns }),
    fields: categoryFields,
    ids: { id: 'product_category', parent_category_id: 'product_category' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => updateCategory(unit, wanted, request.body))
      return categories.answer(request, wanted)
    },
  }),
  removal({
    path: '/admin/product-categories',
    object: 'product_category',
    summary: 'Take a category without others below it out of use',
    access: 'catalog:write',
    remove: deleteCategory,
  }),
  gathering('product_category', {
    path: '/admin/product-categories',
    object: 'product_category',
    fields: categoryFields,
    answer: categories.answer,
  }),
]

const wordFields: FieldsPolicy = { defaults: ['id', 'value', 'external_id', 'metadata', 'created_at', 'updated_at', 'deleted_at'] }

/** Types and tags differ in their names only. */
function wordRoutes(kind: 'type' | 'tag'): Route[] {
  const path = `/admin/product-${kind}s`
  const words = reading({
    path,
    singular: `product_${kind}`,
    plural: `product_${kind}s`,
    label: `Product ${kind}`,
    access: 'products:read',
    query: z.strictObject({ q, id: ids, value: oneOrMany.optional() }),
    narrowing: { table: `product_${kind}`, columns: { value: 'text', external_id: 'text' } },
    fields: wordFields,
    orderable: ['id', 'created_at', 'updated_at', 'value'],
    load: ({ context }, query, page) =>
      context.db.read(
        context.scope,
        wordsOfStoreStatement(
          tenantOf(context),
          kind,
          { id: query.id ?? null, q: containsPattern(query.q), name: query.value ?? null },
          page,
        ),
      ),
  })
  return [
    ...words.routes,
    route({
      surface: 'admin',
      method: 'POST',
      path,
      summary: `Create a product ${kind}`,
      access: 'catalog:write',
      body: z.strictObject({ value: name, external_id: externalId, metadata }),
      fields: wordFields,
      handle: async (request) => words.answer(request, await write(request, (unit) => createWord(unit, kind, request.body))),
    }),
    route({
      surface: 'admin',
      method: 'POST',
      path: `${path}/:id`,
      summary: `Change a product ${kind}`,
      access: 'catalog:write',
      body: z.strictObject({ value: name.optional(), external_id: externalId, metadata }),
      fields: wordFields,
      ids: { id: `product_${kind}` },
      async handle(request) {
        const wanted = request.params.id as string
        await write(request, (unit) => updateWord(unit, kind, wanted, request.body))
        return words.answer(request, wanted)
      },
    }),
    removal({
      path,
      object: `product_${kind}`,
      summary: `Take a product ${kind} out of use`,
      access: 'catalog:write',
      remove: (unit, wanted) => deleteWord(unit, kind, wanted),
    }),
  ]
}

export const routes: Route[] = [...collectionRoutes, ...categoryRoutes, ...wordRoutes('type'), ...wordRoutes('tag')]

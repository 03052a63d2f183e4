import { z } from 'zod'
import {
  collectionsOfStoreStatement,
  createCollection,
  createWord,
  deleteCollection,
  deleteWord,
  groupedProductsStatement,
  groupProducts,
  type ProductGroup,
  type ProductsUnder,
  updateCollection,
  updateWord,
  wordsOfStoreStatement,
} from '../../catalog/index.js'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { limits } from '../../kernel/index.js'
import { type AnyRequest, handle, ids, links, name, q, reach, reading, removal, withAdditional, write } from './shared.js'

/** The id that the store's other systems know it by. */
export const externalId = z.string().trim().min(1).max(limits.name_characters).nullish()
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
  limit: 10,
  orderable: ['id', 'created_at', 'updated_at', 'title', 'handle'],
  async load(request, query, page) {
    const filter = { id: query.id ?? null, q: wordPatterns(query.q), name: query.title ?? null, handle: query.handle ?? null }
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
    body: withAdditional(z.strictObject({ title, handle, external_id: externalId, metadata })),
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
    body: withAdditional(z.strictObject({ title: title.optional(), handle, external_id: externalId, metadata })),
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

/** Rows with the products in them that the caller may read, where those are asked for. */
export async function withProducts<Row extends { id: string }>(request: AnyRequest, kind: ProductsUnder, rows: Row[]): Promise<Row[]> {
  if (!request.fields.has('products') || rows.length === 0) return rows
  const { context } = request
  const wanted = rows.map((row) => row.id)
  const within = reach(request, 'products:read')
  const found = await context.db.read(context.scope, groupedProductsStatement(tenantOf(context), kind, wanted, within))
  const byId = new Map(found.map(({ id: group, products }) => [group, products]))
  return rows.map((row) => ({ ...row, products: byId.get(row.id) ?? [] }))
}

/** Puts products into a category or collection. */
export function gathering(kind: ProductGroup, noun: { path: string; object: string; fields: FieldsPolicy; answer: Answer }): Route {
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

const wordFields: FieldsPolicy = {
  defaults: ['id', 'value', 'external_id', 'metadata', 'created_at', 'updated_at', 'deleted_at'],
  extra: ['products.*'],
}

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
    limit: kind === 'type' ? 10 : 20,
    orderable: ['id', 'created_at', 'updated_at', 'value'],
    async load(request, query, page) {
      const filter = { id: query.id ?? null, q: wordPatterns(query.q), name: query.value ?? null }
      const { context } = request
      const rows = await context.db.read(context.scope, wordsOfStoreStatement(tenantOf(context), kind, filter, page))
      return withProducts(request, `product_${kind}`, rows)
    },
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

export const routes: Route[] = [...collectionRoutes, ...wordRoutes('type'), ...wordRoutes('tag')]

import { z } from 'zod'
import { type ManagedOptionFilter, managedOptionOrders, managedOptionsStatement } from '../../catalog/index.js'
import { containsPattern, type ListPage, singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { productExists } from './products.js'
import { type AnyRequest, ids, q, reach, reading } from './shared.js'

// Options are a product's own; they are listed over all products, and of one.

const fields: FieldsPolicy = {
  defaults: ['id', 'title', 'rank', 'is_exclusive', 'product_id', 'metadata', 'created_at', 'updated_at', 'deleted_at', 'values.*'],
}

const everything = { id: null, title: null, q: null, productId: null }

function load(request: AnyRequest, filter: Omit<ManagedOptionFilter, 'vendorIds'>, page: ListPage) {
  const { context } = request
  const vendorIds = reach(request, 'products:read')
  return context.db.read(context.scope, managedOptionsStatement(tenantOf(context), { ...filter, vendorIds }, page))
}

const options = reading({
  path: '/admin/product-options',
  singular: 'product_option',
  plural: 'product_options',
  label: 'Product option',
  access: 'products:read',
  query: z.strictObject({ q, id: ids, title: oneOrMany.optional(), product_id: ids }),
  narrowing: { table: 'product_option', columns: { title: 'text', is_exclusive: 'boolean' } },
  fields,
  limit: 20,
  orderable: managedOptionOrders,
  load: (request, query, page) =>
    load(
      request,
      { id: query.id ?? null, title: query.title ?? null, q: containsPattern(query.q), productId: query.product_id ?? null },
      page,
    ),
})

export const routes: Route[] = [
  ...options.routes,
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/products/:id/options',
    summary: "A product's options",
    access: 'products:read',
    query: z.strictObject({ q, id: ids, title: oneOrMany.optional() }),
    fields,
    page: { limit: 50, orderable: managedOptionOrders },
    ids: { id: 'product' },
    async handle(request) {
      const { query, page, params } = request
      await productExists(request, params.id as string)
      const filter = { id: query.id ?? null, title: query.title ?? null, q: containsPattern(query.q), productId: [params.id as string] }
      const rows = await load(request, filter, page)
      const { offset, limit } = page
      return { product_options: rows.map((row) => request.fields.project(row)), count: rows[0]?.count ?? 0, offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/products/:id/options/:option_id',
    summary: 'An option of a product',
    access: 'products:read',
    fields,
    ids: { id: 'product', option_id: 'product_option' },
    async handle(request) {
      const { id: productId, option_id: wanted } = request.params as { id: string; option_id: string }
      const [row] = await load(request, { ...everything, id: [wanted], productId: [productId] }, singlePage)
      if (row === undefined) throw notFound(`Product option with id: ${wanted} was not found`)
      return { product_option: request.fields.project(row) }
    },
  }),
]

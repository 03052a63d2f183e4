import { z } from 'zod'
import { type ProductReview, productReviewStatuses, productReviewsStatement } from '../../catalog/index.js'
import { readPage, singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'

/** Who of the store's staff decided is the store's business. */
const fields: FieldsPolicy = {
  defaults: [
    'id',
    'status',
    'message',
    'product_id',
    'decided_at',
    'created_at',
    'updated_at',
    'product.id',
    'product.title',
    'product.handle',
    'product.status',
  ],
}
const status = z.enum(productReviewStatuses)

export const routes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/product-reviews',
    summary: "What the store said of the vendor's proposed products, the last one first",
    access: 'products:read',
    query: z.strictObject({
      id: oneOrMany.optional(),
      product_id: oneOrMany.optional(),
      status: z.union([status, z.array(status).max(productReviewStatuses.length)]).optional(),
    }),
    fields,
    page: { limit: 50, orderable: ['created_at', 'updated_at', 'id'], descending: true },
    async handle({ context, query, page, fields: tree }) {
      const filter = { id: query.id, productIds: query.product_id, status: query.status === undefined ? undefined : [query.status].flat() }
      const { rows, count } = await readPage(context, page, (part) => productReviewsStatement(tenantOf(context), filter, part))
      return { product_reviews: rows.map((row) => tree.project(row)), count, offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/product-reviews/:id',
    summary: 'What the store said of a proposed product',
    access: 'products:read',
    fields,
    ids: { id: 'product_review' },
    async handle({ context, params, fields: tree }) {
      const id = params.id as string
      const reviews = productReviewsStatement(tenantOf(context), { id: [id] }, singlePage)
      const [review]: ProductReview[] = await context.db.read(context.scope, reviews)
      if (review === undefined) throw notFound(`Product review with id: ${id} was not found`)
      return { product_review: tree.project(review) }
    },
  }),
]

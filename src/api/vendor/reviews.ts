import { z } from 'zod'
import { absoluteUrl } from '../../catalog/index.js'
import { readPage, singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { answerReview, listReviewsStatement, type Review } from '../../reviews/index.js'

/** Published reviews only, and of their writers the name that everybody sees. */
const fields: FieldsPolicy = {
  defaults: [
    'id',
    'rating',
    'title',
    'content',
    'author_name',
    'product_id',
    'answer',
    'answered_at',
    'answered_by',
    'created_at',
    'updated_at',
    'product.*',
  ],
}
const status = ['published'] as const

async function answer(request: RequestContext<unknown, unknown>) {
  const { context, params } = request
  const id = params.id as string
  const [review] = await context.db.read(context.scope, listReviewsStatement(tenantOf(context), { id: [id], status }, singlePage))
  if (review === undefined) throw notFound(`Review with id: ${id} was not found`)
  return { review: rendered(request, review) }
}

function rendered({ fields: tree, services }: RequestContext<unknown, unknown>, review: Review): unknown {
  const { product } = review
  return tree.project({ ...review, product: product && { ...product, thumbnail: absoluteUrl(product.thumbnail, services.publicUrl) } })
}

export const routes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/reviews',
    summary: 'Published reviews of the vendor and its products',
    access: 'reviews:read',
    query: z.strictObject({ id: oneOrMany.optional(), product_id: oneOrMany.optional(), of: z.enum(['product', 'vendor']).optional() }),
    fields,
    page: { limit: 50, orderable: ['created_at', 'updated_at', 'id', 'rating'], descending: true },
    async handle(request) {
      const { context, query, page } = request
      const filter = { id: query.id, productIds: query.product_id, of: query.of, status }
      const { rows, count } = await readPage(context, page, (part) => listReviewsStatement(tenantOf(context), filter, part))
      return { reviews: rows.map((row) => rendered(request, row)), count, offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/reviews/:id/answer',
    summary: 'Answer a review, or change the answer',
    access: 'reviews:answer',
    body: z.strictObject({ answer: z.string().trim().min(1).max(5_000) }),
    fields,
    ids: { id: 'review' },
    async handle(request) {
      const { context, params, body } = request
      await context.db.unitOfWork(context.scope, (unit) => answerReview(unit, params.id as string, body.answer, context.actorId))
      return answer(request)
    },
  }),
  route({
    surface: 'vendor',
    method: 'DELETE',
    path: '/vendor/reviews/:id/answer',
    summary: 'Take an answer back',
    access: 'reviews:answer',
    fields,
    ids: { id: 'review' },
    async handle(request) {
      const { context, params } = request
      await context.db.unitOfWork(context.scope, (unit) => answerReview(unit, params.id as string, null, context.actorId))
      return answer(request)
    },
  }),
]

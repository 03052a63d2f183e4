import { z } from 'zod'
import { absoluteUrl } from '../../catalog/index.js'
import { countBeside, type ListPage, readPage, singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import {
  deleteOwnReview,
  listReviewsStatement,
  type Review,
  type ReviewFilter,
  ratingSummaryStatement,
  reviewSubjectStatement,
  updateOwnReview,
  writeReview,
} from '../../reviews/index.js'
import { customerIdOf } from './customers.js'
import { listed, salesChannelsOf } from './shared.js'

type AnyRequest = RequestContext<unknown, unknown>
type Subject = Parameters<typeof writeReview>[2]

/** Nothing of the customer but the name that the review carries. */
const publicFields: FieldsPolicy = {
  defaults: ['id', 'rating', 'title', 'content', 'author_name', 'answer', 'answered_at', 'created_at', 'updated_at'],
}
const ownFields: FieldsPolicy = {
  defaults: [...publicFields.defaults, 'status', 'product_id', 'vendor_id', 'product.*', 'vendor.*'],
}

const title = z.string().trim().max(limits.name_characters).nullish()
const content = z.string().trim().max(5_000).nullish()
const rating = z.number().int().min(1).max(5)
const body = z.strictObject({ rating, title, content })

async function answerOwn(request: AnyRequest, id: string) {
  const { context, fields } = request
  const filter: ReviewFilter = { id: [id], customerId: customerIdOf(request) }
  const [review] = await context.db.read(context.scope, listReviewsStatement(tenantOf(context), filter, singlePage))
  if (review === undefined) throw notFound(`Review with id: ${id} was not found`)
  return { review: fields.project(withPictures(review, request)) }
}

function withPictures(review: Review, { services }: AnyRequest): Review {
  if (review.product === null) return review
  return { ...review, product: { ...review.product, thumbnail: absoluteUrl(review.product.thumbnail, services.publicUrl) } }
}

/** Reviews of one subject and how its stars are spread. Throws not_found for a subject that is not there to be seen. */
async function answerList(request: AnyRequest, subject: Subject, rating: readonly number[] | undefined, page: ListPage) {
  const { context } = request
  const tenantId = tenantOf(context)
  const [found] = await context.db.read(context.scope, reviewSubjectStatement(tenantId, subject))
  if (found === undefined)
    throw notFound(
      'vendor' in subject ? `Vendor with handle: ${subject.vendor} was not found` : `Product with id: ${subject.productId} was not found`,
    )
  const ofSubject: ReviewFilter =
    found.product_id === null ? { vendorIds: [found.vendor_id], of: 'vendor' } : { productIds: [found.product_id] }
  const published = (part: ListPage) => listReviewsStatement(tenantId, { ...ofSubject, rating, status: ['published'] }, part)
  const [rows, [summary]] = await context.db.readAll(context.scope, [published(page), ratingSummaryStatement(tenantId, found)])
  return { ...listed('reviews', rows, request, await countBeside(rows, context, page, published)), summary }
}

const stars = z
  .union([z.string(), z.array(z.string()).max(5)])
  .transform((value) => [value].flat().map(Number))
  .pipe(z.array(rating))

/** Of products and of vendors, reviews are read and written alike. */
function subjectRoutes(path: string, ids: Record<string, string>, label: string, subjectOf: (request: AnyRequest) => Subject): Route[] {
  return [
    route({
      surface: 'store',
      method: 'GET',
      path,
      summary: `Published reviews of a ${label}, and how its stars are spread`,
      access: 'public',
      query: z.strictObject({ rating: stars.optional() }),
      fields: publicFields,
      page: { limit: 20, orderable: ['created_at', 'rating', 'id'], descending: true },
      ids,
      handle: (request) => answerList(request, subjectOf(request), request.query.rating, request.page),
    }),
    route({
      surface: 'store',
      method: 'POST',
      path,
      summary: `Review a ${label} that one has bought`,
      access: 'customer',
      body,
      fields: ownFields,
      ids,
      async handle(request) {
        const { context } = request
        const { rating: given, title: heading = null, content: said = null } = request.body
        const text = { rating: given, title: heading || null, content: said || null }
        const id = await context.db.unitOfWork(context.scope, (unit) => writeReview(unit, customerIdOf(request), subjectOf(request), text))
        return answerOwn(request, id)
      },
    }),
  ]
}

const ownRoutes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/customers/me/reviews',
    summary: "The signed-in customer's reviews, those that wait included",
    access: 'customer',
    fields: ownFields,
    page: { limit: 20, orderable: ['created_at', 'updated_at', 'id'], descending: true },
    async handle(request) {
      const { context, page } = request
      const filter = { customerId: customerIdOf(request) }
      const { rows, count } = await readPage(context, page, (part) => listReviewsStatement(tenantOf(context), filter, part))
      return listed(
        'reviews',
        rows.map((row) => withPictures(row, request)),
        request,
        count,
      )
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/customers/me/reviews/:id',
    summary: 'Change a review of one’s own; it waits for the store’s staff again',
    access: 'customer',
    body: z.strictObject({ rating: rating.optional(), title, content }),
    fields: ownFields,
    ids: { id: 'review' },
    async handle(request) {
      const { context, params } = request
      const id = params.id as string
      await context.db.unitOfWork(context.scope, (unit) => updateOwnReview(unit, customerIdOf(request), id, request.body))
      return answerOwn(request, id)
    },
  }),
  route({
    surface: 'store',
    method: 'DELETE',
    path: '/store/customers/me/reviews/:id',
    summary: 'Take a review of one’s own back',
    access: 'customer',
    ids: { id: 'review' },
    async handle(request) {
      const { context, params } = request
      const id = params.id as string
      await context.db.unitOfWork(context.scope, (unit) => deleteOwnReview(unit, customerIdOf(request), id))
      return { id, object: 'review', deleted: true }
    },
  }),
]

export const routes: Route[] = [
  ...subjectRoutes('/store/products/:id/reviews', { id: 'product' }, 'product', (request) => ({
    productId: request.params.id as string,
    salesChannelIds: salesChannelsOf(request),
  })),
  ...subjectRoutes('/store/vendors/:handle/reviews', { handle: 'vendor' }, 'vendor', (request) => ({
    vendor: request.params.handle as string,
  })),
  ...ownRoutes,
]

import { z } from 'zod'
import {
  absoluteUrl,
  type ProductDecision,
  type ProductReview,
  productReviewStatuses,
  productReviewsStatement,
  reviewProduct,
} from '../../catalog/index.js'
import { tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { ids, moment, reach, reading, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'status',
    'message',
    'product_id',
    'product_updated_at',
    'vendor_id',
    'decided_by',
    'decided_at',
    'created_at',
    'updated_at',
    'product.*',
    'vendor.*',
  ],
}
const status = z.enum(productReviewStatuses)

const reviews = reading({
  path: '/admin/product-reviews',
  singular: 'product_review',
  plural: 'product_reviews',
  label: 'Product review',
  access: 'products:read',
  query: z.strictObject({
    id: ids,
    product_id: ids,
    vendor_id: ids,
    status: z.union([status, z.array(status).max(productReviewStatuses.length)]).optional(),
  }),
  fields,
  orderable: ['created_at', 'updated_at', 'id'],
  load(request, query, page) {
    const within = reach(request, 'products:read')
    const vendorIds = query.vendor_id === undefined ? within : query.vendor_id.filter((id) => within === null || within.includes(id))
    const filter = {
      id: query.id,
      productIds: query.product_id,
      vendorIds,
      status: query.status === undefined ? undefined : [query.status].flat(),
    }
    return request.context.db.read(request.context.scope, productReviewsStatement(tenantOf(request.context), filter, page))
  },
  render: (review: ProductReview, { services }) => ({
    ...review,
    product: { ...review.product, thumbnail: absoluteUrl(review.product.thumbnail, services.publicUrl) },
  }),
})

const words = text.trim().min(1)

function decisionRoute(verb: string, summary: string, decided: ProductDecision['status']): Route {
  return route({
    surface: 'admin',
    method: 'POST',
    path: `/admin/product-reviews/:id/${verb}`,
    summary,
    access: 'products:write',
    // Who is turned down is told why.
    body: z.strictObject({ message: decided === 'approved' ? words.nullish() : words, product_updated_at: moment.nullish() }),
    fields,
    ids: { id: 'product_review' },
    async handle(request) {
      const { context, body } = request
      const id = request.params.id as string
      const decision = { status: decided, message: body.message ?? null, productUpdatedAt: body.product_updated_at ?? null }
      await write(request, (unit) => reviewProduct(context, unit, id, decision, reach(request, 'products:write')))
      return reviews.answer(request, id)
    },
  })
}

export const routes: Route[] = [
  ...reviews.routes,
  decisionRoute('approve', 'Put a product on sale that a vendor proposed', 'approved'),
  decisionRoute('reject', 'Reject a product that a vendor proposed; a mail tells its people why', 'rejected'),
  decisionRoute('request-changes', 'Make a proposed product a draft again; a mail tells what is to be changed', 'changes_requested'),
]

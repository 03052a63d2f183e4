import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { listReviewsStatement, moderateReview } from '../../reviews/index.js'
import { ids, reach, reading, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'rating',
    'title',
    'content',
    'author_name',
    'status',
    'customer_id',
    'product_id',
    'vendor_id',
    'moderated_at',
    'moderated_by',
    'answer',
    'answered_at',
    'answered_by',
    'created_at',
    'updated_at',
    'product.*',
    'vendor.*',
  ],
}
const status = z.enum(['pending', 'published', 'rejected'])

const reviews = reading({
  path: '/admin/reviews',
  singular: 'review',
  plural: 'reviews',
  label: 'Review',
  access: 'reviews:read',
  query: z.strictObject({
    id: ids,
    product_id: ids,
    vendor_id: ids,
    status: z.union([status, z.array(status).max(3)]).optional(),
    of: z.enum(['product', 'vendor']).optional(),
  }),
  fields,
  orderable: ['created_at', 'updated_at', 'id', 'rating'],
  load(request, query, page) {
    const within = reach(request, 'reviews:read')
    const vendorIds = query.vendor_id === undefined ? within : query.vendor_id.filter((id) => within === null || within.includes(id))
    const filter = {
      id: query.id,
      productIds: query.product_id,
      vendorIds,
      status: query.status === undefined ? undefined : [query.status].flat(),
      of: query.of,
    }
    return request.context.db.read(request.context.scope, listReviewsStatement(tenantOf(request.context), filter, page))
  },
})

function decisionRoute(verb: 'approve' | 'reject', summary: string): Route {
  return route({
    surface: 'admin',
    method: 'POST',
    path: `/admin/reviews/:id/${verb}`,
    summary,
    access: 'reviews:write',
    fields,
    ids: { id: 'review' },
    async handle(request) {
      const id = request.params.id as string
      const decision = {
        status: verb === 'approve' ? ('published' as const) : ('rejected' as const),
        moderatedBy: request.context.actorId,
        vendorIds: reach(request, 'reviews:write'),
      }
      await write(request, (unit) => moderateReview(unit, id, decision))
      return reviews.answer(request, id)
    },
  })
}

export const routes: Route[] = [
  ...reviews.routes,
  decisionRoute('approve', 'Publish a review'),
  decisionRoute('reject', 'Keep a review from being shown'),
]

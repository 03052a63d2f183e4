import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { type DisputeView, listDisputesStatement, submitEvidence } from '../../disputes/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { limits, toMajor } from '../../kernel/index.js'
import { ids, needWholeStore, reading } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'payment_id',
    'order_id',
    'reference',
    'currency_code',
    'amount',
    'reason',
    'status',
    'evidence_due_at',
    'evidence_submitted_at',
    'closed_at',
    'created_at',
    'updated_at',
  ],
}

const disputes = reading({
  path: '/admin/disputes',
  singular: 'dispute',
  plural: 'disputes',
  label: 'Dispute',
  access: 'disputes:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, order_id: ids, payment_id: ids, status: ids }),
  ids: { payment_id: 'payment' },
  fields,
  orderable: ['id', 'created_at', 'updated_at', 'evidence_due_at'],
  descending: true,
  load: ({ context }, query, page) => {
    const filter = {
      id: query.id ?? null,
      orderId: query.order_id ?? null,
      paymentId: query.payment_id ?? null,
      status: query.status ?? null,
    }
    return context.db.read(context.scope, listDisputesStatement(tenantOf(context), filter, page))
  },
  render: ({ amount_minor, ...dispute }: DisputeView) => ({ ...dispute, amount: toMajor(amount_minor, dispute.currency_code) }),
})

const words = z.string().trim().min(1).max(limits.text_characters).optional()

export const routes: Route[] = [
  ...disputes.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/disputes/:id/evidence',
    summary: 'Answer a dispute, once: what is sent here goes to the bank',
    access: 'disputes:write',
    body: z
      .strictObject({
        customer_name: words,
        product_description: words,
        shipping_address: words,
        shipping_carrier: words,
        shipping_date: words,
        shipping_tracking_number: words,
        uncategorized_text: words,
      })
      .refine((body) => Object.keys(body).length > 0, 'Say something: an empty answer would be the only one'),
    fields,
    ids: { id: 'dispute' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'disputes:write')
      await submitEvidence(request.context, wanted, request.body)
      return disputes.answer(request, wanted)
    },
  }),
]

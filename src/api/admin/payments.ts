import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { limits, toMajor } from '../../kernel/index.js'
import { capturePayment, listPaymentsStatement, type PaymentView, refundPayment } from '../../payments/index.js'
import { id, ids, needWholeStore, reading } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'amount',
    'captured_amount',
    'refunded_amount',
    'currency_code',
    'provider_id',
    'payment_collection_id',
    'payment_session_id',
    'order_id',
    'data',
    'captured_at',
    'canceled_at',
    'created_at',
    'updated_at',
    'deleted_at',
    'captures.*',
    'refunds.*',
    'refunds.refund_reason.*',
  ],
}

function renderPayment({ amount_minor, captured_minor, refunded_minor, captures, refunds, ...payment }: PaymentView): object {
  const major = (minor: bigint | number) => toMajor(minor, payment.currency_code)
  return {
    ...payment,
    amount: major(amount_minor),
    captured_amount: major(captured_minor),
    refunded_amount: major(refunded_minor),
    captures: captures.map(({ amount_minor: taken, ...capture }) => ({ ...capture, amount: major(taken), payment_id: payment.id })),
    refunds: refunds.map(({ amount_minor: returned, ...refund }) => ({ ...refund, amount: major(returned), payment_id: payment.id })),
  }
}

const payments = reading({
  path: '/admin/payments',
  limit: 20,
  singular: 'payment',
  plural: 'payments',
  label: 'Payment',
  access: 'orders:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, order_id: ids, payment_collection_id: ids }),
  narrowing: {
    table: 'payment',
    columns: { payment_session_id: 'text', payment_collection_id: 'text', provider_id: 'text', currency_code: 'text', captured_at: 'date' },
  },
  fields,
  load: (request, query, page) => {
    const { context } = request
    const filter = { id: query.id ?? null, orderId: query.order_id ?? null, collectionId: query.payment_collection_id ?? null }
    return context.db.read(context.scope, listPaymentsStatement(tenantOf(context), filter, page))
  },
  render: renderPayment,
})

export const routes: Route[] = [
  ...payments.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payments/:id/capture',
    summary: 'Take authorised money: all that is open, or an amount of it',
    access: 'payments:capture',
    body: z.strictObject({ amount: z.number().gt(0).optional() }),
    fields,
    ids: { id: 'payment' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payments:capture')
      await capturePayment(request.context, wanted, request.body.amount)
      return payments.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payments/:id/refund',
    summary: 'Give captured money back: all that is left, an amount of it, or what a return is worth',
    access: 'payments:refund',
    body: z.strictObject({
      amount: z.number().gt(0).optional(),
      refund_reason_id: id.nullish(),
      note: z.string().max(limits.text_characters).nullish(),
      return_id: id.nullish(),
    }),
    fields,
    ids: { id: 'payment', refund_reason_id: 'refund_reason', return_id: 'return' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payments:refund')
      await refundPayment(request.context, wanted, request.body)
      return payments.answer(request, wanted)
    },
  }),
]

import { z } from 'zod'
import { renderCollection } from '../../carts/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { createOrderCollection, deleteOrderCollection, markAsPaid, startOrderPayment } from '../../payments/index.js'
import { wireOrder } from './order-answers.js'
import { type AnyRequest, deleted, id, name, needWholeStore } from './shared.js'

const fields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: ['*', 'payments.*', 'payments.captures.*', 'payments.refunds.*', 'payment_sessions.*', 'payment_providers.*'],
}

/** A collection as its order shows it. */
async function answer(request: AnyRequest, orderId: string, collectionId: string): Promise<Record<string, unknown>> {
  const order = await wireOrder(request, orderId)
  const collections = (order.payment_collections ?? []) as { id: string }[]
  const found = collections.find((collection) => collection.id === collectionId)
  if (found === undefined) throw notFound(`Payment collection with id: ${collectionId} was not found`)
  return { payment_collection: request.fields.project(found) }
}

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payment-collections',
    summary: 'Ask for what an order has come to more since it was placed',
    access: 'orders:write',
    body: z.strictObject({ order_id: id, amount: z.number().gt(0).optional() }),
    fields,
    ids: { order_id: 'order' },
    async handle(request) {
      needWholeStore(request, 'orders:write')
      const made = await createOrderCollection(request.context, request.body.order_id, request.body.amount)
      return answer(request, request.body.order_id, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payment-collections/:id/mark-as-paid',
    summary: 'Note that what an order still costs was paid',
    access: 'payments:capture',
    body: z.strictObject({ order_id: id, provider_id: name.default('pp_system_default') }),
    fields,
    ids: { id: 'order_collection', order_id: 'order' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payments:capture')
      await markAsPaid(request.context, wanted, { orderId: request.body.order_id, providerId: request.body.provider_id })
      return answer(request, request.body.order_id, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payment-collections/:id/payment-sessions',
    summary: "Start paying what an order still costs through a provider, as with the shopper's card on the telephone",
    access: 'payments:capture',
    body: z.strictObject({ provider_id: name, data: z.record(z.string().max(200), z.unknown()).optional() }),
    fields,
    ids: { id: 'order_collection' },
    async handle(request) {
      needWholeStore(request, 'payments:capture')
      const begun = await startOrderPayment(request.context, request.params.id as string, request.body.provider_id, null)
      return { payment_collection: request.fields.project(renderCollection(begun.collection, begun.providers)) }
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/payment-collections/:id',
    summary: 'Take away a payment collection that nobody has begun to pay',
    access: 'orders:write',
    ids: { id: 'order_collection' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'orders:write')
      await deleteOrderCollection(request.context, wanted)
      return deleted('payment-collection', wanted)
    },
  }),
]

import { z } from 'zod'
import { renderCollection } from '../../carts/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { notAllowed, notFound } from '../../kernel/index.js'
import { createOrderCollection, deleteOrderCollection, lookAtOrderPayment, markAsPaid, startOrderPayment } from '../../payments/index.js'
import { answerOrder, orderFields, wireOrder } from './order-answers.js'
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

interface WireCollection {
  id: string
  payment_sessions: { id: string; status: string }[]
  payments: { payment_session_id: string }[]
}
const collectionsOf = async (request: AnyRequest, orderId: string) =>
  ((await wireOrder(request, orderId)).payment_collections ?? []) as WireCollection[]

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
    method: 'POST',
    path: '/admin/orders/:id/payment-sessions/authorize',
    summary: 'Ask the provider whether the money that an order waits for, as by bank transfer, has come',
    access: 'payments:capture',
    body: z.strictObject({ payment_session_id: id }),
    fields: orderFields,
    ids: { id: 'order' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payments:capture')
      const { payment_session_id } = request.body
      const collections = await collectionsOf(request, wanted)
      const session = collections.flatMap(({ payment_sessions }) => payment_sessions).find(({ id: one }) => one === payment_session_id)
      const collection = collections.find(({ payment_sessions }) => payment_sessions.some(({ id: one }) => one === payment_session_id))
      if (session === undefined || collection === undefined) throw notFound(`PaymentSession id not found: ${payment_session_id}`)
      if (session.status !== 'pending_authorization') {
        throw notAllowed(`Payment session ${payment_session_id} is not in pending_authorization status`)
      }
      await lookAtOrderPayment(request.context, collection.id, null)
      const payments = (await collectionsOf(request, wanted)).flatMap((one) => one.payments)
      const is_authorized = payments.some((payment) => payment.payment_session_id === payment_session_id)
      return { ...(await answerOrder(request, wanted)), is_authorized }
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

import { z } from 'zod'
import { type CollectionOfCart, createPaymentCollection, createPaymentSession, renderCollection } from '../../carts/index.js'
import { tenantOf } from '../../db/index.js'
import { type FieldsPolicy, freeObject, type RequestContext, type Route, route } from '../../http/index.js'
import { lookAtOrderPayment, startOrderPayment } from '../../payments/index.js'
import { regionStatement } from '../../regions/index.js'
import { listed, signedInId } from './shared.js'

const collectionFields: FieldsPolicy = {
  defaults: ['id', 'currency_code', 'amount', 'payment_sessions.*'],
  extra: ['status', 'payment_providers.id'],
}

function answerCollection(request: RequestContext<unknown, unknown>, { collection, providers }: CollectionOfCart): unknown {
  return { payment_collection: request.fields.project(renderCollection(collection, providers)) }
}

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/payment-providers',
    summary: 'Whom a region can be paid through',
    access: 'public',
    query: z.strictObject({ region_id: z.string().max(64) }),
    fields: { defaults: ['id', 'is_enabled'] },
    page: { limit: 20, orderable: ['id'] },
    ids: { region_id: 'region' },
    async handle(request) {
      const { context, query, page } = request
      const [region] = await context.db.read(context.scope, regionStatement(tenantOf(context), query.region_id))
      const providers = region?.payment_providers ?? []
      return listed('payment_providers', providers.slice(page.offset, page.offset + page.limit), request, providers.length)
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/payment-collections',
    summary: 'What is to be paid for a cart; the one it has, if it has one',
    access: 'public',
    body: z.strictObject({ cart_id: z.string().max(64) }),
    fields: collectionFields,
    ids: { cart_id: 'cart' },
    async handle(request) {
      return answerCollection(request, await createPaymentCollection(request.context, request.body.cart_id))
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/payment-collections/:id/payment-sessions',
    summary: 'Start paying through a provider; a session before it ends',
    access: 'public',
    // Kept with a session that the store settles itself. Providers elsewhere take no hints from a browser so far.
    body: z.strictObject({ provider_id: z.string().max(100), data: freeObject.nullish() }),
    fields: collectionFields,
    ids: { id: 'payment_collection' },
    async handle(request) {
      const { context, params, body } = request
      const wanted = params.id as string
      const ofCart = await createPaymentSession(context, wanted, body.provider_id, body.data ?? {})
      return answerCollection(request, ofCart ?? (await startOrderPayment(context, wanted, body.provider_id, signedInId(request))))
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/payment-collections/:id/settle',
    summary: "What became of the payment of an order's collection: asked of the provider, as when a shopper comes back from the bank",
    access: 'public',
    fields: { ...collectionFields, defaults: [...collectionFields.defaults, 'status'] },
    ids: { id: 'order_collection' },
    async handle(request) {
      return answerCollection(request, await lookAtOrderPayment(request.context, request.params.id as string, signedInId(request)))
    },
  }),
]

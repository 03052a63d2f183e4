import { z } from 'zod'
import { type CollectionOfCart, createPaymentCollection, createPaymentSession, renderCollection } from '../../carts/index.js'
import { tenantOf } from '../../db/index.js'
import { type FieldsPolicy, freeObject, type RequestContext, type Route, route } from '../../http/index.js'
import { lookAtOrderPayment, startOrderPayment, takesPayments } from '../../payments/index.js'
import { type RegionRow, regionStatement } from '../../regions/index.js'
import { instructionsIn, storesStatement } from '../../stores/index.js'
import { listed, signedInId } from './shared.js'

const collectionFields: FieldsPolicy = {
  defaults: ['id', 'currency_code', 'amount', 'payment_sessions.*'],
  extra: ['status', 'payment_providers.id'],
}

function answerCollection(request: RequestContext<unknown, unknown>, { collection, providers }: CollectionOfCart): unknown {
  return { payment_collection: request.fields.project(renderCollection(collection, providers)) }
}

async function withInstructions(
  { context, locale }: RequestContext<unknown, unknown>,
  { payment_providers }: RegionRow,
): Promise<object[]> {
  const [store] = await context.db.read(context.scope, storesStatement(tenantOf(context), null))
  const own = store?.supported_locales.find(({ is_default }) => is_default)?.locale_code ?? 'en'
  const said = (id: string) => instructionsIn(store?.payment_instructions ?? {}, id, locale ?? own, own) ?? null
  return payment_providers.map((provider) => ({ ...provider, instructions: said(provider.id) }))
}

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/payment-providers',
    summary: 'Whom a region can be paid through, and how where the store says it',
    access: 'public',
    query: z.strictObject({ region_id: z.string().max(64) }),
    // Ours: what the store calls a way to pay that a person sees to, and says of it.
    fields: { defaults: ['id', 'is_enabled'], extra: ['instructions.name', 'instructions.text'] },
    page: { limit: 20, orderable: ['id'] },
    ids: { region_id: 'region' },
    async handle(request) {
      const { context, query, page } = request
      const [region] = await context.db.read(context.scope, regionStatement(tenantOf(context), query.region_id))
      if (region === undefined) return listed('payment_providers', [], request, 0)
      const able = await Promise.all(region.payment_providers.map(({ id }) => takesPayments(context, id)))
      const found = { ...region, payment_providers: region.payment_providers.filter((_provider, index) => able[index]) }
      const providers = request.fields.has('instructions') ? await withInstructions(request, found) : found.payment_providers
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

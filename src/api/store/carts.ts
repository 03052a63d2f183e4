import { z } from 'zod'
import {
  addShippingMethods,
  addToCart,
  calculateTaxes,
  createCart,
  deleteLineItem,
  type LoadedCart,
  loadCartStatement,
  renderCart,
  transferCart,
  updateCart,
  updateLineItem,
} from '../../carts/index.js'
import { absoluteUrl } from '../../catalog/index.js'
import { completeCart } from '../../checkout/index.js'
import { addressStatement, customerEmailStatement, unknownAddress } from '../../customers/index.js'
import { tenantOf } from '../../db/index.js'
import {
  address,
  currencyCode,
  email,
  fieldTree,
  freeObject,
  metadata,
  Reply,
  type RequestContext,
  type Route,
  route,
} from '../../http/index.js'
import { limits, notFound, unauthorized } from '../../kernel/index.js'
import { cartFields } from './cart-fields.js'
import { inLanguage } from './in-language.js'
import { orderFields } from './order-fields.js'
import { answerOrder } from './orders.js'
import { salesChannelsOf, signedInId } from './shared.js'

/** Codes as a shopper types them. */
export const promoCodes = z.array(z.string().trim().min(1).max(limits.promotionCode_characters)).max(limits.promotionCodes)
const locale = z.string().max(35).nullish()
// Addresses of a cart are snapshots. An id that comes with one says that it is the cart's own, changed. A text names an
// address that the signed-in customer keeps.
const cartAddress = z
  .union([address.transform(({ id, ...rest }) => ({ ...rest, ...(id == null ? {} : { id }) })), z.string().min(1).max(64), z.null()])
  .optional()
type CartAddress = z.output<typeof cartAddress>

/** A variant and how many of it; pieces are whole. */
const newLine = z.strictObject({
  variant_id: z.string().max(64),
  quantity: z.int().gt(0).max(limits.quantity),
  metadata,
})

// As in Medusa, only what is asked for itself is strict: what it holds leaves out what nobody knows.
const lineOfNewCart = z.object(newLine.shape)
const methodChoice = z.object({
  option_id: z.string().max(64),
  data: freeObject.optional(),
})
/** For those who extend Medusa. Nobody looks at it here. */
const additional_data = freeObject.nullish()

const newCart = z.strictObject({
  region_id: z.string().max(64).nullish(),
  currency_code: currencyCode.nullish(),
  email: email.nullish(),
  locale,
  sales_channel_id: z.string().max(64).nullish(),
  shipping_address: cartAddress,
  billing_address: cartAddress,
  items: z.array(lineOfNewCart).max(limits.cartLines).optional(),
  promo_codes: promoCodes.optional(),
  metadata,
  additional_data,
})

const changedCart = z.strictObject({
  region_id: z.string().max(64).optional(),
  email: email.nullish(),
  locale,
  sales_channel_id: z.string().max(64).nullish(),
  shipping_address: cartAddress,
  billing_address: cartAddress,
  promo_codes: promoCodes.optional(),
  metadata,
  additional_data,
})

/** A cart in wire shape, whole and in the language wanted: what a fields tree is applied to. */
async function wholeCart(request: RequestContext<unknown, unknown>, cart: LoadedCart): Promise<Record<string, unknown>> {
  const { publicUrl, accountSealer } = request.services
  const whole = renderCart(
    cart,
    (url) => absoluteUrl(url, publicUrl),
    (sealed) => accountSealer.open(sealed),
  )
  await inLanguage(request, [whole])
  return whole
}

/** The envelope of every answer that is a cart. */
export async function answerCart(request: RequestContext<unknown, unknown>, cart: LoadedCart): Promise<{ cart: unknown }> {
  return { cart: request.fields.project(await wholeCart(request, cart)) }
}

/** An address as given, or a copy of one that the signed-in customer keeps. Throws not_found for anybody else's. */
async function addressOf(request: RequestContext<unknown, unknown>, given: CartAddress) {
  if (typeof given !== 'string') return given
  const { context } = request
  const customerId = signedInId(request)
  const [saved] = customerId === null ? [] : await context.db.read(context.scope, addressStatement(tenantOf(context), customerId, given))
  if (saved === undefined) throw unknownAddress(given)
  return saved
}

const mismatch = (error: string) =>
  new Reply(
    { errors: [error], message: 'Provided request body contains errors. Please check the data and retry the request' },
    { status: 400 },
  )

async function create(request: RequestContext<unknown, z.output<typeof newCart>>): Promise<unknown> {
  const { body, key, context } = request
  const channels = key?.salesChannelIds ?? []
  // A key without channels narrows nothing here, as in Medusa; products it cannot list.
  if (body.sales_channel_id && channels.length > 0 && !channels.includes(body.sales_channel_id)) {
    return mismatch(`Sales channel ID in payload ${body.sales_channel_id} is not associated with the Publishable API Key in the header.`)
  }
  if (!body.sales_channel_id && channels.length > 1) {
    return mismatch(
      'Cannot assign sales channel to cart. The Publishable API Key in the header has multiple associated sales channels. Please provide a sales channel ID in the request body.',
    )
  }
  const signedIn = signedInId(request)
  const [customer] = signedIn === null ? [] : await context.db.read(context.scope, customerEmailStatement(tenantOf(context), signedIn))
  const { currency_code, region_id, additional_data: _unread, ...input } = body
  // An empty text names nothing: forms send it for what nobody has chosen.
  const cart = await createCart(context, {
    ...input,
    shipping_address: await addressOf(request, input.shipping_address),
    billing_address: await addressOf(request, input.billing_address),
    region_id: region_id || undefined,
    currency_code: currency_code ?? undefined,
    sales_channel_id: body.sales_channel_id || channels[0] || null,
    customer: customer === undefined ? undefined : { id: customer.id },
    email: body.email ?? customer?.email,
  })
  return answerCart(request, cart)
}

async function update(request: RequestContext<unknown, z.output<typeof changedCart>>): Promise<unknown> {
  const { additional_data: _unread, ...input } = request.body
  const sales_channel_id = input.sales_channel_id || undefined
  // As on creation, a key without channels narrows nothing.
  if (sales_channel_id !== undefined && (request.key?.salesChannelIds.length ?? 0) > 0) salesChannelsOf(request, [sales_channel_id])
  const cart = await updateCart(request.context, request.params.id as string, {
    ...input,
    region_id: input.region_id || undefined,
    shipping_address: await addressOf(request, input.shipping_address),
    billing_address: await addressOf(request, input.billing_address),
    sales_channel_id,
  })
  return answerCart(request, cart)
}

async function complete(request: RequestContext): Promise<unknown> {
  const { context, services } = request
  const cartId = request.params.id as string
  const done = await completeCart(context, cartId, { resumeAfter_ms: services.config.checkoutResumeAfter_ms })
  if (done.type === 'order') return { type: 'order', order: await answerOrder(request, done.orderId) }
  const [cart] = await context.db.read(context.scope, loadCartStatement(tenantOf(context), cartId))
  const whole = await wholeCart(request, cart as LoadedCart)
  // The request's fields are an order's; the cart comes as carts come by default.
  return { type: 'cart', cart: fieldTree(cartFields, undefined).project(whole), error: done.error }
}

/** What goes into a cart, and how it is sent. */
const contents: Route[] = [
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/carts/:id/line-items',
    summary: 'Add pieces of a variant to a cart',
    access: 'public',
    body: newLine,
    fields: cartFields,
    ids: { id: 'cart', variant_id: 'variant' },
    async handle(request) {
      return answerCart(request, await addToCart(request.context, request.params.id as string, [request.body]))
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/carts/:id/line-items/:line_id',
    summary: 'Change how many of a line; 0 removes it',
    access: 'public',
    body: z.strictObject({ quantity: z.int().min(0).max(limits.quantity), metadata }),
    fields: cartFields,
    ids: { id: 'cart', line_id: 'line_item' },
    async handle(request) {
      const { id, line_id } = request.params as { id: string; line_id: string }
      return answerCart(request, await updateLineItem(request.context, id, line_id, request.body))
    },
  }),
  route({
    surface: 'store',
    method: 'DELETE',
    path: '/store/carts/:id/line-items/:line_id',
    summary: 'Remove a line from a cart',
    access: 'public',
    fields: cartFields,
    ids: { id: 'cart', line_id: 'line_item' },
    async handle(request) {
      const { id, line_id } = request.params as { id: string; line_id: string }
      const { cart: parent } = await answerCart(request, await deleteLineItem(request.context, id, line_id))
      return { id: line_id, object: 'line-item', deleted: true, parent }
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/carts/:id/shipping-methods',
    summary: 'Choose how a part of a cart is sent, one option or several',
    access: 'public',
    body: z.union([methodChoice, z.array(methodChoice).max(limits.shippingMethods)]),
    fields: cartFields,
    ids: { id: 'cart', option_id: 'shipping_option' },
    async handle(request) {
      const choices = Array.isArray(request.body) ? request.body : [request.body]
      return answerCart(request, await addShippingMethods(request.context, request.params.id as string, choices))
    },
  }),
]

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/carts',
    summary: 'Create a cart',
    access: 'public',
    body: newCart,
    fields: cartFields,
    ids: {
      region_id: 'region',
      sales_channel_id: 'sales_channel',
      variant_id: 'variant',
      shipping_address: 'customer_address',
      billing_address: 'customer_address',
    },
    handle: create,
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/carts/:id',
    summary: 'A cart',
    access: 'public',
    fields: cartFields,
    ids: { id: 'cart' },
    async handle(request) {
      const { context } = request
      const id = request.params.id as string
      const [cart] = await context.db.read(context.scope, loadCartStatement(tenantOf(context), id))
      if (cart === undefined || cart.is_draft) throw notFound(`Cart with id '${id}' not found`)
      return answerCart(request, cart)
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/carts/:id',
    summary: 'Change whose a cart is and where it goes',
    access: 'public',
    body: changedCart,
    fields: cartFields,
    ids: {
      id: 'cart',
      region_id: 'region',
      sales_channel_id: 'sales_channel',
      shipping_address: 'customer_address',
      billing_address: 'customer_address',
    },
    handle: update,
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/carts/:id/taxes',
    summary: "Compute a cart's taxes",
    access: 'public',
    // Medusa takes the query's part here as well.
    body: z.strictObject({ fields: z.string().max(limits.fieldsParameter_characters).optional() }),
    fields: cartFields,
    ids: { id: 'cart' },
    async handle(request) {
      return answerCart(request, await calculateTaxes(request.context, request.params.id as string))
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/carts/:id/customer',
    summary: "Make a cart the signed-in customer's",
    access: 'customer',
    fields: cartFields,
    ids: { id: 'cart' },
    async handle(request) {
      const { context } = request
      const [customer] = await context.db.read(context.scope, customerEmailStatement(tenantOf(context), signedInId(request) as string))
      if (customer === undefined) throw unauthorized()
      return answerCart(request, await transferCart(context, request.params.id as string, customer))
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/carts/:id/complete',
    summary: 'Complete a cart: pay, and place the order',
    access: 'public',
    fields: orderFields,
    ids: { id: 'cart' },
    handle: complete,
  }),
  ...contents,
]

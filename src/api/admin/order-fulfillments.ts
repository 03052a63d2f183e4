import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { metadata, type Route, route } from '../../http/index.js'
import { invalidData, limits, notFound } from '../../kernel/index.js'
import {
  cancelFulfillment,
  createFulfillments,
  deliverFulfillment,
  loadOrderStatement,
  partOfFulfillmentStatement,
  shipFulfillment,
} from '../../orders/index.js'
import { answerOrder, orderFields as fields } from './order-answers.js'
import { type AnyRequest, findWithin, id, needWholeStore, withAdditional, write } from './shared.js'

const packedItems = z.array(z.object({ id, quantity: z.int().min(1).max(limits.quantity) })).max(limits.cartLines)
/** Clients without an address to follow a parcel at send nothing, or `#`. */
const labelUrl = z.union([z.url({ protocol: /^https?$/ }).max(2_000), z.enum(['', '#'])]).nullish()
export const label = z.object({
  tracking_number: z.string().trim().min(1).max(limits.name_characters),
  tracking_url: labelUrl,
  label_url: labelUrl,
})

/**
 * The vendor's part that a fulfilment of an order belongs to.
 * @param unknown what is thrown of one that is not there: Medusa has a word of its own for each step
 */
async function partOf(
  request: AnyRequest,
  unknown = (fulfillmentId: string): Error => notFound(`Fulfillment with id: ${fulfillmentId} was not found`),
): Promise<{ partId: string; fulfillmentId: string }> {
  const { context, params } = request
  const fulfillmentId = params.fulfillment_id as string
  needWholeStore(request, 'orders:fulfil')
  const [found] = await context.db.read(context.scope, partOfFulfillmentStatement(tenantOf(context), params.id as string, fulfillmentId))
  if (found === undefined) throw unknown(fulfillmentId)
  return { partId: found.vendor_order_id, fulfillmentId }
}

/** A fulfilment is sent as it was packed: items that a client names must be that. */
async function refuseOtherItems(
  request: AnyRequest,
  fulfillmentId: string,
  named: readonly { id: string; quantity: number }[],
): Promise<void> {
  const { context, params } = request
  const [order] = await context.db.read(context.scope, loadOrderStatement(tenantOf(context), params.id as string))
  const packed = order?.fulfillments.find((fulfillment) => fulfillment.id === fulfillmentId)?.items ?? []
  for (const item of named) {
    const found = packed.find((candidate) => candidate.line_item_id === item.id)
    if (found === undefined) throw notFound(`Line item with id: ${item.id} was not found in fulfillment ${fulfillmentId}`)
    if (found.quantity !== item.quantity)
      throw invalidData(`${found.quantity} pieces of ${item.id} are packed: a fulfillment is shipped whole`)
  }
}

const ofFulfillment = { id: 'order', fulfillment_id: 'fulfillment' }

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/orders/:id/fulfillments',
    summary: "Pack pieces of an order; a fulfilment for each vendor's",
    access: 'orders:fulfil',
    // Who carries a parcel, and how it is sent, follows from the order's own shipping.
    body: withAdditional(
      z.strictObject({
        items: packedItems.min(1),
        location_id: id.nullish(),
        shipping_option_id: id.nullish(),
        no_notification: z.boolean().nullish(),
        metadata,
      }),
    ),
    fields,
    ids: { id: 'order', items: 'order_line_item', location_id: 'stock_location', shipping_option_id: 'shipping_option' },
    async handle(request) {
      const orderId = request.params.id as string
      needWholeStore(request, 'orders:fulfil')
      const { items: named, location_id, shipping_option_id: optionId, metadata: extra } = request.body
      if (optionId != null) await write(request, (unit) => findWithin(unit, request, 'orders:fulfil', 'shipping_option', optionId))
      await createFulfillments(request.context, orderId, { items: named, location_id, metadata: extra })
      return answerOrder(request, orderId)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/orders/:id/fulfillments/:fulfillment_id/shipments',
    summary: 'Send what is packed; the shopper is told, unless staff say not to',
    access: 'orders:fulfil',
    body: withAdditional(
      z.strictObject({
        items: packedItems.optional(),
        labels: z.array(label).max(20).optional(),
        no_notification: z.boolean().nullish(),
        metadata,
      }),
    ),
    fields,
    ids: { ...ofFulfillment, items: 'order_line_item' },
    async handle(request) {
      const { partId, fulfillmentId } = await partOf(request)
      await refuseOtherItems(request, fulfillmentId, request.body.items ?? [])
      const { labels = [], no_notification } = request.body
      await shipFulfillment(request.context, partId, fulfillmentId, labels, no_notification !== true)
      return answerOrder(request, request.params.id as string)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/orders/:id/fulfillments/:fulfillment_id/mark-as-delivered',
    summary: 'Note that what was sent has arrived',
    access: 'orders:fulfil',
    body: z.strictObject({ no_notification: z.boolean().nullish() }),
    fields,
    ids: ofFulfillment,
    async handle(request) {
      const { partId, fulfillmentId } = await partOf(request, (unknown) => notFound(`Fulfillment id not found: ${unknown}`))
      await deliverFulfillment(request.context, partId, fulfillmentId, { sendsFirst: true })
      return answerOrder(request, request.params.id as string)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/orders/:id/fulfillments/:fulfillment_id/cancel',
    summary: 'Unpack what was not sent: it is promised to the order again',
    access: 'orders:fulfil',
    body: withAdditional(z.strictObject({ no_notification: z.boolean().nullish() })),
    fields,
    ids: ofFulfillment,
    async handle(request) {
      const { partId, fulfillmentId } = await partOf(request, (unknown) =>
        invalidData(`Fulfillment with id ${unknown} not found in the order`),
      )
      await cancelFulfillment(request.context, partId, fulfillmentId)
      return answerOrder(request, request.params.id as string)
    },
  }),
]

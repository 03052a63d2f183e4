import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { address, type FieldsPolicy, metadata, nothing, type Route, route } from '../../http/index.js'
import { invalidData, limits, notAllowed, notFound } from '../../kernel/index.js'
import { cancelFulfillment, createFulfillment, partOfFulfillmentStatement, shipFulfillment } from '../../orders/index.js'
import { fulfillmentProviderOf } from '../../shipping/index.js'
import { wireOrder } from './order-answers.js'
import { label } from './order-fulfillments.js'
import { type AnyRequest, id, moment, needWholeStore, readWithin } from './shared.js'

// Fulfilments by themselves, as the software of a warehouse makes them. They are of an order all the same: its pieces leave
// the shelf, and its lines say so.

const fields: FieldsPolicy = { defaults: ['*', 'order.id', 'delivery_address.*', 'items.*', 'labels.*'] }

const item = z.strictObject({
  title: z.string().max(limits.title_characters),
  sku: z.string().max(limits.name_characters),
  quantity: z.int().min(1).max(limits.quantity),
  barcode: z.string().max(limits.name_characters),
  line_item_id: id.nullish(),
  inventory_item_id: id.nullish(),
})
const provider = id.refine((value) => fulfillmentProviderOf(value) !== undefined, 'There is no fulfilment provider of this id')
const labels = z.array(label).max(20)
const body = z.strictObject({
  location_id: id,
  provider_id: provider,
  delivery_address: address,
  items: z.array(item).min(1).max(limits.cartLines),
  labels,
  order_id: id,
  // Clients send the order along: it is read by its id.
  order: metadata,
  shipping_option_id: id.nullish(),
  data: metadata,
  packed_at: moment.nullish(),
  shipped_at: moment.nullish(),
  delivered_at: moment.nullish(),
  canceled_at: z.null().optional(),
  metadata,
})

interface WireFulfillment {
  id: string
  delivery_address: object | null
}

/** A fulfilment of an order as it is now. Throws not_found. */
async function answer(request: AnyRequest, orderId: string, fulfillmentId: string): Promise<{ fulfillment: unknown }> {
  const order = await wireOrder(request, orderId)
  const found = (order.fulfillments as WireFulfillment[]).find((candidate) => candidate.id === fulfillmentId)
  if (found === undefined) throw unknownFulfillment(fulfillmentId)
  const delivery_address = found.delivery_address ?? order.shipping_address
  return { fulfillment: request.fields.project({ ...found, delivery_address, order: { id: orderId }, deleted_at: null }) }
}

const unknownFulfillment = (wanted: string) => notFound(`Fulfillment with id: ${wanted} was not found`)

/** Whose part of which order a fulfilment is. Throws not_found. */
async function partOf(request: AnyRequest): Promise<{ vendor_order_id: string; order_id: string }> {
  const { context, params } = request
  needWholeStore(request, 'orders:fulfil')
  const [found] = await context.db.read(context.scope, partOfFulfillmentStatement(tenantOf(context), null, params.id as string))
  if (found === undefined) throw unknownFulfillment(params.id as string)
  return found
}

/**
 * The lines that the items of a body name, by id or else by SKU, and whose part of the order they are in.
 * @throws not_found for an item of no line; invalid_data for a SKU of several; not_allowed for lines of several vendors, who each pack what is theirs
 */
async function linesOf(
  request: AnyRequest,
  { order_id, items }: z.output<typeof body>,
): Promise<{ items: { id: string; quantity: number }[]; partId: string }> {
  const order = await wireOrder(request, order_id)
  const lines = order.items as { id: string; variant_sku: string | null; vendor_order_id: string }[]
  const named = items.map(({ line_item_id, sku, quantity }) => {
    const [line, other] = lines.filter((one) => (line_item_id == null ? sku !== '' && one.variant_sku === sku : one.id === line_item_id))
    if (other !== undefined) throw invalidData(`Several lines of order ${order_id} are of SKU ${sku}: name the line_item_id`)
    if (line === undefined) throw notFound(`Line item with id: ${line_item_id ?? sku} was not found in order ${order_id}`)
    return { id: line.id, quantity, partId: line.vendor_order_id }
  })
  const [partId, ...others] = [...new Set(named.map((line) => line.partId))] as [string, ...string[]]
  if (others.length > 0)
    throw notAllowed('These lines are of several vendors: make a fulfillment for each, or all with POST /admin/orders/:id/fulfillments')
  return { items: named.map(({ id: line, quantity }) => ({ id: line, quantity })), partId }
}

const withoutId = ({ id: _id, ...rest }: z.output<typeof address>) => rest

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/fulfillments',
    summary: "Pack pieces of one vendor's part of an order",
    access: 'orders:fulfil',
    body,
    fields,
    ids: {
      order_id: 'order',
      location_id: 'stock_location',
      line_item_id: 'order_line_item',
      shipping_option_id: 'shipping_option',
      // What an item is kept as follows from its line.
      inventory_item_id: 'part_sent_back',
      delivery_address: 'part_sent_back',
    },
    async handle(request) {
      needWholeStore(request, 'orders:fulfil')
      const { context } = request
      const { order_id, order: _order, shipping_option_id: optionId, canceled_at: _never, ...given } = request.body
      const { items, partId } = await linesOf(request, request.body)
      // It is sent by what its order was sold with: an option that is named must be one.
      if (optionId != null) await readWithin(request, 'orders:fulfil', 'shipping_option', optionId)
      const parcel = { ...given, items, delivery_address: withoutId(given.delivery_address) }
      const made = await createFulfillment(context, partId, parcel)
      return answer(request, order_id, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/fulfillments/:id/shipment',
    summary: 'Send what is packed; the shopper is told',
    access: 'orders:fulfil',
    body: z.strictObject({ labels }),
    fields,
    ids: { id: 'fulfillment' },
    async handle(request) {
      const { vendor_order_id, order_id } = await partOf(request)
      await shipFulfillment(request.context, vendor_order_id, request.params.id as string, request.body.labels)
      return answer(request, order_id, request.params.id as string)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/fulfillments/:id/cancel',
    summary: 'Unpack what was not sent: it is promised to its order again',
    access: 'orders:fulfil',
    body: nothing,
    fields,
    ids: { id: 'fulfillment' },
    async handle(request) {
      const { vendor_order_id, order_id } = await partOf(request)
      await cancelFulfillment(request.context, vendor_order_id, request.params.id as string)
      return answer(request, order_id, request.params.id as string)
    },
  }),
]

import { z } from 'zod'
import { absoluteUrl } from '../../catalog/index.js'
import { readPage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import {
  createFulfillment,
  deliverFulfillment,
  type LoadedVendorOrder,
  listVendorOrdersStatement,
  renderVendorOrder,
  retrieveVendorOrderStatement,
  shipFulfillment,
  vendorOrderOrders,
} from '../../orders/index.js'

/** A vendor sees all of its own order; the parent order and the other vendors' parts are not in what is loaded. */
const fields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: [
    '*',
    'vendor.*',
    'shipping_address.*',
    'items.*',
    'items.vendor.*',
    'items.detail.*',
    'items.product.*',
    'items.variant.*',
    'items.tax_lines.*',
    'items.adjustments.*',
    'shipping_methods.*',
    'shipping_methods.tax_lines.*',
    'shipping_methods.adjustments.*',
    'fulfillments.*',
    'fulfillments.items.*',
    'fulfillments.labels.*',
    'commission_lines.*',
  ],
}

const id = z.string().min(1).max(64)
const fulfillmentBody = z.strictObject({
  items: z
    .array(z.strictObject({ id, quantity: z.int().min(1).max(limits.quantity) }))
    .min(1)
    .max(limits.cartLines),
  location_id: id.nullish(),
})
const label = z.strictObject({
  tracking_number: z.string().trim().min(1).max(limits.name_characters),
  tracking_url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullish(),
})
const shipmentBody = z.strictObject({ labels: z.array(label).max(20).optional() })

function rendered(request: RequestContext<unknown, unknown>, order: LoadedVendorOrder): unknown {
  const pictures = (url: string | null) => absoluteUrl(url, request.services.publicUrl)
  return request.fields.project(renderVendorOrder(order, pictures))
}

/** The order as it is after what was done. */
async function answer(request: RequestContext<unknown, unknown>) {
  const { context, params } = request
  const [order] = await context.db.read(context.scope, retrieveVendorOrderStatement(tenantOf(context), params.id as string))
  if (order === undefined) throw notFound(`Order with id: ${params.id} was not found`)
  return { order: rendered(request, order) }
}

export const routes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/orders',
    summary: "List the vendor's orders",
    access: 'orders:read',
    query: z.strictObject({
      id: oneOrMany.optional(),
      status: z
        .union([z.enum(['pending', 'completed', 'canceled']), z.array(z.enum(['pending', 'completed', 'canceled'])).max(3)])
        .optional(),
      q: z.string().max(limits.search_characters).optional(),
    }),
    fields,
    page: { limit: 50, orderable: vendorOrderOrders, descending: true },
    async handle(request) {
      const { context, query } = request
      const { limit, offset } = request.page
      const status = query.status === undefined ? null : [query.status].flat()
      const filter = { id: query.id ?? null, status, vendorIds: null, q: query.q ?? null }
      const { rows, count } = await readPage(context, request.page, (part) =>
        listVendorOrdersStatement(tenantOf(context), { ...filter, ...part }),
      )
      const orders = rows.map(({ count: _count, ...row }) => rendered(request, row))
      return { orders, count, offset, limit }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/orders/:id',
    summary: 'An order of the vendor',
    access: 'orders:read',
    fields,
    ids: { id: 'vendor_order' },
    handle: answer,
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/orders/:id/fulfillments',
    summary: 'Pack pieces of an order',
    access: 'orders:fulfil',
    body: fulfillmentBody,
    fields,
    ids: { id: 'vendor_order', location_id: 'stock_location' },
    async handle(request) {
      const { items, location_id } = request.body
      await createFulfillment(request.context, request.params.id as string, { items, location_id: location_id ?? null })
      return answer(request)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/orders/:id/fulfillments/:fulfillment_id/shipments',
    summary: 'Send what is packed; the shopper is told',
    access: 'orders:fulfil',
    body: shipmentBody,
    fields,
    ids: { id: 'vendor_order', fulfillment_id: 'fulfillment' },
    async handle(request) {
      const { id: orderId, fulfillment_id } = request.params
      await shipFulfillment(request.context, orderId as string, fulfillment_id as string, request.body.labels ?? [])
      return answer(request)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/orders/:id/fulfillments/:fulfillment_id/mark-as-delivered',
    summary: 'Note that what was sent has arrived',
    access: 'orders:fulfil',
    fields,
    ids: { id: 'vendor_order', fulfillment_id: 'fulfillment' },
    async handle(request) {
      const { id: orderId, fulfillment_id } = request.params
      await deliverFulfillment(request.context, orderId as string, fulfillment_id as string)
      return answer(request)
    },
  }),
]

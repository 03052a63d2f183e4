import { absoluteUrl } from '../../catalog/index.js'
import { tenantOf } from '../../db/index.js'
import type { FieldsPolicy } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { type LoadedOrder, loadOrderStatement, renderOrder } from '../../orders/index.js'
import type { AnyRequest } from './shared.js'

export const orderLines = [
  'items.*',
  'items.vendor.*',
  'items.detail.*',
  'items.product.*',
  'items.variant.*',
  'items.tax_lines.*',
  'items.adjustments.*',
  'shipping_address.*',
  'shipping_methods.*',
  'shipping_methods.tax_lines.*',
  'shipping_methods.adjustments.*',
  'fulfillments.*',
  'fulfillments.items.*',
  'fulfillments.labels.*',
]

/** What an order's answers hold for the store's staff: all of it, every vendor's part included. */
export const orderFields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: [
    '*',
    'summary',
    ...orderLines,
    'billing_address.*',
    'customer.*',
    'credit_lines.*',
    'promotions.*',
    'promotions.application_method.*',
    'cart.id',
    'payment_collections.*',
    'payment_collections.payments.*',
    'payment_collections.payments.captures.*',
    'payment_collections.payments.refunds.*',
    'payment_collections.payment_sessions.*',
    'vendor_orders.*',
    'vendor_orders.vendor.*',
  ],
}

export const picturesOf = (request: AnyRequest) => (url: string | null) => absoluteUrl(url, request.services.publicUrl)

/** The order as it is now, in wire shape and whole. Throws not_found. */
export async function wireOrder(request: AnyRequest, orderId: string): Promise<Record<string, unknown>> {
  const { context } = request
  const [order] = await context.db.read(context.scope, loadOrderStatement(tenantOf(context), orderId))
  if (order === undefined) throw notFound(`Order with id: ${orderId} was not found`)
  return renderOrder(order, picturesOf(request))
}

export function rendered(request: AnyRequest, order: LoadedOrder): unknown {
  return request.fields.project(renderOrder(order, picturesOf(request)))
}

/** The order after what was done to it, as the request's fields want it. Throws not_found. */
export async function answerOrder(request: AnyRequest, orderId: string): Promise<{ order: unknown }> {
  return { order: request.fields.project(await wireOrder(request, orderId)) }
}

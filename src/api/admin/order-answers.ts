import { totalPaths } from '../../carts/index.js'
import { absoluteUrl } from '../../catalog/index.js'
import { tenantOf } from '../../db/index.js'
import type { FieldsPolicy } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { type LoadedOrder, loadOrderStatement, renderOrder, whereOrdersWereSoldStatement } from '../../orders/index.js'
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
  totals: totalPaths,
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
  extra: ['sales_channel.*', 'region.*', 'transactions.*'],
}

export const picturesOf = (request: AnyRequest) => (url: string | null) => absoluteUrl(url, request.services.publicUrl)

/** The order as it is now, in wire shape and whole. Throws not_found. */
export async function wireOrder(request: AnyRequest, orderId: string): Promise<Record<string, unknown>> {
  const { context } = request
  const [order] = await context.db.read(context.scope, loadOrderStatement(tenantOf(context), orderId))
  if (order === undefined) throw notFound(`Order with id: ${orderId} was not found`)
  return renderOrder(order, picturesOf(request))
}

export async function renderedAll(request: AnyRequest, orders: readonly LoadedOrder[]): Promise<unknown[]> {
  const rows = await withRelations(
    request,
    orders.map((order) => renderOrder(order, picturesOf(request))),
  )
  return rows.map((order) => request.fields.project(order))
}

type WireOrder = Record<string, unknown>
interface WirePayment {
  currency_code: string
  captures: { id: string; amount: number; created_at: string }[]
  refunds: { id: string; amount: number; created_at: string }[]
}

/** What was paid of an order, and given back, as one account of it. */
function transactionsOf(order: WireOrder): object[] {
  const collections = (order.payment_collections ?? []) as { payments: WirePayment[] }[]
  return collections.flatMap(({ payments }) =>
    payments.flatMap(({ currency_code, captures, refunds }) => {
      const of = (reference: string, sign: 1 | -1) => (one: WirePayment['captures'][number]) => ({
        id: `ordtrx_${one.id.slice(one.id.indexOf('_') + 1)}`,
        order_id: order.id,
        amount: sign * one.amount,
        currency_code,
        reference,
        reference_id: one.id,
        created_at: one.created_at,
        updated_at: one.created_at,
      })
      return [...captures.map(of('capture', 1)), ...refunds.map(of('refund', -1))]
    }),
  )
}

/** With the relations that are answered where they are asked for: channel and region in one round trip for all orders. */
async function withRelations(request: AnyRequest, orders: WireOrder[]): Promise<WireOrder[]> {
  const { fields } = request
  const accounted: WireOrder[] = fields.has('transactions')
    ? orders.map((order) => ({ ...order, transactions: transactionsOf(order) }))
    : orders
  if (orders.length === 0 || !(fields.has('sales_channel') || fields.has('region'))) return accounted
  const { context } = request
  const wanted = orders.map((order) => order.id as string)
  const rows = await context.db.read(context.scope, whereOrdersWereSoldStatement(tenantOf(context), wanted))
  const places = new Map(rows.map(({ id, ...place }) => [id, place]))
  return accounted.map((order) => ({ ...order, ...places.get(order.id as string) }))
}

/** The order after what was done to it, as the request's fields want it. Throws not_found. */
export async function answerOrder(request: AnyRequest, orderId: string): Promise<{ order: unknown }> {
  const [order] = await withRelations(request, [await wireOrder(request, orderId)])
  return { order: request.fields.project(order) }
}

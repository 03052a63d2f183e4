import { totalPaths } from '../../carts/index.js'
import { absoluteUrl } from '../../catalog/index.js'
import { tenantOf } from '../../db/index.js'
import type { FieldsPolicy } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import {
  type LoadedOrder,
  loadOrderStatement,
  orderChangesStatement,
  renderOrder,
  soldVariantsStatement,
  whereOrdersWereSoldStatement,
} from '../../orders/index.js'
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
  'fulfillments.provider.*',
  'fulfillments.shipping_option.*',
]

/** What Medusa answers of an order whatever is asked for: they are reckoned of what it has loaded anyway. */
export const orderStates = ['status', 'payment_status', 'fulfillment_status']

/** What an order's answers hold for the store's staff: all of it, every vendor's part included. */
export const orderFields: FieldsPolicy = {
  relationsLimit: 4,
  totals: totalPaths,
  always: orderStates,
  inseparable: ['items.detail'],
  defaults: [
    '*',
    'summary',
    ...orderLines,
    'items.variant.product.*',
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
    'payment_collections.payments.refunds.refund_reason.*',
    'payment_collections.payments.payment_session.*',
    'payment_collections.payment_sessions.*',
    'vendor_orders.*',
    'vendor_orders.vendor.*',
  ],
  extra: [
    'sales_channel.*',
    'region.*',
    'transactions.*',
    'items.variant.product.shipping_profile.*',
    'items.variant.options.*',
    'items.variant.inventory_items.*',
    'items.variant.inventory_items.inventory.*',
  ],
}

export const picturesOf = (request: AnyRequest) => (url: string | null) => absoluteUrl(url, request.services.publicUrl)

/** The order as it is now, in wire shape and whole. Throws not_found. */
export async function wireOrder(request: AnyRequest, orderId: string): Promise<Record<string, unknown>> {
  const { context } = request
  const [order] = await context.db.read(context.scope, loadOrderStatement(tenantOf(context), orderId))
  if (order === undefined) throw notFound(`Order id not found: ${orderId}`)
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

const ofNoChange = { return_id: null, exchange_id: null, claim_id: null, deleted_at: null }

/** What was paid of an order, and given back, as one account of it, in the order in which it was. */
function transactionsOf(order: WireOrder): object[] {
  const collections = (order.payment_collections ?? []) as { payments: WirePayment[] }[]
  const moved = collections.flatMap(({ payments }) =>
    payments.flatMap(({ currency_code, captures, refunds }) => {
      const of = (reference: string, sign: 1 | -1) => (one: WirePayment['captures'][number]) => ({
        id: `ordtrx_${one.id.slice(one.id.indexOf('_') + 1)}`,
        order_id: order.id,
        ...ofNoChange,
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
  return moved.sort((one, other) => Date.parse(one.created_at) - Date.parse(other.created_at))
}

interface WireItem {
  variant_id: string | null
  variant: { product: object | null } | null
}
const ofVariants = ['items.variant.options', 'items.variant.inventory_items', 'items.variant.product.shipping_profile']

/** Items with what says of their variants how they are sent, for the whole page in one round trip. */
async function withVariants({ context }: AnyRequest, orders: WireOrder[]): Promise<WireOrder[]> {
  const itemsOf = (order: WireOrder) => (order.items ?? []) as WireItem[]
  const wanted = orders.flatMap((order) => itemsOf(order).flatMap((item) => item.variant_id ?? []))
  const rows = await context.db.read(context.scope, soldVariantsStatement(tenantOf(context), [...new Set(wanted)]))
  const known = new Map(rows.map((row) => [row.id, row]))
  const withVariant = (item: WireItem) => {
    const sold = known.get(item.variant_id ?? '')
    if (sold === undefined || item.variant === null) return item
    const { options, inventory_items, shipping_profile } = sold
    const product = item.variant.product === null ? null : { ...item.variant.product, shipping_profile }
    return { ...item, variant: { ...item.variant, options, inventory_items, product } }
  }
  return orders.map((order) => ({ ...order, items: itemsOf(order).map(withVariant) }))
}

/** With the relations that are answered where they are asked for: channel and region in one round trip for all orders. */
async function withRelations(request: AnyRequest, whole: WireOrder[]): Promise<WireOrder[]> {
  const { fields } = request
  const orders = ofVariants.some((path) => fields.has(path)) ? await withVariants(request, whole) : whole
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

/** Changes that put other goods in the place of what an order held. */
const replacing = ['edit', 'exchange', 'claim']

/** Throws not_found for a version of the order that is not there to be told of: what edits replaced is kept as their changes. */
async function needVersion({ context }: AnyRequest, order: WireOrder, version: number): Promise<void> {
  const current = order.version as number
  if (version === current) return
  const filter = { id: null, status: ['confirmed'], changeType: replacing }
  const changes = await context.db.read(context.scope, orderChangesStatement(tenantOf(context), order.id as string, filter))
  if (version < current && changes.length === 0) return
  throw notFound(
    `Order with id: ${order.id} and version: ${version} was not found. It is version ${current}, and its changes tell what was before`,
  )
}

/**
 * The order after what was done to it, as the request's fields want it.
 * @param version of before changes that left what it holds and costs as it was
 * @throws not_found
 */
export async function answerOrder(request: AnyRequest, orderId: string, version?: number): Promise<{ order: unknown }> {
  const whole = await wireOrder(request, orderId)
  if (version !== undefined) await needVersion(request, whole, version)
  const [order] = await withRelations(request, [version === undefined ? whole : { ...whole, version }])
  return { order: request.fields.project(order) }
}

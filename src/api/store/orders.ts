import { z } from 'zod'
import type { Actor } from '../../access/index.js'
import { absoluteUrl } from '../../catalog/index.js'
import { type Context, readPage, tenantOf } from '../../db/index.js'
import { oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { type LoadedOrder, listOrdersStatement, loadOrderStatement, orderOrders, renderOrder } from '../../orders/index.js'
import { listReturnsStatement, renderReturn, returnPlacesStatement } from '../../returns/index.js'
import { narrow, narrowable } from '../narrowing.js'
import { inLanguage } from './in-language.js'
import { orderFields, orderListFields } from './order-fields.js'
import { listed } from './shared.js'
import { withSoldParts } from './sold-parts.js'

/** What staff still put together is not shown to the shopper. */
const askedFor = ['requested', 'partially_received', 'received', 'canceled']
const returnsOfOrder = { limit: limits.page, offset: 0, order: { field: 'id', descending: false } }

/**
 * An order in wire shape, as the request's fields want it.
 * @throws not_found for an unknown order, and for a draft
 */
export async function answerOrder(request: RequestContext<unknown, unknown>, orderId: string): Promise<unknown> {
  const { context, fields, services } = request
  const tenantId = tenantOf(context)
  const [[order], returns] = fields.has('returns')
    ? await readWithReturns(context, orderId)
    : [await context.db.read(context.scope, loadOrderStatement(tenantId, orderId)), undefined]
  if (order === undefined || order.status === 'draft') throw notFound(`Order id not found: ${orderId}`)
  const rendered = renderOrder(order, (url) => absoluteUrl(url, services.publicUrl))
  await inLanguage(request, [rendered])
  const [whole] = await withSoldParts(request, [returns === undefined ? rendered : { ...rendered, returns }])
  return fields.project(whole)
}

/** The order, and what of it comes back with where it is sent to, in wire shape. */
async function readWithReturns(context: Context, orderId: string): Promise<[LoadedOrder[], object[]]> {
  const tenantId = tenantOf(context)
  const wanted = { id: null, orderId: [orderId], status: askedFor }
  const [orders, returns, places] = await context.db.readAll(context.scope, [
    loadOrderStatement(tenantId, orderId),
    listReturnsStatement(tenantId, wanted, returnsOfOrder),
    returnPlacesStatement(tenantId, orderId),
  ])
  const placesOf = new Map(places.map(({ id, places: to }) => [id, to]))
  return [orders, returns.map((row) => ({ ...renderReturn(row), send_to: placesOf.get(row.id) ?? [] }))]
}

/** Every status but a draft's, which shoppers are not shown. */
export const shownStatuses = ['pending', 'completed', 'archived', 'canceled', 'requires_action'] as const

const orderQuery = z.strictObject({ id: oneOrMany.optional(), status: oneOrMany.optional() })
const byStatus = { table: 'orders', columns: { status: 'text' } } as const
const ofCustomer = { table: 'orders', columns: { status: 'text', customer_id: 'text' } } as const

/** The ids and statuses that a list is narrowed to; what else narrows it looks among the customer's own orders alone. */
async function narrowed(request: RequestContext<z.output<typeof orderQuery>, unknown>, customerId: string) {
  const own = Object.entries(request.query).every(([name, value]) => name in orderQuery.shape && Array.isArray(value))
  if (own) return request.query
  return (await narrow(request, orderQuery, ofCustomer, { ...request.query, customer_id: [customerId] })) as typeof request.query
}

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/orders',
    summary: "The signed-in customer's orders",
    access: 'customer',
    query: narrowable(orderQuery, byStatus) as z.ZodType<z.output<typeof orderQuery>>,
    fields: orderListFields,
    page: { limit: 50, orderable: ['id', ...orderOrders, 'status', 'email', 'currency_code', 'region_id'] },
    async handle(request) {
      const { context, page, services } = request
      const customerId = (request.actor as Actor).id
      const { id = null, status } = await narrowed(request, customerId)
      const filter = {
        id,
        status: shownStatuses.filter((shown) => status?.includes(shown) ?? true),
        customerId,
        salesChannelId: null,
        vendorId: null,
        q: null,
      }
      const { rows, count } = await readPage(context, page, (wanted) => listOrdersStatement(tenantOf(context), { ...filter, ...wanted }))
      const orders = rows.map((row) => renderOrder(row, (url) => absoluteUrl(url, services.publicUrl)))
      await inLanguage(request, orders)
      return listed('orders', await withSoldParts(request, orders), request, count)
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/orders/:id',
    summary: 'An order, to whoever knows its id',
    access: 'public',
    fields: orderFields,
    ids: { id: 'order' },
    async handle(request) {
      return { order: await answerOrder(request, request.params.id as string) }
    },
  }),
]

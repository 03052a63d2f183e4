import { z } from 'zod'
import { absoluteUrl } from '../../catalog/index.js'
import { singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import {
  listOrdersStatement,
  listVendorOrdersStatement,
  type LoadedOrder,
  loadOrderStatement,
  orderOrders,
  ordersOfPartsStatement,
  renderOrder,
  renderVendorOrder,
  vendorOrderOrders,
} from '../../orders/index.js'
import { type AnyRequest, id, ids, needWholeStore, q, reach } from './shared.js'

const lines = [
  'items.*', 'items.vendor.*', 'items.detail.*', 'items.product.*', 'items.variant.*', 'items.tax_lines.*', 'shipping_address.*',
  'shipping_methods.*', 'shipping_methods.tax_lines.*', 'fulfillments.*', 'fulfillments.items.*', 'fulfillments.labels.*',
]
const fields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: [
    '*', 'summary', ...lines, 'billing_address.*', 'customer.*', 'cart.id', 'payment_collections.*', 'payment_collections.payments.*',
    'payment_collections.payments.captures.*', 'payment_collections.payment_sessions.*', 'vendor_orders.*', 'vendor_orders.vendor.*',
  ],
}
const vendorOrderFields: FieldsPolicy = { relationsLimit: 4, defaults: ['*', 'summary', 'vendor.*', ...lines, 'commission_lines.*'] }

const picturesOf = (request: AnyRequest) => (url: string | null) => absoluteUrl(url, request.services.publicUrl)

function rendered(request: AnyRequest, order: LoadedOrder): unknown {
  return request.fields.project(renderOrder(order, picturesOf(request)))
}

const orderStatus = z.enum(['pending', 'completed', 'draft', 'archived', 'canceled', 'requires_action'])
const partStatus = z.enum(['pending', 'completed', 'canceled'])
const several = <Value extends string>(given: Value | Value[] | undefined) => (given === undefined ? null : [given].flat())

interface VendorOrderQuery {
  id: readonly string[] | null
  vendorIds: readonly string[] | null
  status: readonly string[] | null
  q: string | null
}

/** Vendor orders with the id of the order that each is a part of. */
async function loadParts(request: AnyRequest, filter: VendorOrderQuery, page: AnyRequest['page']) {
  const { context } = request
  const rows = await context.db.read(context.scope, listVendorOrdersStatement(tenantOf(context), { ...filter, ...page }))
  const parents = await context.db.read(context.scope, ordersOfPartsStatement(tenantOf(context), rows.map((row) => row.id)))
  const orderIds = new Map(parents.map((parent) => [parent.id, parent.order_id]))
  const vendor_orders = rows.map(({ count: _count, ...row }) =>
    request.fields.project({ ...renderVendorOrder(row, picturesOf(request)), order_id: orderIds.get(row.id), vendor_id: row.vendor_id }),
  )
  return { vendor_orders, count: rows[0]?.count ?? 0 }
}

/** The vendors that are asked for and allowed; null for all. */
function vendorsOf(request: AnyRequest, wanted: readonly string[] | undefined): readonly string[] | null {
  const within = reach(request, 'orders:read')
  if (wanted === undefined) return within
  return within === null ? wanted : wanted.filter((vendorId) => within.includes(vendorId))
}

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/orders',
    summary: 'List orders',
    access: 'orders:read',
    query: z.strictObject({
      q,
      id: ids,
      status: z.union([orderStatus, z.array(orderStatus).max(6)]).optional(),
      customer_id: id.optional(),
      sales_channel_id: oneOrMany.optional(),
      vendor_id: id.optional(),
    }),
    fields,
    page: { limit: 50, orderable: orderOrders, descending: true },
    async handle(request) {
      needWholeStore(request, 'orders:read')
      const { context, query, page } = request
      const filter = {
        q: query.q ?? null,
        id: query.id ?? null,
        status: several(query.status),
        customerId: query.customer_id ?? null,
        salesChannelId: query.sales_channel_id ?? null,
        vendorId: query.vendor_id ?? null,
      }
      const rows = await context.db.read(context.scope, listOrdersStatement(tenantOf(context), { ...filter, ...page }))
      const orders = rows.map(({ count: _count, ...order }) => rendered(request, order))
      return { orders, count: rows[0]?.count ?? 0, offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/orders/:id',
    summary: "An order with every vendor's part",
    access: 'orders:read',
    fields,
    ids: { id: 'order' },
    async handle(request) {
      needWholeStore(request, 'orders:read')
      const { context } = request
      const wanted = request.params.id as string
      const [order] = await context.db.read(context.scope, loadOrderStatement(tenantOf(context), wanted))
      if (order === undefined) throw notFound(`Order with id: ${wanted} was not found`)
      return { order: rendered(request, order) }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/vendor-orders',
    summary: "List vendors' parts of orders",
    access: 'orders:read',
    query: z.strictObject({ q, id: ids, vendor_id: ids, status: z.union([partStatus, z.array(partStatus).max(3)]).optional() }),
    fields: vendorOrderFields,
    page: { limit: 50, orderable: vendorOrderOrders, descending: true },
    async handle(request) {
      const { query, page } = request
      const filter = { id: query.id ?? null, status: several(query.status), q: query.q ?? null, vendorIds: vendorsOf(request, query.vendor_id) }
      return { ...(await loadParts(request, filter, page)), offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/vendor-orders/:id',
    summary: "A vendor's part of an order",
    access: 'orders:read',
    fields: vendorOrderFields,
    ids: { id: 'vendor_order' },
    async handle(request) {
      const wanted = request.params.id as string
      const filter = { id: [wanted], status: null, q: null, vendorIds: vendorsOf(request, undefined) }
      const { vendor_orders: found } = await loadParts(request, filter, singlePage)
      if (found[0] === undefined) throw notFound(`Vendor order with id: ${wanted} was not found`)
      return { vendor_order: found[0] }
    },
  }),
]

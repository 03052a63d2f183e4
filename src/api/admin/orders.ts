import { z } from 'zod'
import { readPage, singlePage, tenantOf } from '../../db/index.js'
import { requestExport } from '../../exports/index.js'
import { address, email, type FieldsPolicy, metadata, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { invalidData, notFound } from '../../kernel/index.js'
import {
  archiveOrder,
  cancelOrder,
  completeOrder,
  listOrdersStatement,
  listVendorOrdersStatement,
  mostLookedAt,
  mostOfTotal,
  orderOrders,
  ordersOfPartsStatement,
  partsOfOrdersStatement,
  ordersOfTotalStatement,
  type Period,
  renderVendorOrder,
  type TotalBounds,
  updateOrder,
  vendorOrderOrders,
} from '../../orders/index.js'
import { requestPayment } from '../../payments/index.js'
import { narrowedQuery } from '../narrowing.js'
import { localeCode } from './translations.js'
import { orElseDraft, wireDraft } from './draft-answers.js'
import { answerOrder, orderFields as fields, orderLines, picturesOf, renderedAll, wireOrder } from './order-answers.js'
import { type AnyRequest, id, ids, moment, needWholeStore, q, reach } from './shared.js'

const vendorOrderFields: FieldsPolicy = { relationsLimit: 4, defaults: ['*', 'summary', 'vendor.*', ...orderLines, 'commission_lines.*'] }

const orderStatus = z.enum(['pending', 'completed', 'draft', 'archived', 'canceled', 'requires_action'])
/** A moment, or bounds around it, as Medusa's clients filter by time. Rows have milliseconds, so every bound can be shifted to one kind. */
export const period = z
  .union([
    moment.transform((at) => ({ $gte: at, $lte: at })),
    z.strictObject({ $gt: moment.optional(), $gte: moment.optional(), $lt: moment.optional(), $lte: moment.optional() }),
  ])
  .transform((bounds: { $gt?: Date | undefined; $gte?: Date | undefined; $lt?: Date | undefined; $lte?: Date | undefined }): Period => {
    const next = (at: Date | undefined) => (at === undefined ? [] : [at.getTime() + 1])
    const same = (at: Date | undefined) => (at === undefined ? [] : [at.getTime()])
    const from = [...next(bounds.$gt), ...same(bounds.$gte)]
    const before = [...next(bounds.$lte), ...same(bounds.$lt)]
    return {
      from: from.length === 0 ? null : new Date(Math.max(...from)),
      before: before.length === 0 ? null : new Date(Math.min(...before)),
    }
  })
const major = z.coerce.number()
/** What an order comes to now, or bounds of that. */
const totals = z.union([
  major.transform((total): TotalBounds => ({ $gte: total, $lte: total })),
  z.strictObject({ $gt: major.optional(), $gte: major.optional(), $lt: major.optional(), $lte: major.optional() }),
  z.strictObject({ $eq: major }).transform(({ $eq }): TotalBounds => ({ $gte: $eq, $lte: $eq })),
])
const orderList = narrowedQuery(
  z.strictObject({
    q,
    id: ids,
    status: z.union([orderStatus, z.array(orderStatus).max(6)]).optional(),
    customer_id: ids,
    sales_channel_id: ids,
    vendor_id: id.optional(),
    region_id: ids,
    created_at: period.optional(),
    updated_at: period.optional(),
    total: totals.optional(),
  }),
  {
    table: 'orders',
    columns: {
      status: 'text',
      email: 'text',
      customer_id: 'text',
      sales_channel_id: 'text',
      region_id: 'text',
      currency_code: 'text',
      display_id: 'number',
      canceled_at: 'date',
    },
  },
)
const partStatus = z.enum(['pending', 'completed', 'canceled'])
const several = <Value extends string>(given: Value | Value[] | undefined) => (given === undefined ? null : [given].flat())

/** Throws invalid_data. */
function emailIn(given: string): string {
  const read = email.safeParse(given)
  if (!read.success) throw invalidData('The email is not valid')
  return read.data
}

const withoutId = ({ id: _id, ...rest }: z.output<typeof address>) => rest

interface VendorOrderQuery {
  id: readonly string[] | null
  vendorIds: readonly string[] | null
  status: readonly string[] | null
  q: string | null
}

/** Vendor orders with the id of the order that each is a part of. */
async function loadParts(request: AnyRequest, filter: VendorOrderQuery, page: AnyRequest['page']) {
  const { context } = request
  const { rows, count } = await readPage(context, page, (part) => listVendorOrdersStatement(tenantOf(context), { ...filter, ...part }))
  const parents = await context.db.read(
    context.scope,
    ordersOfPartsStatement(
      tenantOf(context),
      rows.map((row) => row.id),
    ),
  )
  const orderIds = new Map(parents.map((parent) => [parent.id, parent.order_id]))
  const vendor_orders = rows.map(({ count: _count, ...row }) =>
    request.fields.project({ ...renderVendorOrder(row, picturesOf(request)), order_id: orderIds.get(row.id), vendor_id: row.vendor_id }),
  )
  return { vendor_orders, count }
}

/** The ids that are asked for; with orders named, those of them that are parts of these. */
async function partsAskedFor(
  { context }: AnyRequest,
  { id: wanted, order_id }: { id?: readonly string[] | undefined; order_id?: readonly string[] | undefined },
) {
  if (order_id === undefined) return wanted ?? null
  const parts = await context.db.read(context.scope, partsOfOrdersStatement(tenantOf(context), order_id))
  return parts.map((part) => part.id).filter((part) => wanted?.includes(part) ?? true)
}

/** The vendors that are asked for and allowed; null for all. */
function vendorsOf(request: AnyRequest, wanted: readonly string[] | undefined): readonly string[] | null {
  const within = reach(request, 'orders:read')
  if (wanted === undefined) return within
  return within === null ? wanted : wanted.filter((vendorId) => within.includes(vendorId))
}

/**
 * The ids that are asked for; with bounds of totals, those of them that are within.
 * @throws invalid_data for too many, that match or that are to be looked at
 */
async function idsOfTotal({ context }: AnyRequest, { id: wanted, total, created_at }: z.output<typeof orderList.schema>) {
  if (total === undefined) return wanted ?? null
  const scope = { ids: wanted ?? null, created: created_at ?? { from: null, before: null } }
  const [found] = await context.db.read(context.scope, ordersOfTotalStatement(tenantOf(context), total, scope))
  const { ids: within = [], looked_at = 0 } = found ?? {}
  if (looked_at > mostLookedAt) throw invalidData(`Totals are looked for among ${mostLookedAt} orders at most: name a time with created_at`)
  if (within.length > mostOfTotal) throw invalidData(`More than ${mostOfTotal} match: narrow the list further`)
  return within
}

/** What the list's statement understands of a query. */
async function orderFilterOf(request: RequestContext<z.output<typeof orderList.schema>, unknown>) {
  const query = await orderList.narrow(request)
  return {
    q: query.q ?? null,
    id: await idsOfTotal(request, query),
    status: several(query.status),
    customerId: query.customer_id ?? null,
    salesChannelId: query.sales_channel_id ?? null,
    vendorId: query.vendor_id ?? null,
    regionId: query.region_id ?? null,
    ...(query.created_at === undefined ? {} : { created: query.created_at }),
    ...(query.updated_at === undefined ? {} : { updated: query.updated_at }),
  }
}

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/orders',
    summary: 'List orders',
    access: 'orders:read',
    query: orderList.schema,
    fields,
    page: { limit: 15, orderable: orderOrders },
    async handle(request) {
      needWholeStore(request, 'orders:read')
      const { context, page } = request
      const filter = await orderFilterOf(request)
      const { rows, count } = await readPage(context, page, (part) => listOrdersStatement(tenantOf(context), { ...filter, ...part }))
      const orders = await renderedAll(
        request,
        rows.map(({ count: _count, ...order }) => order),
      )
      return { orders, count, offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/orders/export',
    summary: "Write the orders that the list's filters find to a CSV file; notifications tell where it is",
    access: 'exports:write',
    query: orderList.schema,
    // Clients send what they would send to the list: a body, and the fields that a file has its own of.
    body: z.object({}),
    fields,
    // A page of the list's is asked for with them; a file has all pages.
    page: { limit: 50, orderable: orderOrders },
    status: 202,
    async handle(request) {
      for (const permission of ['exports:write', 'orders:read'] as const) needWholeStore(request, permission)
      const filter = await orderFilterOf(request)
      for (const status of filter.status ?? []) {
        // A list of none is an answer; a file of none is one that somebody waits for in vain.
        const known: readonly string[] = orderStatus.options
        if (!known.includes(status)) throw invalidData(`No order has the status ${status}: it is one of ${known.join(', ')}`)
      }
      return { transaction_id: await requestExport(request.context, { kind: 'orders', filter, vendorIds: null }) }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/orders/:id',
    summary: "An order with every vendor's part; older versions are told by its changes",
    access: 'orders:read',
    query: z.strictObject({ version: z.coerce.number().int().min(1).optional() }),
    fields,
    ids: { id: 'order' },
    async handle(request) {
      needWholeStore(request, 'orders:read')
      const wanted = request.params.id as string
      return orElseDraft<{ order: unknown }>(
        () => answerOrder(request, wanted, request.query.version),
        async () => {
          const draft = await wireDraft(request, wanted)
          return draft && { order: request.fields.project(draft) }
        },
      )
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/vendor-orders',
    summary: "List vendors' parts of orders",
    access: 'orders:read',
    query: z.strictObject({
      q,
      id: ids,
      order_id: ids,
      vendor_id: ids,
      status: z.union([partStatus, z.array(partStatus).max(3)]).optional(),
    }),
    fields: vendorOrderFields,
    page: { limit: 50, orderable: vendorOrderOrders, descending: true },
    async handle(request) {
      const { query, page } = request
      const filter = {
        id: await partsAskedFor(request, query),
        status: several(query.status),
        q: query.q ?? null,
        vendorIds: vendorsOf(request, query.vendor_id),
      }
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
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/orders/:id',
    summary: 'Change whom an order is for and where it goes',
    access: 'orders:write',
    body: z.strictObject({
      // Read as one below: Medusa says of what is none that it is not valid, and no more.
      email: z.string().max(254).optional(),
      shipping_address: address.optional(),
      billing_address: address.optional(),
      locale: localeCode.nullish(),
      metadata,
    }),
    fields,
    ids: { id: 'order' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'orders:write')
      const { shipping_address, billing_address, email: given, ...rest } = request.body
      await updateOrder(request.context, wanted, {
        ...rest,
        ...(given === undefined ? {} : { email: emailIn(given) }),
        ...(shipping_address === undefined ? {} : { shipping_address: withoutId(shipping_address) }),
        ...(billing_address === undefined ? {} : { billing_address: withoutId(billing_address) }),
      })
      return answerOrder(request, wanted)
    },
  }),
  ...(['complete', 'archive', 'cancel'] as const).map((verb) =>
    route({
      surface: 'admin',
      method: 'POST',
      path: `/admin/orders/:id/${verb}`,
      summary: {
        complete: 'Nothing more is expected of an order',
        archive: 'Put an order away',
        cancel: 'Cancel an order of which nothing is packed',
      }[verb],
      access: 'orders:write',
      fields,
      ids: { id: 'order' },
      async handle(request) {
        const wanted = request.params.id as string
        needWholeStore(request, 'orders:write')
        await { complete: completeOrder, archive: archiveOrder, cancel: cancelOrder }[verb](request.context, wanted)
        return answerOrder(request, wanted)
      },
    }),
  ),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/orders/:id/payment-requests',
    summary: 'Mail the shopper what is still to be paid of an order, with the link to pay it',
    access: 'orders:write',
    fields,
    ids: { id: 'order' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'orders:write')
      await requestPayment(request.context, wanted)
      return answerOrder(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/orders/:id/line-items',
    summary: 'What became of the lines of an order',
    access: 'orders:read',
    // An order's lines are as they are now: `version` picks them where it is that.
    query: z.strictObject({ id: oneOrMany.optional(), item_id: oneOrMany.optional(), version: z.coerce.number().optional() }),
    fields: { relationsLimit: 4, defaults: ['*', 'item.*', 'item.vendor.*', 'item.tax_lines.*', 'item.variant.*', 'item.product.*'] },
    ids: { id: 'order', item_id: 'order_line_item' },
    async handle(request) {
      needWholeStore(request, 'orders:read')
      const order = await wireOrder(request, request.params.id as string)
      const items = order.items as Record<string, unknown>[]
      const { id: details, item_id: lines, version } = request.query
      const asked = items.filter(
        (item) =>
          (details?.includes((item.detail as { id: string }).id) ?? true) &&
          (lines?.includes(item.id as string) ?? true) &&
          (version === undefined || version === order.version),
      )
      return {
        order_items: asked.map((item) =>
          request.fields.project({
            ...(item.detail as object),
            order_id: order.id,
            version: order.version,
            unit_price: item.unit_price,
            item,
          }),
        ),
      }
    },
  }),
]

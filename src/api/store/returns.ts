import { z } from 'zod'
import { readPage, wordPatterns, singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { invalidData, limits, notAllowed, notFound, StoaError } from '../../kernel/index.js'
import { createReturn, listReturnReasonsStatement, listReturnsStatement, renderReturn } from '../../returns/index.js'
import { translated } from '../../translations/index.js'
import { listed } from './shared.js'

const reasonFields: FieldsPolicy = {
  defaults: [
    'id',
    'value',
    'label',
    'parent_return_reason_id',
    'description',
    'created_at',
    'updated_at',
    'deleted_at',
    'parent_return_reason.*',
    'return_reason_children.*',
  ],
}
const returnFields: FieldsPolicy = {
  defaults: [
    'id',
    'order_id',
    'display_id',
    'status',
    'location_id',
    'exchange_id',
    'claim_id',
    'refund_amount',
    'no_notification',
    'metadata',
    'requested_at',
    'received_at',
    'canceled_at',
    'created_by',
    'created_at',
    'updated_at',
    'deleted_at',
    'items.id',
    'items.item_id',
    'items.return_id',
    'items.quantity',
    'items.received_quantity',
    'items.damaged_quantity',
    'items.reason_id',
    'items.note',
    'items.metadata',
    'shipping_methods.*',
  ],
}
const id = z.string().min(1).max(64)
const text = z.string().max(limits.text_characters).nullish()
// As in Medusa, only what is asked for itself is strict.
const item = z.object({ id, quantity: z.int().min(1).max(limits.quantity), reason_id: id.nullish(), note: text })
const returnBody = z.strictObject({
  order_id: id,
  items: z.array(item).max(limits.cartLines),
  return_shipping: z.object({ option_id: id, price: z.number().min(0).optional() }),
  note: text,
  receive_now: z.boolean().optional(),
  location_id: id.nullish(),
})

async function answerReturn(request: RequestContext<unknown, unknown>, returnId: string): Promise<unknown> {
  const { context } = request
  const [row] = await context.db.read(
    context.scope,
    listReturnsStatement(tenantOf(context), { id: [returnId], orderId: null, status: null }, singlePage),
  )
  if (row === undefined) throw notFound(`Return with id: ${returnId} was not found`)
  return { return: request.fields.project(renderReturn(row)) }
}

/** The contract answers a request that names what is not there with 400; only the order itself is not found. */
function asInvalid(error: unknown, orderId: string): unknown {
  const isOther = error instanceof StoaError && error.type === 'not_found' && !error.message.includes(orderId)
  return isOther ? invalidData(error.message) : error
}

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/returns',
    summary: 'Ask to send goods of an order back',
    access: 'public',
    body: returnBody,
    fields: returnFields,
    ids: {
      order_id: 'order',
      items: 'order_line_item',
      reason_id: 'return_reason',
      option_id: 'return_shipping_option',
      location_id: 'stock_location',
    },
    async handle(request) {
      const { order_id, items, return_shipping, note, receive_now, location_id } = request.body
      if (items.length === 0) throw invalidData('Items are required to create a return.')
      // What came back is counted by those who have it in their hands, and sending back costs what the store says.
      if (receive_now === true) throw notAllowed('Only the store can receive what is returned.')
      const input = { order_id, items, note, location_id, shippingOptionId: return_shipping.option_id }
      const returnId = await createReturn(request.context, input).catch((error: unknown) => {
        throw asInvalid(error, order_id)
      })
      return answerReturn(request, returnId)
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/return-reasons',
    summary: 'Why goods can be sent back',
    access: 'public',
    query: z.strictObject({
      q: z.string().max(limits.search_characters).optional(),
      id: oneOrMany.optional(),
      value: oneOrMany.optional(),
      parent_return_reason_id: oneOrMany.optional(),
    }),
    fields: reasonFields,
    page: { limit: 20, orderable: ['id', 'created_at', 'updated_at', 'value', 'label', 'description', 'parent_return_reason_id'] },
    async handle(request) {
      const { context, query, page } = request
      const filter = {
        id: query.id ?? null,
        value: query.value ?? null,
        parentId: query.parent_return_reason_id ?? null,
        q: wordPatterns(query.q),
      }
      const { rows, count } = await readPage(context, page, (wanted) => listReturnReasonsStatement(tenantOf(context), filter, wanted))
      await translated(context, request.locale, rows)
      return listed(
        'return_reasons',
        rows.map(({ count: _count, ...row }) => row),
        request,
        count,
      )
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/return-reasons/:id',
    summary: 'A reason why goods can be sent back',
    access: 'public',
    fields: reasonFields,
    ids: { id: 'return_reason' },
    async handle(request) {
      const { context } = request
      const wanted = request.params.id as string
      const filter = { id: [wanted], value: null, parentId: null, q: null }
      const [row] = await context.db.read(context.scope, listReturnReasonsStatement(tenantOf(context), filter, singlePage))
      if (row === undefined) throw notFound(`Return reason with id: ${wanted} was not found`)
      await translated(context, request.locale, [row])
      return { return_reason: request.fields.project(row) }
    },
  }),
]

import { z } from 'zod'
import { singlePage, tenantOf } from '../../db/index.js'
import { previewChange } from '../../exchanges/index.js'
import { type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import {
  beginReceiving,
  beginReturn,
  cancelReceiving,
  cancelReturn,
  changeCount,
  changeReturnItem,
  chooseReturnShipping,
  confirmReceiving,
  type Count,
  countReturn,
  dropReturn,
  listReturnsStatement,
  renderReturn,
  requestReturn,
  requestReturnItems,
  returnOrders,
  type ReturnRow,
  updateReturn,
} from '../../returns/index.js'
import { picturesOf, wireOrder } from './order-answers.js'
import { type AnyRequest, amount, deleted, id, ids, needWholeStore, reading, text } from './shared.js'

export const returnFields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: [
    'id',
    'order_id',
    'order_version',
    'display_id',
    'status',
    'location_id',
    'exchange_id',
    'claim_id',
    'currency_code',
    'refund_amount',
    'refundable_amount',
    'no_notification',
    'note',
    'metadata',
    'created_by',
    'requested_at',
    'received_at',
    'canceled_at',
    'created_at',
    'updated_at',
    'deleted_at',
    'items.*',
    'items.reason.*',
    'items.item.*',
    'items.detail.*',
    'shipping_methods.*',
  ],
}
const unknownReturn = (returnId: string) => `Return id not found: ${returnId}`
const returnStatus = z.enum(['open', 'requested', 'received', 'partially_received', 'canceled'])

const returns = reading({
  path: '/admin/returns',
  limit: 15,
  singular: 'return',
  plural: 'returns',
  label: 'Return',
  missing: unknownReturn,
  access: 'orders:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, order_id: ids, status: z.union([returnStatus, z.array(returnStatus).max(5)]).optional() }),
  narrowing: { table: 'order_return', columns: { order_id: 'text' } },
  fields: returnFields,
  orderable: returnOrders,
  load: (request, query, page) => {
    const { context } = request
    const status = query.status === undefined ? null : [query.status].flat()
    return context.db.read(
      context.scope,
      listReturnsStatement(tenantOf(context), { id: query.id ?? null, orderId: query.order_id ?? null, status }, page),
    )
  },
  render: (row: ReturnRow) => renderReturn(row),
})

/** @throws not_found */
export async function loadReturn({ context }: AnyRequest, returnId: string): Promise<ReturnRow> {
  const filter = { id: [returnId], orderId: null, status: null }
  const [row] = await context.db.read(context.scope, listReturnsStatement(tenantOf(context), filter, singlePage))
  if (row === undefined) throw notFound(unknownReturn(returnId))
  return row
}

/** The return after a step, and its order with what the return would do to its lines. */
async function answer(request: AnyRequest, returnId: string, as: 'order' | 'order_preview'): Promise<Record<string, unknown>> {
  const row = await loadReturn(request, returnId)
  const shown = request.fields.project(renderReturn(row))
  if (as === 'order') return { order: await wireOrder(request, row.order_id), return: shown }
  return { order_preview: await previewChange(request.context, row.order_id, picturesOf(request), returnId), return: shown }
}

const quantity = z.int().min(1).max(limits.quantity)
const note = text.nullish()
const words = { description: note, internal_note: note }
const requested = z.object({ id, quantity: z.int().min(0).max(limits.quantity), reason_id: id.nullish(), ...words, metadata })
const counted = z.object({ id, quantity: z.int().min(0).max(limits.quantity), ...words })
const manyOf = <Item extends z.ZodType>(item: Item) => z.strictObject({ items: z.array(item).min(1).max(limits.cartLines) })

/** A step of a return: it changes something, and the answer shows what. */
function step<Body extends z.ZodType>(
  path: string,
  summary: string,
  more: { body?: Body; method?: 'POST' | 'DELETE'; ids?: Record<string, string>; as?: 'order' | 'order_preview' },
  act: (request: AnyRequest & { body: z.output<Body> }, returnId: string) => Promise<void>,
): Route {
  return route({
    surface: 'admin',
    method: more.method ?? 'POST',
    path: `/admin/returns/:id${path}`,
    summary,
    access: 'returns:write',
    ...(more.body === undefined ? {} : { body: more.body as z.ZodType }),
    fields: returnFields,
    ids: { id: 'return', ...(path.includes(':action_id') ? { action_id: 'return_item' } : {}), ...more.ids },
    async handle(request) {
      const returnId = request.params.id as string
      needWholeStore(request, 'returns:write')
      await act(request as AnyRequest & { body: z.output<Body> }, returnId)
      return answer(request, returnId, more.as ?? 'order_preview')
    },
  })
}

const actionOf = (request: AnyRequest) => request.params.action_id as string
const noted = (item: { internal_note?: string | null | undefined; description?: string | null | undefined }) =>
  item.internal_note ?? item.description ?? null

/** A return has one choice of shipping, so its action has the return's id. Throws not_found for another, and where none was chosen. */
async function shippingOf(request: AnyRequest, returnId: string): Promise<string> {
  const row = await loadReturn(request, returnId)
  if (actionOf(request) !== returnId || row.shipping_option_id === null)
    throw notFound(`Action with id: ${actionOf(request)} was not found`)
  return row.shipping_option_id
}

/** Good pieces and damaged ones are counted in the same way. */
const counting = (path: string, count: Count, what: string): Route[] => [
  step(path, `Count ${what} pieces that came back`, { body: manyOf(counted), ids: { items: 'order_line_item' } }, (request, returnId) =>
    countReturn(request.context, returnId, count, request.body.items),
  ),
  step(
    `${path}/:action_id`,
    `Change how many ${what} pieces came back`,
    // A client may say these here too: they are those of what was asked for.
    {
      body: z.strictObject({ quantity: counted.shape.quantity.optional(), internal_note: note, reason_id: id.nullish(), metadata }),
      ids: { reason_id: 'external_id' },
    },
    (request, returnId) => changeCount(request.context, returnId, count, actionOf(request), request.body.quantity),
  ),
  step(`${path}/:action_id`, `Take back what was counted of ${what} pieces`, { method: 'DELETE' }, (request, returnId) =>
    changeCount(request.context, returnId, count, actionOf(request), 0),
  ),
]

export const routes: Route[] = [
  ...returns.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/returns',
    summary: 'Begin a return; its items and shipping are chosen next',
    access: 'returns:write',
    body: z.strictObject({ order_id: id, location_id: id.nullish(), no_notification: z.boolean().optional(), ...words, metadata }),
    fields: returnFields,
    ids: { order_id: 'order', location_id: 'stock_location' },
    async handle(request) {
      needWholeStore(request, 'returns:write')
      const { description: _description, internal_note: _note, ...input } = request.body
      return answer(request, await beginReturn(request.context, { ...input, note: noted(request.body) }), 'order')
    },
  }),
  step(
    '',
    'Change where the goods of a return go',
    {
      body: z.strictObject({ location_id: id.nullish(), no_notification: z.boolean().optional(), metadata }),
      ids: { location_id: 'stock_location' },
    },
    (request, returnId) => updateReturn(request.context, returnId, request.body),
  ),
  step(
    '/request-items',
    'Choose what goes back',
    { body: manyOf(requested), ids: { items: 'order_line_item', reason_id: 'return_reason' } },
    (request, returnId) =>
      requestReturnItems(
        request.context,
        returnId,
        request.body.items.map(({ description, internal_note, ...item }) => ({ ...item, note: noted({ description, internal_note }) })),
      ),
  ),
  step(
    '/request-items/:action_id',
    'Change an item that was chosen',
    {
      body: z.strictObject({ quantity: quantity.optional(), reason_id: id.nullish(), internal_note: note, metadata }),
      ids: { reason_id: 'return_reason' },
    },
    (request, returnId) => {
      const { internal_note, quantity: pieces, ...change } = request.body
      return changeReturnItem(request.context, returnId, actionOf(request), {
        ...change,
        note: internal_note,
        ...(pieces === undefined ? {} : { quantity: pieces }),
      })
    },
  ),
  step('/request-items/:action_id', 'Leave out an item that was chosen', { method: 'DELETE' }, (request, returnId) =>
    changeReturnItem(request.context, returnId, actionOf(request), null),
  ),
  step(
    '/shipping-method',
    'Choose how the goods are sent back',
    {
      body: z.strictObject({ shipping_option_id: id, custom_amount: amount.optional(), ...words, metadata }),
      ids: { shipping_option_id: 'return_shipping_option' },
    },
    (request, returnId) =>
      chooseReturnShipping(request.context, returnId, request.body.shipping_option_id, request.body.custom_amount ?? null),
  ),
  step(
    '/shipping-method/:action_id',
    'Change what sending back costs',
    { body: z.strictObject({ custom_amount: amount.nullish(), internal_note: note, metadata }), ids: { action_id: 'return' } },
    async (request, returnId) => {
      const optionId = await shippingOf(request, returnId)
      await chooseReturnShipping(request.context, returnId, optionId, request.body.custom_amount ?? null)
    },
  ),
  step(
    '/shipping-method/:action_id',
    'Send the goods back without shipping of ours',
    { method: 'DELETE', ids: { action_id: 'return' } },
    async (request, returnId) => {
      await shippingOf(request, returnId)
      await chooseReturnShipping(request.context, returnId, null, null)
    },
  ),
  step(
    '/request',
    'Request the return that was put together',
    { body: z.strictObject({ no_notification: z.boolean().optional() }) },
    (request, returnId) => requestReturn(request.context, returnId, request.body.no_notification !== true),
  ),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/returns/:id/request',
    summary: 'Drop a return that was not requested',
    access: 'returns:write',
    ids: { id: 'return' },
    async handle(request) {
      const returnId = request.params.id as string
      needWholeStore(request, 'returns:write')
      await dropReturn(request.context, returnId)
      return deleted('return', returnId)
    },
  }),
  step('/receive', 'Begin to count what came back', { body: z.strictObject({ ...words, metadata }), as: 'order' }, (request, returnId) =>
    beginReceiving(request.context, returnId),
  ),
  step('/receive', 'Forget what was counted', { method: 'DELETE' }, (request, returnId) => cancelReceiving(request.context, returnId)),
  ...counting('/receive-items', 'receiving', 'good'),
  ...counting('/dismiss-items', 'dismissing', 'damaged'),
  step(
    '/receive/confirm',
    'Receive what was counted; good pieces are on the shelf again',
    { body: z.strictObject({ no_notification: z.boolean().optional() }) },
    (request, returnId) => confirmReceiving(request.context, returnId, request.body.no_notification !== true),
  ),
  step('/cancel', 'Call a return off', { body: z.strictObject({ no_notification: z.boolean().optional() }) }, (request, returnId) =>
    cancelReturn(request.context, returnId, request.body.no_notification !== true),
  ),
]

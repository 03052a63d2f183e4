import { z } from 'zod'
import { singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import {
  beginExchange,
  cancelExchange,
  dropExchange,
  exchangeOrders,
  type ExchangeRow,
  listExchangesStatement,
  previewChange,
  renderExchange,
  requestExchange,
  returnOfExchange,
} from '../../exchanges/index.js'
import { limits, notFound } from '../../kernel/index.js'
import {
  addItems,
  addShipping,
  changeItemAction,
  changeShippingAction,
  type EditTarget,
  removeItemAction,
  removeShippingAction,
} from '../../order-edits/index.js'
import { changeReturnItem, chooseReturnShipping, renderReturn, requestReturnItems } from '../../returns/index.js'
import { picturesOf, wireOrder } from './order-answers.js'
import { loadReturn } from './returns.js'
import { type AnyRequest, amount, deleted, id, ids, needWholeStore, reading, text } from './shared.js'

const fields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: ['*', 'additional_items.*', 'return.*', 'return.items.*', 'return.shipping_methods.*'],
}
const exchangeStatus = z.enum(['open', 'requested', 'canceled'])

const exchanges = reading({
  path: '/admin/exchanges',
  singular: 'exchange',
  plural: 'exchanges',
  label: 'Exchange',
  access: 'orders:read',
  ids: { order_id: 'exchange_order' },
  query: z.strictObject({ id: ids, order_id: ids, status: z.union([exchangeStatus, z.array(exchangeStatus).max(3)]).optional() }),
  fields: { relationsLimit: 4, defaults: ['*', 'additional_items.*'] },
  orderable: exchangeOrders,
  descending: true,
  load: (request, query, page) => {
    needWholeStore(request, 'orders:read')
    const { context } = request
    const status = query.status === undefined ? null : [query.status].flat()
    const filter = { id: query.id ?? null, orderId: query.order_id ?? null, status }
    return context.db.read(context.scope, listExchangesStatement(tenantOf(context), filter, page))
  },
  render: (row: ExchangeRow) => renderExchange(row),
})

/** @throws not_found */
async function loadExchange({ context }: AnyRequest, exchangeId: string): Promise<ExchangeRow> {
  const filter = { id: [exchangeId], orderId: null, status: null }
  const [row] = await context.db.read(context.scope, listExchangesStatement(tenantOf(context), filter, singlePage))
  if (row === undefined) throw notFound(`Exchange with id: ${exchangeId} was not found`)
  return row
}

/** The exchange with its return, and its order as it would be. */
async function answer(request: AnyRequest, exchangeId: string): Promise<Record<string, unknown>> {
  const row = await loadExchange(request, exchangeId)
  const back = row.return_id === null ? null : renderReturn(await loadReturn(request, row.return_id))
  const order_preview = await previewChange(request.context, row.order_id, picturesOf(request))
  return { order_preview, exchange: request.fields.project({ ...renderExchange(row), return: back }), return: back }
}

const quantity = z.int().min(1).max(limits.quantity)
const note = text.nullish()
const words = { description: note, internal_note: note }
const noted = (given: { internal_note?: string | null | undefined; description?: string | null | undefined }) =>
  given.internal_note ?? given.description ?? null
const actionOf = (request: AnyRequest) => request.params.action_id as string
const items = <Item extends z.ZodType>(item: Item) => z.strictObject({ items: z.array(item).min(1).max(limits.cartLines) })

/** A step of an exchange: it changes something, and the answer shows what. */
function step<Body extends z.ZodType>(
  path: string,
  summary: string,
  more: { body?: Body; method?: 'POST' | 'DELETE'; ids?: Record<string, string> },
  act: (request: AnyRequest & { body: z.output<Body> }, exchange: ExchangeRow) => Promise<void>,
): Route {
  return route({
    surface: 'admin',
    method: more.method ?? 'POST',
    path: `/admin/exchanges/:id${path}`,
    summary,
    access: 'returns:write',
    ...(more.body === undefined ? {} : { body: more.body as z.ZodType }),
    fields,
    ids: { id: 'exchange', ...more.ids },
    async handle(request) {
      const exchangeId = request.params.id as string
      needWholeStore(request, 'returns:write')
      await act(request as AnyRequest & { body: z.output<Body> }, await loadExchange(request, exchangeId))
      return answer(request, exchangeId)
    },
  })
}

const targetOf = (exchange: ExchangeRow): EditTarget => ({ orderId: exchange.order_id, exchangeId: exchange.id })

/** The return of an exchange that something was to come back with. Throws not_found for the action otherwise. */
function returnIdOf(request: AnyRequest, exchange: ExchangeRow): string {
  if (exchange.return_id === null) throw notFound(`Action with id: ${actionOf(request)} was not found`)
  return exchange.return_id
}

/** A return has one choice of shipping, so its action has the return's id. Throws not_found for another, and where none was chosen. */
async function shippingOf(request: AnyRequest, exchange: ExchangeRow): Promise<{ returnId: string; optionId: string }> {
  const returnId = returnIdOf(request, exchange)
  const { shipping_option_id: optionId } = await loadReturn(request, returnId)
  if (actionOf(request) !== returnId || optionId === null) throw notFound(`Action with id: ${actionOf(request)} was not found`)
  return { returnId, optionId }
}

const chosen = z.strictObject({ shipping_option_id: id, custom_amount: amount.nullish(), ...words, metadata })
const repriced = z.strictObject({ custom_amount: amount.nullish(), internal_note: note, metadata })

const inbound: Route[] = [
  step(
    '/inbound/items',
    'Plan what comes back',
    {
      body: items(z.strictObject({ id, quantity, reason_id: id.nullish(), ...words, metadata })).extend({ location_id: id.optional() }),
      ids: { items: 'order_line_item', reason_id: 'return_reason', location_id: 'stock_location' },
    },
    async (request, exchange) => {
      const { context, body } = request
      const returnId = await returnOfExchange(context, exchange.id, body.location_id)
      const wanted = body.items.map(({ description, internal_note, ...item }) => ({ ...item, note: noted({ description, internal_note }) }))
      await requestReturnItems(context, returnId, wanted)
    },
  ),
  step(
    '/inbound/items/:action_id',
    'Change what is planned to come back',
    {
      body: z.strictObject({ quantity: quantity.optional(), reason_id: id.nullish(), internal_note: note, description: note, metadata }),
      ids: { action_id: 'exchange_return_item', reason_id: 'return_reason' },
    },
    (request, exchange) => {
      const { internal_note, description, quantity: pieces, ...change } = request.body
      return changeReturnItem(request.context, returnIdOf(request, exchange), actionOf(request), {
        ...change,
        note: internal_note ?? description,
        ...(pieces === undefined ? {} : { quantity: pieces }),
      })
    },
  ),
  step(
    '/inbound/items/:action_id',
    'Leave out what was planned to come back',
    { method: 'DELETE', ids: { action_id: 'exchange_return_item' } },
    (request, exchange) => changeReturnItem(request.context, returnIdOf(request, exchange), actionOf(request), null),
  ),
  step(
    '/inbound/shipping-method',
    'Choose how the goods are sent back',
    { body: chosen, ids: { shipping_option_id: 'return_shipping_option' } },
    async ({ context, body }, exchange) => {
      const returnId = await returnOfExchange(context, exchange.id, undefined)
      await chooseReturnShipping(context, returnId, body.shipping_option_id, body.custom_amount ?? null)
    },
  ),
  step(
    '/inbound/shipping-method/:action_id',
    'Change what sending back costs',
    { body: repriced, ids: { action_id: 'exchange_return' } },
    async (request, exchange) => {
      const { returnId, optionId } = await shippingOf(request, exchange)
      await chooseReturnShipping(request.context, returnId, optionId, request.body.custom_amount ?? null)
    },
  ),
  step(
    '/inbound/shipping-method/:action_id',
    'Send the goods back without shipping of ours',
    { method: 'DELETE', ids: { action_id: 'exchange_return' } },
    async (request, exchange) => {
      const { returnId } = await shippingOf(request, exchange)
      await chooseReturnShipping(request.context, returnId, null, null)
    },
  ),
]

const sent = z.strictObject({
  variant_id: id,
  quantity,
  unit_price: amount.nullish(),
  allow_backorder: z.boolean().optional(),
  internal_note: note,
  metadata,
})

const outbound: Route[] = [
  step('/outbound/items', 'Plan what is sent', { body: items(sent), ids: { variant_id: 'variant' } }, (request, exchange) =>
    addItems(request.context, targetOf(exchange), request.body.items),
  ),
  step(
    '/outbound/items/:action_id',
    'Change what is planned to be sent',
    { body: z.strictObject({ quantity: quantity.optional(), internal_note: note }), ids: { action_id: 'exchange_item' } },
    (request, exchange) => changeItemAction(request.context, targetOf(exchange), actionOf(request), request.body),
  ),
  step(
    '/outbound/items/:action_id',
    'Leave out what was planned to be sent',
    { method: 'DELETE', ids: { action_id: 'exchange_item' } },
    (request, exchange) => removeItemAction(request.context, targetOf(exchange), actionOf(request)),
  ),
  step(
    '/outbound/shipping-method',
    'Choose how the goods are sent',
    { body: chosen, ids: { shipping_option_id: 'shipping_option' } },
    (request, exchange) => {
      const { description, internal_note, ...option } = request.body
      return addShipping(request.context, targetOf(exchange), { ...option, internal_note: noted({ description, internal_note }) })
    },
  ),
  step(
    '/outbound/shipping-method/:action_id',
    'Change what sending costs',
    { body: repriced, ids: { action_id: 'exchange_shipping' } },
    (request, exchange) => changeShippingAction(request.context, targetOf(exchange), actionOf(request), request.body),
  ),
  step(
    '/outbound/shipping-method/:action_id',
    'Leave out how the goods are sent',
    { method: 'DELETE', ids: { action_id: 'exchange_shipping' } },
    (request, exchange) => removeShippingAction(request.context, targetOf(exchange), actionOf(request)),
  ),
]

export const routes: Route[] = [
  ...exchanges.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/exchanges',
    summary: 'Begin an exchange; what comes back and what is sent is chosen next',
    access: 'returns:write',
    body: z.strictObject({ order_id: id, ...words, metadata }),
    fields,
    ids: { order_id: 'order' },
    async handle(request) {
      needWholeStore(request, 'returns:write')
      const { description, internal_note, ...input } = request.body
      const made = await beginExchange(request.context, { ...input, note: noted({ description, internal_note }) })
      const row = await loadExchange(request, made)
      return { order: await wireOrder(request, row.order_id), exchange: request.fields.project({ ...renderExchange(row), return: null }) }
    },
  }),
  ...inbound,
  ...outbound,
  step(
    '/request',
    'Do what an exchange plans: the return, what is sent for it, and who owes the difference',
    { body: z.strictObject({ no_notification: z.boolean().optional() }) },
    (request, exchange) => requestExchange(request.context, exchange.id),
  ),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/exchanges/:id/request',
    summary: 'Give an exchange up that was not requested',
    access: 'returns:write',
    ids: { id: 'exchange' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'returns:write')
      await dropExchange(request.context, wanted)
      return deleted('exchange', wanted)
    },
  }),
  step(
    '/cancel',
    'Cancel an exchange of which nothing came back and nothing was packed',
    { body: z.strictObject({ no_notification: z.boolean().optional() }) },
    (request, exchange) => cancelExchange(request.context, exchange.id),
  ),
]

import { z } from 'zod'
import { singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import {
  beginExchange,
  cancelExchange,
  type ClaimReason,
  claimReasons,
  dropExchange,
  type ExchangeInput,
  exchangeOrders,
  type ExchangeRow,
  giveReasons,
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
import {
  changeReturnItem,
  chooseReturnShipping,
  listReturnsStatement,
  renderReturn,
  requestReturnItems,
  type ReturnRow,
} from '../../returns/index.js'
import { picturesOf, wireOrder } from './order-answers.js'
import { loadReturn } from './returns.js'
import { type AnyRequest, amount, deleted, id, ids, needWholeStore, reading, text } from './shared.js'

/** An exchange, or a claim: the same steps under another name. */
export interface Noun {
  name: 'exchange' | 'claim'
  /** Kinds of what its paths and bodies name. */
  kind(part: string): string
}

export const exchangeNoun: Noun = { name: 'exchange', kind: (part) => `exchange${part}` }
export const claimNoun: Noun = { name: 'claim', kind: (part) => `claim${part}` }

const label = ({ name }: Noun) => (name === 'claim' ? 'Claim' : 'Exchange')
const pathOf = ({ name }: Noun) => `/admin/${name}s`

export const fields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: [
    '*',
    'additional_items.*',
    'return_items.*',
    'shipping_methods.*',
    'return.*',
    'return.items.*',
    'return.shipping_methods.*',
    'claim_items.*',
  ],
}
const exchangeStatus = z.enum(['open', 'requested', 'canceled'])

/** The list, and one by its id. */
export const exchangeReads = (noun: Noun): Route[] =>
  reading({
    path: pathOf(noun),
    limit: 15,
    singular: noun.name,
    plural: `${noun.name}s`,
    label: label(noun),
    access: 'orders:read',
    ids: { order_id: noun.kind('_order') },
    query: z.strictObject({ id: ids, order_id: ids, status: z.union([exchangeStatus, z.array(exchangeStatus).max(3)]).optional() }),
    narrowing: { table: 'order_exchange', columns: { order_id: 'text' } },
    fields: {
      relationsLimit: 4,
      defaults: ['*', 'additional_items.*', 'return_items.*', 'shipping_methods.*', 'claim_items.*'],
      extra: ['return.*', 'return.items.*', 'return.shipping_methods.*'],
    },
    orderable: exchangeOrders,
    load: async (request, query, page) => {
      needWholeStore(request, 'orders:read')
      const { context } = request
      const status = query.status === undefined ? null : [query.status].flat()
      const filter = { id: query.id ?? null, orderId: query.order_id ?? null, status, isClaim: noun.name === 'claim' }
      const rows = await context.db.read(context.scope, listExchangesStatement(tenantOf(context), filter, page))
      return request.fields.has('return') ? withReturns(request, rows) : rows
    },
    render: ({ back, ...row }: ExchangeRow & { back?: ReturnRow | null }) =>
      back === undefined ? renderExchange(row) : { ...renderExchange(row), return: back && renderReturn(back) },
  }).routes

/** With their returns, for the whole page in one round trip. */
async function withReturns({ context }: AnyRequest, rows: readonly ExchangeRow[]): Promise<(ExchangeRow & { back: ReturnRow | null })[]> {
  const wanted = rows.flatMap((row) => row.return_id ?? [])
  const page = { ...singlePage, limit: wanted.length }
  const filter = { id: wanted, orderId: null, status: null }
  const returns = await context.db.read(context.scope, listReturnsStatement(tenantOf(context), filter, page))
  return rows.map((row) => ({ ...row, back: returns.find((one) => one.id === row.return_id) ?? null }))
}

/** @throws not_found */
async function loadExchange({ context }: AnyRequest, noun: Noun, exchangeId: string): Promise<ExchangeRow> {
  const filter = { id: [exchangeId], orderId: null, status: null, isClaim: noun.name === 'claim' }
  const [row] = await context.db.read(context.scope, listExchangesStatement(tenantOf(context), filter, singlePage))
  if (row === undefined) throw notFound(`Order${label(noun)} id not found: ${exchangeId}`)
  return row
}

/** The exchange with its return, and its order as it would be. */
async function answer(request: AnyRequest, noun: Noun, exchangeId: string): Promise<Record<string, unknown>> {
  const row = await loadExchange(request, noun, exchangeId)
  const back = row.return_id === null ? null : renderReturn(await loadReturn(request, row.return_id))
  const order_preview = await previewChange(request.context, row.order_id, picturesOf(request))
  const planned = order_preview.summary as { difference_due: number }
  return { order_preview, [noun.name]: request.fields.project({ ...renderExchange(row, planned), return: back }), return: back }
}

export const quantity = z.int().min(1).max(limits.quantity)
const note = text.nullish()
/** Medusa's clients may send these with every step; of those that take them from here, they say nothing. */
export const unsaid = { reason_id: id.nullish(), metadata }
export const words = { description: note, internal_note: note }
export const noted = (given: { internal_note?: string | null | undefined; description?: string | null | undefined }) =>
  given.internal_note ?? given.description ?? null
export const actionOf = (request: AnyRequest) => request.params.action_id as string
export const items = <Item extends z.ZodType>(item: Item) => z.strictObject({ items: z.array(item).min(1).max(limits.cartLines) })

/** A step of an exchange: it changes something, and the answer shows what. */
export function step<Body extends z.ZodType>(
  noun: Noun,
  path: string,
  summary: string,
  more: { body?: Body; method?: 'POST' | 'DELETE'; ids?: Record<string, string> },
  act: (request: AnyRequest & { body: z.output<Body> }, exchange: ExchangeRow) => Promise<void>,
): Route {
  return route({
    surface: 'admin',
    method: more.method ?? 'POST',
    path: `${pathOf(noun)}/:id${path}`,
    summary,
    access: 'returns:write',
    ...(more.body === undefined ? {} : { body: more.body as z.ZodType }),
    fields,
    ids: { id: noun.name, ...more.ids },
    async handle(request) {
      const exchangeId = request.params.id as string
      needWholeStore(request, 'returns:write')
      await act(request as AnyRequest & { body: z.output<Body> }, await loadExchange(request, noun, exchangeId))
      return answer(request, noun, exchangeId)
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

const back = z.object({ id, quantity, reason_id: id.nullish(), ...words, metadata })
export const claimReason = z.enum(claimReasons)

const inbound = (noun: Noun): Route[] => [
  step(
    noun,
    '/inbound/items',
    'Plan what comes back',
    {
      // Medusa’s clients name a claim’s own reason here too: it is that of the claimed item.
      body: items(noun.name === 'claim' ? back.extend({ reason: claimReason.optional() }) : back).extend({ location_id: id.optional() }),
      ids: { items: 'order_line_item', reason_id: 'return_reason', location_id: 'stock_location' },
    },
    async (request, exchange) => {
      const { context, body } = request
      const returnId = await returnOfExchange(context, exchange.id, body.location_id)
      const given: (z.output<typeof back> & { reason?: ClaimReason | undefined })[] = body.items
      const wanted = given.map(({ description, internal_note, reason: _claims, ...item }) => ({
        ...item,
        note: noted({ description, internal_note }),
      }))
      await requestReturnItems(context, returnId, wanted)
      const reasons = given.flatMap((item) => (item.reason === undefined ? [] : { id: item.id, reason: item.reason }))
      if (reasons.length > 0) await giveReasons(context, exchange.id, reasons)
    },
  ),
  step(
    noun,
    '/inbound/items/:action_id',
    'Change what is planned to come back',
    {
      body: z.strictObject({ quantity: quantity.optional(), reason_id: id.nullish(), internal_note: note, description: note, metadata }),
      ids: { action_id: noun.kind('_return_item'), reason_id: 'return_reason' },
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
    noun,
    '/inbound/items/:action_id',
    'Leave out what was planned to come back',
    { method: 'DELETE', ids: { action_id: noun.kind('_return_item') } },
    (request, exchange) => changeReturnItem(request.context, returnIdOf(request, exchange), actionOf(request), null),
  ),
  step(
    noun,
    '/inbound/shipping-method',
    'Choose how the goods are sent back',
    { body: chosen, ids: { shipping_option_id: 'return_shipping_option' } },
    async ({ context, body }, exchange) => {
      const returnId = await returnOfExchange(context, exchange.id, undefined)
      await chooseReturnShipping(context, returnId, body.shipping_option_id, body.custom_amount ?? null)
    },
  ),
  step(
    noun,
    '/inbound/shipping-method/:action_id',
    'Change what sending back costs',
    { body: repriced, ids: { action_id: noun.kind('_return') } },
    async (request, exchange) => {
      const { returnId, optionId } = await shippingOf(request, exchange)
      await chooseReturnShipping(request.context, returnId, optionId, request.body.custom_amount ?? null)
    },
  ),
  step(
    noun,
    '/inbound/shipping-method/:action_id',
    'Send the goods back without shipping of ours',
    { method: 'DELETE', ids: { action_id: noun.kind('_return') } },
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

const outbound = (noun: Noun): Route[] => [
  step(noun, '/outbound/items', 'Plan what is sent', { body: items(sent), ids: { variant_id: 'variant' } }, (request, exchange) =>
    addItems(request.context, targetOf(exchange), request.body.items),
  ),
  step(
    noun,
    '/outbound/items/:action_id',
    'Change what is planned to be sent',
    {
      body: z.strictObject({ quantity: quantity.optional(), internal_note: note, ...unsaid }),
      ids: { action_id: noun.kind('_item'), reason_id: 'external_id' },
    },
    (request, exchange) => {
      const { quantity, internal_note } = request.body
      return changeItemAction(request.context, targetOf(exchange), actionOf(request), { quantity, internal_note })
    },
  ),
  step(
    noun,
    '/outbound/items/:action_id',
    'Leave out what was planned to be sent',
    { method: 'DELETE', ids: { action_id: noun.kind('_item') } },
    (request, exchange) => removeItemAction(request.context, targetOf(exchange), actionOf(request)),
  ),
  step(
    noun,
    '/outbound/shipping-method',
    'Choose how the goods are sent',
    { body: chosen, ids: { shipping_option_id: 'shipping_option' } },
    (request, exchange) => {
      const { description, internal_note, ...option } = request.body
      return addShipping(request.context, targetOf(exchange), { ...option, internal_note: noted({ description, internal_note }) })
    },
  ),
  step(
    noun,
    '/outbound/shipping-method/:action_id',
    'Change what sending costs',
    { body: repriced, ids: { action_id: noun.kind('_shipping') } },
    (request, exchange) => changeShippingAction(request.context, targetOf(exchange), actionOf(request), request.body),
  ),
  step(
    noun,
    '/outbound/shipping-method/:action_id',
    'Leave out how the goods are sent',
    { method: 'DELETE', ids: { action_id: noun.kind('_shipping') } },
    (request, exchange) => removeShippingAction(request.context, targetOf(exchange), actionOf(request)),
  ),
]

/** Begins one. */
export async function begin(request: AnyRequest, noun: Noun, input: ExchangeInput): Promise<Record<string, unknown>> {
  const made = await beginExchange(request.context, input)
  const row = await loadExchange(request, noun, made)
  const order = await wireOrder(request, row.order_id)
  return { order, [noun.name]: request.fields.project({ ...renderExchange(row), return: null }) }
}

/** What comes back, what is sent, and what becomes of it. */
export const exchangeSteps = (noun: Noun): Route[] => [
  ...inbound(noun),
  ...outbound(noun),
  step(
    noun,
    '/request',
    'Do what is planned: the return, what is sent, and who owes the difference',
    { body: z.strictObject({ no_notification: z.boolean().optional() }) },
    (request, exchange) => requestExchange(request.context, exchange.id, request.body.no_notification !== true),
  ),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: `${pathOf(noun)}/:id/request`,
    summary: 'Give up what was planned and not requested',
    access: 'returns:write',
    ids: { id: noun.name },
    async handle(request) {
      needWholeStore(request, 'returns:write')
      const { id: wanted } = await loadExchange(request, noun, request.params.id as string)
      await dropExchange(request.context, wanted)
      return deleted(noun.name, wanted)
    },
  }),
  step(
    noun,
    '/cancel',
    'Cancel it, while nothing of it came back and nothing was packed',
    { body: z.strictObject({ no_notification: z.boolean().optional() }) },
    (request, exchange) => cancelExchange(request.context, exchange.id, request.body.no_notification !== true),
  ),
]

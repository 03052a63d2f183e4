import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { invalidData, limits, notFound } from '../../kernel/index.js'
import { previewChange } from '../../exchanges/index.js'
import {
  addItems,
  addShipping,
  beginEdit,
  cancelEdit,
  changeItem,
  changeItemAction,
  changeShippingAction,
  confirmEdit,
  openEditStatement,
  removeItemAction,
  removeShippingAction,
  renderEdit,
  requestEdit,
} from '../../order-edits/index.js'
import { orElseDraft, previewDraft } from './draft-answers.js'
import { picturesOf, wireOrder } from './order-answers.js'
import { type AnyRequest, amount, deleted, id, needWholeStore, text } from './shared.js'

const fields: FieldsPolicy = { relationsLimit: 4, defaults: ['*', 'actions.*'] }
const quantity = z.int().min(0).max(limits.quantity)
const note = text.nullish()
const target = (orderId: string) => ({ orderId, exchangeId: null })
const actionOf = (request: AnyRequest) => request.params.action_id as string
const preview = (request: AnyRequest, orderId: string) => previewChange(request.context, orderId, picturesOf(request))

/** A step of an order's open edit: it changes what is planned, and the answer shows what the order would be. */
function step<Body extends z.ZodType>(
  path: string,
  summary: string,
  more: { body?: Body; method?: 'POST' | 'DELETE'; ids?: Record<string, string> },
  act: (request: AnyRequest & { body: z.output<Body> }, orderId: string) => Promise<void>,
): Route {
  return route({
    surface: 'admin',
    method: more.method ?? 'POST',
    path: `/admin/order-edits/:id${path}`,
    summary,
    access: 'orders:write',
    ...(more.body === undefined ? {} : { body: more.body as z.ZodType }),
    fields: { relationsLimit: 4, defaults: ['*'] },
    ids: { id: 'order', ...more.ids },
    async handle(request) {
      const orderId = request.params.id as string
      needWholeStore(request, 'orders:write')
      await act(request as AnyRequest & { body: z.output<Body> }, orderId)
      return { order_preview: await preview(request, orderId) }
    },
  })
}

/** What was sold keeps its price, which clients may say again. Throws invalid_data. */
async function refuseOtherPrice(request: AnyRequest, orderId: string, itemId: string, price: number): Promise<void> {
  const { items } = await wireOrder(request, orderId)
  const item = (items as { id: string; title: string; unit_price: number }[]).find((candidate) => candidate.id === itemId)
  if (item !== undefined && item.unit_price !== price) throw invalidData(`"${item.title}" keeps the price at which it was sold`)
}

const added = z.object({
  variant_id: id,
  quantity,
  unit_price: amount.nullish(),
  compare_at_unit_price: amount.nullish(),
  allow_backorder: z.boolean().optional(),
  internal_note: note,
  metadata,
})

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/orders/:id/preview',
    summary: 'An order as it would be if its open edit or exchange were confirmed',
    access: 'orders:read',
    ids: { id: 'order' },
    async handle(request) {
      needWholeStore(request, 'orders:read')
      const wanted = request.params.id as string
      return {
        order: await orElseDraft(
          () => preview(request, wanted),
          () => previewDraft(request, wanted),
        ),
      }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/order-edits',
    summary: 'Begin to edit an order; nothing of it changes before the edit is confirmed',
    access: 'orders:write',
    body: z.strictObject({ order_id: id, description: note, internal_note: note, metadata }),
    fields,
    ids: { order_id: 'order' },
    async handle(request) {
      needWholeStore(request, 'orders:write')
      const { context, body } = request
      await beginEdit(context, body)
      const order = await wireOrder(request, body.order_id)
      const [edit] = await context.db.read(context.scope, openEditStatement(tenantOf(context), body.order_id))
      if (edit === undefined) throw notFound(`Order with id: ${body.order_id} has no open edit`)
      return {
        order_change: request.fields.project({
          ...renderEdit(edit, order.currency_code as string, []),
          version: (order.version as number) + 1,
        }),
      }
    },
  }),
  step(
    '/items',
    'Plan items that are added',
    { body: z.strictObject({ items: z.array(added).min(1).max(limits.cartLines) }), ids: { variant_id: 'variant' } },
    async (request, orderId) => {
      const { items } = request.body
      if (items.some((item) => item.quantity === 0)) throw invalidData('Item quantity must be greater than 0')
      await addItems(request.context, target(orderId), items)
    },
  ),
  step(
    '/items/item/:item_id',
    'Plan how many pieces there are of an item of the order',
    {
      body: z.strictObject({
        quantity,
        unit_price: amount.nullish(),
        compare_at_unit_price: amount.nullish(),
        internal_note: note,
        metadata,
      }),
      ids: { item_id: 'order_line_item' },
    },
    async (request, orderId) => {
      const { quantity: pieces, unit_price, internal_note } = request.body
      const itemId = request.params.item_id as string
      if (unit_price != null) await refuseOtherPrice(request, orderId, itemId, unit_price)
      await changeItem(request.context, target(orderId), itemId, { quantity: pieces, internal_note })
    },
  ),
  step(
    '/items/:action_id',
    'Change what is planned of an item',
    {
      body: z.strictObject({
        quantity: quantity.optional(),
        unit_price: amount.nullish(),
        compare_at_unit_price: amount.nullish(),
        internal_note: note,
      }),
      ids: { action_id: 'order_edit_item' },
    },
    (request, orderId) => changeItemAction(request.context, target(orderId), actionOf(request), request.body),
  ),
  step(
    '/items/:action_id',
    'Take an item out of the plan',
    { method: 'DELETE', ids: { action_id: 'order_edit_item' } },
    (request, orderId) => removeItemAction(request.context, target(orderId), actionOf(request)),
  ),
  step(
    '/shipping-method',
    'Plan shipping that is added',
    {
      body: z.strictObject({ shipping_option_id: id, custom_amount: amount.nullish(), description: note, internal_note: note, metadata }),
      ids: { shipping_option_id: 'shipping_option' },
    },
    (request, orderId) => {
      const { description, internal_note, ...chosen } = request.body
      return addShipping(request.context, target(orderId), { ...chosen, internal_note: internal_note ?? description })
    },
  ),
  step(
    '/shipping-method/:action_id',
    'Change what planned shipping costs',
    { body: z.strictObject({ custom_amount: amount.nullish(), internal_note: note, metadata }), ids: { action_id: 'order_edit_shipping' } },
    (request, orderId) => changeShippingAction(request.context, target(orderId), actionOf(request), request.body),
  ),
  step(
    '/shipping-method/:action_id',
    'Take shipping out of the plan',
    { method: 'DELETE', ids: { action_id: 'order_edit_shipping' } },
    (request, orderId) => removeShippingAction(request.context, target(orderId), actionOf(request)),
  ),
  step('/request', 'Note that the shopper was asked to agree to an edit', {}, (request, orderId) => requestEdit(request.context, orderId)),
  step('/confirm', 'Do what an edit plans: lines, stock, books and what is to be paid', {}, (request, orderId) =>
    confirmEdit(request.context, orderId),
  ),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/order-edits/:id',
    summary: 'Give an edit up: the order stays as it is',
    access: 'orders:write',
    ids: { id: 'order' },
    async handle(request) {
      needWholeStore(request, 'orders:write')
      return deleted('order-edit', await cancelEdit(request.context, request.params.id as string))
    },
  }),
]

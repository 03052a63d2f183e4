import { z } from 'zod'
import {
  addEditItems,
  addEditMethod,
  beginEdit,
  cancelEdit,
  changeEditAction,
  changeEditItem,
  changeEditMethod,
  changeEditPromotions,
  confirmEdit,
  convertDraftOrder,
  createDraftOrder,
  deleteDraftOrder,
  draftOrderOrders,
  type DraftPreview,
  removeEditAction,
  removeEditMethod,
  renderPreview,
  requestEdit,
  unknownDraftOrder,
  updateDraftOrder,
} from '../../draft-orders/index.js'
import { address, currencyCode, email, type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { limits } from '../../kernel/index.js'
import { promoCodes } from '../store/carts.js'
import { everyDraft, wireDraft, wireDrafts } from './draft-answers.js'
import { answerOrder, orderFields, picturesOf } from './order-answers.js'
import { period } from './orders.js'
import { type AnyRequest, amount, deleted, id, ids, name, needWholeStore, q, text } from './shared.js'

/** What an order’s answers hold, and the region. */
const fields: FieldsPolicy = { ...orderFields, defaults: [...orderFields.defaults, 'region.*'] }

const note = text.nullish()
const quantity = z.int().min(1).max(limits.quantity)
/** Money as Medusa’s clients write it: a number, its text, or its exact value. */
const price = z.union([amount, z.string().max(40), z.object({ value: z.string().max(40) }).transform(({ value }) => value)]).nullish()
const locale = z.string().max(35)
const plainAddress = address.transform(({ id: _id, ...rest }) => rest)
const givenAddress = z.union([plainAddress, id]).optional()

const item = {
  variant_id: id.nullish(),
  /** Who sells an item without a variant; the store’s own vendor otherwise. */
  vendor_id: id.optional(),
  title: name.nullish(),
  quantity,
  unit_price: price,
  metadata,
}
const newItem = z
  .strictObject({ ...item, variant_sku: note, variant_barcode: note, sku: note, barcode: note })
  .transform(({ sku, barcode, ...rest }) => ({
    ...rest,
    variant_sku: rest.variant_sku ?? sku,
    variant_barcode: rest.variant_barcode ?? barcode,
  }))
// Nothing is taken from the shelf for a draft: whether it may be sold short is looked at when it becomes an order.
const editItem = z.object({
  ...item,
  compare_at_unit_price: amount.nullish(),
  internal_note: note,
  allow_backorder: z.boolean().optional(),
})
const newEditItems = z
  .strictObject({ items: z.array(editItem).max(limits.cartLines) })
  .refine(({ items }) => items.every((given) => given.variant_id || given.title), 'Items must have either a variant_id or a title')
const changedItem = z.strictObject({
  quantity: z.int().min(0).max(limits.quantity),
  unit_price: amount.nullish(),
  compare_at_unit_price: amount.nullish(),
  internal_note: note,
  metadata,
})

/** How it is sent is what the option says; Medusa’s clients say it again, and what it costs. */
const draftMethod = z
  .strictObject({
    shipping_option_id: id,
    custom_amount: amount.nullish(),
    shipping_method_id: z.string().max(64).nullish(),
    name: name.optional(),
    data: metadata,
    amount: price,
  })
  .transform(({ shipping_option_id, custom_amount, amount: given }) => ({
    shipping_option_id,
    custom_amount: custom_amount ?? (given == null ? undefined : Number(given)),
  }))
  .refine(({ custom_amount }) => custom_amount == null || custom_amount >= 0, 'An amount is a number, and not below zero')

const newDraft = z
  .strictObject({
    // Medusa’s clients may say what becomes of it; here it is a draft until it is converted.
    status: z.literal('completed').optional(),
    email: email.nullish(),
    customer_id: id.nullish(),
    sales_channel_id: id.nullish(),
    region_id: id,
    currency_code: currencyCode.nullish(),
    promo_codes: promoCodes.optional(),
    shipping_address: givenAddress,
    billing_address: givenAddress,
    items: z.array(newItem).max(limits.cartLines).optional(),
    shipping_methods: z.array(draftMethod).max(limits.shippingMethods).optional(),
    no_notification_order: z.boolean().optional(),
    locale: locale.optional(),
    metadata,
    // Medusa hands this to hooks of its own; clients may send it, and here it means nothing.
    additional_data: metadata,
  })
  .refine(({ email: given, customer_id }) => given != null || customer_id != null, 'Either email or customer_id must be provided')

const changedDraft = z.strictObject({
  email: email.optional(),
  customer_id: id.optional(),
  sales_channel_id: id.optional(),
  shipping_address: plainAddress.optional(),
  billing_address: plainAddress.optional(),
  locale: locale.optional(),
  metadata,
})

const method = { custom_amount: amount.nullish(), description: note, internal_note: note, metadata }
const newMethod = z.strictObject({ shipping_option_id: id, ...method })
const changedMethod = z.strictObject({ shipping_option_id: id.optional(), ...method })
const codes = z.strictObject({ promo_codes: promoCodes })

/** A draft order as it now is. Throws not_found, also for one that is an order now. */
async function answerDraft(request: AnyRequest, wanted: string): Promise<{ draft_order: unknown }> {
  const draft = await wireDraft(request, wanted)
  if (draft === undefined) throw unknownDraftOrder(wanted)
  return { draft_order: request.fields.project(draft) }
}

const root: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/draft-orders',
    summary: 'List draft orders',
    access: 'orders:read',
    query: z.strictObject({
      q,
      id: ids,
      region_id: oneOrMany.optional(),
      customer_id: oneOrMany.optional(),
      sales_channel_id: oneOrMany.optional(),
      created_at: period.optional(),
      updated_at: period.optional(),
    }),
    fields,
    page: { limit: 50, orderable: draftOrderOrders },
    async handle(request) {
      needWholeStore(request, 'orders:read')
      const { query, page } = request
      const { drafts, count } = await wireDrafts(request, {
        ...everyDraft,
        ...page,
        id: query.id ?? null,
        q: query.q ?? null,
        regionId: query.region_id ?? null,
        customerId: query.customer_id ?? null,
        salesChannelId: query.sales_channel_id ?? null,
        ...(query.created_at === undefined ? {} : { created: query.created_at }),
        ...(query.updated_at === undefined ? {} : { updated: query.updated_at }),
      })
      return { draft_orders: drafts.map((draft) => request.fields.project(draft)), count, offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/draft-orders/:id',
    summary: 'A draft order',
    access: 'orders:read',
    fields,
    ids: { id: 'draft_order' },
    handle(request) {
      needWholeStore(request, 'orders:read')
      return answerDraft(request, request.params.id as string)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/draft-orders',
    summary: 'Put an order together that is sold later',
    access: 'orders:write',
    body: newDraft,
    fields,
    ids: {
      region_id: 'region',
      customer_id: 'customer',
      sales_channel_id: 'sales_channel',
      variant_id: 'variant',
      vendor_id: 'vendor',
      shipping_option_id: 'shipping_option',
      shipping_method_id: 'part_sent_back',
      shipping_address: 'customer_address',
      billing_address: 'customer_address',
    },
    async handle(request) {
      needWholeStore(request, 'orders:write')
      const { status: _status, additional_data: _data, ...input } = request.body
      return answerDraft(request, await createDraftOrder(request.context, input))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/draft-orders/:id',
    summary: 'Change whom a draft order is for and where it goes',
    access: 'orders:write',
    body: changedDraft,
    fields,
    ids: { id: 'draft_order', customer_id: 'customer', sales_channel_id: 'sales_channel' },
    async handle(request) {
      needWholeStore(request, 'orders:write')
      await updateDraftOrder(request.context, request.params.id as string, request.body)
      return answerDraft(request, request.params.id as string)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/draft-orders/:id',
    summary: 'Throw a draft order away',
    access: 'orders:write',
    ids: { id: 'draft_order' },
    async handle(request) {
      needWholeStore(request, 'orders:write')
      const wanted = request.params.id as string
      await deleteDraftOrder(request.context, wanted)
      return deleted('draft-order', wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/draft-orders/:id/convert-to-order',
    summary: 'Make an order of a draft order; it is paid later',
    access: 'orders:write',
    fields: orderFields,
    ids: { id: 'draft_order' },
    async handle(request) {
      needWholeStore(request, 'orders:write')
      const { context, services } = request
      const settings = { resumeAfter_ms: services.config.checkoutResumeAfter_ms }
      return answerOrder(request, await convertDraftOrder(context, request.params.id as string, settings))
    },
  }),
]

type Handler<Body> = (request: AnyRequest & { body: Body }, id: string) => Promise<DraftPreview>

/** A route that changes an edit, and answers what it comes to. */
function editRoute<Body>(
  verb: 'POST' | 'DELETE',
  path: string,
  summary: string,
  wanted: { body?: z.ZodType<Body>; ids?: Record<string, string> },
  handle: Handler<Body>,
): Route {
  return route({
    surface: 'admin',
    method: verb,
    path: `/admin/draft-orders/:id/edit${path}`,
    summary,
    access: 'orders:write',
    ...(wanted.body === undefined ? {} : { body: wanted.body as z.ZodType }),
    ids: { id: 'draft_order', ...wanted.ids },
    async handle(request) {
      needWholeStore(request, 'orders:write')
      const preview = await handle(request as AnyRequest & { body: Body }, request.params.id as string)
      return { draft_order_preview: renderPreview(preview, picturesOf(request)) }
    },
  })
}

const itemAction = { action_id: 'draft_item_action' }
const methodAction = { action_id: 'draft_method_action' }
const asChoice = <Body extends { shipping_option_id?: string | undefined }>({ shipping_option_id, ...rest }: Body) => ({
  ...rest,
  option_id: shipping_option_id,
})

const edits: Route[] = [
  editRoute('POST', '', 'Begin to change what a draft order holds', {}, ({ context }, draft) => beginEdit(context, draft)),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/draft-orders/:id/edit',
    summary: 'Give up what was to be changed of a draft order',
    access: 'orders:write',
    ids: { id: 'draft_order' },
    async handle(request) {
      needWholeStore(request, 'orders:write')
      const wanted = request.params.id as string
      await cancelEdit(request.context, wanted)
      return deleted('draft-order-edit', wanted)
    },
  }),
  editRoute('POST', '/request', 'Say that an edit is ready', {}, ({ context }, draft) => requestEdit(context, draft)),
  editRoute('POST', '/confirm', 'Do what an edit says', {}, ({ context }, draft) => confirmEdit(context, draft)),
  editRoute(
    'POST',
    '/items',
    'Add items to an edit',
    {
      body: newEditItems,
      ids: { variant_id: 'variant', vendor_id: 'vendor' },
    },
    ({ context, body }, draft) => addEditItems(context, draft, body.items as Parameters<typeof addEditItems>[2]),
  ),
  editRoute(
    'POST',
    '/items/item/:item_id',
    'Change an item in an edit; 0 removes it',
    { body: changedItem, ids: { item_id: 'draft_item' } },
    ({ context, body, params }, draft) => changeEditItem(context, draft, params.item_id as string, body as never),
  ),
  editRoute(
    'POST',
    '/items/:action_id',
    'Change an item that an edit adds',
    { body: changedItem, ids: itemAction },
    ({ context, body, params }, draft) => changeEditAction(context, draft, 'ITEM', params.action_id as string, body),
  ),
  editRoute('DELETE', '/items/:action_id', 'Take an item out of an edit', { ids: itemAction }, ({ context, params }, draft) =>
    removeEditAction(context, draft, 'ITEM', params.action_id as string),
  ),
  editRoute('POST', '/promotions', 'Add promotions to an edit', { body: codes }, ({ context, body }, draft) =>
    changeEditPromotions(context, draft, 'PROMOTION_ADD', body.promo_codes),
  ),
  editRoute('DELETE', '/promotions', 'Remove promotions in an edit', { body: codes }, ({ context, body }, draft) =>
    changeEditPromotions(context, draft, 'PROMOTION_REMOVE', body.promo_codes),
  ),
  editRoute(
    'POST',
    '/shipping-methods',
    'Choose shipping in an edit',
    { body: newMethod, ids: { shipping_option_id: 'shipping_option' } },
    ({ context, body }, draft) => addEditMethod(context, draft, { ...asChoice(body), option_id: body.shipping_option_id }),
  ),
  editRoute(
    'POST',
    '/shipping-methods/method/:method_id',
    'Change a shipping method in an edit',
    { body: changedMethod, ids: { method_id: 'draft_method', shipping_option_id: 'shipping_option' } },
    ({ context, body, params }, draft) => changeEditMethod(context, draft, params.method_id as string, asChoice(body)),
  ),
  editRoute(
    'DELETE',
    '/shipping-methods/method/:method_id',
    'Remove a shipping method in an edit',
    { ids: { method_id: 'draft_method' } },
    ({ context, params }, draft) => removeEditMethod(context, draft, params.method_id as string),
  ),
  editRoute(
    'POST',
    '/shipping-methods/:action_id',
    'Change shipping that an edit chooses',
    { body: changedMethod, ids: { ...methodAction, shipping_option_id: 'shipping_option' } },
    ({ context, body, params }, draft) => changeEditAction(context, draft, 'SHIPPING', params.action_id as string, asChoice(body)),
  ),
  editRoute('DELETE', '/shipping-methods/:action_id', 'Take shipping out of an edit', { ids: methodAction }, ({ context, params }, draft) =>
    removeEditAction(context, draft, 'SHIPPING', params.action_id as string),
  ),
]

export const routes: Route[] = [...root, ...edits]

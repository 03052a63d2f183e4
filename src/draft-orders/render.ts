import { type LoadedCart, renderCart } from '../carts/index.js'
import { divideRounded, toMajor, toMinor } from '../kernel/index.js'
import type { DraftPreview } from './commands/edit-draft-order.js'
import type { DraftAction, DraftEdit } from './edit.js'
import type { DraftOrderRow } from './queries/draft-orders.js'

type Pictures = (url: string | null) => string | null
type Wire = Record<string, unknown>

/** What became of a line: nothing yet. */
function untouched(item: Wire): object {
  return {
    id: (item.id as string).replace('cali_', 'orditem_'),
    item_id: item.id,
    quantity: item.quantity,
    unit_price: null,
    compare_at_unit_price: null,
    fulfilled_quantity: 0,
    shipped_quantity: 0,
    delivered_quantity: 0,
    return_requested_quantity: 0,
    return_received_quantity: 0,
    return_dismissed_quantity: 0,
    written_off_quantity: 0,
    metadata: item.metadata ?? {},
    created_at: item.created_at,
    updated_at: item.updated_at,
  }
}

/** What a way of delivery is to the draft: a part of it, and nothing comes back by it. */
const withinDraft = ({ id, created_at, updated_at }: Wire, orderId: string) => ({
  ...{ id: (id as string).replace('casm_', 'ordspmv_'), order_id: orderId, shipping_method_id: id, version: 1 },
  ...{ return_id: null, claim_id: null, exchange_id: null, created_at, updated_at, deleted_at: null },
})

/** What a line that is of no product has of one. */
const ofNoProduct = Object.fromEntries(
  ['title', 'description', 'subtitle', 'type', 'type_id', 'collection', 'handle']
    .map((name) => `product_${name}`)
    .concat(['variant_title', 'variant_option_values'])
    .map((name) => [name, null]),
)

/** Nothing was packed, sent or brought back. */
const noFates = Object.fromEntries(
  ['fulfilled', 'shipped', 'return_requested', 'return_received', 'return_dismissed', 'write_off'].map((name) => [`${name}_total`, 0]),
)

/** All of a line could be given back. */
function worth({ total, quantity }: { total: number; quantity: number }, currency: string): object {
  const each = toMajor(divideRounded(toMinor(total, currency), BigInt(quantity)), currency)
  return {
    ...noFates,
    refundable_total: total,
    refundable_total_per_unit: each,
  }
}

/** Of a draft's cart nobody is told: whoever knows its id could buy it. */
const ofOrder = ({ cart_id: _cart, ...part }: Wire, orderId: string): Wire => ({
  ...part,
  order_id: orderId,
  ...(Array.isArray(part.adjustments) ? { adjustments: part.adjustments.map((adjustment: Wire) => ofOrder(adjustment, orderId)) } : {}),
})

/** A draft order in the shape of the order that it will be, amounts in major units. */
export function renderDraftOrder(draft: DraftOrderRow, cart: LoadedCart, pictures: Pictures): Wire {
  // Gift cards pay for carts of shoppers alone.
  const { payment_collection: _payment, gift_cards: _cards, completed_at: _completed, ...wire } = renderCart(cart, pictures, () => '')
  const total = wire.total as number
  return {
    ...wire,
    // As an order has them, where a cart's have more.
    shipping_address: cart.shipping_address,
    billing_address: cart.billing_address,
    id: draft.id,
    display_id: draft.display_id,
    custom_display_id: `D${draft.display_id}`,
    is_draft_order: true,
    no_notification: draft.no_notification,
    status: 'draft',
    version: 1,
    payment_status: 'not_paid',
    fulfillment_status: 'not_fulfilled',
    created_at: draft.created_at,
    updated_at: draft.updated_at,
    canceled_at: null,
    summary: {
      pending_difference: total,
      current_order_total: total,
      original_order_total: total,
      transaction_total: 0,
      paid_total: 0,
      refunded_total: 0,
      accounting_total: total,
      credit_line_total: 0,
    },
    items: (wire.items as (Wire & { total: number; quantity: number })[]).map((item) => ({
      ...ofNoProduct,
      ...ofOrder(item, draft.id),
      // As an order's lines have it.
      variant: item.variant && { ...(item.variant as Wire), product: item.product ?? null },
      ...worth(item, cart.currency_code),
      detail: untouched(item),
    })),
    shipping_methods: (wire.shipping_methods as Wire[]).map((method) => ({
      ...ofOrder(method, draft.id),
      detail: withinDraft(method, draft.id),
    })),
    fulfillments: [],
    payment_collections: [],
  }
}

/** A draft order is edited for its own sake. */
const nothingElse = { return_id: null, claim_id: null, exchange_id: null }

/** The same as an edit would leave it, with the steps of the edit, each also at what it changes. */
export function renderPreview({ draft, before, cart, edit }: DraftPreview, pictures: Pictures): Wire {
  const order = renderDraftOrder(draft, cart, pictures)
  const { total } = renderDraftOrder(draft, before, pictures)
  const actions = edit.actions.map((action) => renderAction(action, edit, { before, after: cart }, draft.id))
  const withActions = (part: Wire) => ({ ...part, actions: actions.filter((action) => action.details.reference_id === part.id) })
  return {
    ...order,
    // What is planned is compared with what the draft order comes to without it.
    summary: { ...(order.summary as Wire), original_order_total: total },
    ...noFates,
    items: (order.items as Wire[]).map(withActions),
    shipping_methods: (order.shipping_methods as Wire[]).map(withActions),
    order_change: {
      id: edit.id,
      order_id: draft.id,
      ...nothingElse,
      version: 2,
      change_type: 'edit',
      description: null,
      internal_note: null,
      status: edit.status,
      created_by: edit.created_by,
      created_at: edit.created_at,
      requested_by: edit.requested_by,
      requested_at: edit.requested_at,
      carry_over_promotions: null,
      actions,
    },
  }
}

/** A step as clients know them: what it is about is in its details. */
function renderAction(
  { details, reference_id, ...action }: DraftAction,
  edit: DraftEdit,
  carts: { before: LoadedCart; after: LoadedCart },
  orderId: string,
) {
  const isOfItem = action.action.startsWith('ITEM')
  const method = carts.after.methods.find((candidate) => candidate.id === reference_id)
  const { amountMinor, ...changed } = isOfItem ? changedBy(reference_id, carts) : { amountMinor: method?.amount_minor }
  return {
    ...action,
    ...nothingElse,
    order_id: orderId,
    applied: false,
    order_change_id: edit.id,
    reference: isOfItem ? null : action.action.startsWith('SHIPPING') ? 'order_shipping_method' : 'promotion',
    reference_id: isOfItem ? null : reference_id,
    details: { ...details, ...changed, reference_id },
    ...(amountMinor === undefined ? {} : { amount: toMajor(amountMinor, carts.after.currency_code) }),
  }
}

/** What a line costs with the edit, and how many pieces and how much it makes more: Medusa's dashboard sums the pieces up. */
function changedBy(lineId: string, { before, after }: { before: LoadedCart; after: LoadedCart }) {
  const lineIn = (cart: LoadedCart) => cart.lines.find((line) => line.id === lineId)
  const [was, is] = [lineIn(before), lineIn(after)]
  const worth = (line: typeof is) => BigInt(line?.unit_price_minor ?? 0) * BigInt(line?.quantity ?? 0)
  return {
    ...(is === undefined ? {} : { unit_price: toMajor(is.unit_price_minor, after.currency_code) }),
    ...(was === undefined ? {} : { quantity_diff: (is?.quantity ?? 0) - was.quantity }),
    amountMinor: worth(is) - worth(was),
  }
}

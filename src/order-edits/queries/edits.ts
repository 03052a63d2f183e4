import type { CartLine, CartMethod } from '../../carts/index.js'
import { type Statement, statement } from '../../db/index.js'
import { isId, toMajor } from '../../kernel/index.js'
import type { OrderLineRow } from '../../orders/index.js'

/** What is planned of one line or one shipping method. */
export type EditAction = {
  id: string
  /** Of an added line, and of a changed one: how many pieces there are to be. */
  quantity: number
  allow_backorder: boolean
  internal_note: string | null
  created_at: string
} & (
  | { action: 'ITEM_ADD'; order_line_item_id: null; added: CartLine }
  /** More pieces than there are become a line of their own: what was sold and its commission stay as they are. */
  | { action: 'ITEM_UPDATE'; order_line_item_id: string; added: CartLine | null }
  | { action: 'SHIPPING_ADD'; order_line_item_id: null; added: CartMethod }
)

/** What is planned to be changed of an order. */
export interface OrderEdit {
  id: string
  order_id: string
  /** What is added is for goods that come back with this exchange. */
  exchange_id: string | null
  status: 'pending' | 'requested' | 'confirmed' | 'canceled'
  description: string | null
  internal_note: string | null
  metadata: Record<string, unknown> | null
  created_by: string | null
  requested_by: string | null
  requested_at: Date | null
  confirmed_by: string | null
  confirmed_at: Date | null
  canceled_by: string | null
  canceled_at: Date | null
  created_at: Date
  updated_at: Date
  actions: EditAction[]
}

/** The one edit of an order that is neither confirmed nor canceled. */
export function openEditStatement(tenantId: string, orderId: string): Statement<OrderEdit> {
  return statement(
    'order_edits.open',
    `select e.id, e.order_id, e.exchange_id, e.status, e.description, e.internal_note, e.metadata, e.created_by, e.requested_by, e.requested_at,
            e.confirmed_by, e.confirmed_at, e.canceled_by, e.canceled_at, e.created_at, e.updated_at,
            coalesce((select json_agg(json_build_object('id', a.id, 'action', a.action, 'order_line_item_id', a.order_line_item_id,
                'quantity', a.quantity, 'added', a.added, 'allow_backorder', a.allow_backorder, 'internal_note', a.internal_note,
                'created_at', a.created_at) order by a.id)
              from order_edit_action a where a.tenant_id = $1 and a.order_edit_id = e.id), '[]') as actions
     from order_edit e where e.tenant_id = $1 and e.order_id = $2 and e.status in ('pending', 'requested')`,
    [tenantId, orderId],
  )
}

/** A line of the order before it is edited. */
export type LineBefore = Pick<OrderLineRow, 'id' | 'quantity' | 'unit_price_minor'>

/** An edit in the shape of Medusa's order changes, amounts in major units. */
export function renderEdit(edit: OrderEdit, currency: string, lines: readonly LineBefore[]): Record<string, unknown> {
  const actions = edit.actions.map((action) => renderAction(action, edit, currency, lines))
  const type = edit.exchange_id === null ? 'edit' : isId(edit.exchange_id, 'claim') ? 'claim' : 'exchange'
  const nobody = { declined_by: null, declined_reason: null, declined_at: null, carry_over_promotions: null }
  return { ...edit, ...partOf(edit.exchange_id), ...nobody, change_type: type, return_id: null, deleted_at: null, actions }
}

/** A claim and an exchange are one thing in the tables and two on the wire. */
const partOf = (id: string | null) => (isId(id, 'claim') ? { exchange_id: null, claim_id: id } : { exchange_id: id, claim_id: null })

export function renderAction(
  action: EditAction,
  edit: Pick<OrderEdit, 'id' | 'order_id' | 'exchange_id'>,
  currency: string,
  lines: readonly LineBefore[],
): object {
  return {
    id: action.id,
    order_id: edit.order_id,
    ...partOf(edit.exchange_id),
    return_id: null,
    order_change_id: edit.id,
    applied: false,
    action: action.action,
    internal_note: action.internal_note,
    created_at: action.created_at,
    deleted_at: null,
    ...actionDetails(action, currency, lines),
    ...(action.action === 'SHIPPING_ADD' ? {} : ownerOf(edit.exchange_id)),
    amount: toMajor(differenceOf(action, lines), currency),
  }
}

/** What a line is planned with. Which line it is about is in the details. */
function ownerOf(exchangeId: string | null) {
  if (exchangeId === null) return { reference: null, reference_id: null }
  return { reference: isId(exchangeId, 'claim') ? 'order_claim' : 'order_exchange', reference_id: exchangeId }
}

/** What an action makes the order come to more, at its prices: without tax that is not in them. */
function differenceOf(action: EditAction, lines: readonly LineBefore[]): bigint {
  if (action.action === 'SHIPPING_ADD') return BigInt(action.added.amount_minor)
  const line = lines.find((candidate) => candidate.id === action.order_line_item_id)
  const price = (line ?? action.added)?.unit_price_minor ?? 0
  return BigInt(price) * BigInt(action.quantity - (line?.quantity ?? 0))
}

/** What an action changes, for previews and for the history. */
export function actionDetails(
  action: EditAction,
  currency: string,
  lines: readonly LineBefore[],
): { reference: string; reference_id: string; details: object } {
  if (action.action === 'SHIPPING_ADD') {
    const { id, shipping_option_id, amount_minor } = action.added
    const details = { reference_id: id, shipping_option_id, amount: toMajor(amount_minor, currency) }
    return { reference: 'order_shipping_method', reference_id: id, details }
  }
  const id = action.action === 'ITEM_ADD' ? action.added.id : action.order_line_item_id
  const line = lines.find((candidate) => candidate.id === action.order_line_item_id)
  const priced = action.added ?? line
  const price = priced === undefined ? {} : { unit_price: toMajor(priced.unit_price_minor, currency) }
  // How many pieces more or fewer there are to be, which Medusa's clients sum up.
  const diff = line === undefined ? {} : { quantity_diff: action.quantity - line.quantity }
  const more = action.action === 'ITEM_UPDATE' && action.added !== null ? { added_item_id: action.added.id } : {}
  const noted = action.action === 'ITEM_ADD' ? { metadata: action.added.metadata } : {}
  return {
    reference: 'line_item',
    reference_id: id,
    details: { reference_id: id, quantity: action.quantity, ...diff, ...price, ...more, ...noted },
  }
}

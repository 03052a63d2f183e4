import { isId, toMajor } from '../../kernel/index.js'
import type { OrderLineRow, ReturnOfOrder } from '../../orders/index.js'
import type { ReturnItemRow, ReturnRow } from './returns.js'

/** Whether something of it is planned: what goes back is chosen, or what came is counted. */
export const isPlanned = (row: ReturnRow) => row.status === 'open' || row.is_receiving

/** A claim and an exchange are one thing in the tables and two on the wire. */
const partOf = (row: ReturnRow) => ({
  return_id: row.id,
  claim_id: isId(row.exchange_id, 'claim') ? row.exchange_id : null,
  exchange_id: isId(row.exchange_id, 'claim') ? null : row.exchange_id,
})

const changeId = (row: ReturnRow) => row.id.replace('return_', 'ordch_')

const ownedBy = (row: ReturnRow) => ({ order_id: row.order_id, ...partOf(row), order_change_id: changeId(row), applied: false })

/** What a return would do to an order's lines, as the actions of Medusa's previews. An action's id is its item's. */
export function returnActions(row: ReturnRow): Map<string, object[]> {
  const actions = new Map<string, object[]>()
  for (const item of row.items) {
    const list = actionsOf(item, row)
    if (list.length > 0) actions.set(item.item_id, list)
  }
  return actions
}

function actionsOf(item: ReturnItemRow, row: ReturnRow): object[] {
  const of = (action: string, quantity: number) => ({
    ...ownedBy(row),
    id: item.id,
    action,
    reference: 'return',
    reference_id: row.id,
    details: { reference_id: item.item_id, quantity, reason_id: item.reason_id },
    // At their price: what they were sold for is told of the line.
    amount: toMajor(BigInt(item.item.unit_price_minor) * BigInt(quantity), row.currency_code),
    internal_note: item.note,
    created_at: item.created_at,
    updated_at: item.updated_at,
    deleted_at: null,
  })
  return [
    ...(row.status === 'open' ? [of('RETURN_ITEM', item.quantity)] : []),
    ...(item.receiving_quantity > 0 ? [of('RECEIVE_RETURN_ITEM', item.receiving_quantity)] : []),
    ...(item.dismissing_quantity > 0 ? [of('RECEIVE_DAMAGED_RETURN_ITEM', item.dismissing_quantity)] : []),
  ]
}

/** A return that is put together, as the orders module reckons with one that was requested. */
export function plannedReturn(row: ReturnRow): ReturnOfOrder {
  const { id, exchange_id, shipping_option_id, shipping_name, shipping_minor } = row
  const items = row.items.map(({ item_id, quantity, pieces_before }) => ({ line_id: item_id, quantity, before: pieces_before }))
  const created_at = new Date(row.created_at).toISOString()
  return { id, exchange_id, created_at, shipping_option_id, shipping_name, shipping_minor: Number(shipping_minor), items }
}

/** How it is sent, as the action of its shipping method. The action has the return's id: there is one. */
export function returnShippingActions(row: ReturnRow): [string, object[]][] {
  if (row.shipping_name === null) return []
  const method = row.id.replace('return_', 'ordsm_')
  const action = {
    ...ownedBy(row),
    id: row.id,
    action: 'SHIPPING_ADD',
    reference: 'order_shipping_method',
    reference_id: method,
    details: { shipping_option_id: row.shipping_option_id },
    amount: toMajor(row.shipping_minor, row.currency_code),
    internal_note: null,
    created_at: row.created_at,
    updated_at: row.updated_at,
    deleted_at: null,
  }
  return [[method, [action]]]
}

/** A return is put together and received without anybody being asked whether they agree. */
const unsettled = {
  ...{ requested_by: null, requested_at: null, confirmed_by: null, confirmed_at: null, declined_by: null, declined_reason: null },
  ...{ declined_at: null, canceled_by: null, canceled_at: null, carry_over_promotions: null, metadata: null, deleted_at: null },
}

/** What is planned of a return, in the shape of Medusa's order changes. */
export function renderReturnChange(row: ReturnRow): object {
  return {
    id: changeId(row),
    order_id: row.order_id,
    ...partOf(row),
    change_type: row.status === 'open' ? 'return_request' : 'return_receive',
    status: 'pending',
    description: row.note,
    internal_note: row.note,
    ...unsettled,
    created_by: row.created_by,
    created_at: row.created_at,
    updated_at: row.updated_at,
    actions: row.items.flatMap((item) => actionsOf(item, row)),
  }
}

/** A line as it would be if the return were requested, or what is counted of it were received. */
export function afterReturn(line: OrderLineRow, row: ReturnRow): OrderLineRow {
  const item = row.items.find((candidate) => candidate.item_id === line.id)
  if (item === undefined) return line
  const { return_requested_quantity: requested, return_received_quantity: received, return_dismissed_quantity: dismissed } = line
  // A line may have been taken out of the order while a return of it was put together.
  const left = line.quantity - requested - received - dismissed
  const chosen = row.status === 'open' ? Math.min(item.quantity, left) : 0
  return {
    ...line,
    return_requested_quantity: requested + chosen - item.receiving_quantity - item.dismissing_quantity,
    return_received_quantity: received + item.receiving_quantity,
    return_dismissed_quantity: dismissed + item.dismissing_quantity,
  }
}

import { renderFulfillment } from './render-parts.js'
import type { LoadedOrder } from './load-order.js'
import type { FulfillmentRow, OrderLineRow } from './order-parts.js'

// What Medusa says of an order's parts that only makes sense beside the whole order: which version they are of, and where
// parcels go.

type Wire = Record<string, unknown>

/** A line with whose it is. What is noted of it is noted of the line itself. */
export function withinOrder(order: LoadedOrder, item: Wire): Wire {
  const detail = { ...(item.detail as object), version: order.version, order_id: order.id }
  return { ...item, deleted_at: null, line_item_metadata: item.metadata ?? {}, adjustments: ofOrder(order, item.adjustments), detail }
}

const ofOrder = (order: LoadedOrder, adjustments: unknown) =>
  (adjustments as object[]).map((adjustment) => ({ ...adjustment, order_id: order.id }))

/** A shipping method with what it is to the order: a part of it, or the way in which something comes back. */
export function methodWithinOrder(order: LoadedOrder, method: Wire): Wire {
  const { id, created_at, updated_at, return_id = null, exchange_id = null, claim_id = null } = method
  const detail = {
    id: (id as string).replace('ordsm_', 'ordspmv_'),
    version: order.version,
    order_id: order.id,
    return_id,
    exchange_id,
    claim_id,
    shipping_method_id: id,
    created_at: momentOf(created_at),
    updated_at: momentOf(updated_at),
    deleted_at: null,
  }
  return {
    ...method,
    order_id: order.id,
    adjustments: ofOrder(order, method.adjustments),
    is_custom_amount: false,
    deleted_at: null,
    detail,
  }
}

/** `detail` is told as it is, where a moment that PostgreSQL wrote as JSON would keep the offset behind it. */
const momentOf = (value: unknown) => (typeof value === 'string' ? new Date(value) : value)

/** A fulfilment as the order's staff read it: its pieces by what their variants are called, and the address that it goes to. */
export function fulfillmentWithinOrder(order: LoadedOrder, fulfillment: FulfillmentRow): Wire {
  const { id, created_at, updated_at } = fulfillment
  const dated = { created_at, updated_at, deleted_at: null }
  const delivery_address_id = id.replace('ful_', 'fuladdr_')
  const address = fulfillment.delivery_address ?? order.shipping_address
  return {
    ...renderFulfillment(fulfillment),
    delivery_address_id,
    delivery_address: address && { ...address, id: delivery_address_id },
    items: fulfillment.items.map((item) => {
      const { variant_title, variant_barcode } = (order.lines.find((line) => line.id === item.line_item_id)?.snapshot ?? {}) as Partial<
        OrderLineRow['snapshot']
      >
      return { ...item, title: variant_title ?? item.title, barcode: variant_barcode ?? '', fulfillment_id: id, ...dated }
    }),
    labels: fulfillment.labels.map((label) => ({ ...label, fulfillment_id: id, updated_at: label.created_at, deleted_at: null })),
  }
}

/**
 * Every event, what it carries, and which handlers hear of it. A fact's transaction writes one outbox row per handler
 * named here; the worker refuses to start when a handler has no implementation.
 */
export interface EventPayloads {
  /** An order was paid or promised: written in the transaction that makes the order. */
  'order.placed': { order_id: string }
  /** An attempt to complete a cart began; due later, so that a crash between its transactions is resumed. */
  'checkout.opened': { cart_id: string; checkout_id: string }
  /** A vendor handed in a file. */
  'import.requested': { import_job_id: string; vendor_id: string }
  /** A vendor sent a parcel. */
  'fulfillment.shipped': { fulfillment_id: string; vendor_order_id: string; order_id: string }
}

export type EventName = keyof EventPayloads

export const handlersOf = {
  'order.placed': ['send_order_confirmation'],
  'checkout.opened': ['resume_checkout'],
  'import.requested': ['run_import'],
  'fulfillment.shipped': ['send_shipment_notice'],
} as const satisfies Record<EventName, readonly string[]>

export type HandlerName = (typeof handlersOf)[EventName][number]

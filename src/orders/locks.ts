import type { Address } from '../carts/index.js'
import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { notAllowed, notFound } from '../kernel/index.js'

export interface VendorOrderLock {
  id: string
  order_id: string
  vendor_id: string
  display_id: string
  status: 'pending' | 'completed' | 'canceled'
  shipping_option_id: string | null
}

/**
 * Locks a vendor order until the transaction ends. Everything that packs, sends or delivers starts here, so that two
 * people of a vendor who do it at once follow one another; then the lines, then the stock, in key order.
 */
export function lockVendorOrderStatement(tenantId: string, vendorOrderId: string): Statement<VendorOrderLock> {
  return statement(
    'orders.lock_vendor_order',
    `select v.id, v.order_id, v.vendor_id, v.display_id, v.status,
            (select m.shipping_option_id from order_shipping_method m
             where m.tenant_id = $1 and m.vendor_order_id = v.id order by m.id limit 1) as shipping_option_id
     from vendor_order v where v.tenant_id = $1 and v.id = $2 for update of v`,
    [tenantId, vendorOrderId],
  )
}

export interface LineLock {
  id: string
  title: string
  sku: string | null
  requires_shipping: boolean
  quantity: number
  fulfilled_quantity: number
  delivered_quantity: number
  /** Pieces that are on their way back, or are back. */
  returned_quantity: number
}

/** Sent behind the order's lock: what is read is what the last holder left. */
export function lockLinesStatement(tenantId: string, vendorOrderId: string): Statement<LineLock> {
  return statement(
    'orders.lock_lines',
    `select i.id, i.title, i.snapshot ->> 'variant_sku' as sku, i.requires_shipping, i.quantity, i.fulfilled_quantity, i.delivered_quantity,
            i.return_requested_quantity + i.return_received_quantity + i.return_dismissed_quantity as returned_quantity
     from order_line_item i where i.tenant_id = $1 and i.vendor_order_id = $2 order by i.id for update`,
    [tenantId, vendorOrderId],
  )
}

export interface FulfillmentLock {
  id: string
  requires_shipping: boolean
  shipped_at: Date | null
  delivered_at: Date | null
  canceled_at: Date | null
}

export function lockFulfillmentStatement(tenantId: string, vendorOrderId: string, fulfillmentId: string): Statement<FulfillmentLock> {
  return statement(
    'orders.lock_fulfillment',
    `select f.id, f.requires_shipping, f.shipped_at, f.delivered_at, f.canceled_at
     from fulfillment f where f.tenant_id = $1 and f.vendor_order_id = $2 and f.id = $3 for update`,
    [tenantId, vendorOrderId, fulfillmentId],
  )
}

export interface OrderLock {
  id: string
  display_id: number
  status: string
  currency_code: string
  customer_id: string | null
  credit_minor: bigint
  credit_returned_minor: bigint
  email: string | null
  shipping_address: Address | null
  billing_address: Address | null
  locale: string | null
  metadata: Record<string, unknown> | null
}

/**
 * Locks a fulfilment that goes on its way, behind its vendor order and that one's lines.
 * @throws not_found for a vendor order or fulfilment that the caller cannot see; not_allowed for one that is canceled
 */
export async function lockGoodFulfillment(
  unit: Unit,
  vendorOrderId: string,
  fulfillmentId: string,
  canceled: string,
): Promise<{ order: VendorOrderLock; fulfillment: FulfillmentLock }> {
  const tenantId = tenantOf(unit)
  const [[order], , [fulfillment]] = await Promise.all([
    unit.run(lockVendorOrderStatement(tenantId, vendorOrderId)),
    unit.run(lockLinesStatement(tenantId, vendorOrderId)),
    unit.run(lockFulfillmentStatement(tenantId, vendorOrderId, fulfillmentId)),
  ])
  if (order === undefined) throw notFound(`Order with id: ${vendorOrderId} was not found`)
  if (fulfillment === undefined) throw notFound(`Fulfillment with id: ${fulfillmentId} was not found`)
  if (fulfillment.canceled_at !== null) throw notAllowed(canceled)
  return { order, fulfillment }
}

/**
 * Locks an order: everything that happens to it after its sale starts here; then come its payments, its vendor orders,
 * its lines and the stock. `no key update`, because packing inserts rows that refer to the order while it holds a
 * vendor order.
 */
export function lockOrderStatement(tenantId: string, orderId: string): Statement<OrderLock> {
  return statement(
    'orders.lock',
    `select id, display_id, status, currency_code, customer_id, credit_minor, credit_returned_minor, email, shipping_address, billing_address,
            locale, metadata
     from orders where tenant_id = $1 and id = $2 for no key update`,
    [tenantId, orderId],
  )
}

export interface OrderLineLock {
  id: string
  vendor_id: string
  title: string
  quantity: number
  fulfilled_quantity: number
  return_requested_quantity: number
  return_received_quantity: number
  return_dismissed_quantity: number
}

/** The lines of all vendors, behind the locks of their vendor orders. */
export function lockLinesOfOrderStatement(tenantId: string, orderId: string): Statement<OrderLineLock> {
  return statement(
    'orders.lock_lines_of_order',
    `select i.id, i.vendor_id, i.title, i.quantity, i.fulfilled_quantity, i.return_requested_quantity, i.return_received_quantity,
            i.return_dismissed_quantity
     from order_line_item i where i.tenant_id = $1 and i.order_id = $2 order by i.vendor_order_id, i.id for update`,
    [tenantId, orderId],
  )
}

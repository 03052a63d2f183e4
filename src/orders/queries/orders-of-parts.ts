import { type Statement, statement } from '../../db/index.js'

/** The vendor orders of orders. */
export function partsOfOrdersStatement(tenantId: string, orderIds: readonly string[]): Statement<{ id: string }> {
  return statement('orders.parts_of_orders', 'select id from vendor_order where tenant_id = $1 and order_id = any($2) order by id', [
    tenantId,
    orderIds,
  ])
}

/** The parent orders of vendor orders. For the store's staff only: a parent's id opens the whole order. */
export function ordersOfPartsStatement(tenantId: string, vendorOrderIds: readonly string[]): Statement<{ id: string; order_id: string }> {
  return statement('orders.orders_of_parts', 'select id, order_id from vendor_order where tenant_id = $1 and id = any($2)', [
    tenantId,
    vendorOrderIds,
  ])
}

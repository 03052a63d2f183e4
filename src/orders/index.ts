export { createFulfillment, type FulfillmentInput } from './commands/create-fulfillment.js'
export { deliverFulfillment } from './commands/deliver-fulfillment.js'
export { type ShipmentLabel, shipFulfillment } from './commands/ship-fulfillment.js'
export { listOrdersStatement, type LoadedOrder, loadOrderStatement, type OrderFilter, orderOrders } from './queries/load-order.js'
export { ordersOfPartsStatement } from './queries/orders-of-parts.js'
export { renderOrder } from './queries/render-order.js'
export { type FulfillmentStatus, fulfillmentStatusOf, type Pictures } from './queries/render-parts.js'
export { renderVendorOrder } from './queries/render-vendor-order.js'
export {
  listVendorOrdersStatement,
  type LoadedVendorOrder,
  retrieveVendorOrderStatement,
  type VendorOrderFilter,
  vendorOrderOrders,
} from './queries/vendor-orders.js'

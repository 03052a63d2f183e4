export { bestSellersStatement } from './queries/best-sellers.js'
export { cancelFulfillment } from './commands/cancel-fulfillment.js'
export { creditOrder } from './commands/credit-order.js'
export { cancelOrder } from './commands/cancel-order.js'
export {
  archiveOrder,
  completeOrder,
  insertOrderChangeStatement,
  noteOrderChange,
  type OrderPatch,
  updateOrder,
} from './commands/change-order.js'
export { createFulfillment, createFulfillments, type FulfillmentInput } from './commands/create-fulfillment.js'
export { deliverFulfillment } from './commands/deliver-fulfillment.js'
export { type ShipmentLabel, shipFulfillment } from './commands/ship-fulfillment.js'
export {
  acceptOrderTransfer,
  cancelOrderTransfer,
  declineOrderTransfer,
  requestOrderTransfer,
  type TransferRequest,
  type TransferToken,
  transferOrderToGuest,
} from './commands/transfer-order.js'
export { lockLinesOfOrderStatement, lockOrderStatement, type OrderLineLock, type OrderLock } from './locks.js'
export {
  type OrderChangeFilter,
  type OrderChangeRow,
  orderChangesStatement,
  partOfFulfillmentStatement,
  renderOrderChange,
} from './queries/history.js'
export {
  listOrdersStatement,
  type LoadedOrder,
  loadOrderStatement,
  type OrderFilter,
  type OrderCredit,
  orderOrders,
  type OrderPartRow,
  type Period,
  type ReturnOfOrder,
  whereOrdersWereSoldStatement,
} from './queries/load-order.js'
export { refuseOpenChange } from './queries/open-change.js'
export { moneyOf, worthOf } from './queries/order-money.js'
export type { OrderLineRow, OrderMethodRow, SoldTaxLine } from './queries/order-parts.js'
export { ordersOfPartsStatement, partsOfOrdersStatement } from './queries/orders-of-parts.js'
export { mostLookedAt, mostOfTotal, ordersOfTotalStatement, type TotalBounds } from './queries/orders-of-total.js'
export { renderOrder } from './queries/render-order.js'
export { type SoldVariant, soldVariantsStatement } from './queries/sold-variants.js'
export { type FulfillmentStatus, fulfillmentStatusOf, type Pictures } from './queries/render-parts.js'
export { renderVendorOrder } from './queries/render-vendor-order.js'
export {
  listVendorOrdersStatement,
  type LoadedVendorOrder,
  retrieveVendorOrderStatement,
  type VendorOrderFilter,
  vendorOrderOrders,
} from './queries/vendor-orders.js'

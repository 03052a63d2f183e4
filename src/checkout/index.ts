export { type CheckoutSettingsOfProcess, type Completion, completeCart, resumeCheckout } from './complete-cart.js'
export {
  insertCommissionLinesStatement,
  insertLinesStatement,
  insertMethodsStatement,
  type OrderLine,
  type OrderMethod,
} from './order-rows.js'
export { feeOf, planOrder, sellLine } from './place-order.js'
export { type CheckoutSettings, checkoutSettingsStatement } from './settings.js'
export { scheduleCartSweep, sweepCarts } from './sweep-carts.js'

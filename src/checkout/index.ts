export { type CheckoutSettingsOfProcess, type Completion, completeCart, resumeCheckout } from './complete-cart.js'
export { planOrder } from './place-order.js'

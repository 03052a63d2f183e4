export {
  cartOfCollectionStatement,
  changeAmountStatement,
  ensureCollectionStatement,
  replaceSessionStatements,
} from './collections.js'
export { capturePayment } from './commands/capture-payment.js'
export { listPaymentsStatement, type PaymentView } from './list.js'
export type { Money, Outcome, PaymentProvider, PaymentSnapshot, ProviderCall } from './provider.js'
export { paymentProviderOf, registerPaymentProvider } from './registry.js'

export {
  cartOfCollectionStatement,
  changeAmountStatement,
  ensureCollectionStatement,
  replaceSessionStatements,
} from './collections.js'
export type { Money, Outcome, PaymentProvider, PaymentSnapshot, ProviderCall } from './provider.js'
export { paymentProviderOf, registerPaymentProvider } from './registry.js'

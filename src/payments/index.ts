export {
  changeAmountStatement,
  ensureCollectionStatement,
  replaceSessionStatements,
} from './collections.js'
export { refundAsCredit } from './commands/refund-as-credit.js'
export { capturePayment } from './commands/capture-payment.js'
export { createOrderCollection, deleteOrderCollection, markAsPaid } from './commands/order-collections.js'
export { type RefundInput, refundPayment } from './commands/request-refund.js'
export { resumeRefund } from './commands/settle-refund.js'
export { closePaymentsOfOrder, unwindPayment } from './commands/unwind-payments.js'
export { divideCredit, insertCreditsStatement, lessCredits, lesserOf, type OpenPart, openPartsStatement } from './credits.js'
export { fitCollections, notePaidStatement } from './order-collections.js'
export { lockPartsStatement, lockPaymentsOfOrderStatement } from './locks.js'
export { listPaymentsStatement, type PaymentView } from './list.js'
export type { Money, Outcome, PaymentProvider, PaymentSnapshot, ProviderCall } from './provider.js'
export { paymentProviderIds, paymentProviderOf, registerPaymentProvider } from './registry.js'

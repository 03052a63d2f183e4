export { scheduleReconciliation } from './account-schedules.js'
export { listPaymentAccountsStatement, ignorePaymentEvent, listPaymentEventsStatement, retryPaymentEvent } from './account-list.js'
export { accountFor, activeAccount, publishableKeyOf, readingCall, takesPayments } from './accounts.js'
export {
  changeAmountStatement,
  collectionOfCartStatement,
  type Collection,
  collectionJsonSql,
  ensureCollectionStatement,
  isBegun,
  replaceSession,
  startSession,
} from './collections.js'
export { requestPayment } from './commands/request-payment.js'
export { lookAtOrderPayment, startOrderPayment } from './commands/pay-order.js'
export { refundAsCredit, refundAsCreditIn } from './commands/refund-as-credit.js'
export { checkPaymentSession } from './commands/check-session.js'
export { type AccountInput, connectPaymentAccount, disablePaymentAccount } from './commands/connect-account.js'
export { connectOperatorAccount, disableOperatorAccount } from './commands/connect-operator-account.js'
export { endPaymentSession } from './commands/end-session.js'
export { listPaymentEvents } from './commands/list-events.js'
export { sweepPaymentEvents } from './commands/sweep-events.js'
export { type CompleteCart, type Settled, settlePayment } from './commands/settle-payment.js'
export { handlePaymentEvent, receivePaymentEvent, type TouchHandlers } from './events.js'
export { capturePayment } from './commands/capture-payment.js'
export { createOrderCollection, deleteOrderCollection, markAsPaid } from './commands/order-collections.js'
export { type RefundInput, refundPayment } from './commands/request-refund.js'
export { resumeRefund } from './commands/settle-refund.js'
export { closePaymentsOfOrder, unwindPayment } from './commands/unwind-payments.js'
export { noteMovements } from './commands/note-movements.js'
export { partAtRate } from './exchange.js'
export {
  type CommissionPolicy,
  divideCredit,
  divideRefund,
  insertCreditsStatement,
  lessCredits,
  lesserOf,
  type OpenPart,
  openPartsStatement,
} from './credits.js'
export { piecesBeforeSql } from './returned-goods.js'
export { fitCollections, notePaidStatement } from './order-collections.js'
export { lockOrderOfPaymentStatement, lockPartsStatement, lockPaymentsOfOrderStatement, lockPaymentStatement } from './locks.js'
export { listPaymentsStatement, type PaymentView } from './list.js'
export { keptMoney, type Kept, moneyOf, perform } from './operations.js'
export {
  choosePaymentAccount,
  listOperatorAccountsStatement,
  type OperatorAccountView,
  type PaymentAccountSetting,
} from './operator-accounts.js'
export { noteOperatorAlarm, type OperatorAlarm, takeOperatorAlarm } from './operator-alarm.js'
export { noteParkedEventsTold, type ParkedEvents, takeParkedEvents } from './parked-events.js'
export {
  ignoreOperatorEvent,
  listOperatorEventsStatement,
  parkedOperatorEventsStatement,
  referencesOfStore,
  retryOperatorEvent,
} from './operator-events.js'
export type {
  DisputePort,
  DisputeSnapshot,
  EventPage,
  Money,
  MoneyMovement,
  MovementPage,
  Outcome,
  PayeePort,
  PayeeSnapshot,
  PayeeStatus,
  PaymentAccount,
  PaymentProvider,
  PaymentSnapshot,
  ProviderCall,
  RefundSnapshot,
  ReleaseSnapshot,
  RemotePayment,
  RemotePort,
  Touch,
  VerifiedEvent,
} from './provider.js'
export { paymentProviderIds, paymentProviderOf, registerPaymentProvider } from './registry.js'

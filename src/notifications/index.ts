export {
  type AccountMailSettings,
  sendFactorNotice,
  sendInvite,
  sendRejection,
  sendPasswordReset,
  sendTransferRequest,
  sendVerification,
} from './commands/send-account-mail.js'
export {
  type AfterSaleMailSettings,
  sendCancellation,
  sendEditNotice,
  sendExchangeNotice,
  sendPaymentReceipt,
  sendPaymentRequest,
  sendRefundNotice,
  sendReturnNotice,
} from './commands/send-after-sale-mail.js'
export { noteProposal, sendProductReview } from './commands/send-product-review.js'
export { noteInFeed } from './commands/note-in-feed.js'
export { sendGiftCards } from './commands/send-gift-cards.js'
export { sendOrderConfirmation, sendShipmentNotice } from './commands/send-order-mail.js'
export type { MailSettings } from './commands/send-once.js'
export type { Mail, Mailer } from './mailer.js'
export { sendToEach } from './commands/send-once.js'
export { listNotificationsStatement, type NotificationView } from './list.js'
export { sendSellerReminder } from './commands/send-seller-reminder.js'
export { sendOperatorAlarm } from './commands/send-operator-alarm.js'
export { sendParkedEventsAlarm } from './commands/send-parked-events-alarm.js'
export { sendWebhookNotice } from './commands/send-webhook-notice.js'
export { sendExceptionsNotice } from './commands/send-exceptions-notice.js'

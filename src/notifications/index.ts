export { type MailSettings, sendOrderConfirmation, sendShipmentNotice } from './commands/send-order-mail.js'
export type { Mail, Mailer } from './mailer.js'

export { type MailSettings, sendOrderConfirmation, sendShipmentNotice } from './commands/send-order-mail.js'

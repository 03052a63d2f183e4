import { type Context, tenantOf } from '../../db/index.js'
import { newId, notFound } from '../../kernel/index.js'
import type { Mailer } from '../mailer.js'
import { markSentStatement, type OrderMailRow, orderMailStatement, shipmentMailStatement, upsertNotificationStatement } from '../queries.js'
import { orderConfirmation, type RenderedMail } from '../templates/order-confirmation.js'
import { shipmentNotice } from '../templates/shipment-notice.js'

export interface MailSettings {
  mailer: Mailer
  /** Sender address of the deployment; the store's name stands before it. */
  fromAddress: string
}

/**
 * Sends the confirmation of an order, once. Handler of `order.placed`; a second run finds it sent.
 * @throws not_found when there is no such order; whatever the mail server answers
 */
export async function sendOrderConfirmation(context: Context, settings: MailSettings, orderId: string): Promise<void> {
  const order = await loadOrder(context, orderId)
  await sendOnce(context, settings, order, 'order-confirmation', `order.placed:${orderId}`, orderConfirmation(order))
}

/** Tells the shopper that a vendor has sent a parcel, once. Handler of `fulfillment.shipped`. */
export async function sendShipmentNotice(context: Context, settings: MailSettings, fulfillmentId: string): Promise<void> {
  const [shipment] = await context.db.read(context.scope, shipmentMailStatement(tenantOf(context), fulfillmentId))
  if (shipment === undefined) throw notFound(`Fulfillment with id: ${fulfillmentId} was not found`)
  const order = await loadOrder(context, shipment.order_id)
  const key = `fulfillment.shipped:${fulfillmentId}`
  await sendOnce(context, settings, order, 'shipment-notice', key, shipmentNotice(order, shipment))
}

async function loadOrder(context: Context, orderId: string): Promise<OrderMailRow> {
  const [order] = await context.db.read(context.scope, orderMailStatement(tenantOf(context), orderId))
  if (order === undefined) throw notFound(`Order with id: ${orderId} was not found`)
  return order
}

/**
 * Row first, then the mail outside any transaction, then the mark. A crash between mail and mark sends a second copy
 * with the same Message-ID, which mail clients show once; a crash before the mail loses nothing.
 */
async function sendOnce(
  context: Context,
  settings: MailSettings,
  order: OrderMailRow,
  template: string,
  uniqueKey: string,
  mail: RenderedMail,
): Promise<void> {
  if (order.email === null) return
  const recipient = order.email
  const tenantId = tenantOf(context)
  const [row] = await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      upsertNotificationStatement(tenantId, {
        id: newId('noti'),
        template,
        recipient,
        subject: mail.subject,
        data: { display_id: order.display_id },
        uniqueKey,
      }),
    ),
  )
  if (row === undefined || row.state === 'sent') return
  const name = (order.mail_from_name ?? order.store_name).replace(/["\r\n]/g, '')
  await settings.mailer.send({
    from: `"${name}" <${settings.fromAddress}>`,
    to: recipient,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: `<${row.id}@stoa>`,
  })
  await context.db.unitOfWork(context.scope, (unit) => unit.run(markSentStatement(tenantId, row.id)))
}

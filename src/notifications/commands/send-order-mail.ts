import { type Context, tenantOf } from '../../db/index.js'
import type { EventPayloads } from '../../events/index.js'
import { notFound } from '../../kernel/index.js'
import { nameItems } from '../mailed-order.js'
import { type OrderMailRow, shipmentMailStatement } from '../queries.js'
import type { RenderedMail } from '../templates/layout.js'
import { orderConfirmation } from '../templates/order-confirmation.js'
import { shipmentNotice } from '../templates/shipment-notice.js'
import { type AfterSaleMailSettings, settlingOf } from './send-after-sale-mail.js'
import { type MailSettings, sendOnce } from './send-once.js'

/**
 * Sends the confirmation of an order, once. Handler of `order.placed`; a second run finds it sent.
 * @throws not_found when there is no such order; whatever the mail server answers
 */
export async function sendOrderConfirmation(context: Context, settings: AfterSaleMailSettings, orderId: string): Promise<void> {
  const settling = await settlingOf(context, settings, orderId)
  const { order } = settling
  if (order.is_unannounced) return
  await sendToBuyer(context, settings, order, 'order-confirmation', `order.placed:${orderId}`, orderConfirmation(settling))
}

/** Tells the shopper that a vendor has sent a parcel, once, unless staff wanted no mail of it. Handler of `fulfillment.shipped`. */
export async function sendShipmentNotice(
  context: Context,
  settings: AfterSaleMailSettings,
  { fulfillment_id: fulfillmentId, no_notification: isSilent }: EventPayloads['fulfillment.shipped'],
): Promise<void> {
  if (isSilent === true) return
  const [shipment] = await context.db.read(context.scope, shipmentMailStatement(tenantOf(context), fulfillmentId))
  if (shipment === undefined) throw notFound(`Fulfillment with id: ${fulfillmentId} was not found`)
  const { order, orderUrl } = await settlingOf(context, settings, shipment.order_id)
  await nameItems(context, order.locale, shipment.items)
  const key = `fulfillment.shipped:${fulfillmentId}`
  await sendToBuyer(context, settings, order, 'shipment-notice', key, shipmentNotice(order, shipment, orderUrl))
}

function sendToBuyer(
  context: Context,
  settings: MailSettings,
  order: OrderMailRow,
  template: string,
  uniqueKey: string,
  mail: RenderedMail,
): Promise<void> {
  if (order.email === null) return Promise.resolve()
  return sendOnce(context, settings, order, { template, recipient: order.email, uniqueKey, data: { display_id: order.display_id }, mail })
}

import { type Context, tenantOf } from '../../db/index.js'
import type { EventPayloads } from '../../events/index.js'
import { notFound, toMinor } from '../../kernel/index.js'
import { previewOrder } from '../../order-edits/index.js'
import {
  editMailStatement,
  exchangeMailStatement,
  refundMailStatement,
  returnMailStatement,
  returnOfExchangeMailStatement,
} from '../after-sale-queries.js'
import { orderMailStatement } from '../queries.js'
import { storefrontOf, type StorefrontSettings } from '../storefront.js'
import { editNotice, exchangeNotice, paymentRequest, refundNotice, returnNotice, type Settling } from '../templates/after-sale.js'
import { formatMoney, type RenderedMail } from '../templates/layout.js'
import { type MailSettings, sendOnce } from './send-once.js'

export interface AfterSaleMailSettings extends MailSettings, StorefrontSettings {}

/** The order with what is owed of it, and the page on which that is paid. Throws not_found. */
async function settlingOf(context: Context, settings: AfterSaleMailSettings, orderId: string): Promise<Settling> {
  const [order] = await context.db.read(context.scope, orderMailStatement(tenantOf(context), orderId))
  if (order === undefined) throw notFound(`Order with id: ${orderId} was not found`)
  const storefront = order.open_minor > 0n ? await storefrontOf(context, settings) : null
  return { order, payUrl: storefront === null ? null : `${storefront}/orders/${orderId}/pay` }
}

async function send(
  context: Context,
  settings: AfterSaleMailSettings,
  { order }: Settling,
  { template, uniqueKey, mail }: { template: string; uniqueKey: string; mail: RenderedMail },
): Promise<void> {
  if (order.email === null) return
  await sendOnce(context, settings, order, { template, recipient: order.email, uniqueKey, data: { display_id: order.display_id }, mail })
}

/**
 * Asks the shopper to agree to an edit, or tells of one that was done: once each. Handler of `order.edit_requested` and
 * `order.edit_confirmed`. Nothing is asked any more of an edit that was done or given up meanwhile.
 * @throws not_found; whatever the mail server answers
 */
export async function sendEditNotice(
  context: Context,
  settings: AfterSaleMailSettings,
  { order_id: orderId, order_edit_id: editId }: EventPayloads['order.edit_requested'],
): Promise<void> {
  const [edit] = await context.db.read(context.scope, editMailStatement(tenantOf(context), editId))
  if (edit === undefined || (edit.status !== 'requested' && edit.status !== 'confirmed')) return
  const settling = await settlingOf(context, settings, orderId)
  const mail = editNotice(settling, edit, edit.status === 'confirmed' ? null : await previewOf(context, settling))
  await send(context, settings, settling, { template: 'order-edit', uniqueKey: `order.edit_${edit.status}:${editId}`, mail })
}

async function previewOf(context: Context, { order }: Settling): Promise<{ total: string; difference: string | null }> {
  const preview = await previewOrder(context, order.id, (url) => url)
  const summary = preview.summary as { pending_difference: number }
  const money = (major: number) => formatMoney(toMinor(major, order.currency_code), order.currency_code)
  const more = summary.pending_difference
  const difference =
    more > 0 ? `${money(more)} would then be to be paid.` : more < 0 ? `You would get ${money(-more)} back, the way you paid.` : null
  return { total: money(preview.total as number), difference }
}

/** Tells the shopper of an exchange or a claim, once. Handler of `exchange.requested`. Throws not_found; whatever the mail server answers. */
export async function sendExchangeNotice(
  context: Context,
  settings: AfterSaleMailSettings,
  { exchange_id: id }: EventPayloads['exchange.requested'],
): Promise<void> {
  const tenantId = tenantOf(context)
  const [[exchange], [back]] = await context.db.readAll(context.scope, [
    exchangeMailStatement(tenantId, id),
    returnOfExchangeMailStatement(tenantId, id),
  ])
  if (exchange === undefined) throw notFound(`Exchange with id: ${id} was not found`)
  if (exchange.status !== 'requested') return
  const settling = await settlingOf(context, settings, exchange.order_id)
  const mail = exchangeNotice(settling, exchange, back)
  await send(context, settings, settling, {
    template: exchange.type === 'exchange' ? 'exchange' : 'claim',
    uniqueKey: `exchange.requested:${id}`,
    mail,
  })
}

/**
 * Tells the shopper what to send back and how, or what has arrived: once for each. Handler of `return.requested` and
 * `return.received`. Not where staff want no mail of the return.
 * @param payload.pieces how many pieces are back; none when they were just asked for
 * @throws not_found; whatever the mail server answers
 */
export async function sendReturnNotice(
  context: Context,
  settings: AfterSaleMailSettings,
  { return_id: id, pieces }: { return_id: string; pieces?: number | undefined },
): Promise<void> {
  const [back] = await context.db.read(context.scope, returnMailStatement(tenantOf(context), id))
  if (back === undefined) throw notFound(`Return with id: ${id} was not found`)
  if (back.no_notification === true || back.status === 'canceled') return
  const event = pieces === undefined ? 'requested' : 'received'
  const settling = await settlingOf(context, settings, back.order_id)
  const mail = returnNotice(settling, back, event)
  const uniqueKey = `return.${event}:${id}${pieces === undefined ? '' : `:${pieces}`}`
  await send(context, settings, settling, { template: `return-${event}`, uniqueKey, mail })
}

/** Tells the shopper that money went back, once. Handler of `refund.settled`: a refund that was refused is not told. Throws whatever the mail server answers. */
export async function sendRefundNotice(
  context: Context,
  settings: AfterSaleMailSettings,
  { refund_id: id }: EventPayloads['refund.settled'],
): Promise<void> {
  const [refund] = await context.db.read(context.scope, refundMailStatement(tenantOf(context), id))
  if (refund === undefined || refund.state !== 'succeeded') return
  const settling = await settlingOf(context, settings, refund.order_id)
  await send(context, settings, settling, { template: 'refund', uniqueKey: `refund.settled:${id}`, mail: refundNotice(settling, refund) })
}

/** Sends the invoice of what is still to be paid, once for each time that staff ask. Handler of `order.payment_requested`. Throws not_found; whatever the mail server answers. */
export async function sendPaymentRequest(
  context: Context,
  settings: AfterSaleMailSettings,
  { order_id: orderId, request_id: requestId }: EventPayloads['order.payment_requested'],
): Promise<void> {
  const settling = await settlingOf(context, settings, orderId)
  // Paid while the mail waited.
  if (settling.order.open_minor === 0n) return
  await send(context, settings, settling, {
    template: 'payment-request',
    uniqueKey: `order.payment_requested:${requestId}`,
    mail: paymentRequest(settling),
  })
}

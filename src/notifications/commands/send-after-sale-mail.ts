import { type Context, tenantOf } from '../../db/index.js'
import type { EventPayloads } from '../../events/index.js'
import { notFound, StoaError, toMinor } from '../../kernel/index.js'
import { previewOrder } from '../../order-edits/index.js'
import { instructionsIn } from '../../stores/index.js'
import { translated } from '../../translations/index.js'
import {
  captureMailStatement,
  editMailStatement,
  exchangeMailStatement,
  noticeStatement,
  refundMailStatement,
  type ReturnMailRow,
  returnMailStatement,
  returnOfExchangeMailStatement,
} from '../after-sale-queries.js'
import { nameItems, readMailedOrder } from '../mailed-order.js'
import type { OrderMailRow } from '../queries.js'
import { linksOf, type StorefrontSettings } from '../storefront.js'
import {
  type AfterEdit,
  cancellation,
  editNotice,
  exchangeNotice,
  paymentReceipt,
  paymentRequest,
  refundNotice,
  returnNotice,
  type Settling,
} from '../templates/after-sale.js'
import type { RenderedMail } from '../templates/layout.js'
import { type MailSettings, sendOnce } from './send-once.js'

export interface AfterSaleMailSettings extends MailSettings, StorefrontSettings {}

/** The order with what is owed of it, its page, and the page on which it is paid. Throws not_found. */
export async function settlingOf(context: Context, settings: StorefrontSettings, orderId: string): Promise<Settling> {
  const order = await readMailedOrder(context, orderId)
  const country = order.shipping_address?.country_code ?? order.billing_country
  const links = await linksOf(context, settings, { regionId: order.region_id, locale: order.locale, country })
  return {
    order,
    orderUrl: links.order(orderId),
    payUrl: order.open_minor === 0n ? null : links.pay(orderId),
    byHand: byHandOf(order),
  }
}

/** How the newest payment is made that a person sees to, if the store says it. */
function byHandOf(order: OrderMailRow): Settling['byHand'] {
  const payment = order.payments.findLast(({ provider_id }) => Object.hasOwn(order.payment_instructions, provider_id))
  if (payment === undefined) return null
  const said = instructionsIn(order.payment_instructions, payment.provider_id, order.locale, order.own_locale)
  return said === undefined ? null : { ...said, amount_minor: payment.amount_minor }
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
  const after = edit.status === 'confirmed' ? null : await previewOf(context, settling)
  if (after === undefined) return
  await nameItems(context, settling.order.locale, [...edit.added, ...edit.changed])
  const mail = editNotice(settling, edit, after)
  await send(context, settings, settling, { template: 'order-edit', uniqueKey: `order.edit_${edit.status}:${editId}`, mail })
}

/** What the order would come to. Nothing where the order has changed so that the edit cannot be done any more: staff see that. */
async function previewOf(context: Context, { order }: Settling): Promise<AfterEdit | undefined> {
  const preview = await previewOrder(context, order.id, (url) => url).catch((error: unknown) => {
    if (error instanceof StoaError && error.status < 500) return undefined
    throw error
  })
  if (preview === undefined) return undefined
  const summary = preview.summary as { difference_due: number }
  const minor = (major: number) => toMinor(major, order.currency_code)
  return { total_minor: minor(preview.total as number), more_minor: minor(summary.difference_due) }
}

/**
 * Tells the shopper of an exchange or a claim, or that it is called off: once each. Handler of `exchange.requested` and, with
 * `isOff`, of `exchange.canceled`. Throws not_found; whatever the mail server answers.
 */
export async function sendExchangeNotice(
  context: Context,
  settings: AfterSaleMailSettings,
  { exchange_id: id }: EventPayloads['exchange.requested'],
  isOff = false,
): Promise<void> {
  const tenantId = tenantOf(context)
  const [[exchange], [back]] = await context.db.readAll(context.scope, [
    exchangeMailStatement(tenantId, id),
    returnOfExchangeMailStatement(tenantId, id),
  ])
  if (exchange === undefined) throw notFound(`Exchange with id: ${id} was not found`)
  if (exchange.status !== (isOff ? 'canceled' : 'requested')) return
  if (isOff && !(await wasTold(context, `exchange.requested:${id}`))) return
  const settling = await settlingOf(context, settings, exchange.order_id)
  await nameItems(context, settling.order.locale, [...exchange.sent, ...exchange.claimed])
  if (back !== undefined) await nameReturn(context, settling.order.locale, back)
  const mail = exchangeNotice(settling, exchange, back)
  await send(context, settings, settling, {
    template: exchange.type === 'exchange' ? 'exchange' : 'claim',
    uniqueKey: `exchange.${exchange.status}:${id}`,
    mail,
  })
}

/**
 * Tells the shopper what to send back and how, what has arrived, or that nothing needs to come any more: once for each. Handler of
 * `return.requested`, `return.received` and, with `isOff`, of `return.canceled`. Not where staff want no mail of the return.
 * @param payload.pieces how many pieces are back; none when they were just asked for, or called off
 * @throws not_found; whatever the mail server answers
 */
export async function sendReturnNotice(
  context: Context,
  settings: AfterSaleMailSettings,
  { return_id: id, pieces, no_notification: isSilent }: { return_id: string; pieces?: number | undefined; no_notification?: true },
  isOff = false,
): Promise<void> {
  if (isSilent === true) return
  const [back] = await context.db.read(context.scope, returnMailStatement(tenantOf(context), id))
  if (back === undefined) throw notFound(`Return with id: ${id} was not found`)
  if (back.no_notification === true || (back.status === 'canceled') !== isOff) return
  if (isOff && !(await wasTold(context, `return.requested:${id}`))) return
  const event = isOff ? 'canceled' : pieces === undefined ? 'requested' : 'received'
  const settling = await settlingOf(context, settings, back.order_id)
  await nameReturn(context, settling.order.locale, back)
  const mail = returnNotice(settling, back, event)
  const uniqueKey = `return.${event}:${id}${pieces === undefined ? '' : `:${pieces}`}`
  await send(context, settings, settling, { template: `return-${event}`, uniqueKey, mail })
}

/** Nobody hears that something is called off which they were never told of. */
async function wasTold(context: Context, uniqueKey: string): Promise<boolean> {
  const [told] = await context.db.read(context.scope, noticeStatement(tenantOf(context), uniqueKey))
  return told !== undefined
}

/** Puts the order's language into what a return tells. */
async function nameReturn(context: Context, locale: string, back: ReturnMailRow): Promise<void> {
  const way = { id: back.shipping_option_id ?? '', name: back.shipping_name }
  await Promise.all([nameItems(context, locale, back.items), translated(context, locale, [way])])
  back.shipping_name = way.name
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

/**
 * Tells the shopper of money that was taken for an order after it was placed, once for each time. Handler of `order.payment_captured`:
 * what was taken with the order is in its confirmation, and what came for a canceled one goes back. Throws whatever the mail server answers.
 */
export async function sendPaymentReceipt(
  context: Context,
  settings: AfterSaleMailSettings,
  { capture_id: id }: EventPayloads['order.payment_captured'],
): Promise<void> {
  if (id === undefined) return
  const [capture] = await context.db.read(context.scope, captureMailStatement(tenantOf(context), id))
  if (capture === undefined) return
  const settling = await settlingOf(context, settings, capture.order_id)
  if (settling.order.status === 'canceled' || settling.order.is_unannounced) return
  const mail = paymentReceipt(settling, capture)
  await send(context, settings, settling, { template: 'payment-receipt', uniqueKey: `order.payment_captured:${id}`, mail })
}

/** Tells the shopper that the whole order is canceled, once. Handler of `order.canceled`. Throws not_found; whatever the mail server answers. */
export async function sendCancellation(
  context: Context,
  settings: AfterSaleMailSettings,
  { order_id: orderId }: EventPayloads['order.canceled'],
): Promise<void> {
  const settling = await settlingOf(context, settings, orderId)
  // Staff want to tell the customer themselves.
  if (settling.order.is_unannounced) return
  await send(context, settings, settling, {
    template: 'order-canceled',
    uniqueKey: `order.canceled:${orderId}`,
    mail: cancellation(settling),
  })
}

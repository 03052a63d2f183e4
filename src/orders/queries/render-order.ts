import { renderRootTotals, sumTotals } from '../../carts/index.js'
import { toMajor } from '../../kernel/index.js'
import { renderApplied } from '../../promotions/index.js'
import type { LoadedOrder, OrderCollectionRow, OrderPartRow } from './load-order.js'
import { currentTotals, moneyOf, paymentStatusOf } from './order-money.js'
import { soldTotals } from './order-parts.js'
import { fulfillmentStatusOf, isShown, type Pictures, renderFates, renderOrderLine, renderOrderMethod } from './render-parts.js'
import { fulfillmentWithinOrder, methodWithinOrder, withinOrder } from './render-whole.js'

/**
 * An order in Medusa's shape (Store API contract, order JSON), amounts in major units. `payment_collections` is absent
 * where nothing was to be paid: a storefront reads the first one. What is the vendor's and the store's business alone
 * (commissions) is here too; a route's field list says who is shown it.
 * @param acted lines of which something is told are shown even with no piece left
 */
export function renderOrder(order: LoadedOrder, pictures: Pictures, acted?: { has(lineId: string): boolean }): Record<string, unknown> {
  const { lines, claimed, methods, collections, parts, promotions, total_minor: _total, tax_total_minor: _tax, cart_id, ...rest } = order
  const {
    credit_lines: _lines,
    credit_minor: _credit,
    credit_returned_minor,
    credits_given: _named,
    returns: _returns,
    credits: _given,
    last_changes: _last,
    ...root
  } = rest
  const currency = order.currency_code
  const counted = lines.map((line) => ({ claimed_quantity: claimed[line.id] ?? 0, ...line }))
  const shown = counted.filter((line) => isShown(line) || acted?.has(line.id))
  const paymentStatus = paymentStatusOf(collections)
  const money = moneyOf(order)
  return {
    ...root,
    shipping_address: renderAddress(root.shipping_address),
    billing_address: renderAddress(root.billing_address),
    custom_display_id: null,
    cart: { id: cart_id },
    payment_status: paymentStatus,
    fulfillment_status: fulfillmentStatusOf(lines, order.fulfillments),
    summary: money.summary,
    fulfillments: order.fulfillments.map((fulfillment) => fulfillmentWithinOrder(order, fulfillment)),
    items: shown.map((line) => withinOrder(order, renderOrderLine(line, currency, pictures, currentTotals))),
    shipping_methods: [...methods.map((method) => renderOrderMethod(method, currency)), ...money.returnMethods].map((method) =>
      methodWithinOrder(order, method),
    ),
    ...(collections.length === 0 ? {} : { payment_collections: collections.map((collection) => renderOrderCollection(collection, order)) }),
    vendor_orders: parts.map((part) => renderPart(part, order, paymentStatus)),
    promotions: promotions.map(renderApplied),
    credit_lines: money.creditLines,
    credit_paid_total: toMajor(money.paidWithMinor, currency),
    credit_returned_total: toMajor(credit_returned_minor, currency),
    is_of_account: order.customer?.has_account === true,
    ...renderRootTotals(money.totals, currency, money.credit),
    ...renderFates(counted, currency),
  }
}

/** An order's address is its own: that of an account may change later. */
const renderAddress = (address: LoadedOrder['shipping_address']) => address && { ...address, customer_id: null, deleted_at: null }

/** Money that went is never changed. */
const moved = <Row extends { created_at: string }>(row: Row) => ({ ...row, metadata: null, updated_at: row.created_at, deleted_at: null })

/** Of a canceled order nothing is to be paid any more, also where it was: what was given back is told with its payments. */
function renderOrderCollection(collection: OrderCollectionRow, order: LoadedOrder): Record<string, unknown> {
  const { amount_minor, authorized_minor, captured_minor, refunded_minor, payments, payment_sessions, payment_providers, ...rest } =
    collection
  const major = (minor: number) => toMajor(minor, collection.currency_code)
  return {
    ...rest,
    status: order.canceled_at === null ? rest.status : 'canceled',
    deleted_at: null,
    amount: major(amount_minor),
    authorized_amount: major(authorized_minor),
    captured_amount: major(captured_minor),
    refunded_amount: major(refunded_minor),
    payment_providers: payment_providers.map((id) => ({ id, is_enabled: true })),
    payment_sessions: payment_sessions.map(({ amount_minor: session_minor, ...session }) => ({ ...session, amount: major(session_minor) })),
    payments: payments.map(({ amount_minor: paid, captured_minor: captured, refunded_minor: refunded, captures, refunds, ...payment }) => ({
      ...payment,
      amount: major(paid),
      captured_amount: major(captured),
      refunded_amount: major(refunded),
      payment_collection_id: collection.id,
      payment_session: { id: payment.payment_session_id },
      metadata: null,
      deleted_at: null,
      captures: captures.map(({ amount_minor: taken, ...capture }) => ({
        ...moved(capture),
        amount: major(taken),
        payment_id: payment.id,
      })),
      refunds: refunds.map(({ amount_minor: returned, ...refund }) => ({
        ...moved(refund),
        amount: major(returned),
        payment_id: payment.id,
      })),
    })),
  }
}

/** One vendor's part of an order, with its own totals: the parts sum to the order. */
function renderPart(part: OrderPartRow, order: LoadedOrder, paymentStatus: string): Record<string, unknown> {
  const {
    total_minor: _total,
    commission_minor,
    vendor_amount_minor,
    credited_minor,
    credited_vendor_minor,
    credited_commission_minor,
    vendor_discount_minor,
    store_discount_minor,
    platform_discount_minor,
    ...rest
  } = part
  const lines = order.lines.filter((line) => line.vendor_order_id === part.id)
  const methods = order.methods.filter((method) => method.vendor_order_id === part.id)
  return {
    ...rest,
    payment_status: paymentStatus,
    fulfillment_status: fulfillmentStatusOf(
      lines,
      order.fulfillments.filter((fulfillment) => fulfillment.vendor_order_id === part.id),
    ),
    ...renderRootTotals(sumTotals(lines.map(soldTotals), methods.map(soldTotals)), part.currency_code),
    commission_total: toMajor(commission_minor, part.currency_code),
    vendor_amount: toMajor(vendor_amount_minor, part.currency_code),
    vendor_discount_total: toMajor(vendor_discount_minor, part.currency_code),
    store_discount_total: toMajor(store_discount_minor, part.currency_code),
    platform_discount_total: toMajor(platform_discount_minor, part.currency_code),
    refunded_total: toMajor(credited_minor, part.currency_code),
    refunded_commission_total: toMajor(credited_commission_minor, part.currency_code),
    refunded_vendor_amount: toMajor(credited_vendor_minor, part.currency_code),
  }
}

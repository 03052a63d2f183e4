import { renderRootTotals, sumTotals } from '../../carts/index.js'
import { renderCreditLines, sumCredit } from '../../credit/index.js'
import { toMajor } from '../../kernel/index.js'
import { renderApplied } from '../../promotions/index.js'
import type { LoadedOrder, OrderCollectionRow, OrderPartRow } from './load-order.js'
import { soldTotals } from './order-parts.js'
import {
  fulfillmentStatusOf,
  isShown,
  type Pictures,
  renderFates,
  renderFulfillment,
  renderOrderLine,
  renderOrderMethod,
} from './render-parts.js'

/**
 * An order in Medusa's shape (Store API contract, order JSON), amounts in major units. `payment_collections` is absent
 * where nothing was to be paid: a storefront reads the first one. What is the vendor's and the store's business alone
 * (commissions) is here too; a route's field list says who is shown it.
 * @param acted lines of which something is told are shown even with no piece left
 */
export function renderOrder(order: LoadedOrder, pictures: Pictures, acted?: { has(lineId: string): boolean }): Record<string, unknown> {
  const { lines, claimed, methods, collections, parts, promotions, total_minor, tax_total_minor: _tax, cart_id, ...rest } = order
  const { credit_lines, credit_minor, credit_returned_minor, returned_minor, ...root } = rest
  const currency = order.currency_code
  const counted = lines.map((line) => ({ claimed_quantity: claimed[line.id] ?? 0, ...line }))
  const shown = counted.filter((line) => isShown(line) || acted?.has(line.id))
  const paymentStatus = paymentStatusOf(collections)
  return {
    ...root,
    shipping_address: renderAddress(root.shipping_address),
    billing_address: renderAddress(root.billing_address),
    custom_display_id: null,
    cart: { id: cart_id },
    payment_status: paymentStatus,
    fulfillment_status: fulfillmentStatusOf(lines, order.fulfillments),
    summary: summaryOf(
      total_minor - credit_minor,
      // What was given back as store credit is not owed to the shopper any more.
      BigInt(parts.reduce((sum, part) => sum + part.credited_minor, 0)) - credit_returned_minor,
      returned_minor,
      collections,
      currency,
    ),
    fulfillments: order.fulfillments.map(renderFulfillment),
    items: shown.map((line) => renderOrderLine(line, currency, pictures)),
    shipping_methods: methods.map((method) => ({ ...renderOrderMethod(method, currency), order_id: order.id })),
    ...(collections.length === 0 ? {} : { payment_collections: collections.map(renderOrderCollection) }),
    vendor_orders: parts.map((part) => renderPart(part, order, paymentStatus)),
    promotions: promotions.map(renderApplied),
    credit_lines: renderCreditLines(credit_lines, currency),
    credit_returned_total: toMajor(credit_returned_minor, currency),
    is_of_account: order.customer?.has_account === true,
    ...renderRootTotals(sumTotals(lines.map(soldTotals), methods.map(soldTotals)), currency, sumCredit(credit_lines)),
    ...renderFates(counted, currency),
  }
}

/** An order's address is its own: that of an account may change later. */
const renderAddress = (address: LoadedOrder['shipping_address']) => address && { ...address, customer_id: null, deleted_at: null }

/** Payment status by what the collections have come to. Nothing to pay counts as paid. */
function paymentStatusOf(all: readonly OrderCollectionRow[]): string {
  // What was given up is no part of it, unless all was.
  const open = all.filter((collection) => collection.status !== 'canceled' || collection.captured_minor > 0)
  const collections = open.length > 0 ? open : all
  const sum = (name: 'amount_minor' | 'authorized_minor' | 'captured_minor' | 'refunded_minor') =>
    collections.reduce((total, collection) => total + collection[name], 0)
  const amount = sum('amount_minor')
  if (sum('refunded_minor') > 0) return sum('refunded_minor') >= sum('captured_minor') ? 'refunded' : 'partially_refunded'
  if (sum('captured_minor') >= amount) return 'captured'
  if (sum('captured_minor') > 0) return 'partially_captured'
  if (collections.every((collection) => collection.status === 'canceled')) return 'canceled'
  if (sum('authorized_minor') >= amount) return 'authorized'
  if (sum('authorized_minor') > 0) return 'partially_authorized'
  return collections.some((collection) => collection.status === 'awaiting') ? 'awaiting' : 'not_paid'
}

/**
 * `credited` is what the shopper need not pay any more, or got back: the order's totals stay as they were sold. `returned` is
 * what is to be given back for goods that come back.
 */
function summaryOf(
  totalMinor: bigint,
  creditedMinor: bigint,
  returnedMinor: bigint,
  collections: readonly OrderCollectionRow[],
  currency: string,
): Record<string, number> {
  const paid = BigInt(collections.reduce((sum, collection) => sum + collection.captured_minor, 0))
  const refunded = BigInt(collections.reduce((sum, collection) => sum + collection.refunded_minor, 0))
  const total = toMajor(totalMinor, currency)
  const current = toMajor(totalMinor - creditedMinor, currency)
  return {
    pending_difference: toMajor(totalMinor - creditedMinor - (paid - refunded) - returnedMinor, currency),
    current_order_total: current,
    original_order_total: total,
    transaction_total: toMajor(paid - refunded, currency),
    paid_total: toMajor(paid, currency),
    refunded_total: toMajor(refunded, currency),
    accounting_total: current,
    credit_line_total: toMajor(creditedMinor, currency),
  }
}

function renderOrderCollection(collection: OrderCollectionRow): Record<string, unknown> {
  const { amount_minor, authorized_minor, captured_minor, refunded_minor, payments, payment_sessions, payment_providers, ...rest } =
    collection
  const major = (minor: number) => toMajor(minor, collection.currency_code)
  return {
    ...rest,
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
      captures: captures.map(({ amount_minor: taken, ...capture }) => ({ ...capture, amount: major(taken), payment_id: payment.id })),
      refunds: refunds.map(({ amount_minor: returned, ...refund }) => ({ ...refund, amount: major(returned), payment_id: payment.id })),
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

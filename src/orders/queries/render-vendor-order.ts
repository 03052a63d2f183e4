import { renderRootTotals, sumTotals } from '../../carts/index.js'
import { toMajor } from '../../kernel/index.js'
import { soldTotals } from './order-parts.js'
import { fulfillmentStatusOf, isShown, type Pictures, renderOrderLine, renderOrderMethod } from './render-parts.js'
import type { LoadedVendorOrder } from './vendor-orders.js'

/**
 * A vendor's order in Medusa's order shape: the vendor's own lines, shipping and money, what the store keeps
 * (`commission_total`, `commission_lines`) and what the vendor is owed (`vendor_amount`). Amounts in major units.
 */
export function renderVendorOrder(order: LoadedVendorOrder, pictures: Pictures): Record<string, unknown> {
  const {
    lines,
    methods,
    total_minor,
    commission_minor,
    vendor_amount_minor,
    commission_lines,
    credited_minor,
    credited_vendor_minor,
    credited_commission_minor,
    vendor_discount_minor,
    store_discount_minor,
    platform_discount_minor,
    vendor_id: _vendor,
    ...root
  } = order
  const currency = order.currency_code
  const total = toMajor(total_minor, currency)
  const paid = order.paid_at === null ? 0n : total_minor
  const refunded = order.paid_at === null ? 0n : credited_minor
  const current = toMajor(total_minor - credited_minor, currency)
  return {
    ...root,
    custom_display_id: null,
    billing_address: null,
    payment_status: paymentStatusOf(order),
    fulfillment_status: fulfillmentStatusOf(lines, order.fulfillments),
    summary: {
      pending_difference: toMajor(total_minor - credited_minor - (paid - refunded), currency),
      current_order_total: current,
      original_order_total: total,
      transaction_total: toMajor(paid - refunded, currency),
      paid_total: toMajor(paid, currency),
      refunded_total: toMajor(refunded, currency),
      accounting_total: current,
      credit_line_total: toMajor(credited_minor, currency),
    },
    items: lines.filter(isShown).map((line) => renderOrderLine(line, currency, pictures)),
    shipping_methods: methods.map((method) => renderOrderMethod(method, currency)),
    ...renderRootTotals(sumTotals(lines.map(soldTotals), methods.map(soldTotals)), currency),
    commission_total: toMajor(commission_minor, currency),
    vendor_amount: toMajor(vendor_amount_minor, currency),
    vendor_discount_total: toMajor(vendor_discount_minor, currency),
    store_discount_total: toMajor(store_discount_minor, currency),
    platform_discount_total: toMajor(platform_discount_minor, currency),
    refunded_total: toMajor(credited_minor, currency),
    refunded_commission_total: toMajor(credited_commission_minor, currency),
    refunded_vendor_amount: toMajor(credited_vendor_minor, currency),
    commission_lines: commission_lines.map(({ rate_ppm, fixed_minor, base_minor, amount_minor, order_line_item_id, ...line }) => ({
      ...line,
      item_id: order_line_item_id,
      rate: rate_ppm / 10_000,
      fixed_amount: toMajor(fixed_minor, currency),
      base_amount: toMajor(base_minor, currency),
      amount: toMajor(amount_minor, currency),
    })),
  }
}

/** An order exists only once its payment was agreed to; `paid_at` says that the money was taken. */
function paymentStatusOf(order: LoadedVendorOrder): string {
  if (order.paid_at !== null && order.credited_minor > 0n)
    return order.credited_minor >= order.total_minor ? 'refunded' : 'partially_refunded'
  if (order.paid_at !== null || order.total_minor === 0n) return 'captured'
  return order.canceled_at === null ? 'authorized' : 'canceled'
}

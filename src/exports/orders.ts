import type { CsvCell } from '../kernel/index.js'
import type { Cells } from './columns.js'

type Wire = Record<string, unknown>

/** Medusa's columns of orders, in its order. Those of ours come behind them. */
const columns: Record<string, (order: Wire, part: (name: string) => Wire) => unknown> = {
  Order_ID: (order) => order.id,
  Display_ID: (order) => order.display_id,
  'Order status': (order) => order.status,
  Date: (order) => order.created_at,
  'Customer First name': (_order, part) => part('customer').first_name,
  'Customer Last name': (_order, part) => part('customer').last_name,
  'Customer Email': (order, part) => part('customer').email ?? order.email,
  'Customer ID': (_order, part) => part('customer').id,
  'Shipping Address 1': (_order, part) => part('shipping_address').address_1,
  'Shipping Address 2': (_order, part) => part('shipping_address').address_2,
  'Shipping Country Code': (_order, part) => part('shipping_address').country_code,
  'Shipping City': (_order, part) => part('shipping_address').city,
  'Shipping Postal Code': (_order, part) => part('shipping_address').postal_code,
  'Shipping Region ID': (order) => order.region_id,
  'Fulfillment Status': (order) => order.fulfillment_status,
  'Payment Status': (order) => order.payment_status,
  Subtotal: (order) => order.subtotal,
  'Shipping Total': (order) => order.shipping_total,
  'Discount Total': (order) => order.discount_total,
  'Gift Card Total': (order) => order.gift_card_total,
  'Refunded Total': (_order, part) => part('summary').refunded_total,
  'Tax Total': (order) => order.tax_total,
  Total: (order) => order.total,
  'Currency Code': (order) => order.currency_code,
  'Sales Channel ID': (order) => order.sales_channel_id,
  Vendors: (order) => (order.vendor_orders as { vendor: { handle: string } }[]).map(({ vendor }) => vendor.handle).join(' '),
}

export const orderColumns: readonly string[] = Object.keys(columns)

/** An order in wire shape as one row. */
export function orderRow(order: Wire): Cells {
  const part = (name: string) => (order[name] ?? {}) as Wire
  return Object.fromEntries(Object.entries(columns).map(([name, read]) => [name, cellOf(read(order, part))]))
}

function cellOf(value: unknown): CsvCell {
  if (value === undefined || value === null) return null
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'number' ? value : String(value)
}

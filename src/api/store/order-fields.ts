import { totalPaths } from '../../carts/index.js'
import type { FieldsPolicy } from '../../http/index.js'
import { soldPartFields } from './sold-parts.js'

const of = (relation: string, fields: string) => fields.split(' ').map((field) => `${relation}.${field}`)
/** What Medusa answers of an order whatever is asked for: they are reckoned of what it has loaded anyway. */
const states = ['status', 'payment_status', 'fulfillment_status']
const totals = totalPaths.filter((path) => !path.includes('.'))

/**
 * What an order's answers hold (Store API contract, appendix and order JSON), and each vendor's part of it. Nothing of
 * what the store and its vendors settle among themselves; who packed and sent it is an id alone, and only on request: an
 * order's id is all that a guest needs.
 */
export const orderFields: FieldsPolicy = {
  totals: totalPaths,
  always: states,
  inseparable: ['items.detail'],
  defaults: [
    'id',
    'status',
    'summary',
    'currency_code',
    'display_id',
    'custom_display_id',
    'region_id',
    'email',
    'created_at',
    'updated_at',
    'payment_status',
    'fulfillment_status',
    ...totalPaths,
    'credit_lines.*',
    'items.*',
    'items.tax_lines.*',
    'items.adjustments.*',
    'items.detail.*',
    'items.variant.*',
    'items.variant.product.*',
    ...of('items.vendor', 'id name handle'),
    'shipping_address.*',
    'billing_address.*',
    'shipping_methods.*',
    'shipping_methods.tax_lines.*',
    'shipping_methods.adjustments.*',
    'payment_collections.*',
    // Medusa reads them for the order's states, and answers what it has read.
    ...of('fulfillments', 'id vendor_order_id location_id provider_id shipping_option_id requires_shipping packed_at shipped_at'),
    ...of('fulfillments', 'delivered_at canceled_at created_at updated_at labels.* items.*'),
    ...of('vendor_orders', 'id display_id status currency_code fulfillment_status payment_status created_at updated_at'),
    ...of('vendor_orders', totals.join(' ')),
    ...of('vendor_orders.vendor', 'id name handle'),
  ],
  extra: [
    'customer_id',
    'sales_channel_id',
    'metadata',
    'locale',
    'version',
    'canceled_at',
    'cart.id',
    'items.product.*',
    ...soldPartFields,
    ...of('fulfillments', 'data metadata created_by marked_shipped_by provider shipping_option'),
    ...of('customer', 'id email'),
    // Ours, for pages: Medusa's `*customer` has the two alone.
    'is_of_account',
    'credit_paid_total',
    'credit_returned_total',
    ...of('returns', 'id display_id status refund_amount requested_at received_at canceled_at exchange_id claim_id'),
    ...of('returns.items', 'id item_id quantity received_quantity damaged_quantity'),
    'returns.shipping_methods.*',
    // Ours, for pages: Medusa says nowhere where goods are sent back to.
    ...of('returns.send_to', 'vendor name address'),
    ...of('payment_collections.payments', 'id amount currency_code provider_id data captured_amount refunded_amount captured_at'),
    ...of(
      'payment_collections.payments',
      'canceled_at payment_collection_id payment_session_id payment_session metadata created_at updated_at',
    ),
    ...of('payment_collections.payment_sessions', 'id amount currency_code provider_id status authorized_at'),
    'payment_collections.payment_providers.id',
    ...of('promotions', 'id code is_automatic is_tax_inclusive'),
    ...of('promotions.application_method', 'id value type currency_code'),
  ],
}

/** What a list of orders holds: less by default, and on request whatever one order has. */
export const orderListFields: FieldsPolicy = {
  totals: totalPaths,
  always: states,
  inseparable: ['items.detail'],
  defaults: [
    'id',
    'status',
    'summary',
    'display_id',
    'custom_display_id',
    'total',
    'currency_code',
    'metadata',
    'created_at',
    'updated_at',
    'payment_status',
    'fulfillment_status',
    'items.*',
    'items.detail.*',
    // Medusa reads them for the total, and answers what it has read.
    'items.tax_lines.*',
    'items.adjustments.*',
  ],
  extra: [...orderFields.defaults, ...(orderFields.extra ?? [])],
}

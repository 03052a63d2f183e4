import { totalPaths } from '../../carts/index.js'
import type { FieldsPolicy } from '../../http/index.js'

const of = (relation: string, fields: string) => fields.split(' ').map((field) => `${relation}.${field}`)

const address = 'id first_name last_name company address_1 address_2 city postal_code country_code region_code province phone'
const taxLine = 'id description code rate provider_id data metadata'

/** What a cart's answers hold (Store API contract, appendix), and whose each item is. */
export const cartFields: FieldsPolicy = {
  totals: totalPaths,
  defaults: [
    'id',
    'currency_code',
    'email',
    'locale',
    'region_id',
    'created_at',
    'updated_at',
    'completed_at',
    'metadata',
    'sales_channel_id',
    // Whose it is, told unasked: a storefront that finds none in the cart of somebody signed in warns that it was not handed over.
    'customer_id',
    'shipping_address_id',
    'billing_address_id',
    ...totalPaths,
    ...of('promotions', 'id code is_automatic is_tax_inclusive'),
    ...of('promotions.application_method', 'id value type currency_code'),
    ...of('items', 'id thumbnail variant_id product_id is_giftcard product_type_id product_title product_description product_subtitle'),
    ...of('items', 'product_type product_collection product_handle variant_sku variant_barcode variant_title requires_shipping'),
    ...of('items', 'metadata created_at updated_at title quantity unit_price compare_at_unit_price is_tax_inclusive'),
    ...of('items.product', 'id collection_id type_id categories.id tags.id'),
    'items.variant.id',
    ...of('items.vendor', 'id name handle'),
    ...of('items.tax_lines', taxLine),
    ...of('items.adjustments', 'id code promotion_id amount is_tax_inclusive'),
    ...of('customer', 'id email groups.id'),
    ...of('shipping_methods', 'amount is_tax_inclusive shipping_option_id'),
    ...of('shipping_methods.tax_lines', taxLine),
    ...of('shipping_methods.adjustments', 'id code amount'),
    ...of('shipping_address', address),
    ...of('billing_address', address),
    ...of('region', 'id name currency_code automatic_taxes countries.*'),
    'payment_collection.*',
    'payment_collection.payment_sessions.*',
    'credit_lines.*',
  ],
  extra: [
    ...of('items', 'subtitle cart_id is_discountable is_custom_price variant_option_values'),
    'items.product.*',
    'items.variant.*',
    ...of('items.tax_lines', 'item_id total subtotal tax_rate_id created_at updated_at'),
    ...of('items.adjustments', 'cart_id item_id subtotal total description provider_id created_at updated_at'),
    ...of('shipping_methods', 'id cart_id name description data metadata created_at updated_at'),
    ...of('shipping_methods.tax_lines', 'shipping_method_id total subtotal tax_rate_id created_at updated_at'),
    ...of(
      'shipping_methods.adjustments',
      'cart_id shipping_method_id subtotal total is_tax_inclusive description provider_id promotion_id created_at updated_at',
    ),
    ...of('shipping_address', 'customer_id metadata created_at updated_at'),
    ...of('billing_address', 'customer_id metadata created_at updated_at'),
    ...of('region', 'metadata created_at updated_at deleted_at'),
    'payment_collection.payment_providers.id',
    'gift_cards.*',
  ],
}

/** The same where gift cards are put into a cart and taken from it. */
export const giftCardCartFields: FieldsPolicy = { ...cartFields, defaults: [...cartFields.defaults, 'gift_cards.*'] }

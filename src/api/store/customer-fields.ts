import type { FieldsPolicy } from '../../http/index.js'

const address = [
  'id',
  'address_name',
  'company',
  'customer_id',
  'first_name',
  'last_name',
  'address_1',
  'address_2',
  'city',
  'province',
  'postal_code',
  'country_code',
  'phone',
  'metadata',
  'is_default_shipping',
  'is_default_billing',
  'created_at',
  'updated_at',
]
const order = [
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
  'email',
  'customer_id',
  'region_id',
]

/** What a customer's answers hold (Store API contract, appendix). */
export const customerFields: FieldsPolicy = {
  defaults: [
    'id',
    'email',
    'company_name',
    'first_name',
    'last_name',
    'phone',
    'metadata',
    'has_account',
    'deleted_at',
    'created_at',
    'updated_at',
    ...address.map((name) => `addresses.${name}`),
  ],
  extra: ['email_verified', ...order.map((name) => `orders.${name}`)],
}

export const customerAddressFields: FieldsPolicy = { defaults: address }

// What pages use of the Store API's answers. Their whole shapes are its contract.

type Day = string | Date

export interface Region {
  id: string
  name: string
  currency_code: string
  countries: { iso_2: string; display_name: string }[]
}

export interface CalculatedPrice {
  calculated_amount: number
  original_amount: number
  currency_code: string
  is_calculated_price_tax_inclusive: boolean
  calculated_amount_with_tax?: number
  original_amount_with_tax?: number
}

export interface VariantOption {
  id: string
  value: string
  option_id: string
}

export interface Variant {
  id: string
  title: string
  sku: string | null
  manage_inventory: boolean
  allow_backorder: boolean
  inventory_quantity?: number | null
  calculated_price?: CalculatedPrice | null
  options: VariantOption[]
}

export interface Vendor {
  id: string
  handle: string
  name: string
  description?: string | null
  logo?: string | null
  product_count?: number
  rating?: Rating
}

export interface Rating {
  average: number | null
  count: number
}

export interface Product {
  id: string
  title: string
  subtitle: string | null
  description: string | null
  handle: string
  thumbnail: string | null
  material: string | null
  origin_country: string | null
  weight: number | null
  is_giftcard: boolean
  created_at: Day
  updated_at: Day
  options: { id: string; title: string; values: { id: string; value: string }[] }[]
  variants: Variant[]
  images: { id: string; url: string }[]
  categories?: { id: string; name: string; handle: string; parent_category_id: string | null }[]
  collection?: { id: string; title: string; handle: string } | null
  vendor: Vendor
  rating?: Rating
}

export interface Category {
  id: string
  name: string
  handle: string
  description: string
  parent_category?: Category | null
  category_children: Category[]
}

export interface Collection {
  id: string
  title: string
  handle: string
}

export interface FacetValue {
  value: string | boolean
  label?: string
  count: number
}

export interface Facets {
  vendor?: FacetValue[]
  category?: FacetValue[]
  collection?: FacetValue[]
  options?: { title: string; label?: string; values: FacetValue[] }[]
  availability?: FacetValue[]
  price?: { currency_code: string; min: number | null; max: number | null }
}

export interface ProductList {
  products: Product[]
  count: number
  facets?: Facets
}

export interface Review {
  id: string
  rating: number
  title: string | null
  content: string | null
  created_at: Day
  author_name: string | null
  answer: string | null
}

export interface Address {
  id?: string
  address_name?: string | null
  first_name: string | null
  last_name: string | null
  company?: string | null
  address_1: string | null
  address_2: string | null
  city: string | null
  postal_code: string | null
  province: string | null
  country_code: string | null
  phone: string | null
  is_default_shipping?: boolean
}

export interface Line {
  id: string
  thumbnail: string | null
  variant_id: string | null
  product_id: string | null
  product_title: string
  product_handle: string
  variant_title: string | null
  title: string
  subtitle?: string | null
  quantity: number
  unit_price: number
  subtotal: number
  total: number
  tax_total: number
  original_total: number
  discount_total: number
  is_tax_inclusive: boolean
  requires_shipping: boolean
  vendor: { id: string; name: string; handle: string }
}

export interface Totals {
  currency_code: string
  total: number
  item_total: number
  item_subtotal: number
  original_shipping_total: number
  shipping_subtotal: number
  tax_total: number
  discount_total: number
  original_item_total: number
  original_item_subtotal: number
  discount_subtotal: number
  credit_line_total?: number
  /** Of that, what gift cards pay. */
  gift_card_total?: number
}

export interface ShippingMethod {
  id: string
  name: string
  amount: number
  total: number
  shipping_option_id: string | null
}

export interface Cart extends Totals {
  id: string
  email: string | null
  region_id: string
  region: Region
  completed_at: Day | null
  items: Line[]
  shipping_methods: ShippingMethod[]
  shipping_address: Address | null
  billing_address: Address | null
  promotions: { id: string; code: string | null; is_automatic: boolean }[]
  gift_cards?: { id: string; code: string }[]
  credit_lines: { reference: string; amount: number }[]
  customer: { id: string; email: string } | null
  payment_collection?: { id: string; amount: number; payment_sessions: { id: string; provider_id: string; status: string }[] }
}

export interface ShippingOption {
  id: string
  name: string
  vendor_id: string
  shipping_profile_id: string
  price_type: 'flat' | 'calculated'
  amount: number
  is_tax_inclusive: boolean
  insufficient_inventory: boolean
  /** Some line of the cart is sent with it. */
  carries_items: boolean
  calculated_price: CalculatedPrice
  type?: { label: string; description: string | null; code: string } | null
}

export interface OrderItem extends Line {
  detail: {
    quantity: number
    fulfilled_quantity: number
    shipped_quantity: number
    delivered_quantity: number
    return_requested_quantity: number
    return_received_quantity: number
    return_dismissed_quantity: number
  }
}

export interface Fulfillment {
  id: string
  vendor_order_id: string
  shipped_at: Day | null
  canceled_at: Day | null
  labels: { id: string; tracking_number: string; tracking_url: string | null }[]
}

export interface VendorOrder {
  id: string
  status: string
  fulfillment_status: string
  payment_status: string
  total: number
  shipping_total: number
  vendor: { id: string; name: string; handle: string }
}

export interface OrderCollection {
  id: string
  status: string
  amount: number
  currency_code: string
  payments?: { id: string; provider_id: string; amount: number; captured_amount: number; canceled_at: Day | null }[]
}

/** Goods of an order that come back. */
export interface OrderReturn {
  id: string
  display_id: number
  status: 'requested' | 'partially_received' | 'received' | 'canceled'
  /** What was given back for it. */
  refund_amount: number | null
  requested_at: Day
  received_at: Day | null
  exchange_id: string | null
  claim_id: string | null
  /** How they are sent. */
  shipping_methods: { shipping_option_id: string | null; name: string; amount: number }[]
  /** Where to; without an address where the vendor has none. */
  send_to: { vendor: string; name: string | null; address: Address | null }[]
  items: { id: string; item_id: string; quantity: number; received_quantity: number; damaged_quantity: number }[]
}

export interface Order extends Totals {
  id: string
  display_id: number
  status: string
  email: string
  created_at: Day
  payment_status: string
  fulfillment_status: string
  items: OrderItem[]
  shipping_address: Address | null
  billing_address: Address | null
  shipping_methods: ShippingMethod[]
  vendor_orders: VendorOrder[]
  fulfillments: Fulfillment[]
  region_id: string
  /** `pending_difference` is what is still to be paid of it, below nothing for what is to be given back. */
  summary: { paid_total: number; refunded_total: number; pending_difference: number }
  /** What gift cards and store credit paid, and what went back to them. */
  credit_paid_total: number
  credit_returned_total: number
  /** Its customer signs in to see it. */
  is_of_account: boolean
  customer: { id: string } | null
  cart?: { id: string } | null
  returns: OrderReturn[]
  /** Absent where nothing was to be paid. */
  payment_collections?: OrderCollection[]
}

export interface Customer {
  id: string
  email: string
  first_name: string | null
  last_name: string | null
  phone: string | null
  addresses: Address[]
  email_verified?: boolean
}

export interface WishList {
  id: string
  name: string
  share_token: string | null
  items: {
    id: string
    variant: { id: string; title: string; thumbnail?: string | null }
    product: { id: string; title: string; handle: string; thumbnail: string | null }
  }[]
}

import { describedPairs, productColumns, variantColumns } from '../../catalog/index.js'
import { pairs, type Statement, statement } from '../../db/index.js'
import { type CartCreditAccount, type CartCreditLine, cartCreditAccountsSql } from '../../credit/index.js'
import { type Collection, collectionJsonSql } from '../../payments/index.js'
import { plainTaxInclusiveSql, taxInclusiveSql } from '../../pricing/index.js'
import { type Adjustment, candidatesJsonSql, type Promotion } from '../../promotions/index.js'
import { type TaxLine, type TaxRate, taxRatesJson } from '../../tax/index.js'

export interface Address {
  id?: string
  first_name?: string | null
  last_name?: string | null
  phone?: string | null
  company?: string | null
  address_1?: string | null
  address_2?: string | null
  city?: string | null
  country_code?: string | null
  province?: string | null
  postal_code?: string | null
  metadata?: object | null
}

/** A line as loaded; amounts in minor units. */
export interface CartLine {
  id: string
  vendor_id: string
  product_id: string | null
  variant_id: string | null
  shipping_profile_id: string | null
  quantity: number
  unit_price_minor: number
  compare_at_unit_price_minor: number | null
  is_tax_inclusive: boolean
  is_custom_price: boolean
  /** A thing that the store does not list, put in by its staff. */
  is_custom_item: boolean
  is_discountable: boolean
  is_giftcard: boolean
  requires_shipping: boolean
  title: string
  subtitle: string | null
  thumbnail: string | null
  snapshot: Record<string, unknown>
  tax_lines: TaxLine[]
  adjustments: Adjustment[]
  metadata: Record<string, unknown> | null
  created_at: string
  updated_at: string
  vendor: { id: string; name: string; handle: string }
  product: Record<string, unknown> | null
  variant: Record<string, unknown> | null
}

export interface CartMethod {
  id: string
  vendor_id: string
  shipping_option_id: string
  shipping_option_type_id: string
  shipping_profile_id: string
  name: string
  description: string | null
  amount_minor: number
  /** Set by the store's staff: it does not follow the option. */
  is_custom_amount: boolean
  is_tax_inclusive: boolean
  data: Record<string, unknown> | null
  tax_lines: TaxLine[]
  adjustments: Adjustment[]
  metadata: object | null
  created_at: string
  updated_at: string
}

export interface OpenCheckout {
  id: string
  attempt: number
  amount_minor: number
  payment_session_id: string | null
}

/** A cart with everything that its totals, checks and answers need. */
export interface LoadedCart {
  id: string
  region_id: string
  currency_code: string
  sales_channel_id: string
  customer_id: string | null
  email: string | null
  locale: string | null
  shipping_address: Address | null
  billing_address: Address | null
  taxes_calculated: boolean
  /** Codes that the shopper gave. Each counts as soon as the cart suits its promotion. */
  promo_codes: string[]
  metadata: Record<string, unknown> | null
  order_id: string | null
  completed_at: string | null
  created_at: string
  updated_at: string
  region: {
    id: string
    name: string
    currency_code: string
    automatic_taxes: boolean
    metadata: object | null
    created_at: string
    updated_at: string
    is_tax_inclusive: boolean
    is_plain_tax_inclusive: boolean
    countries: string[]
    payment_providers: string[]
  }
  customer: { id: string; email: string; has_account: boolean; groups: { id: string }[] } | null
  lines: CartLine[]
  methods: CartMethod[]
  collection: Collection | null
  /** The open attempt to complete this cart, if there is one. */
  checkout: OpenCheckout | null
  /** Staff put it together, or did before it became an order: no shopper knows it. */
  is_draft: boolean
  /** What of the cart gift cards and store credit pay, as of its last change. */
  credit_lines: CartCreditLine[]
  credit_accounts: CartCreditAccount[]
  /** Tax rates at the shipping address. */
  rates: TaxRate[]
  /** Active promotions that start by themselves or whose codes the cart holds, whether they suit it or not. */
  promotions: Promotion[]
}

const lineColumns = [
  'id',
  'vendor_id',
  'product_id',
  'variant_id',
  'shipping_profile_id',
  'quantity',
  'unit_price_minor',
  'compare_at_unit_price_minor',
  'is_tax_inclusive',
  'is_custom_price',
  'is_custom_item',
  'is_discountable',
  'is_giftcard',
  'requires_shipping',
  'title',
  'subtitle',
  'thumbnail',
  'snapshot',
  'tax_lines',
  'adjustments',
  'metadata',
  'created_at',
  'updated_at',
]
const methodColumns = [
  'id',
  'vendor_id',
  'shipping_option_id',
  'shipping_profile_id',
  'name',
  'description',
  'amount_minor',
  'is_custom_amount',
  'is_tax_inclusive',
  'data',
  'tax_lines',
  'adjustments',
  'metadata',
  'created_at',
  'updated_at',
]

/** SQL: line `i` as loaded. */
export const lineJsonSql = `json_build_object(${pairs('i', lineColumns)},
    'vendor', (select json_build_object('id', d.id, 'name', d.name, 'handle', d.handle) from vendor d
               where d.tenant_id = $1 and d.id = i.vendor_id),
    'product', (select json_build_object(${describedPairs('p', productColumns)},
        'tags', coalesce((select json_agg(json_build_object('id', l.product_tag_id)) from product_tag_product l
                 where l.tenant_id = $1 and l.product_id = p.id), '[]'),
        'categories', coalesce((select json_agg(json_build_object('id', l.product_category_id))
                 from product_category_product l where l.tenant_id = $1 and l.product_id = p.id), '[]'))
      from product p where p.tenant_id = $1 and p.id = i.product_id),
    'variant', (select json_build_object(${describedPairs('v', variantColumns)})
      from product_variant v where v.tenant_id = $1 and v.id = i.variant_id))`

const linesSql = `coalesce((select json_agg(${lineJsonSql} order by i.created_at, i.id)
  from cart_line_item i where i.tenant_id = $1 and i.cart_id = c.id), '[]')`

/** SQL: shipping method `m` as loaded. */
export const methodJsonSql = `json_build_object(${pairs('m', methodColumns)},
    'shipping_option_type_id', (select o.shipping_option_type_id from shipping_option o
      where o.tenant_id = $1 and o.id = m.shipping_option_id))`

const methodsSql = `coalesce((select json_agg(${methodJsonSql} order by m.id)
  from cart_shipping_method m where m.tenant_id = $1 and m.cart_id = c.id), '[]')`

const collectionSql = `(select ${collectionJsonSql} from payment_collection k where k.tenant_id = $1 and k.cart_id = c.id)`

/** All of cart `c` in region `r` but its lines and methods. */
const rootSql = `
            c.id, c.region_id, c.currency_code, c.sales_channel_id, c.customer_id, c.email, c.locale, c.shipping_address,
            c.billing_address, c.taxes_calculated, c.promo_codes, c.metadata, c.order_id, c.completed_at, c.created_at, c.updated_at,
            json_build_object('id', r.id, 'name', r.name, 'currency_code', r.currency_code,
              'automatic_taxes', r.automatic_taxes, 'metadata', r.metadata, 'created_at', r.created_at,
              'updated_at', r.updated_at, 'is_tax_inclusive', ${taxInclusiveSql},
              'is_plain_tax_inclusive', ${plainTaxInclusiveSql},
              'countries', array(select n.iso_2 from region_country n where n.tenant_id = $1 and n.region_id = r.id order by n.iso_2),
              'payment_providers', array(select w.provider_id from region_payment_provider w
                where w.tenant_id = $1 and w.region_id = r.id and w.is_enabled order by w.provider_id)) as region,
            (select json_build_object('id', u.id, 'email', u.email, 'has_account', u.has_account, 'groups', coalesce((
               select json_agg(json_build_object('id', g.id) order by g.id) from customer_group_customer l
               join customer_group g on g.tenant_id = l.tenant_id and g.id = l.customer_group_id and g.deleted_at is null
               where l.tenant_id = $1 and l.customer_id = u.id), '[]')) from customer u
             where u.tenant_id = $1 and u.id = c.customer_id) as customer,
            ${collectionSql} as collection,
            (select json_build_object('id', k.id, 'attempt', k.attempt, 'amount_minor', k.amount_minor,
               'payment_session_id', k.payment_session_id)
             from checkout k where k.tenant_id = $1 and k.cart_id = c.id and k.state = 'open') as checkout,
            exists (select 1 from draft_order d where d.tenant_id = $1 and d.cart_id = c.id) as is_draft,
            c.credits as credit_lines, ${cartCreditAccountsSql} as credit_accounts,
            ${taxRatesJson(`(c.shipping_address ->> 'country_code')`, `(c.shipping_address ->> 'province')`)} as rates,
            ${candidatesJsonSql('c.promo_codes', { customerId: 'c.customer_id', email: 'c.email' })} as promotions`

/** The whole cart in one statement: every answer about a cart, and every change, begins with it. */
export function loadCartStatement(tenantId: string, cartId: string): Statement<LoadedCart> {
  return statement(
    'carts.load',
    `select ${rootSql}, ${linesSql} as lines, ${methodsSql} as methods
     from cart c join region r on r.tenant_id = c.tenant_id and r.id = c.region_id
     where c.tenant_id = $1 and c.id = $2`,
    [tenantId, cartId],
  )
}

/** The same for several carts. */
export function loadCartsStatement(tenantId: string, cartIds: readonly string[]): Statement<LoadedCart> {
  return statement(
    'carts.load_several',
    `select ${rootSql}, ${linesSql} as lines, ${methodsSql} as methods
     from cart c join region r on r.tenant_id = c.tenant_id and r.id = c.region_id
     where c.tenant_id = $1 and c.id = any($2)`,
    [tenantId, cartIds],
  )
}

/** The whole cart that a payment collection is for. */
export function loadCartOfCollectionStatement(tenantId: string, collectionId: string): Statement<LoadedCart> {
  return statement(
    'carts.load_of_collection',
    `select ${rootSql}, ${linesSql} as lines, ${methodsSql} as methods
     from cart c join region r on r.tenant_id = c.tenant_id and r.id = c.region_id
     where c.tenant_id = $1 and c.id = (select k.cart_id from payment_collection k where k.tenant_id = $1 and k.id = $2)`,
    [tenantId, collectionId],
  )
}

export type CartRoot = Omit<LoadedCart, 'lines' | 'methods'>

/** A cart without its lines and methods, for who has just written those: a third of the whole. */
export function loadCartRootStatement(tenantId: string, cartId: string): Statement<CartRoot> {
  return statement(
    'carts.load_root',
    `select ${rootSql} from cart c join region r on r.tenant_id = c.tenant_id and r.id = c.region_id
     where c.tenant_id = $1 and c.id = $2`,
    [tenantId, cartId],
  )
}

import { isDeepStrictEqual } from 'node:util'
import type { CartCreditLine } from '../../credit/index.js'
import { type Statement, statement } from '../../db/index.js'
import { type Address, type CartLine, type CartMethod, lineJsonSql, methodJsonSql } from './load-cart.js'

/** Writes lines, new and changed, in one statement, and answers them as they are loaded. */
export function writeLinesStatement(tenantId: string, cartId: string, lines: readonly CartLine[]): Statement<{ line: CartLine }> {
  return statement(
    'carts.write_lines',
    `with written as (
     insert into cart_line_item (tenant_id, cart_id, id, vendor_id, product_id, variant_id, shipping_profile_id, quantity,
       unit_price_minor, compare_at_unit_price_minor, is_tax_inclusive, is_custom_price, is_custom_item, is_discountable,
       is_giftcard, requires_shipping, title, subtitle, thumbnail, snapshot, tax_lines, adjustments, metadata)
     select $1, $2, l.id, l.vendor_id, l.product_id, l.variant_id, l.shipping_profile_id, l.quantity, l.unit_price_minor,
            l.compare_at_unit_price_minor, l.is_tax_inclusive, l.is_custom_price, l.is_custom_item, l.is_discountable,
            l.is_giftcard, l.requires_shipping, l.title, l.subtitle, l.thumbnail, l.snapshot, l.tax_lines, l.adjustments, l.metadata
     from jsonb_to_recordset($3::jsonb) as l (id text, vendor_id text, product_id text, variant_id text,
       shipping_profile_id text, quantity integer, unit_price_minor bigint, compare_at_unit_price_minor bigint,
       is_tax_inclusive boolean, is_custom_price boolean, is_custom_item boolean, is_discountable boolean,
       is_giftcard boolean, requires_shipping boolean, title text, subtitle text, thumbnail text, snapshot jsonb, tax_lines jsonb,
       adjustments jsonb, metadata jsonb)
     on conflict (tenant_id, id) do update
       set quantity = excluded.quantity, unit_price_minor = excluded.unit_price_minor,
           compare_at_unit_price_minor = excluded.compare_at_unit_price_minor,
           is_tax_inclusive = excluded.is_tax_inclusive, is_custom_price = excluded.is_custom_price, tax_lines = excluded.tax_lines,
           adjustments = excluded.adjustments, metadata = excluded.metadata,
           updated_at = now()
     returning *)
     select ${lineJsonSql} as line from written i`,
    [tenantId, cartId, JSON.stringify(lines)],
  )
}

export function deleteLinesStatement(tenantId: string, cartId: string, ids: readonly string[]): Statement<{ id: string }> {
  return statement('carts.delete_lines', 'delete from cart_line_item where tenant_id = $1 and cart_id = $2 and id = any($3) returning id', [
    tenantId,
    cartId,
    ids,
  ])
}

/** Makes the cart's shipping methods exactly these. A method is known by its profile: a cart has one for each. */
export function writeMethodsStatement(tenantId: string, cartId: string, methods: readonly CartMethod[]): Statement<{ method: CartMethod }> {
  return statement(
    'carts.write_methods',
    `with wanted as (
       select * from jsonb_to_recordset($3::jsonb) as m (id text, vendor_id text, shipping_option_id text,
         shipping_profile_id text, name text, description text, amount_minor bigint, is_custom_amount boolean,
         is_tax_inclusive boolean, data jsonb,
         tax_lines jsonb, adjustments jsonb, metadata jsonb)
     ), gone as (
       delete from cart_shipping_method where tenant_id = $1 and cart_id = $2
         and shipping_profile_id not in (select shipping_profile_id from wanted)
     ), written as (
     insert into cart_shipping_method (tenant_id, cart_id, id, vendor_id, shipping_option_id, shipping_profile_id, name,
       description, amount_minor, is_custom_amount, is_tax_inclusive, data, tax_lines, adjustments, metadata)
     select $1, $2, w.id, w.vendor_id, w.shipping_option_id, w.shipping_profile_id, w.name, w.description, w.amount_minor,
            w.is_custom_amount, w.is_tax_inclusive, w.data, w.tax_lines, w.adjustments, w.metadata from wanted w
     on conflict (tenant_id, cart_id, shipping_profile_id) do update
       set id = excluded.id, shipping_option_id = excluded.shipping_option_id, vendor_id = excluded.vendor_id,
           name = excluded.name, description = excluded.description, amount_minor = excluded.amount_minor,
           is_custom_amount = excluded.is_custom_amount, metadata = excluded.metadata,
           is_tax_inclusive = excluded.is_tax_inclusive, data = excluded.data, tax_lines = excluded.tax_lines,
           adjustments = excluded.adjustments, updated_at = now()
     returning *)
     select ${methodJsonSql} as method from written m order by m.id`,
    [tenantId, cartId, JSON.stringify(methods)],
  )
}

export interface CartColumns {
  region_id: string
  currency_code: string
  sales_channel_id: string
  customer_id: string | null
  email: string | null
  locale: string | null
  shipping_address: Address | null
  billing_address: Address | null
  taxes_calculated: boolean
  promo_codes: readonly string[]
  metadata: Record<string, unknown> | null
}

const columnsOf = (cart: CartColumns) => [
  cart.region_id,
  cart.currency_code,
  cart.sales_channel_id,
  cart.customer_id,
  cart.email,
  cart.locale,
  cart.shipping_address === null ? null : JSON.stringify(cart.shipping_address),
  cart.billing_address === null ? null : JSON.stringify(cart.billing_address),
  cart.taxes_calculated,
  cart.metadata === null ? null : JSON.stringify(cart.metadata),
  cart.promo_codes,
]

export function insertCartStatement(tenantId: string, id: string, cart: CartColumns): Statement<{ id: string }> {
  return statement(
    'carts.insert',
    `insert into cart (tenant_id, id, region_id, currency_code, sales_channel_id, customer_id, email, locale,
       shipping_address, billing_address, taxes_calculated, metadata, promo_codes)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id`,
    [tenantId, id, ...columnsOf(cart)],
  )
}

export function updateCartStatement(tenantId: string, id: string, cart: CartColumns): Statement<{ id: string }> {
  return statement(
    'carts.update',
    `update cart set region_id = $3, currency_code = $4, sales_channel_id = $5, customer_id = $6, email = $7, locale = $8,
       shipping_address = $9, billing_address = $10, taxes_calculated = $11, metadata = $12, promo_codes = $13, updated_at = now()
     where tenant_id = $1 and id = $2 returning id`,
    [tenantId, id, ...columnsOf(cart)],
  )
}

/** Whether a change has left all of these as they were. */
export const isSameCart = (before: CartColumns, after: CartColumns): boolean => isDeepStrictEqual(columnsOf(before), columnsOf(after))

/** Notes that a cart has changed, for a change of what is not in its own row. */
export function touchCartStatement(tenantId: string, id: string): Statement<{ updated_at: string }> {
  return statement('carts.touch', 'update cart set updated_at = now() where tenant_id = $1 and id = $2 returning updated_at', [
    tenantId,
    id,
  ])
}

/** What gift cards and store credit pay of a cart. */
export function writeCreditLinesStatement(tenantId: string, id: string, lines: readonly CartCreditLine[]): Statement<{ id: string }> {
  return statement(
    'carts.write_credits',
    'update cart set credits = $3, updated_at = now() where tenant_id = $1 and id = $2 returning id',
    [tenantId, id, JSON.stringify(lines)],
  )
}

export interface CartSetting {
  region_id: string | null
  region_name: string
  currency_code: string | null
  countries: string[]
  channel: ChannelOfCart | null
}

export interface ChannelOfCart {
  id: string
  name: string
  is_disabled: boolean
}

/** A channel that a cart is to be in. */
export function channelStatement(tenantId: string, id: string): Statement<ChannelOfCart> {
  return statement(
    'carts.channel',
    'select h.id, h.name, h.is_disabled from sales_channel h where h.tenant_id = $1 and h.id = $2 and h.deleted_at is null',
    [tenantId, id],
  )
}

/** Region and channel of a new cart: those asked for, or the store's defaults, or any region. */
export function cartSettingStatement(tenantId: string, regionId: string | null, channelId: string | null): Statement<CartSetting> {
  return statement(
    'carts.setting',
    `select r.id as region_id, r.name as region_name, r.currency_code,
            array(select n.iso_2 from region_country n where n.tenant_id = $1 and n.region_id = r.id order by n.iso_2) as countries,
            (select json_build_object('id', h.id, 'name', h.name, 'is_disabled', h.is_disabled) from sales_channel h
             where h.tenant_id = $1 and h.deleted_at is null
               and h.id = coalesce($3, (select s.default_sales_channel_id from store s where s.tenant_id = $1))) as channel
     from (select 1) one left join region r on r.tenant_id = $1 and r.deleted_at is null and r.id = coalesce($2,
       (select s.default_region_id from store s where s.tenant_id = $1),
       (select x.id from region x where x.tenant_id = $1 and x.deleted_at is null order by x.id limit 1))`,
    [tenantId, regionId, channelId],
  )
}

import type { CartLine, CartMethod, LineTotals, LoadedCart, RootTotals } from '../carts/index.js'
import type { Commission } from '../commissions/index.js'
import { sumCredit } from '../credit/index.js'
import { type Statement, statement } from '../db/index.js'
import { newId } from '../kernel/index.js'
import type { PaymentSnapshot } from '../payments/index.js'
import type { FundedDiscount } from '../promotions/index.js'

export interface OrderLine extends CartLine {
  cart_line_id: string
  vendor_order_id: string
  totals: LineTotals
  commission: Commission
  commission_line_id: string
}

export interface OrderMethod extends CartMethod {
  vendor_order_id: string
  totals: LineTotals
}

export interface VendorOrder {
  id: string
  vendor_id: string
  position: number
  item_total_minor: bigint
  shipping_total_minor: bigint
  tax_total_minor: bigint
  total_minor: bigint
  commission_minor: bigint
  vendor_amount_minor: bigint
  /** Discounts without tax, by who pays for them. */
  vendor_discount_minor: bigint
  store_discount_minor: bigint
  platform_discount_minor: bigint
}

type Inserted = Statement<{ id: string }>

/** bigint has no JSON: amounts go as text, which PostgreSQL reads exactly. */
const json = (value: unknown) => JSON.stringify(value, (_key, entry: unknown) => (typeof entry === 'bigint' ? entry.toString() : entry))
const object = (value: object | null) => (value === null ? null : JSON.stringify(value))
/** The order's own copy of an address: what becomes of one is nothing to the other. */
const ownAddress = (value: object | null) => object(value === null ? null : { ...value, id: newId('ordaddr') })

/** What was agreed about the money: what a provider said, or, for a draft, nothing yet. */
export type AgreedStatus = PaymentSnapshot['status'] | 'not_paid'

/** The parent order. Its number is taken from the store's counter here, whose row is locked from now to the commit. */
export function insertOrderStatement(
  tenantId: string,
  orderId: string,
  cart: LoadedCart,
  totals: RootTotals,
  promotionIds: readonly string[],
): Inserted {
  return statement(
    'checkout.insert_order',
    `with number as (
       update order_sequence set next_display_id = next_display_id + 1 where tenant_id = $1 returning next_display_id - 1 as display_id
     )
     insert into orders (tenant_id, id, display_id, cart_id, region_id, customer_id, sales_channel_id, email, currency_code,
       locale, shipping_address, billing_address, total_minor, tax_total_minor, metadata, credit_minor, promotions)
     select $1, $2, number.display_id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $16,
       coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'code', p.code, 'is_automatic', p.is_automatic,
           'is_tax_inclusive', p.is_tax_inclusive, 'method_type', p.method_type, 'value_minor', p.value_minor,
           'value_ppm', p.value_ppm, 'currency_code', p.currency_code) order by p.id)
         from promotion p where p.tenant_id = $1 and p.id = any($15)), '[]') from number returning id`,
    [
      tenantId,
      orderId,
      cart.id,
      cart.region_id,
      cart.customer_id,
      cart.sales_channel_id,
      cart.email,
      cart.currency_code,
      cart.locale,
      ownAddress(cart.shipping_address),
      ownAddress(cart.billing_address),
      totals.total,
      totals.tax,
      object(cart.metadata),
      promotionIds,
      sumCredit(cart.credit_lines).total,
    ],
  )
}

export function insertVendorOrdersStatement(
  tenantId: string,
  orderId: string,
  cart: LoadedCart,
  vendorOrders: readonly VendorOrder[],
): Inserted {
  return statement(
    'checkout.insert_vendor_orders',
    `insert into vendor_order (tenant_id, id, order_id, vendor_id, display_id, email, region_id, currency_code,
       shipping_address, item_total_minor, shipping_total_minor, tax_total_minor, total_minor, commission_minor, vendor_amount_minor,
       vendor_discount_minor, store_discount_minor, platform_discount_minor)
     select $1, v.id, o.id, v.vendor_id, o.display_id || '-' || v.position, $3, $4, $5, $6, v.item_total_minor,
            v.shipping_total_minor, v.tax_total_minor, v.total_minor, v.commission_minor, v.vendor_amount_minor,
            v.vendor_discount_minor, v.store_discount_minor, v.platform_discount_minor
     from orders o cross join jsonb_to_recordset($7::jsonb) as v (id text, vendor_id text, position integer,
       item_total_minor bigint, shipping_total_minor bigint, tax_total_minor bigint, total_minor bigint,
       commission_minor bigint, vendor_amount_minor bigint, vendor_discount_minor bigint, store_discount_minor bigint,
       platform_discount_minor bigint)
     where o.tenant_id = $1 and o.id = $2 returning id`,
    [tenantId, orderId, cart.email, cart.region_id, cart.currency_code, object(cart.shipping_address), json(vendorOrders)],
  )
}

type SoldPrefix = 'ordli' | 'ordsm'

const taxesWithAmounts = (lines: readonly object[], totals: LineTotals, prefix: SoldPrefix) =>
  lines.map((line, index) => ({ ...line, id: newId(`${prefix}txl`), amount_minor: Number(totals.taxParts[index] ?? 0n) }))

/** Discounts as columns. */
export const fundedColumns = (funded: FundedDiscount) => ({
  vendor_discount_minor: funded.vendorMinor,
  store_discount_minor: funded.storeMinor,
  platform_discount_minor: funded.platformMinor,
})

/** What of a line or method is frozen at sale: its totals, and what each tax and each discount comes to. */
function soldColumns(part: CartLine | CartMethod, totals: LineTotals, prefix: SoldPrefix) {
  return {
    tax_lines: taxesWithAmounts(part.tax_lines, totals, prefix),
    adjustments: part.adjustments.map((adjustment, index) => ({
      ...adjustment,
      id: newId(`${prefix}adj`),
      subtotal_minor: totals.adjustmentParts[index]?.subtotal,
      total_minor: totals.adjustmentParts[index]?.total,
    })),
    subtotal_minor: totals.subtotal,
    tax_minor: totals.tax,
    total_minor: totals.total,
    discount_tax_minor: totals.originalTax - totals.tax,
    ...fundedColumns(totals.funded),
  }
}

const soldNames = `tax_lines, adjustments, subtotal_minor, tax_minor, total_minor, discount_tax_minor, vendor_discount_minor,
       store_discount_minor, platform_discount_minor`
const soldTypes = `tax_lines jsonb, adjustments jsonb, subtotal_minor bigint, tax_minor bigint, total_minor bigint,
       discount_tax_minor bigint, vendor_discount_minor bigint, store_discount_minor bigint, platform_discount_minor bigint`
const soldOf = (alias: string) => soldNames.replace(/[a-z_]+/g, (name) => `${alias}.${name}`)

export function insertLinesStatement(tenantId: string, orderId: string, lines: readonly OrderLine[]): Inserted {
  const rows = lines.map(({ totals, ...line }) => ({ ...line, ...soldColumns(line, totals, 'ordli') }))
  return statement(
    'checkout.insert_lines',
    `insert into order_line_item (tenant_id, order_id, id, vendor_order_id, vendor_id, product_id, variant_id, quantity,
       unit_price_minor, compare_at_unit_price_minor, is_tax_inclusive, is_custom_price, is_discountable, is_giftcard,
       requires_shipping, title, subtitle, thumbnail, snapshot, ${soldNames}, metadata)
     select $1, $2, l.id, l.vendor_order_id, l.vendor_id, l.product_id, l.variant_id, l.quantity, l.unit_price_minor,
            l.compare_at_unit_price_minor, l.is_tax_inclusive, l.is_custom_price, l.is_discountable, l.is_giftcard,
            l.requires_shipping, l.title, l.subtitle, l.thumbnail, l.snapshot, ${soldOf('l')}, l.metadata
     from jsonb_to_recordset($3::jsonb) as l (id text, vendor_order_id text, vendor_id text, product_id text,
       variant_id text, quantity integer, unit_price_minor bigint, compare_at_unit_price_minor bigint,
       is_tax_inclusive boolean, is_custom_price boolean, is_discountable boolean, is_giftcard boolean,
       requires_shipping boolean, title text, subtitle text, thumbnail text, snapshot jsonb, ${soldTypes}, metadata jsonb)
     returning id`,
    [tenantId, orderId, json(rows)],
  )
}

export function insertMethodsStatement(tenantId: string, orderId: string, methods: readonly OrderMethod[]): Inserted {
  const rows = methods.map(({ totals, ...method }) => ({ ...method, ...soldColumns(method, totals, 'ordsm') }))
  return statement(
    'checkout.insert_methods',
    `insert into order_shipping_method (tenant_id, order_id, id, vendor_order_id, vendor_id, shipping_option_id, name,
       description, amount_minor, is_tax_inclusive, data, ${soldNames}, metadata)
     select $1, $2, m.id, m.vendor_order_id, m.vendor_id, m.shipping_option_id, m.name, m.description, m.amount_minor,
            m.is_tax_inclusive, m.data, ${soldOf('m')}, m.metadata
     from jsonb_to_recordset($3::jsonb) as m (id text, vendor_order_id text, vendor_id text, shipping_option_id text,
       name text, description text, amount_minor bigint, is_tax_inclusive boolean, data jsonb, ${soldTypes},
       metadata jsonb)
     returning id`,
    [tenantId, orderId, json(rows)],
  )
}

export function insertCommissionLinesStatement(tenantId: string, orderId: string, currency: string, lines: readonly OrderLine[]): Inserted {
  const rows = lines.map((line) => ({
    id: line.commission_line_id,
    vendor_order_id: line.vendor_order_id,
    vendor_id: line.vendor_id,
    order_line_item_id: line.id,
    commission_rule_id: line.commission.ruleId,
    rate_ppm: line.commission.ratePpm,
    fixed_minor: line.commission.fixedMinor,
    base_minor: line.commission.baseMinor,
    amount_minor: line.commission.amountMinor,
  }))
  return statement(
    'checkout.insert_commission_lines',
    `insert into commission_line (tenant_id, order_id, currency_code, id, vendor_order_id, vendor_id, order_line_item_id,
       commission_rule_id, rate_ppm, fixed_minor, base_minor, amount_minor)
     select $1, $2, $3, c.id, c.vendor_order_id, c.vendor_id, c.order_line_item_id, c.commission_rule_id, c.rate_ppm,
            c.fixed_minor, c.base_minor, c.amount_minor
     from jsonb_to_recordset($4::jsonb) as c (id text, vendor_order_id text, vendor_id text, order_line_item_id text,
       commission_rule_id text, rate_ppm integer, fixed_minor bigint, base_minor bigint, amount_minor bigint)
     returning id`,
    [tenantId, orderId, currency, json(rows)],
  )
}

export interface PaymentRow {
  id: string
  capture_id: string | null
  payment_collection_id: string
  payment_session_id: string
  provider_id: string
  currency_code: string
  amount_minor: bigint
  data: Record<string, unknown>
}

/** The payment as the provider agreed to it, with its capture where the money was taken at once. */
export function insertPaymentStatement(tenantId: string, payment: PaymentRow): Inserted {
  return statement(
    'checkout.insert_payment',
    `with payment_row as (
       insert into payment (tenant_id, id, payment_collection_id, payment_session_id, provider_id, currency_code,
         amount_minor, captured_minor, reference, payment_account_id, data, captured_at)
       select $1, $2, $3, $4, $5, $6, $7::bigint, case when $9::text is null then 0 else $7::bigint end,
         s.reference, s.payment_account_id, $8, case when $9::text is null then null else now() end
       from payment_session s where s.tenant_id = $1 and s.id = $4
       returning id, amount_minor)
     insert into capture (tenant_id, id, payment_id, amount_minor, created_by)
     select $1, $9, p.id, p.amount_minor, 'system' from payment_row p where $9::text is not null returning id`,
    [
      tenantId,
      payment.id,
      payment.payment_collection_id,
      payment.payment_session_id,
      payment.provider_id,
      payment.currency_code,
      payment.amount_minor,
      JSON.stringify(payment.data),
      payment.capture_id,
    ],
  )
}

/** The open attempt of a cart, and the payment collection that it is paid through. */
export function openAttemptStatement(
  tenantId: string,
  cartId: string,
): Statement<{ id: string; amount_minor: bigint; collection_id: string | null }> {
  return statement(
    'checkout.open_attempt',
    `select k.id, k.amount_minor, (select p.id from payment_collection p where p.tenant_id = $1 and p.cart_id = $2) as collection_id
     from checkout k where k.tenant_id = $1 and k.cart_id = $2 and k.state = 'open'`,
    [tenantId, cartId],
  )
}

/** The event that resumes an attempt is found by the attempt's id: looked for among all that wait, it costs more the more there are. */
export const resumeEventOf = (checkoutId: string): string => checkoutId.replace(/^chk_/, 'evt_')

/** Cart, checkout, collection and session in their final states; the event that would resume the attempt is done. */
export function closeCheckoutStatement(
  tenantId: string,
  closed: {
    cartId: string
    orderId: string
    checkoutId: string
    collectionId: string | null
    sessionId: string | null
    status: AgreedStatus
  },
): Inserted {
  return statement(
    'checkout.close',
    `with attempt as (
       update checkout set state = 'completed', updated_at = now() where tenant_id = $1 and id = $4
     ), session as (
       update payment_session set status = $7, updated_at = now(),
         authorized_at = case when $7 in ('authorized', 'captured') then now() end
       where tenant_id = $1 and id = $6
     ), collection as (
       update payment_collection set order_id = $3,
         authorized_minor = case when $7 in ('authorized', 'captured') then amount_minor else 0 end,
         captured_minor = case when $7 = 'captured' then amount_minor else 0 end,
         status = case $7 when 'captured' then 'completed' when 'pending_authorization' then 'awaiting' else $7 end,
         completed_at = case when $7 = 'captured' then now() end, updated_at = now()
       where tenant_id = $1 and id = $5
     ), uses as (
       update promotion_use set order_id = $3, updated_at = now() where tenant_id = $1 and checkout_id = $4
     ), parts as (
       update vendor_order set paid_at = now() where tenant_id = $1 and order_id = $3 and $7 = 'captured'
     ), resume as (
       update outbox_event set state = 'done', finished_at = now() where tenant_id = $1 and id = $8 and state = 'queued'
     )
     update cart set completed_at = now(), order_id = $3, updated_at = now() where tenant_id = $1 and id = $2 returning id`,
    [
      tenantId,
      closed.cartId,
      closed.orderId,
      closed.checkoutId,
      closed.collectionId,
      closed.sessionId,
      closed.status,
      resumeEventOf(closed.checkoutId),
    ],
  )
}

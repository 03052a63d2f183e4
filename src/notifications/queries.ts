import { owedSql } from '../credit/index.js'
import { type Statement, statement } from '../db/index.js'
import type { PaymentInstructions } from '../stores/index.js'
import type { MailedItem } from './after-sale-queries.js'

export interface NotificationRow {
  id: string
  state: 'pending' | 'sent' | 'failed'
  /** That whoever asked is to send it; where it is not sent either, somebody else is at it. */
  is_ours: boolean
}

/** What a mail server may take to accept a mail. Who has not said until then that it is sent, or was not, is presumed dead. */
const sending_s = 120

/**
 * Notes a mail to be sent, once per key, and who sends it: a second try finds the first one's row. The id is that of the row
 * where it is new, and of the sender.
 */
export function upsertNotificationStatement(
  tenantId: string,
  notification: { id: string; template: string; recipient: string; subject: string; data: object; uniqueKey: string },
): Statement<NotificationRow> {
  const isFree = `n.state <> 'sent' and coalesce(n.sending_until <= now(), true)`
  return statement(
    'notifications.upsert',
    `insert into notification as n (tenant_id, id, template, recipient, subject, data, unique_key, sender, sending_until)
     values ($1, $2, $3, $4, $5, $6, $7, $2, now() + $8 * interval '1 second')
     on conflict (tenant_id, unique_key) do update set updated_at = now(),
       sender = case when ${isFree} then excluded.sender else n.sender end,
       sending_until = case when ${isFree} then excluded.sending_until else n.sending_until end
     returning id, state, state <> 'sent' and sender = $2 as is_ours`,
    [
      tenantId,
      notification.id,
      notification.template,
      notification.recipient,
      notification.subject,
      JSON.stringify(notification.data),
      notification.uniqueKey,
      sending_s,
    ],
  )
}

export function markSentStatement(tenantId: string, id: string): Statement<{ id: string }> {
  return statement(
    'notifications.mark_sent',
    `update notification set state = 'sent', sent_at = now(), updated_at = now(), sending_until = null
     where tenant_id = $1 and id = $2 returning id`,
    [tenantId, id],
  )
}

/** Lets the next try send what this sender could not. */
export function markUnsentStatement(tenantId: string, id: string, senderId: string): Statement<{ id: string }> {
  return statement(
    'notifications.mark_unsent',
    `update notification set sending_until = null, updated_at = now()
     where tenant_id = $1 and id = $2 and sender = $3 and state <> 'sent' returning id`,
    [tenantId, id, senderId],
  )
}

/** The store that a mail is sent for, and what it says of itself. `s` is the store. */
const storeColumns = `s.name as store_name, s.mail_from_name,
            (select h.theme #>> '{contact,email}' from store_theme h where h.tenant_id = $1 and h.name = 'storefront') as contact_email`
const ownLocaleSql = `coalesce((select y.locale_code from store_locale y where y.tenant_id = $1 and y.is_default), 'en')`

/** Amounts of a line as it was sold: what it came to before discounts, without tax and with it. Terms of `alias`. */
const soldJson = (alias: string) => `'net_minor', ${alias}.subtotal_minor,
                           'gross_minor', ${alias}.subtotal_minor + ${alias}.tax_minor + ${alias}.discount_tax_minor,
                           'net_discount_minor', ${alias}.vendor_discount_minor + ${alias}.store_discount_minor + ${alias}.platform_discount_minor,
                           'discount_tax_minor', ${alias}.discount_tax_minor`

interface SoldAmounts {
  net_minor: number
  gross_minor: number
  net_discount_minor: number
  discount_tax_minor: number
}

/** Which of a product's variants a line is, in a form in which it can be put into another language. */
export interface MailedVariant {
  id: string
  title: string | null
  options: { id: string; value: string }[]
}

export interface OrderMailRow {
  id: string
  status: string
  /** The language that goods were sold in. */
  own_locale: string
  email: string | null
  /** In which it was placed, or else the store's own. */
  locale: string
  store_name: string
  mail_from_name: string | null
  contact_email: string | null
  display_id: number
  region_id: string
  currency_code: string
  total_minor: bigint
  credit_minor: bigint
  tax_total_minor: bigint
  /** What payment collections wait for that nobody has begun to pay, and what was paid too much. */
  open_minor: bigint
  surplus_minor: bigint
  /** Money that was taken and credit that paid, whatever has become of it. */
  paid_minor: bigint
  /** What was chosen to pay with, newest last, and what the store says of it. */
  payments: { provider_id: string; amount_minor: number; captured_minor: number }[]
  payment_instructions: PaymentInstructions
  /** Staff put it together, and want to tell the customer themselves. */
  is_unannounced: boolean
  shipping_address: { first_name?: string | null; country_code?: string | null } | null
  billing_country: string | null
  parts: {
    vendor: string
    display_id: string
    items: (SoldAmounts & { title: string; product_id: string | null; variant: MailedVariant | null; quantity: number })[]
    shipping: (SoldAmounts & { name: string; shipping_option_id: string | null })[]
  }[]
}

/** Everything that an order's mails tell, in one statement. */
export function orderMailStatement(tenantId: string, orderId: string): Statement<OrderMailRow> {
  return statement(
    'notifications.order_mail',
    `select o.id, o.status, o.email, coalesce(o.locale, ${ownLocaleSql}) as locale, ${ownLocaleSql} as own_locale, ${storeColumns},
            o.display_id, o.region_id, o.currency_code, o.total_minor, o.credit_minor,
            o.tax_total_minor, o.shipping_address, o.billing_address ->> 'country_code' as billing_country,
            case when o.status = 'canceled' then 0 else coalesce((select sum(k.amount_minor) from payment_collection k
              where k.tenant_id = $1 and k.order_id = o.id and k.status in ('not_paid', 'failed')), 0) end::bigint as open_minor,
            greatest(-${owedSql}, 0)::bigint as surplus_minor,
            (o.credit_minor + coalesce((select sum(k.authorized_minor) from payment_collection k
              where k.tenant_id = $1 and k.order_id = o.id), 0))::bigint as paid_minor,
            coalesce((select json_agg(json_build_object('provider_id', p.provider_id, 'amount_minor', p.amount_minor,
                'captured_minor', p.captured_minor) order by p.id)
              from payment p join payment_collection k on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id
              where k.tenant_id = $1 and k.order_id = o.id and p.canceled_at is null), '[]') as payments, s.payment_instructions,
            exists (select 1 from draft_order d where d.tenant_id = $1 and d.id = o.id and d.no_notification) as is_unannounced,
            (select json_agg(json_build_object(
               'vendor', v.name, 'display_id', p.display_id,
               'items', coalesce((select json_agg(json_build_object('title', i.title, 'product_id', i.product_id, 'quantity', i.quantity,
                           'variant', json_build_object('id', i.variant_id, 'title', i.subtitle,
                             'options', coalesce((select json_agg(json_build_object('id', w.id, 'value', w.value) order by n.rank, n.id)
                               from product_variant_option l
                               join product_option n on n.tenant_id = l.tenant_id and n.id = l.option_id
                               join product_option_value w on w.tenant_id = l.tenant_id and w.id = l.option_value_id
                               where l.tenant_id = $1 and l.variant_id = i.variant_id), '[]')),
                           ${soldJson('i')}) order by i.id)
                         from order_line_item i where i.tenant_id = $1 and i.vendor_order_id = p.id and i.quantity > 0), '[]'),
               'shipping', coalesce((select json_agg(json_build_object('name', m.name, 'shipping_option_id', m.shipping_option_id,
                           ${soldJson('m')}) order by m.id)
                         from order_shipping_method m where m.tenant_id = $1 and m.vendor_order_id = p.id), '[]')
             ) order by p.id)
             from vendor_order p join vendor v on v.tenant_id = p.tenant_id and v.id = p.vendor_id
             where p.tenant_id = $1 and p.order_id = o.id) as parts
     from orders o join store s on s.tenant_id = o.tenant_id
     where o.tenant_id = $1 and o.id = $2`,
    [tenantId, orderId],
  )
}

export interface ShipmentMailRow {
  order_id: string
  vendor: string
  items: MailedItem[]
  labels: { tracking_number: string; tracking_url: string | null }[]
}

export function shipmentMailStatement(tenantId: string, fulfillmentId: string): Statement<ShipmentMailRow> {
  return statement(
    'notifications.shipment_mail',
    `select f.order_id, v.name as vendor,
            (select json_agg(json_build_object('title', i.title, 'quantity', i.quantity, 'product_id', l.product_id) order by i.id)
             from fulfillment_item i join order_line_item l on l.tenant_id = i.tenant_id and l.id = i.order_line_item_id
             where i.tenant_id = $1 and i.fulfillment_id = f.id) as items,
            coalesce((select json_agg(json_build_object('tracking_number', l.tracking_number,
                        'tracking_url', case when l.tracking_url not in ('', '#') then l.tracking_url end) order by l.id)
             from fulfillment_label l where l.tenant_id = $1 and l.fulfillment_id = f.id), '[]') as labels
     from fulfillment f join vendor v on v.tenant_id = f.tenant_id and v.id = f.vendor_id
     where f.tenant_id = $1 and f.id = $2`,
    [tenantId, fulfillmentId],
  )
}

export interface StoreMailRow {
  store_name: string
  mail_from_name: string | null
  contact_email: string | null
  /** The store's own language, or that of the page that the mail was asked from. */
  locale: string
}

export function storeMailStatement(tenantId: string): Statement<StoreMailRow> {
  return statement('notifications.store_mail', `select ${storeColumns}, ${ownLocaleSql} as locale from store s where s.tenant_id = $1`, [
    tenantId,
  ])
}

/** Who signs in, and as what. */
export interface IdentityMailRow {
  email: string
  actor_type: 'customer' | 'member' | 'user'
}

export function identityMailStatement(tenantId: string, identityId: string): Statement<IdentityMailRow> {
  return statement('notifications.identity_mail', 'select email, actor_type from auth_identity where tenant_id = $1 and id = $2', [
    tenantId,
    identityId,
  ])
}

/** Who asked to sell in the store, and why they may not. */
export function applicationMailStatement(tenantId: string, id: string): Statement<{ email: string; name: string; reason: string }> {
  return statement(
    'notifications.application_mail',
    `select a.email, v.name, a.reason from vendor_application a join vendor v on v.tenant_id = a.tenant_id and v.id = a.vendor_id
     where a.tenant_id = $1 and a.id = $2 and a.status = 'rejected'`,
    [tenantId, id],
  )
}

export interface TransferMailRow {
  /** Of the order. */
  locale: string
  order_id: string
  region_id: string
  country: string | null
  display_id: number
  original_email: string
  customer_email: string
  status: 'requested' | 'accepted' | 'declined' | 'canceled'
}

export function transferMailStatement(tenantId: string, transferId: string): Statement<TransferMailRow> {
  return statement(
    'notifications.transfer_mail',
    `select t.order_id, o.region_id, coalesce(o.shipping_address, o.billing_address) ->> 'country_code' as country, o.display_id, coalesce(o.locale, ${ownLocaleSql}) as locale, t.original_email, c.email as customer_email, t.status
     from order_transfer t join orders o on o.tenant_id = t.tenant_id and o.id = t.order_id
     join customer c on c.tenant_id = t.tenant_id and c.id = t.customer_id
     where t.tenant_id = $1 and t.id = $2`,
    [tenantId, transferId],
  )
}

import { owedSql } from '../credit/index.js'
import { type Statement, statement } from '../db/index.js'

export interface NotificationRow {
  id: string
  state: 'pending' | 'sent' | 'failed'
}

/** Notes a mail to be sent, once per key: a second try finds the first one's row. */
export function upsertNotificationStatement(
  tenantId: string,
  notification: { id: string; template: string; recipient: string; subject: string; data: object; uniqueKey: string },
): Statement<NotificationRow> {
  return statement(
    'notifications.upsert',
    `insert into notification (tenant_id, id, template, recipient, subject, data, unique_key)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant_id, unique_key) do update set updated_at = now()
     returning id, state`,
    [
      tenantId,
      notification.id,
      notification.template,
      notification.recipient,
      notification.subject,
      JSON.stringify(notification.data),
      notification.uniqueKey,
    ],
  )
}

export function markSentStatement(tenantId: string, id: string): Statement<{ id: string }> {
  return statement(
    'notifications.mark_sent',
    `update notification set state = 'sent', sent_at = now(), updated_at = now()
     where tenant_id = $1 and id = $2 returning id`,
    [tenantId, id],
  )
}

export interface OrderMailRow {
  id: string
  email: string | null
  store_name: string
  mail_from_name: string | null
  display_id: number
  currency_code: string
  total_minor: bigint
  credit_minor: bigint
  tax_total_minor: bigint
  /** What payment collections wait for that nobody has begun to pay, and what was paid too much. */
  open_minor: bigint
  surplus_minor: bigint
  /** Staff put it together, and want to tell the customer themselves. */
  is_unannounced: boolean
  shipping_address: {
    first_name?: string | null
    last_name?: string | null
    address_1?: string | null
    city?: string | null
    postal_code?: string | null
    country_code?: string | null
  } | null
  parts: {
    vendor: string
    display_id: string
    total_minor: number
    items: { title: string; subtitle: string | null; quantity: number; total_minor: number }[]
    shipping: { name: string; total_minor: number }[]
  }[]
}

/** Everything that an order's mails tell, in one statement. */
export function orderMailStatement(tenantId: string, orderId: string): Statement<OrderMailRow> {
  return statement(
    'notifications.order_mail',
    `select o.id, o.email, s.name as store_name, s.mail_from_name, o.display_id, o.currency_code, o.total_minor, o.credit_minor,
            o.tax_total_minor, o.shipping_address,
            case when o.status = 'canceled' then 0 else coalesce((select sum(k.amount_minor) from payment_collection k
              where k.tenant_id = $1 and k.order_id = o.id and k.status in ('not_paid', 'failed')), 0) end::bigint as open_minor,
            greatest(-${owedSql}, 0)::bigint as surplus_minor,
            exists (select 1 from draft_order d where d.tenant_id = $1 and d.id = o.id and d.no_notification) as is_unannounced,
            (select json_agg(json_build_object(
               'vendor', v.name, 'display_id', p.display_id, 'total_minor', p.total_minor,
               'items', coalesce((select json_agg(json_build_object('title', i.title, 'subtitle', i.subtitle,
                           'quantity', i.quantity, 'total_minor', i.total_minor) order by i.id)
                         from order_line_item i where i.tenant_id = $1 and i.vendor_order_id = p.id and i.quantity > 0), '[]'),
               'shipping', coalesce((select json_agg(json_build_object('name', m.name, 'total_minor', m.total_minor)
                           order by m.id)
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
  items: { title: string; quantity: number }[]
  labels: { tracking_number: string; tracking_url: string | null }[]
}

export function shipmentMailStatement(tenantId: string, fulfillmentId: string): Statement<ShipmentMailRow> {
  return statement(
    'notifications.shipment_mail',
    `select f.order_id, v.name as vendor,
            (select json_agg(json_build_object('title', i.title, 'quantity', i.quantity) order by i.id)
             from fulfillment_item i where i.tenant_id = $1 and i.fulfillment_id = f.id) as items,
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
  /** Without a slash at the end. */
  storefront_url: string | null
}

export function storeMailStatement(tenantId: string): Statement<StoreMailRow> {
  return statement(
    'notifications.store_mail',
    `select name as store_name, mail_from_name, rtrim(storefront_url, '/') as storefront_url from store where tenant_id = $1`,
    [tenantId],
  )
}

export interface TransferMailRow {
  order_id: string
  display_id: number
  original_email: string
  customer_email: string
  status: 'requested' | 'accepted' | 'declined' | 'canceled'
}

export function transferMailStatement(tenantId: string, transferId: string): Statement<TransferMailRow> {
  return statement(
    'notifications.transfer_mail',
    `select t.order_id, o.display_id, t.original_email, c.email as customer_email, t.status
     from order_transfer t join orders o on o.tenant_id = t.tenant_id and o.id = t.order_id
     join customer c on c.tenant_id = t.tenant_id and c.id = t.customer_id
     where t.tenant_id = $1 and t.id = $2`,
    [tenantId, transferId],
  )
}

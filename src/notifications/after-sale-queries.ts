import { type Statement, statement } from '../db/index.js'
import { type ReturnPlace, returnPlacesSql } from '../returns/index.js'

/** Pieces of something, as mails name them. */
export interface MailedItem {
  title: string
  quantity: number
  product_id: string | null
}

/** What is planned or was done with an edit of an order. */
export interface EditMailRow {
  status: 'pending' | 'requested' | 'confirmed' | 'canceled'
  added: MailedItem[]
  /** How many pieces of lines there are to be, or are. */
  changed: MailedItem[]
  shipping: string[]
}

export function editMailStatement(tenantId: string, editId: string): Statement<EditMailRow> {
  return statement(
    'notifications.edit_mail',
    `select e.status,
            coalesce((select json_agg(json_build_object('title', a.added ->> 'title', 'quantity', a.quantity, 'product_id', a.added ->> 'product_id') order by a.id)
              from order_edit_action a where a.tenant_id = $1 and a.order_edit_id = e.id and a.action = 'ITEM_ADD'), '[]') as added,
            coalesce((select json_agg(json_build_object('title', i.title, 'quantity', a.quantity, 'product_id', i.product_id) order by a.id)
              from order_edit_action a join order_line_item i on i.tenant_id = a.tenant_id and i.id = a.order_line_item_id
              where a.tenant_id = $1 and a.order_edit_id = e.id and a.action = 'ITEM_UPDATE'), '[]') as changed,
            coalesce((select json_agg(a.added ->> 'name' order by a.id)
              from order_edit_action a where a.tenant_id = $1 and a.order_edit_id = e.id and a.action = 'SHIPPING_ADD'), '[]') as shipping
     from order_edit e where e.tenant_id = $1 and e.id = $2`,
    [tenantId, editId],
  )
}

/** What comes back of an order, how, and where to. */
export interface ReturnMailRow {
  id: string
  order_id: string
  display_id: number
  status: 'open' | 'requested' | 'partially_received' | 'received' | 'canceled'
  no_notification: boolean | null
  /** Staff’s choice of how it is sent back. */
  shipping_name: string | null
  shipping_option_id: string | null
  shipping_minor: bigint
  /** Where the goods go: to the place that staff chose, or each to its vendor's own. */
  places: ReturnPlace[]
  items: (MailedItem & { received: number; damaged: number })[]
}

const returnColumns = `
  r.id, r.order_id, r.display_id, r.status, r.no_notification, r.shipping_name, r.shipping_option_id, r.shipping_minor,
  ${returnPlacesSql} as places,
  coalesce((select json_agg(json_build_object('title', l.title, 'quantity', i.quantity, 'product_id', l.product_id, 'received', i.received_quantity,
      'damaged', i.damaged_quantity) order by i.id)
    from order_return_item i join order_line_item l on l.tenant_id = i.tenant_id and l.id = i.order_line_item_id
    where i.tenant_id = $1 and i.return_id = r.id), '[]') as items`

export function returnMailStatement(tenantId: string, returnId: string): Statement<ReturnMailRow> {
  return statement('notifications.return_mail', `select ${returnColumns} from order_return r where r.tenant_id = $1 and r.id = $2`, [
    tenantId,
    returnId,
  ])
}

/** The return of an exchange or a claim, if something comes back with it. */
export function returnOfExchangeMailStatement(tenantId: string, exchangeId: string): Statement<ReturnMailRow> {
  return statement(
    'notifications.return_of_exchange_mail',
    `select ${returnColumns} from order_exchange x
     join order_return r on r.tenant_id = x.tenant_id and r.order_id = x.order_id and r.exchange_id = x.id
     where x.tenant_id = $1 and x.id = $2`,
    [tenantId, exchangeId],
  )
}

export interface ExchangeMailRow {
  order_id: string
  display_id: number
  type: 'exchange' | 'refund' | 'replace'
  status: 'open' | 'requested' | 'canceled'
  sent: MailedItem[]
  claimed: MailedItem[]
}

export function exchangeMailStatement(tenantId: string, exchangeId: string): Statement<ExchangeMailRow> {
  return statement(
    'notifications.exchange_mail',
    `select x.order_id, x.display_id, x.type, x.status,
            coalesce((select json_agg(json_build_object('title', a.added ->> 'title', 'quantity', a.quantity, 'product_id', a.added ->> 'product_id') order by a.id)
              from order_edit e join order_edit_action a on a.tenant_id = e.tenant_id and a.order_edit_id = e.id and a.action = 'ITEM_ADD'
              where e.tenant_id = $1 and e.order_id = x.order_id and e.exchange_id = x.id), '[]') as sent,
            coalesce((select json_agg(json_build_object('title', l.title, 'quantity', c.quantity, 'product_id', l.product_id) order by c.id)
              from order_claim_item c join order_line_item l on l.tenant_id = c.tenant_id and l.id = c.order_line_item_id
              where c.tenant_id = $1 and c.exchange_id = x.id), '[]') as claimed
     from order_exchange x where x.tenant_id = $1 and x.id = $2`,
    [tenantId, exchangeId],
  )
}

export interface RefundMailRow {
  order_id: string
  amount_minor: bigint
  currency_code: string
  state: 'pending' | 'succeeded' | 'failed'
}

export function refundMailStatement(tenantId: string, refundId: string): Statement<RefundMailRow> {
  return statement(
    'notifications.refund_mail',
    `select r.order_id, r.amount_minor, o.currency_code, r.state
     from refund r join orders o on o.tenant_id = r.tenant_id and o.id = r.order_id where r.tenant_id = $1 and r.id = $2`,
    [tenantId, refundId],
  )
}

export interface CaptureMailRow {
  order_id: string
  amount_minor: bigint
  currency_code: string
}

export function captureMailStatement(tenantId: string, captureId: string): Statement<CaptureMailRow> {
  return statement(
    'notifications.capture_mail',
    `select k.order_id, c.amount_minor, p.currency_code
     from capture c join payment p on p.tenant_id = c.tenant_id and p.id = c.payment_id
     join payment_collection k on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id
     where c.tenant_id = $1 and c.id = $2 and k.order_id is not null`,
    [tenantId, captureId],
  )
}

/** The mail that was sent under a key. */
export function noticeStatement(tenantId: string, uniqueKey: string): Statement<{ id: string }> {
  return statement('notifications.notice', 'select id from notification where tenant_id = $1 and unique_key = $2', [tenantId, uniqueKey])
}

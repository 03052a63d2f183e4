import { toMajor } from '../../kernel/index.js'
import { type ListPage, orderBy, type Statement, statement } from '../../db/index.js'

export interface ExchangeRow {
  id: string
  order_id: string
  display_id: number
  return_id: string | null
  type: 'exchange' | 'refund' | 'replace'
  status: 'open' | 'requested' | 'canceled'
  currency_code: string
  order_version: number
  note: string | null
  metadata: Record<string, unknown> | null
  created_by: string | null
  requested_at: Date | null
  canceled_at: Date | null
  created_at: Date
  updated_at: Date
  /** What is sent, or was, by its line in the order. */
  additional_items: {
    id: string
    item_id: string
    quantity: number
    allow_backorder: boolean
    note: string | null
    created_at: string
    updated_at: string
  }[]
  claim_items: {
    id: string
    item_id: string
    quantity: number
    reason: string
    note: string | null
    created_at: string
    updated_at: string
  }[]
  /** What comes back, or is planned to. */
  return_items: {
    id: string
    return_id: string
    item_id: string
    quantity: number
    received_quantity: number
    damaged_quantity: number
    reason_id: string | null
    note: string | null
    metadata: Record<string, unknown> | null
    created_at: string
    updated_at: string
  }[]
  /** How it is sent, or is to be. */
  shipping: { id: string; name: string; amount_minor: number; shipping_option_id: string | null }[]
  /** What it credited the order with, and what it sold. */
  credited_minor: bigint
  sent_minor: bigint
  count: number
}

export const exchangeOrders = ['created_at', 'updated_at', 'display_id', 'id'] as const

/** Exchanges, or claims, with what they send. One that was given up before it was requested is gone, as in Medusa. */
export function listExchangesStatement(
  tenantId: string,
  filter: { id: readonly string[] | null; orderId: readonly string[] | null; status: readonly string[] | null; isClaim: boolean },
  page: ListPage,
): Statement<ExchangeRow> {
  const order = orderBy('x', page.order)
  return statement(
    `exchanges.list.${order.name}`,
    `select x.id, x.order_id, x.display_id, r.id as return_id, x.type, x.status, o.currency_code, o.version as order_version,
            x.note, x.metadata, x.created_by, x.requested_at, x.canceled_at, x.created_at, x.updated_at,
            coalesce((select json_agg(json_build_object('id', a.id, 'item_id', a.added ->> 'id', 'quantity', a.quantity,
                'allow_backorder', a.allow_backorder, 'note', a.internal_note, 'created_at', a.created_at, 'updated_at', a.updated_at) order by a.id)
              from order_edit e join order_edit_action a on a.tenant_id = e.tenant_id and a.order_edit_id = e.id and a.action = 'ITEM_ADD'
              where e.tenant_id = $1 and e.order_id = x.order_id and e.exchange_id = x.id), '[]') as additional_items,
            coalesce((select json_agg(json_build_object('id', c.id, 'item_id', c.order_line_item_id, 'quantity', c.quantity, 'reason', c.reason,
                'note', c.note, 'created_at', c.created_at, 'updated_at', c.updated_at) order by c.id)
              from order_claim_item c where c.tenant_id = $1 and c.exchange_id = x.id), '[]') as claim_items,
            coalesce((select json_agg(json_build_object('id', i.id, 'return_id', i.return_id, 'item_id', i.order_line_item_id, 'quantity', i.quantity,
                'received_quantity', i.received_quantity, 'damaged_quantity', i.damaged_quantity, 'reason_id', i.reason_id, 'note', i.note,
                'metadata', i.metadata, 'created_at', i.created_at, 'updated_at', i.updated_at) order by i.id)
              from order_return_item i where i.tenant_id = $1 and i.return_id = r.id), '[]') as return_items,
            coalesce((select json_agg(json_build_object('id', a.added ->> 'id', 'name', a.added ->> 'name', 'amount_minor', a.added -> 'amount_minor',
                'shipping_option_id', a.added ->> 'shipping_option_id') order by a.id)
              from order_edit e join order_edit_action a on a.tenant_id = e.tenant_id and a.order_edit_id = e.id and a.action = 'SHIPPING_ADD'
              where e.tenant_id = $1 and e.order_id = x.order_id and e.exchange_id = x.id), '[]') as shipping,
            coalesce((select sum(coalesce(i.total_minor, m.total_minor)) from order_edit e
              join order_edit_action a on a.tenant_id = e.tenant_id and a.order_edit_id = e.id
              left join order_line_item i on i.tenant_id = a.tenant_id and i.id = a.added ->> 'id'
              left join order_shipping_method m on m.tenant_id = a.tenant_id and m.id = a.added ->> 'id'
              where e.tenant_id = $1 and e.order_id = x.order_id and e.exchange_id = x.id), 0)::bigint as sent_minor,
            coalesce((select sum(c.amount_minor) from order_credit c where c.tenant_id = $1 and c.order_id = x.order_id
              and c.exchange_id = x.id and c.state = 'booked'), 0)::bigint as credited_minor,
            count(*) over ()::int as count
     from order_exchange x join orders o on o.tenant_id = x.tenant_id and o.id = x.order_id
     left join order_return r on r.tenant_id = x.tenant_id and r.order_id = x.order_id and r.exchange_id = x.id
     where x.tenant_id = $1 and ($2::text[] is null or x.id = any($2)) and ($3::text[] is null or x.order_id = any($3))
       and ($4::text[] is null or x.status = any($4)) and (x.type <> 'exchange') = $7
       and (x.status <> 'canceled' or x.requested_at is not null)
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.orderId, filter.status, page.limit, page.offset, filter.isClaim],
  )
}

/**
 * An exchange, or a claim, in Medusa's shape. `difference_due` is what its shopper owes by it, below nothing for what comes back to
 * them; while it is put together, what the order's preview says is owed.
 */
export function renderExchange(found: ExchangeRow, planned?: { difference_due: number }): Record<string, unknown> {
  const { count: _count, additional_items, claim_items, type, credited_minor, sent_minor, shipping, ...row } = found
  const due = row.status === 'requested' ? toMajor(sent_minor - credited_minor, row.currency_code) : null
  const of = type === 'exchange' ? { exchange_id: row.id } : { claim_id: row.id }
  const claim = {
    type,
    refund_amount: type === 'refund' ? toMajor(credited_minor, row.currency_code) : null,
    claim_items: claim_items.map((item) => ({
      ...item,
      ...of,
      order_id: row.order_id,
      is_additional_item: false,
      item: { id: item.item_id },
    })),
  }
  return {
    ...row,
    ...(type === 'exchange' ? {} : claim),
    difference_due: row.status === 'open' ? (planned?.difference_due ?? null) : due,
    deleted_at: null,
    shipping_methods: shipping.map(({ amount_minor, ...method }) => ({ ...method, amount: toMajor(amount_minor, row.currency_code) })),
    allow_backorder: additional_items.some((item) => item.allow_backorder),
    additional_items: additional_items.map(({ allow_backorder: _allowed, ...item }) => ({
      ...item,
      ...of,
      order_id: row.order_id,
      item: { id: item.item_id },
      ...(type === 'exchange' ? {} : { reason: null, is_additional_item: true }),
    })),
  }
}

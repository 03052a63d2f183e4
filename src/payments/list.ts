import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'

/** A payment as the store's staff see it; amounts in minor units. */
export interface PaymentView {
  id: string
  payment_collection_id: string
  payment_session_id: string
  order_id: string | null
  provider_id: string
  currency_code: string
  amount_minor: bigint
  captured_minor: bigint
  refunded_minor: bigint
  data: Record<string, unknown>
  captured_at: Date | null
  canceled_at: Date | null
  created_at: Date
  updated_at: Date
  refunds: {
    id: string
    amount_minor: number
    note: string | null
    refund_reason: object | null
    refund_reason_id: string | null
    return_id: string | null
    created_by: string | null
    created_at: string
  }[]
  captures: { id: string; amount_minor: number; created_by: string | null; created_at: string }[]
  count: number
}

export function listPaymentsStatement(
  tenantId: string,
  filter: { id: string[] | null; orderId: string[] | null; collectionId: string[] | null },
  page: ListPage,
): Statement<PaymentView> {
  const order = orderBy('p', page.order)
  return statement(
    `payments.list.${order.name}`,
    `select p.id, p.payment_collection_id, p.payment_session_id, k.order_id, p.provider_id, p.currency_code, p.amount_minor,
            p.captured_minor, p.refunded_minor, p.data, p.captured_at, p.canceled_at, p.created_at, p.updated_at,
            coalesce((select json_agg(json_build_object('id', c.id, 'amount_minor', c.amount_minor, 'created_by', c.created_by,
                'created_at', c.created_at) order by c.id)
              from capture c where c.tenant_id = $1 and c.payment_id = p.id), '[]') as captures,
            coalesce((select json_agg(json_build_object('id', f.id, 'amount_minor', f.amount_minor, 'note', f.note,
                'refund_reason_id', f.refund_reason_id, 'return_id', f.return_id, 'created_by', f.created_by, 'created_at', f.created_at,
                'refund_reason', (select json_build_object('id', e.id, 'code', e.code, 'label', e.label) from refund_reason e
                                  where e.tenant_id = $1 and e.id = f.refund_reason_id)) order by f.id)
              from refund f where f.tenant_id = $1 and f.payment_id = p.id and f.state = 'succeeded'), '[]') as refunds,
            count(*) over ()::int as count
     from payment p join payment_collection k on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id
     where p.tenant_id = $1 and ($2::text[] is null or p.id = any($2)) and ($3::text[] is null or k.order_id = any($3))
       and ($4::text[] is null or p.payment_collection_id = any($4))
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.orderId, filter.collectionId, page.limit, page.offset],
  )
}

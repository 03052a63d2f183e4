import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'

/** A dispute as the store's staff see it; amounts in minor units. */
export interface DisputeView {
  id: string
  payment_id: string
  order_id: string
  reference: string
  currency_code: string
  amount_minor: bigint
  reason: string
  status: string
  evidence_due_at: Date | null
  evidence_submitted_at: Date | null
  closed_at: Date | null
  created_at: Date
  updated_at: Date
  count: number
}

export function listDisputesStatement(
  tenantId: string,
  filter: { id: string[] | null; orderId: string[] | null; paymentId: string[] | null; status: string[] | null },
  page: ListPage,
): Statement<DisputeView> {
  const order = orderBy('d', page.order)
  return statement(
    `disputes.list.${order.name}`,
    `select d.id, d.payment_id, d.order_id, d.reference, d.currency_code, d.amount_minor, d.reason, d.status, d.evidence_due_at,
            d.evidence_submitted_at, d.closed_at, d.created_at, d.updated_at, count(*) over ()::int as count
     from dispute d
     where d.tenant_id = $1 and ($2::text[] is null or d.id = any($2)) and ($3::text[] is null or d.order_id = any($3))
       and ($4::text[] is null or d.payment_id = any($4)) and ($5::text[] is null or d.status = any($5))
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.orderId, filter.paymentId, filter.status, page.limit, page.offset],
  )
}

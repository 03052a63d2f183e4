import { hasWords, type ListPage, orderBy, type Statement, statement } from '../../db/index.js'

export interface ReturnReasonRow {
  id: string
  value: string
  label: string
  description: string | null
  parent_return_reason_id: string | null
  metadata: Record<string, unknown> | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  parent_return_reason: object | null
  return_reason_children: object[]
  count: number
}

const plain = (alias: string) =>
  `json_build_object('id', ${alias}.id, 'value', ${alias}.value, 'label', ${alias}.label, 'description', ${alias}.description,
     'parent_return_reason_id', ${alias}.parent_return_reason_id, 'metadata', ${alias}.metadata, 'created_at', ${alias}.created_at,
     'updated_at', ${alias}.updated_at, 'deleted_at', ${alias}.deleted_at)`

/** Why goods come back, with the reasons above and below. */
export function listReturnReasonsStatement(
  tenantId: string,
  filter: {
    id: readonly string[] | null
    value: readonly string[] | null
    parentId: readonly string[] | null
    q: readonly string[] | null
  },
  page: ListPage,
): Statement<ReturnReasonRow> {
  const order = orderBy('r', page.order)
  return statement(
    `returns.list_reasons.${order.name}`,
    `select r.id, r.value, r.label, r.description, r.parent_return_reason_id, r.metadata, r.created_at, r.updated_at, r.deleted_at,
            (select ${plain('p')} from return_reason p where p.tenant_id = $1 and p.id = r.parent_return_reason_id and p.deleted_at is null) as parent_return_reason,
            coalesce((select json_agg(${plain('c')} order by c.id) from return_reason c
              where c.tenant_id = $1 and c.parent_return_reason_id = r.id and c.deleted_at is null), '[]') as return_reason_children,
            count(*) over ()::int as count
     from return_reason r
     where r.tenant_id = $1 and r.deleted_at is null and ($2::text[] is null or r.id = any($2)) and ($3::text[] is null or r.value = any($3))
       and ($4::text[] is null or r.parent_return_reason_id = any($4)) and ${hasWords('$5', 'r.label', 'r.value')}
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.value, filter.parentId, filter.q, page.limit, page.offset],
  )
}

export interface RefundReasonRow {
  id: string
  code: string
  label: string
  description: string | null
  metadata: Record<string, unknown> | null
  created_at: Date
  updated_at: Date
  count: number
}

/** Why money goes back. */
export function listRefundReasonsStatement(
  tenantId: string,
  filter: { id: readonly string[] | null; q: readonly string[] | null },
  page: ListPage,
): Statement<RefundReasonRow> {
  const order = orderBy('r', page.order)
  return statement(
    `returns.list_refund_reasons.${order.name}`,
    `select r.id, r.code, r.label, r.description, r.metadata, r.created_at, r.updated_at, count(*) over ()::int as count
     from refund_reason r where r.tenant_id = $1 and r.deleted_at is null and ($2::text[] is null or r.id = any($2))
       and ${hasWords('$3', 'r.label', 'r.code')}
     ${order.sql} limit $4 offset $5`,
    [tenantId, filter.id, filter.q, page.limit, page.offset],
  )
}

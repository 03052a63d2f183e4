import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'

export interface AuditRecordRow {
  id: string
  vendor_id: string | null
  actor_type: string
  actor_id: string | null
  action: string
  object_type: string | null
  object_id: string | null
  request_id: string
  before: object | null
  after: object | null
  at: Date
  count: number
}

export interface AuditFilter {
  id: string[] | null
  actorId: string[] | null
  actorType: string[] | null
  action: string[] | null
  objectType: string[] | null
  objectId: string[] | null
  requestId: string[] | null
  vendorId: string[] | null
  from: Date | null
  until: Date | null
}

/** A page of the store's log. */
export function listAuditStatement(tenantId: string, filter: AuditFilter, page: ListPage): Statement<AuditRecordRow> {
  const order = orderBy('a', page.order)
  return statement(
    `audit.list.${order.name}`,
    `select a.id, a.vendor_id, a.actor_type, a.actor_id, a.action, a.object_type, a.object_id, a.request_id, a.before, a.after, a.at,
            count(*) over ()::int as count
     from audit_record a
     where a.tenant_id = $1 and ($2::text[] is null or a.id = any($2)) and ($3::text[] is null or a.actor_id = any($3))
       and ($4::text[] is null or a.actor_type = any($4)) and ($5::text[] is null or a.action = any($5))
       and ($6::text[] is null or a.object_type = any($6)) and ($7::text[] is null or a.object_id = any($7))
       and ($8::text[] is null or a.request_id = any($8)) and ($9::text[] is null or a.vendor_id = any($9))
       and ($10::timestamptz is null or a.at >= $10) and ($11::timestamptz is null or a.at < $11)
     ${order.sql} limit $12 offset $13`,
    [
      tenantId,
      filter.id,
      filter.actorId,
      filter.actorType,
      filter.action,
      filter.objectType,
      filter.objectId,
      filter.requestId,
      filter.vendorId,
      filter.from,
      filter.until,
      page.limit,
      page.offset,
    ],
  )
}

export type PlatformAuditRow = Omit<AuditRecordRow, 'vendor_id'>

/** A page of what operators did to no store in particular. Role `platform`. */
export function listPlatformAuditStatement(
  filter: { actorId: string[] | null; action: string[] | null; objectId: string[] | null; requestId: string[] | null },
  page: Pick<ListPage, 'limit' | 'offset'>,
): Statement<PlatformAuditRow> {
  return statement(
    'audit.list_of_platform',
    `select a.id, a.actor_type, a.actor_id, a.action, a.object_type, a.object_id, a.request_id, a.before, a.after, a.at,
            count(*) over ()::int as count
     from platform.audit_record a
     where ($1::text[] is null or a.actor_id = any($1)) and ($2::text[] is null or a.action = any($2))
       and ($3::text[] is null or a.object_id = any($3)) and ($4::text[] is null or a.request_id = any($4))
     order by a.id desc limit $5 offset $6`,
    [filter.actorId, filter.action, filter.objectId, filter.requestId, page.limit, page.offset],
  )
}

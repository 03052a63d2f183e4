import { hasWords, type ListPage, orderBy, type Statement, statement } from '../db/index.js'

/** A message that was sent, or is to be. */
export interface NotificationView {
  id: string
  to: string
  channel: string
  template: string
  subject: string
  data: object
  status: 'pending' | 'success' | 'failure'
  sent_at: Date | null
  created_at: Date
  updated_at: Date
  count: number
}

export function listNotificationsStatement(
  tenantId: string,
  filter: { id: string[] | null; q: readonly string[] | null; channel: string[] | null; template: string[] | null },
  page: ListPage,
): Statement<NotificationView> {
  const order = orderBy('n', page.order)
  return statement(
    `notifications.list.${order.name}`,
    `select n.id, n.recipient as "to", n.channel, n.template, n.subject, n.data,
            case n.state when 'sent' then 'success' when 'failed' then 'failure' else 'pending' end as status,
            n.sent_at, n.created_at, n.updated_at, count(*) over ()::int as count
     from notification n
     where n.tenant_id = $1 and ($2::text[] is null or n.id = any($2)) and ${hasWords('$3', 'n.recipient', 'n.subject')}
       and ($4::text[] is null or n.channel = any($4)) and ($5::text[] is null or n.template = any($5))
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.q, filter.channel, filter.template, page.limit, page.offset],
  )
}

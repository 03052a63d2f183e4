import { type Context, type ListPage, orderBy, type Statement, statement, tenantOf } from '../db/index.js'
import { ownerOf } from './owner.js'

/** An endpoint as its owner sees it: the secret is in none. */
export interface WebhookRow {
  id: string
  url: string
  description: string | null
  event_types: string[]
  state: 'enabled' | 'disabled'
  disabled_reason: string | null
  failing_since: Date | null
  previous_secret_until: Date | null
  created_by: string | null
  created_at: Date
  updated_at: Date
}

/** A page of the owner's endpoints. `id` narrows to one. */
export function webhooksStatement(
  context: Context,
  filter: { id: string | null; state: readonly string[] | null },
  page: ListPage,
): Statement<WebhookRow & { count: number }> {
  const order = orderBy('w', page.order)
  return statement(
    `webhooks.list.${order.name}`,
    `select w.id, w.url, w.description, w.event_types, w.state, w.disabled_reason, w.failing_since,
            case when w.previous_secret_until > $5 then w.previous_secret_until end as previous_secret_until,
            w.created_by, w.created_at, w.updated_at, count(*) over ()::int as count
     from webhook_endpoint w
     where w.tenant_id = $1 and w.vendor_id is not distinct from $2 and ($3::text is null or w.id = $3) and ($4::text[] is null or w.state = any($4))
     ${order.sql} limit $6 offset $7`,
    [tenantOf(context), ownerOf(context.scope), filter.id, filter.state, context.clock.now(), page.limit, page.offset],
  )
}

/** What was sent to an endpoint, or is to be, and what came of it. */
export interface DeliveryRow {
  id: string
  event_type: string
  payload: object
  state: 'pending' | 'delivered' | 'failed'
  attempts: number
  next_attempt_at: Date | null
  response_status: number | null
  response_body: string | null
  error: string | null
  duration_ms: number | null
  delivered_at: Date | null
  created_at: Date
}

export interface DeliveryFilter {
  id: string | null
  state: readonly string[] | null
  eventType: readonly string[] | null
}

/** A page of the deliveries of one of the owner's endpoints. */
export function deliveriesStatement(
  context: Context,
  webhookId: string,
  filter: DeliveryFilter,
  page: ListPage,
): Statement<DeliveryRow & { count: number }> {
  const order = orderBy('d', page.order)
  return statement(
    `webhooks.deliveries.${order.name}`,
    `select d.id, d.event_type, d.payload, d.state, d.attempts, case when d.state = 'pending' then d.next_attempt_at end as next_attempt_at,
            d.response_status, d.response_body, d.error, d.duration_ms, d.delivered_at, d.created_at, count(*) over ()::int as count
     from webhook_delivery d
     where d.tenant_id = $1 and d.webhook_endpoint_id = $2 and d.vendor_id is not distinct from $3 and ($4::text is null or d.id = $4)
       and ($5::text[] is null or d.state = any($5)) and ($6::text[] is null or d.event_type = any($6))
     ${order.sql} limit $7 offset $8`,
    [tenantOf(context), webhookId, ownerOf(context.scope), filter.id, filter.state, filter.eventType, page.limit, page.offset],
  )
}

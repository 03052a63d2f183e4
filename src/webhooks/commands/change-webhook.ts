import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit, type WebhookTypeName } from '../../events/index.js'
import { lockWebhook } from '../locks.js'

export interface WebhookChange {
  /** As `webhookUrl` answers it. */
  url?: string | undefined
  description?: string | null | undefined
  eventTypes?: readonly WebhookTypeName[] | undefined
  state?: 'enabled' | 'disabled' | undefined
}

/**
 * Changes an endpoint. One that is enabled again gets what waited, and what was given up as undeliverable; what happened while it was
 * disabled it is never told. Throws not_found.
 */
export function changeWebhook(context: Context, id: string, change: WebhookChange): Promise<void> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const before = await lockWebhook(unit, id)
    await unit.run(
      statement(
        'webhooks.change',
        `update webhook_endpoint set url = coalesce($3, url), description = case when $4 then $5 else description end,
           event_types = coalesce($6, event_types), state = coalesce($7, state), updated_at = now()
         where tenant_id = $1 and id = $2`,
        [
          tenantOf(unit),
          id,
          change.url ?? null,
          change.description !== undefined,
          change.description ?? null,
          change.eventTypes === undefined ? null : [...new Set(change.eventTypes)],
          change.state ?? null,
        ],
      ),
    )
    if (before.state === 'disabled' && change.state === 'enabled') await resume(unit, context, id)
  })
}

async function resume(unit: Unit, context: Context, id: string): Promise<void> {
  await unit.run(
    statement(
      'webhooks.resume',
      `with waiting as (
         update webhook_delivery set state = 'pending', attempts = 0, next_attempt_at = now(), updated_at = now()
         where tenant_id = $1 and webhook_endpoint_id = $2 and state <> 'delivered' and event_type <> 'webhook.test'
       )
       update webhook_endpoint set disabled_reason = null, failing_since = null, failures = 0, busy_until = null where tenant_id = $1 and id = $2`,
      [tenantOf(unit), id],
    ),
  )
  await emit(unit, 'webhook.due', { webhook_endpoint_id: id }, { requestId: context.requestId })
}

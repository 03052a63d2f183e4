import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId, notAllowed } from '../../kernel/index.js'
import { lockWebhook } from '../locks.js'

/**
 * Sends a `webhook.test`, also to an endpoint that is disabled: once, whatever else waits, and whatever comes of it counts for nothing.
 * @returns the delivery's id
 * @throws not_found; not_allowed while another one is on its way
 */
export function testWebhook(context: Context, webhookId: string): Promise<string> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const { vendor_id } = await lockWebhook(unit, webhookId)
    await refuseSecondTest(unit, webhookId)
    const id = newId('whd')
    const payload = { type: 'webhook.test', timestamp: context.clock.now().toISOString(), data: { id: webhookId } }
    await unit.run(
      statement(
        'webhooks.insert_test',
        `insert into webhook_delivery (tenant_id, id, webhook_endpoint_id, vendor_id, event_type, event_id, object_id, payload)
         values ($1, $2, $3, $4, 'webhook.test', $2, $2, $5)`,
        [tenantOf(unit), id, webhookId, vendor_id, JSON.stringify(payload)],
      ),
    )
    await emit(unit, 'webhook.due', { webhook_endpoint_id: webhookId, webhook_delivery_id: id }, { requestId: context.requestId })
    return id
  })
}

/** Tests ask for no turn and no rest, as what happened does: one after the other they call nobody more than once at a time. Throws not_allowed. */
export async function refuseSecondTest(unit: Unit, webhookId: string): Promise<void> {
  const pending = await unit.run(
    statement(
      'webhooks.pending_test',
      `select id from webhook_delivery where tenant_id = $1 and webhook_endpoint_id = $2 and state = 'pending' and event_type = 'webhook.test' limit 1`,
      [tenantOf(unit), webhookId],
    ),
  )
  if (pending.length > 0) throw notAllowed('A test of this webhook is still on its way: wait for what comes of it')
}

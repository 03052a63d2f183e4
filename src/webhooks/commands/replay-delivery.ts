import { type Context, statement, tenantOf } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { notAllowed, notFound } from '../../kernel/index.js'
import { lockWebhook } from '../locks.js'
import { refuseSecondTest } from './test-webhook.js'

/**
 * Sends a delivery again, under the id that it had, whatever came of it before.
 * @throws not_found; not_allowed for an endpoint that is disabled, but for a test, which waits for another one instead
 */
export function replayDelivery(context: Context, webhookId: string, deliveryId: string): Promise<void> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const { state } = await lockWebhook(unit, webhookId)
    const [delivery] = await unit.run(
      statement<{ event_type: string }>(
        'webhooks.replayed',
        `select event_type from webhook_delivery where tenant_id = $1 and webhook_endpoint_id = $2 and id = $3`,
        [tenantOf(unit), webhookId, deliveryId],
      ),
    )
    if (delivery === undefined) throw notFound(`Webhook delivery with id: ${deliveryId} was not found`)
    const isTest = delivery.event_type === 'webhook.test'
    if (isTest) await refuseSecondTest(unit, webhookId)
    else if (state === 'disabled')
      throw notAllowed('The webhook is disabled: enable it first, by which what was not delivered is sent again')
    await unit.run(
      statement(
        'webhooks.replay',
        `update webhook_delivery set state = 'pending', attempts = 0, next_attempt_at = now(), delivered_at = null, updated_at = now()
         where tenant_id = $1 and id = $2`,
        [tenantOf(unit), deliveryId],
      ),
    )
    const only = isTest ? { webhook_delivery_id: deliveryId } : {}
    await emit(unit, 'webhook.due', { webhook_endpoint_id: webhookId, ...only }, { requestId: context.requestId })
  })
}

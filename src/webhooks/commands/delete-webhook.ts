import { type Context, statement, tenantOf } from '../../db/index.js'
import { lockWebhook } from '../locks.js'

/** Sends nothing more to an endpoint, and forgets it with its secret and its log. Throws not_found. */
export function deleteWebhook(context: Context, id: string): Promise<void> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    await lockWebhook(unit, id)
    await unit.run(
      statement(
        'webhooks.delete',
        `with log as (delete from webhook_delivery where tenant_id = $1 and webhook_endpoint_id = $2)
         delete from webhook_endpoint where tenant_id = $1 and id = $2`,
        [tenantOf(unit), id],
      ),
    )
  })
}

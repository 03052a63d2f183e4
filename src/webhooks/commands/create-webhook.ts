import { type Context, statement, tenantOf } from '../../db/index.js'
import type { WebhookTypeName } from '../../events/index.js'
import { limits, newId, notAllowed, type Sealer } from '../../kernel/index.js'
import { ownerOf } from '../owner.js'
import { newSecret } from '../signatures.js'

export interface NewWebhook {
  /** As `webhookUrl` answers it. */
  url: string
  description: string | null
  eventTypes: readonly WebhookTypeName[]
}

/**
 * Has webhooks sent from now on.
 * @returns its id, and the secret that signs them, which is told this once
 * @throws not_allowed where the store, or the vendor, has as many as it may
 */
export async function createWebhook(
  context: Context,
  sealer: Sealer,
  { url, description, eventTypes }: NewWebhook,
): Promise<{ id: string; secret: string }> {
  const id = newId('whk')
  const secret = newSecret()
  const tenantId = tenantOf(context)
  const vendorId = ownerOf(context.scope)
  await context.db.unitOfWork(context.scope, async (unit) => {
    // Two that ask at once are counted one after the other: who waited counts in a statement of its own, which sees the other's.
    await unit.run(
      statement('webhooks.take_turn', `select pg_advisory_xact_lock(hashtextextended('webhooks:' || $1::uuid || coalesce($2, ''), 0))`, [
        tenantId,
        vendorId,
      ]),
    )
    const [there] = await unit.run(
      statement<{ count: number }>(
        'webhooks.count',
        `select count(*)::int as count from webhook_endpoint where tenant_id = $1 and vendor_id is not distinct from $2`,
        [tenantId, vendorId],
      ),
    )
    if ((there?.count ?? 0) >= limits.webhooks)
      throw notAllowed(`There are ${limits.webhooks} webhooks already: delete one that is not used`)
    await unit.run(
      statement(
        'webhooks.insert',
        `insert into webhook_endpoint (tenant_id, id, vendor_id, url, description, event_types, secret_sealed, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [tenantId, id, vendorId, url, description, [...new Set(eventTypes)], sealer.seal(secret), context.actorId],
      ),
    )
    return { id }
  })
  return { id, secret }
}

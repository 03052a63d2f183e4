import { type Context, statement, tenantOf } from '../../db/index.js'
import type { Sealer } from '../../kernel/index.js'
import { lockWebhook } from '../locks.js'
import { newSecret } from '../signatures.js'

/** How long the secret before still signs: so long whoever listens has to learn the new one. */
const overlap_ms = 24 * 3_600_000

/**
 * Signs with a new secret from now on, and beside it with the one before for a day.
 * @returns the new one, which is told this once
 * @throws not_found
 */
export async function rotateSecret(context: Context, sealer: Sealer, id: string): Promise<string> {
  const secret = newSecret()
  const until = new Date(context.clock.now().getTime() + overlap_ms)
  await context.db.unitOfWork(context.scope, async (unit) => {
    await lockWebhook(unit, id)
    await unit.run(
      statement(
        'webhooks.rotate_secret',
        `update webhook_endpoint set previous_secret_sealed = secret_sealed, previous_secret_until = $4, secret_sealed = $3, updated_at = now()
         where tenant_id = $1 and id = $2`,
        [tenantOf(unit), id, sealer.seal(secret), until],
      ),
    )
  })
  return secret
}

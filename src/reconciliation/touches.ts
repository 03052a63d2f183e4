import { statement, tenantOf } from '../db/index.js'
import type { TouchHandlers } from '../payments/index.js'
import { requestReconciliation } from './runs.js'

/**
 * What a provider pays to the store's bank account is a movement and no row of ours: an event of it has the accounts of that
 * provider read at once, instead of in the night.
 */
export const reconciliationTouches: TouchHandlers = {
  async payout(context, provider) {
    const accounts = await context.db.read(
      context.scope,
      statement<{ id: string }>(
        'reconciliation.active_account',
        `select id from payment_account where tenant_id = $1 and provider_id = $2 and status = 'active'`,
        [tenantOf(context), provider.id],
      ),
    )
    for (const { id } of accounts) await requestReconciliation(context, id)
    return { kind: 'done' }
  },
}

import type { TouchHandlers } from '../payments/index.js'
import { requestReconciliation } from './runs.js'

/**
 * What a provider pays to the store's bank account is a movement and no row of ours: an event of it has the account that it
 * came from read at once, instead of in the night.
 */
export const reconciliationTouches: TouchHandlers = {
  async payout(context, _provider, _touch, accountId) {
    await requestReconciliation(context, accountId)
    return { kind: 'done' }
  },
}

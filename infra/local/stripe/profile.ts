import type { Account } from './world.js'

/** The one capability that matters to a recipient. */
export const capability = 'stripe_balance.stripe_transfers'

export function transferable(account: Account): boolean {
  return account.profile?.requested === true && account.profile.state === 'active'
}

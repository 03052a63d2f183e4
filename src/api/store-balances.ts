import { toMajor } from '../kernel/index.js'
import type { StoreBalance } from '../payouts/index.js'

/** What of the operator's account is a store's, as staff and operator see it. */
export function renderStoreBalance(balance: StoreBalance): object {
  const major = (minor: bigint) => toMajor(minor, balance.currency_code)
  return {
    payment_account_id: balance.payment_account_id,
    currency_code: balance.currency_code,
    held: major(balance.held_minor),
    owed_to_vendors: major(balance.vendors_minor),
    platform_fee: major(balance.platform_fee_minor),
    waiting: major(balance.waiting_minor),
    own: major(balance.own_minor),
    available: major(balance.available_minor),
    paid: major(balance.paid_minor),
  }
}

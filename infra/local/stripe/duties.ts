import { settleLate } from './charges.js'
import { disputeAsCardSays, finishDebit, lapse } from './intents.js'
import { finishPayout } from './payouts.js'
import { failRefundLate, finishRefund } from './refunds.js'
import type { Duties } from './world.js'

/** What happens by itself, by the name that it is saved under. */
export const duties: Duties = {
  dispute: disputeAsCardSays,
  fail_refund: failRefundLate,
  finish_debit: finishDebit,
  finish_payout: finishPayout,
  finish_refund: finishRefund,
  lapse,
  settle_charge: settleLate,
}

import { type Context, statement, tenantOf } from '../../db/index.js'
import type { RefundSnapshot } from '../provider.js'
import { noteForeignRefund } from './request-refund.js'
import { bookForeignRefund, noteRefundFailed, settleRefund } from './settle-refund.js'

interface KnownRefund {
  id: string
  reference: string | null
  state: 'pending' | 'succeeded' | 'failed'
}

/**
 * Brings a payment's refunds to what the provider says of them: one that we asked for and did not hear of is booked, one
 * that failed after weeks is taken back, one that somebody made in the provider's own pages gets a row.
 */
export async function syncRefunds(context: Context, paymentId: string, snapshots: readonly RefundSnapshot[]): Promise<void> {
  if (snapshots.length === 0) return
  const refunds = await context.db.read(
    context.scope,
    statement<KnownRefund>(
      'payments.refunds_of_payment',
      'select id, reference, state from refund where tenant_id = $1 and payment_id = $2',
      [tenantOf(context), paymentId],
    ),
  )
  for (const snapshot of snapshots) {
    const known = refunds.find((refund) => refund.id === snapshot.refundId || refund.reference === snapshot.reference)
    const isGood = snapshot.status === 'succeeded' || snapshot.status === 'pending'
    if (known === undefined) {
      if (isGood) await noteForeignRefund(context, paymentId, snapshot)
    } else if (known.state === 'pending' && isGood) {
      // Asked for, one that somebody made at the provider would be made a second time.
      if (known.reference === snapshot.reference) await bookForeignRefund(context, known.id, snapshot.reference)
      else await settleRefund(context, known.id)
    } else if (known.state === 'succeeded' && snapshot.status === 'failed') await noteRefundFailed(context, known.id)
  }
}

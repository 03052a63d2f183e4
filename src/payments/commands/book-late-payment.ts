import { type Context, statement, tenantOf } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId } from '../../kernel/index.js'
import { paymentEntry, post } from '../../ledger/index.js'
import { lockOrderToCreditStatement } from '../locks.js'
import { notePaidStatement } from '../order-collections.js'
import type { RemotePayment } from '../provider.js'

interface LatePayment {
  session_id: string
  collection_id: string
  order_id: string
  provider_id: string
  reference: string
  payment_account_id: string | null
  currency_code: string
  amount_minor: bigint
}

/**
 * Money that comes after its order, as with a bank debit: the payment, its capture, the collection and the books in one.
 * Where it fails in the end, the order stays unpaid, and its collection says so. Told twice, it is booked once.
 */
export async function bookLatePayment(context: Context, late: LatePayment, remote: RemotePayment): Promise<void> {
  const isGood = remote.status === 'authorized' || remote.status === 'captured'
  const isOver = remote.status === 'canceled' || remote.status === 'open'
  if (!isGood && !isOver) return
  const tenantId = tenantOf(context)
  // Where a part was taken in the provider's own pages, the next look books that part.
  const isCaptured = remote.status === 'captured' && remote.capturedMinor === late.amount_minor
  await context.db.unitOfWork(context.scope, async (unit) => {
    await unit.run(lockOrderToCreditStatement(tenantId, late.order_id))
    if (!isGood) {
      await unit.run(
        statement(
          'payments.note_late_failure',
          `with session as (
             update payment_session set status = 'error', updated_at = now()
             where tenant_id = $1 and id = $2 and status = 'pending_authorization' returning payment_collection_id)
           update payment_collection k set status = 'failed', updated_at = now() from session
           where k.tenant_id = $1 and k.id = session.payment_collection_id and k.status = 'awaiting'`,
          [tenantId, late.session_id],
        ),
      )
      return
    }
    const captureId = newId('capt')
    const booked = await unit.run(
      statement<{ id: string }>(
        'payments.insert_late',
        `with payment_row as (
           insert into payment (tenant_id, id, payment_collection_id, payment_session_id, provider_id, currency_code, amount_minor,
             captured_minor, reference, payment_account_id, data, captured_at)
           values ($1, $2, $3, $4, $5, $6, $7::bigint, case when $11 then $7::bigint else 0 end, $8, $9, $10, case when $11 then now() end)
           on conflict (tenant_id, payment_session_id) do nothing returning id
         ), capture_row as (
           insert into capture (tenant_id, id, payment_id, amount_minor, created_by)
           select $1, $12, p.id, $7::bigint, 'provider' from payment_row p where $11
         ), session as (
           update payment_session set status = case when $11 then 'captured' else 'authorized' end, authorized_at = now(), updated_at = now()
           from payment_row where tenant_id = $1 and payment_session.id = $4
         ), collection as (
           update payment_collection k set authorized_minor = k.amount_minor,
             captured_minor = case when $11 then k.amount_minor else 0 end, status = case when $11 then 'completed' else 'authorized' end,
             completed_at = case when $11 then now() end, updated_at = now()
           from payment_row where k.tenant_id = $1 and k.id = $3
         )
         select id from payment_row`,
        [
          tenantId,
          newId('pay'),
          late.collection_id,
          late.session_id,
          late.provider_id,
          late.currency_code,
          late.amount_minor,
          late.reference,
          late.payment_account_id,
          JSON.stringify(remote.data),
          isCaptured,
          captureId,
        ],
      ),
    )
    if (booked.length === 0 || !isCaptured) return
    await unit.run(notePaidStatement(tenantId, late.order_id))
    await post(unit, [
      paymentEntry({
        captureId,
        orderId: late.order_id,
        providerId: late.provider_id,
        currency: late.currency_code,
        amountMinor: late.amount_minor,
        occurredAt: context.clock.now(),
      }),
    ])
    await emit(unit, 'order.payment_captured', { order_id: late.order_id }, { requestId: context.requestId })
  })
}

import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId } from '../../kernel/index.js'
import { paymentEntry, post } from '../../ledger/index.js'
import { lockOrderToCreditStatement } from '../locks.js'
import { endBegunStatement, notePaidStatement } from '../order-collections.js'
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

/** `over`: the session ended before, and what the shopper paid goes back. */
export type Booked = { kind: 'booked'; paymentId: string } | { kind: 'over' } | { kind: 'noted' }

/**
 * Money that comes after its order, as with a bank debit, or for what the order came to more: the payment, its capture, the
 * collection and the books in one, under the order's lock. Where it fails in the end, the order stays unpaid, and its collection
 * says so. Told twice, it is booked once. For an order that was canceled meanwhile it is booked and unwound.
 */
export async function bookLatePayment(context: Context, late: LatePayment, remote: RemotePayment): Promise<Booked> {
  const tenantId = tenantOf(context)
  // Of a part that was taken in the provider's own pages, the payment is made here, and the caller books the part.
  const isCaptured = remote.status === 'captured' && remote.capturedMinor === late.amount_minor
  return context.db.unitOfWork(context.scope, async (unit): Promise<Booked> => {
    const [order] = await unit.run(lockOrderToCreditStatement(tenantId, late.order_id))
    if (remote.status !== 'captured' && remote.status !== 'authorized') {
      await noteProgress(unit, late, remote)
      return { kind: 'noted' }
    }
    const isCanceled = order?.status === 'canceled'
    const captureId = newId('capt')
    // Money on a session that had failed: nobody is to pay the same again.
    await unit.run(endBegunStatement(tenantId, late.collection_id, late.session_id))
    const [made] = await insertLate(unit, late, remote, { captureId, isCaptured, cancelAt: isCanceled ? context.clock.now() : null })
    if (made === undefined) return known(unit, late)
    const paymentId = made.id
    if (isCaptured) {
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
      await emit(unit, 'order.payment_captured', { order_id: late.order_id, capture_id: captureId }, { requestId: context.requestId })
    }
    if (isCanceled) await emit(unit, 'payment.cancel_requested', { payment_id: paymentId }, { requestId: context.requestId })
    return { kind: 'booked', paymentId }
  })
}

/** What another caller has booked, or has ended. */
async function known(unit: Unit, late: LatePayment): Promise<Booked> {
  const [payment] = await unit.run(
    statement<{ id: string }>('payments.of_session', 'select id from payment where tenant_id = $1 and payment_session_id = $2', [
      tenantOf(unit),
      late.session_id,
    ]),
  )
  return payment === undefined ? { kind: 'over' } : { kind: 'booked', paymentId: payment.id }
}

/** The shopper has done their part, or it came to nothing: then the collection is to be paid otherwise. */
async function noteProgress(unit: Unit, late: LatePayment, remote: RemotePayment): Promise<void> {
  const values = [tenantOf(unit), late.session_id]
  if (remote.status === 'processing') {
    await unit.run(
      statement(
        'payments.note_late_processing',
        `with session as (
           update payment_session set status = 'pending_authorization', updated_at = now()
           where tenant_id = $1 and id = $2 and status in ('pending', 'requires_more') returning payment_collection_id)
         update payment_collection k set status = 'awaiting', updated_at = now() from session
         where k.tenant_id = $1 and k.id = session.payment_collection_id and k.status in ('not_paid', 'failed')`,
        values,
      ),
    )
  }
  if (remote.status === 'canceled' || remote.status === 'open') {
    await unit.run(
      statement(
        'payments.note_late_failure',
        `with session as (
           update payment_session set status = 'error', updated_at = now()
           where tenant_id = $1 and id = $2 and (status = 'pending_authorization' or $3 and status in ('pending', 'requires_more'))
           returning payment_collection_id)
         update payment_collection k set status = 'failed', updated_at = now() from session
         where k.tenant_id = $1 and k.id = session.payment_collection_id and k.status = 'awaiting'`,
        // A payment that is still open waits for the shopper's next try; one that the provider gave up does not.
        [...values, remote.status === 'canceled'],
      ),
    )
  }
}

/** Nothing where the session is over, or its payment is there. */
function insertLate(
  unit: Unit,
  late: LatePayment,
  remote: RemotePayment,
  { captureId, isCaptured, cancelAt }: { captureId: string; isCaptured: boolean; cancelAt: Date | null },
): Promise<{ id: string }[]> {
  return unit.run(
    statement<{ id: string }>(
      'payments.insert_late',
      `with begun as (
         select id from payment_session where tenant_id = $1 and id = $4 and status <> 'canceled' for update
       ), payment_row as (
         insert into payment (tenant_id, id, payment_collection_id, payment_session_id, provider_id, currency_code, amount_minor,
           captured_minor, reference, payment_account_id, data, captured_at, cancel_requested_at)
         select $1, $2, $3, begun.id, $5, $6, $7::bigint, case when $11 then $7::bigint else 0 end, $8, $9, $10,
           case when $11 then now() end, $13::timestamptz from begun
         on conflict (tenant_id, payment_session_id) do nothing returning id
       ), capture_row as (
         insert into capture (tenant_id, id, payment_id, amount_minor, created_by)
         select $1, $12, p.id, $7::bigint, 'provider' from payment_row p where $11
       ), session as (
         update payment_session set status = case when $11 then 'captured' else 'authorized' end, authorized_at = now(), updated_at = now()
         from payment_row where tenant_id = $1 and payment_session.id = $4 and not exists (
           select 1 from payment_session o where o.tenant_id = $1 and o.payment_collection_id = $3 and o.id <> $4
             and o.status not in ('error', 'canceled'))
       ), collection as (
         -- What came is booked, also where the order has come to less while it was on its way.
         update payment_collection k set authorized_minor = $7::bigint,
           captured_minor = case when $11 then k.captured_minor + $7::bigint else k.captured_minor end,
           amount_minor = case when $11 then greatest(k.amount_minor, k.captured_minor + $7::bigint) else k.amount_minor end,
           status = case when $11 then 'completed' when k.status = 'canceled' then k.status else 'authorized' end,
           completed_at = case when $11 then now() end, updated_at = now()
         from payment_row where k.tenant_id = $1 and k.id = $3
       )
       select id from payment_row`,
      [
        tenantOf(unit),
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
        cancelAt,
      ],
    ),
  )
}

import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { conflict, unexpectedState } from '../../kernel/index.js'
import { creditEntry, platformFeeCreditEntry, platformFeeOfOrderStatement, post } from '../../ledger/index.js'
import { divideCredit, freeParts, insertCreditsStatement, keptAsCredit, lesserOf, openPartsStatement, sumOf } from '../credits.js'
import { lockPartsStatement, lockPaymentsOfOrderStatement, lockPaymentStatement } from '../locks.js'
import { keptMoney, moneyOf, perform } from '../operations.js'
import { paymentProviderOf } from '../registry.js'
import { refundPayment } from './request-refund.js'

/** What is left open of an unwinding after this is taken up by the worker. */
const resumeAfter_ms = 30_000

/**
 * Under the lock of an order that is canceled: nothing more is captured for it, and what was sold and not paid is
 * credited, with the platform's fee on it. Which provider is to give what back is noted, for `unwindPayment` after the commit.
 * @returns the payments to unwind
 */
export async function closePaymentsOfOrder(
  unit: Unit,
  context: Context,
  order: { id: string; currency_code: string; credit_minor: bigint; credit_returned_minor: bigint },
): Promise<string[]> {
  const tenantId = tenantOf(unit)
  // The vendor orders before the lines, as whoever packs locks them: the other way round the two would wait for one another.
  const [payments] = await Promise.all([
    unit.run(lockPaymentsOfOrderStatement(tenantId, order.id)),
    unit.run(lockPartsStatement(tenantId, order.id)),
  ])
  const ids = payments.map((payment) => payment.id)
  const [parts, [fee]] = await Promise.all([
    unit.run(openPartsStatement(tenantId, order.id)),
    unit.run(platformFeeOfOrderStatement(tenantId, order.id)),
  ])
  // What was paid and is to be given back is credited by its refund; all else is credited here.
  const paid = payments.reduce(
    (sum, payment) => sum + payment.captured_minor - payment.refunded_minor - payment.lost_minor - payment.pending_refund_minor,
    -keptAsCredit(order),
  )
  // A bank may have taken what was refunded before as well: then less than nothing was paid, and no more than all is unpaid.
  const unpaid = lesserOf(sumOf(parts) - paid, sumOf(parts))
  const credits = [...divideCredit(unpaid > 0n ? unpaid : 0n, parts), ...freeParts(parts)]
  await unit.run(
    statement(
      'payments.request_cancel',
      `with unbegun as (
         update payment_collection k set status = 'canceled', updated_at = now()
         where k.tenant_id = $1 and k.order_id = $4
           and not exists (select 1 from payment p where p.tenant_id = $1 and p.payment_collection_id = k.id)
       )
       update payment set cancel_requested_at = $3, updated_at = now() where tenant_id = $1 and id = any($2)`,
      [tenantId, ids, context.clock.now(), order.id],
    ),
  )
  await endUnpaid(unit, context, order.id)
  const fact = { orderId: order.id, currency: order.currency_code, occurredAt: context.clock.now() }
  await post(unit, [platformFeeCreditEntry({ ...fact, amountMinor: fee?.fee_minor ?? 0n })])
  if (credits.length > 0) {
    await unit.run(
      insertCreditsStatement(tenantId, { orderId: order.id, refundId: null, currency: order.currency_code, state: 'booked' }, credits),
    )
    await post(unit, [creditEntry({ ...fact, source: order.id, kind: 'cancellation', parts: credits })])
    await emit(unit, 'order.credited', { order_id: order.id }, { requestId: context.requestId })
  }
  if (ids.length === 0) await unit.run(cancelUnpaidStatement(tenantId, order.id))
  const availableAt = new Date(context.clock.now().getTime() + resumeAfter_ms)
  for (const payment_id of ids) await emit(unit, 'payment.cancel_requested', { payment_id }, { availableAt, requestId: context.requestId })
  return ids
}

/** What waits for the shopper is over: what they pay of it this moment goes back. */
async function endUnpaid(unit: Unit, context: Context, orderId: string): Promise<void> {
  const ended = await unit.run(
    statement<{ id: string }>(
      'payments.end_of_order',
      `update payment_session s set status = 'canceled', updated_at = now() from payment_collection k
       where k.tenant_id = $1 and k.order_id = $2 and s.tenant_id = $1 and s.payment_collection_id = k.id
         and s.reference is not null and s.status in ('pending', 'requires_more')
         and not exists (select 1 from payment p where p.tenant_id = $1 and p.payment_session_id = s.id) returning s.id`,
      [tenantOf(unit), orderId],
    ),
  )
  for (const { id } of ended) await emit(unit, 'payment_session.ended', { payment_session_id: id }, { requestId: context.requestId })
}

/** Nobody has paid or promised anything: there is nothing left to pay. */
const cancelUnpaidStatement = (tenantId: string, orderId: string) =>
  statement(
    'payments.cancel_unpaid',
    `update payment_collection set status = 'canceled', updated_at = now()
     where tenant_id = $1 and order_id = $2 and status in ('not_paid', 'awaiting')`,
    [tenantId, orderId],
  )

/**
 * Gives back what a canceled order's payment took, or gives up what it was authorised for. May be called any number of
 * times; handler of `payment.cancel_requested`.
 * @throws as refundPayment does; conflict while the provider's answer is not known, and when it does not give up
 */
export async function unwindPayment(context: Context, { payment_id }: { payment_id: string }): Promise<void> {
  const tenantId = tenantOf(context)
  const [payment] = await context.db.read(
    context.scope,
    statement<{
      captured_minor: bigint
      refunded_minor: bigint
      provider_id: string
      payment_account_id: string | null
      currency_code: string
      amount_minor: bigint
      data: Record<string, unknown>
      canceled_at: Date | null
      /** Given back as store credit, beyond what the order's other payments hold, or taken by a bank. */
      kept_minor: bigint
    }>(
      'payments.to_unwind',
      `select p.captured_minor, p.refunded_minor, p.provider_id, p.payment_account_id, p.currency_code, p.amount_minor, p.data, p.canceled_at,
              p.lost_minor + greatest(o.credit_returned_minor - o.credit_minor - coalesce((
                select sum(q.captured_minor - q.refunded_minor - q.lost_minor)
                from payment_collection w join payment q on q.tenant_id = $1 and q.payment_collection_id = w.id
                where w.tenant_id = $1 and w.order_id = o.id and q.id <> p.id), 0), 0)::bigint as kept_minor
       from payment p join payment_collection k on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id
       join orders o on o.tenant_id = k.tenant_id and o.id = k.order_id
       where p.tenant_id = $1 and p.id = $2 and p.cancel_requested_at is not null`,
      [tenantId, payment_id],
    ),
  )
  if (payment === undefined) return
  if (payment.captured_minor - payment.kept_minor > payment.refunded_minor) {
    await refundPayment(context, payment_id, { note: 'Order canceled' })
    // A smaller refund may have been under way: then that was settled, and the rest is left.
    return unwindPayment(context, { payment_id })
  }
  if (payment.captured_minor === 0n && payment.canceled_at === null) {
    const provider = paymentProviderOf(payment.provider_id)
    if (provider === undefined) throw unexpectedState(`Payment provider ${payment.provider_id} is not installed in this process`)
    const money = { amountMinor: payment.amount_minor, currency: payment.currency_code }
    const operation = {
      key: `cancel:${payment_id}`,
      kind: 'cancel',
      isAnew: true,
      accountId: payment.payment_account_id,
      request: { money: keptMoney(money) },
    }
    const outcome = await perform(context, provider, operation, (call, kept) => provider.cancel(call, moneyOf(kept), payment.data))
    if (outcome.kind !== 'ok')
      throw conflict(`The payment provider did not give the payment up: ${outcome.message}`, 'payment_outcome_unknown')
  }
  await noteUnwound(context, payment_id, payment.kept_minor)
}

async function noteUnwound(context: Context, paymentId: string, keptMinor: bigint): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [payment] = await unit.run(lockPaymentStatement(tenantId, paymentId))
    // Captured while the provider was asked: that has its own event.
    if (payment === undefined || payment.captured_minor - keptMinor > payment.refunded_minor) return
    await unit.run(giveUpStatement(tenantId, paymentId))
    await unit.run(
      statement(
        'payments.unwound',
        `update outbox_event set state = 'done', finished_at = now()
         where tenant_id = $1 and state = 'queued' and name = 'payment.cancel_requested'
           and payload = jsonb_build_object('payment_id', $2::text) and available_at > now() - interval '1 day'`,
        [tenantId, paymentId],
      ),
    )
  })
}

/**
 * A payment of which nothing was taken is given up, by us or by its provider: nothing is authorised any more. Whoever hears
 * of it first writes it.
 */
export const giveUpStatement = (tenantId: string, paymentId: string) =>
  statement(
    'payments.give_up',
    `with gone as (
       update payment set canceled_at = now(), updated_at = now()
       where tenant_id = $1 and id = $2 and captured_minor = 0 and canceled_at is null returning payment_collection_id
     )
     update payment_collection k set status = 'canceled', authorized_minor = 0, updated_at = now()
     from gone where k.tenant_id = $1 and k.id = gone.payment_collection_id`,
    [tenantId, paymentId],
  )

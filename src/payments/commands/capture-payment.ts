import { type Context, type Statement, statement, tenantOf } from '../../db/index.js'
import { emit } from '../../events/index.js'
import {
  conflict,
  invalidData,
  newId,
  notAllowed,
  notFound,
  paymentAuthorizationError,
  toMajor,
  toMinor,
  unexpectedState,
} from '../../kernel/index.js'
import { paymentEntry, post } from '../../ledger/index.js'
import { keptMoney, moneyOf, perform } from '../operations.js'
import { lesserOf } from '../credits.js'
import { lockOrderOfPaymentStatement } from '../locks.js'
import { fitCollections, notePaidStatement } from '../order-collections.js'
import { paymentProviderOf } from '../registry.js'

interface OpenPayment {
  id: string
  payment_collection_id: string
  order_id: string | null
  provider_id: string
  payment_account_id: string | null
  currency_code: string
  amount_minor: bigint
  captured_minor: bigint
  /** Authorised, and let go by the provider: it cannot be captured any more. */
  lapsed_minor: bigint
  /** What of its collection is still to be captured: less than was authorised, when the order has come to less since. */
  due_minor: bigint
  data: Record<string, unknown>
  canceled_at: Date | null
  cancel_requested_at: Date | null
}

function paymentStatement(tenantId: string, id: string, lock: boolean): Statement<OpenPayment> {
  return statement(
    lock ? 'payments.lock' : 'payments.open',
    `select p.id, p.payment_collection_id, k.order_id, p.provider_id, p.payment_account_id, p.currency_code, p.amount_minor, p.captured_minor, p.lapsed_minor,
            k.amount_minor - k.captured_minor as due_minor, p.data, p.canceled_at, p.cancel_requested_at
     from payment p join payment_collection k on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id
     where p.tenant_id = $1 and p.id = $2${lock ? ' for update' : ''}`,
    [tenantId, id],
  )
}

/**
 * Takes authorised money: the provider first, outside any transaction, then payment, capture, collection and books in
 * one. The provider's key is made from what was captured before, so that a click twice, two members of staff at once,
 * and a repeat after a crash take the money once. Without an amount, everything that is open; where nothing is open
 * any more, nothing happens. No more is open than the order still costs of the payment.
 * @param amount in major units of the payment's currency
 * @throws not_found; invalid_data for more than was authorised and for a canceled payment; not_allowed for more than is open;
 * payment_authorization_error when the provider declines; conflict while its answer is not known, and when somebody else captured meanwhile
 */
export async function capturePayment(context: Context, id: string, amount: number | undefined): Promise<void> {
  const tenantId = tenantOf(context)
  const [payment] = await context.db.read(context.scope, paymentStatement(tenantId, id, false))
  if (payment === undefined) throw notFound(`Payment with id: ${id} was not found`)
  const open = lesserOf(payment.amount_minor - payment.captured_minor - payment.lapsed_minor, payment.due_minor)
  if (payment.canceled_at !== null || payment.cancel_requested_at !== null) throw invalidData(`The payment: ${id} has been canceled.`)
  if (amount === undefined && open === 0n) return
  const wanted = amount === undefined ? open : toMinor(amount, payment.currency_code)
  if (open === 0n && payment.lapsed_minor > 0n) {
    throw notAllowed(
      'The provider captures a payment once, and has let the rest of it go. What is still owed of the order is to be paid by its other payment collection.',
    )
  }
  if (wanted > payment.amount_minor - payment.captured_minor) {
    throw invalidData('You cannot capture more than the authorized amount substracted by what is already captured.')
  }
  if (wanted > open) {
    throw notAllowed(`${toMajor(open, payment.currency_code)} ${payment.currency_code.toUpperCase()} can still be captured, and no more`)
  }
  const data = await take(context, payment, wanted)
  await bookCapture(context, { id, capturedMinor: payment.captured_minor }, wanted, data)
}

async function take(context: Context, payment: OpenPayment, amountMinor: bigint): Promise<Record<string, unknown>> {
  const provider = paymentProviderOf(payment.provider_id)
  if (provider === undefined) throw unexpectedState(`Payment provider ${payment.provider_id} is not installed in this process`)
  const operation = {
    // With the amount: who captures another one at the same time must not be given this one's answer.
    key: `capture:${payment.id}:${payment.captured_minor}:${amountMinor}`,
    kind: 'capture',
    // A bank that declined may agree later.
    isAnew: true,
    accountId: payment.payment_account_id,
    request: { money: keptMoney({ amountMinor, currency: payment.currency_code }) },
  }
  const outcome = await perform(context, provider, operation, (call, kept) => provider.capture(call, moneyOf(kept), payment.data))
  if (outcome.kind === 'ok') return outcome.value.data
  if (outcome.kind === 'unknown' || outcome.kind === 'throttled') {
    throw conflict('The payment provider has not answered yet. Try again: the money is taken once.', 'payment_outcome_unknown')
  }
  throw paymentAuthorizationError(outcome.message)
}

/**
 * Books money that a provider took: payment, capture, collection, and the books, in one.
 * @param seen what was captured before, as the caller saw it: whoever books the same capture second finds it booked
 * @throws conflict when somebody else captured another amount meanwhile
 */
export async function bookCapture(
  context: Context,
  seen: { id: string; capturedMinor: bigint },
  amountMinor: bigint,
  data: Record<string, unknown>,
): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    // The order first: whether it is paid in whole follows from all of its payments, which are booked one after another.
    const [[order], [payment]] = await Promise.all([
      unit.run(lockOrderOfPaymentStatement(tenantId, seen.id)),
      unit.run(paymentStatement(tenantId, seen.id, true)),
    ])
    if (payment === undefined || order === undefined || payment.order_id === null) throw unexpectedState(`Payment ${seen.id} has no order`)
    if (payment.captured_minor !== seen.capturedMinor) {
      // The same capture, told by another caller under the same key: it is booked.
      if (payment.captured_minor === seen.capturedMinor + amountMinor) return
      throw conflict('This payment was captured by somebody else meanwhile. Look at it again.', 'payment_changed')
    }
    const captureId = newId('capt')
    const open = payment.amount_minor - payment.captured_minor - payment.lapsed_minor - amountMinor
    const lapsed = paymentProviderOf(payment.provider_id)?.capturesOnce === true && open > 0n ? open : 0n
    await Promise.all([
      unit.run(
        statement(
          'payments.note_capture',
          `with taken as (
             update payment set captured_minor = captured_minor + $3, lapsed_minor = lapsed_minor + $7, data = $4, updated_at = now(),
               captured_at = case when captured_minor + $3 + lapsed_minor + $7 = amount_minor then now() else captured_at end
             where tenant_id = $1 and id = $2)
           insert into capture (tenant_id, id, payment_id, amount_minor, created_by) values ($1, $5, $2, $3, $6)`,
          [tenantId, seen.id, amountMinor, JSON.stringify(data), captureId, context.actorId, lapsed],
        ),
      ),
      unit.run(
        statement(
          'payments.note_captured_collection',
          // What the provider took is booked, also when the order has come to less while it was asked.
          // Of a payment that takes no more, it is not there to take more either.
          `update payment_collection set captured_minor = captured_minor + $3, updated_at = now(),
             amount_minor = case when $4 then captured_minor + $3 else greatest(amount_minor, captured_minor + $3) end,
             status = case when $4 or captured_minor + $3 >= amount_minor then 'completed' else status end,
             completed_at = case when $4 or captured_minor + $3 >= amount_minor then now() else completed_at end
           where tenant_id = $1 and id = $2`,
          [tenantId, payment.payment_collection_id, amountMinor, lapsed > 0n],
        ),
      ),
      unit.run(notePaidStatement(tenantId, payment.order_id)),
      post(unit, [
        paymentEntry({
          captureId,
          orderId: payment.order_id,
          providerId: payment.provider_id,
          currency: payment.currency_code,
          amountMinor,
          occurredAt: context.clock.now(),
        }),
      ]),
    ])
    if (lapsed > 0n && payment.cancel_requested_at === null) await fitCollections(unit, order)
    await emit(unit, 'order.payment_captured', { order_id: payment.order_id, capture_id: captureId }, { requestId: context.requestId })
    // The order was canceled while the provider was asked: what it took goes back.
    if (payment.cancel_requested_at !== null)
      await emit(unit, 'payment.cancel_requested', { payment_id: seen.id }, { requestId: context.requestId })
  })
}

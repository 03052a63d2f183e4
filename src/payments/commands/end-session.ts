import { type Context, statement, tenantOf } from '../../db/index.js'
import { conflict, unexpectedState } from '../../kernel/index.js'
import { readingCall } from '../accounts.js'
import { keptMoney, moneyOf, perform } from '../operations.js'
import { paymentProviderOf } from '../registry.js'

interface EndedSession {
  status: string
  provider_id: string
  payment_account_id: string | null
  reference: string | null
  currency_code: string
  amount_minor: bigint
  data: Record<string, unknown>
  /** An attempt to complete the cart goes on with it, or its order was placed. */
  is_used: boolean
}

/**
 * Gives up at the provider what a session was for that no order came of: the shopper's cart changed, or could not be
 * completed. What is only authorised is canceled; what was taken already is given back. May be called any number of times.
 * Handler of `payment_session.ended`.
 * @param ended.unless_used set where the session was not ended: it ends now, unless an order came of it meanwhile
 */
export async function endPaymentSession(
  context: Context,
  ended: { payment_session_id: string; unless_used?: boolean | undefined },
): Promise<void> {
  const session = await readSession(context, ended.payment_session_id, ended.unless_used === true)
  if (session === undefined || session.is_used || session.status !== 'canceled' || session.reference === null) return
  const provider = paymentProviderOf(session.provider_id)
  if (provider?.remote === undefined) throw unexpectedState(`Payment provider ${session.provider_id} is not installed in this process`)
  const found = await provider.remote.fetchPayment(await readingCall(context, provider, session.payment_account_id), session.reference)
  if (found.kind !== 'ok')
    throw conflict(`The payment provider did not say what became of the payment: ${found.message}`, 'payment_outcome_unknown')
  const payment = found.value
  if (payment.status === 'canceled') return
  const returned = payment.refunds.reduce((sum, refund) => (refund.status === 'failed' ? sum : sum + refund.amountMinor), 0n)
  const left = payment.capturedMinor - returned
  if (payment.status === 'captured' && left === 0n) return
  const isTaken = payment.status === 'captured'
  const money = { amountMinor: isTaken ? left : payment.amountMinor, currency: payment.currency }
  const accountId = session.payment_account_id
  const key = `${isTaken ? 'return' : 'end'}:${ended.payment_session_id}`
  const outcome = await perform(
    context,
    provider,
    { key, kind: isTaken ? 'refund' : 'cancel', accountId, request: { money: keptMoney(money) }, isAnew: true },
    (call, kept) => (isTaken ? provider.refund(call, moneyOf(kept), session.data) : provider.cancel(call, moneyOf(kept), session.data)),
  )
  // Refused because it was taken meanwhile: the next look finds it so.
  if (outcome.kind !== 'ok')
    throw conflict(`The payment provider did not give the payment up: ${outcome.message}`, 'payment_outcome_unknown')
}

async function readSession(context: Context, id: string, isToEnd: boolean): Promise<EndedSession | undefined> {
  const tenantId = tenantOf(context)
  return context.db.unitOfWork(context.scope, async (unit) => {
    if (isToEnd) {
      await unit.run(
        statement(
          'payments.end_unused_session',
          `update payment_session s set status = 'canceled', updated_at = now()
           where s.tenant_id = $1 and s.id = $2 and s.status in ('pending', 'requires_more')
             and not exists (select 1 from checkout c where c.tenant_id = $1 and c.payment_session_id = s.id and c.state in ('open', 'completed'))`,
          [tenantId, id],
        ),
      )
    }
    const [session] = await unit.run(
      statement<EndedSession>(
        'payments.ended_session',
        `select s.status, s.provider_id, s.payment_account_id, s.reference, s.currency_code, s.amount_minor, s.data,
                exists (select 1 from payment p where p.tenant_id = $1 and p.payment_session_id = s.id)
                or exists (select 1 from checkout c where c.tenant_id = $1 and c.payment_session_id = s.id and c.state in ('open', 'completed'))
                  as is_used
         from payment_session s where s.tenant_id = $1 and s.id = $2`,
        [tenantId, id],
      ),
    )
    return session
  })
}

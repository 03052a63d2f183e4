import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { conflict } from '../../kernel/index.js'
import { paymentProviderOf } from '../registry.js'
import { endPaymentSession } from './end-session.js'
import { type CompleteCart, settlePayment } from './settle-payment.js'

const firstDelay_ms = 300_000
const longestDelay_ms = 21_600_000
/** 5 min, 10, 20 … then every six hours: two weeks, in which slow methods have come to an end. */
const roundsMaximum = 60
/** A shopper who has not paid by then does not come back to this page (about a day). */
const roundsOfShopper = 10

/** Asks for a payment to be looked at later: an event of the provider may be lost. */
export function scheduleCheck(unit: Unit, sessionId: string, round: number, now: Date): Promise<void> {
  const delay_ms = Math.min(firstDelay_ms * 2 ** round, longestDelay_ms)
  return emit(unit, 'payment_session.check', { payment_session_id: sessionId, round }, { availableAt: new Date(now.getTime() + delay_ms) })
}

/**
 * Looks at a payment that its provider has told nothing of, and settles it. One that its shopper has left is ended after a
 * day. Handler of `payment_session.check`.
 */
export async function checkPaymentSession(
  context: Context,
  { payment_session_id, round }: { payment_session_id: string; round: number },
  complete: CompleteCart,
): Promise<void> {
  const tenantId = tenantOf(context)
  const [session] = await context.db.read(
    context.scope,
    statement<{ provider_id: string; reference: string | null; is_over: boolean; is_used: boolean }>(
      'payments.session_to_check',
      `select s.provider_id, s.reference,
              p.id is not null or s.status = 'pending_authorization' or exists (select 1 from checkout c
                where c.tenant_id = $1 and c.payment_session_id = s.id and c.state in ('open', 'completed')) as is_used,
              s.status in ('canceled', 'error') or p.captured_minor + p.lapsed_minor = p.amount_minor or p.canceled_at is not null as is_over
       from payment_session s
       left join payment p on p.tenant_id = s.tenant_id and p.payment_session_id = s.id
       where s.tenant_id = $1 and s.id = $2`,
      [tenantId, payment_session_id],
    ),
  )
  if (session === undefined || session.reference === null || session.is_over === true || round >= roundsMaximum) return
  if (!session.is_used && round >= roundsOfShopper) return endPaymentSession(context, { payment_session_id, unless_used: true })
  const provider = paymentProviderOf(session.provider_id)
  if (provider?.remote === undefined) throw conflict(`Payment provider ${session.provider_id} is not installed in this process`)
  await settlePayment(context, provider, session.reference, complete)
  await context.db.unitOfWork(context.scope, (unit) => scheduleCheck(unit, payment_session_id, round + 1, context.clock.now()))
}

import { returnCredit } from '../../credit/index.js'
import { type Context, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { invalidData, newId, notAllowed, notFound, toMajor, toMinor } from '../../kernel/index.js'
import { creditEntry, post } from '../../ledger/index.js'
import { divideRefund, insertCreditsStatement, lesserOf, openPartsStatement, overpaid, sumOf } from '../credits.js'
import { lockOrderToCreditStatement, lockPartsStatement, lockPaymentsOfOrderStatement } from '../locks.js'

export interface AsCredit {
  /** Major units of the order's currency. */
  amount: number
  note?: string | null | undefined
}

/**
 * Gives of an order back as store credit: what was paid with cards and accounts first, to those; what is more out of the
 * captured money, which stays with the store, to the customer's own account. Divided among the order's lines and shipping
 * as a refund is. No provider is asked, so it is one transaction.
 * @throws not_found for the order, or where there is no customer with an account to give it to; not_allowed for more than
 * was paid and not given back
 */
export async function refundAsCredit(context: Context, orderId: string, input: AsCredit): Promise<void> {
  await context.db.unitOfWork(context.scope, (unit) => refundAsCreditIn(unit, context, orderId, input))
}

/** The same in the caller's unit of work. Answers the id that the books know it by. */
export async function refundAsCreditIn(unit: Unit, context: Context, orderId: string, input: AsCredit): Promise<string> {
  const tenantId = tenantOf(unit)
  const [[order], payments] = await Promise.all([
    unit.run(lockOrderToCreditStatement(tenantId, orderId)),
    unit.run(lockPaymentsOfOrderStatement(tenantId, orderId)),
  ])
  if (order === undefined) throw notFound(`Order with id: ${orderId} was not found`)
  if (order.status === 'canceled') throw notAllowed('What was paid for a canceled order is given back already')
  const currency = order.currency_code
  const amountMinor = toMinor(input.amount, currency)
  if (amountMinor <= 0n) throw invalidData('The amount must be more than nothing')
  const [, parts] = await Promise.all([unit.run(lockPartsStatement(tenantId, orderId)), unit.run(openPartsStatement(tenantId, orderId))])
  const money = payments.reduce(
    (sum, payment) => sum + payment.captured_minor - payment.refunded_minor - payment.lost_minor - payment.pending_refund_minor,
    0n,
  )
  const paid = money + order.credit_minor - order.credit_returned_minor
  // What was paid too much is given back first, and credits nothing of the order.
  const beyond = overpaid(order, money, parts)
  const most = lesserOf(paid, sumOf(parts) + beyond)
  if (amountMinor > most) {
    throw notAllowed(`${toMajor(most, currency)} ${currency.toUpperCase()} were paid and not given back, and no more`)
  }
  const credits = divideRefund(order, amountMinor > beyond ? amountMinor - beyond : 0n, parts)
  const source = newId('ordcl')
  await unit.run(insertCreditsStatement(tenantId, { orderId, refundId: null, currency, state: 'booked' }, credits))
  await post(unit, [creditEntry({ source, kind: 'credit', orderId, currency, occurredAt: context.clock.now(), parts: credits })])
  await returnCredit(unit, order, { source, amountMinor, note: input.note, createdBy: context.actorId, now: context.clock.now() })
  await emit(unit, 'order.credited', { order_id: orderId }, { requestId: context.requestId })
  return source
}

import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { conflict, invalidData, newId, notFound, toMinor } from '../../kernel/index.js'
import { creditEntry, post } from '../../ledger/index.js'
import {
  divideCredit,
  fitCollections,
  insertCreditsStatement,
  lockPartsStatement,
  lockPaymentsOfOrderStatement,
  notePaidStatement,
  openPartsStatement,
  refundAsCreditIn,
} from '../../payments/index.js'
import { lockOrderStatement } from '../locks.js'
import { type CreditGiven, loadOrderStatement } from '../queries/load-order.js'
import { moneyOf } from '../queries/order-money.js'

export interface CreditLineInput {
  /** Major units of the order's currency. */
  amount: number
  reference: string
  reference_id: string
  metadata?: Record<string, unknown> | null | undefined
}

/**
 * Settles by credit what is not even of an order, for a reason that staff name. What the shopper still owes is taken off: nobody pays
 * it, and vendor, store and tax get that much less, as of something sold for less. What is owed to the shopper, an amount below nothing,
 * is given as store credit.
 * @throws not_found; invalid_data for a canceled order and, in Medusa's words, where nothing is owed or more is credited than that;
 * conflict while money is being refunded; as refundAsCredit does
 */
export async function creditOrder(context: Context, orderId: string, input: CreditLineInput): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [locked] = await unit.run(lockOrderStatement(tenantId, orderId))
    if (locked === undefined || locked.status === 'draft') throw notFound(`Order id not found: ${orderId}`)
    if (locked.status === 'canceled') throw invalidData(`Order with id ${orderId} has been canceled.`)
    const [payments] = await Promise.all([
      unit.run(lockPaymentsOfOrderStatement(tenantId, orderId)),
      unit.run(lockPartsStatement(tenantId, orderId)),
    ])
    if (payments.some((payment) => payment.pending_refund_minor > 0n)) {
      throw conflict('A refund of this order is under way: what is owed is known when it has ended', 'refund_in_progress')
    }
    // Sent behind the locks: what is read is what the last holder left.
    const [[order], open] = await Promise.all([
      unit.run(loadOrderStatement(tenantId, orderId)),
      unit.run(openPartsStatement(tenantId, orderId)),
    ])
    if (order === undefined) throw notFound(`Order id not found: ${orderId}`)
    const currency = order.currency_code
    const amountMinor = toMinor(input.amount, currency)
    refuseMisfit(amountMinor, toMinor(moneyOf(order).summary.pending_difference as number, currency))
    if (amountMinor < 0n) {
      const note = `${input.reference} ${input.reference_id}`
      const id = await refundAsCreditIn(unit, context, orderId, { amount: -input.amount, note })
      await noteGiven(unit, context, orderId, { id, amount_minor: Number(-amountMinor), ...named(input) })
      return
    }
    const credits = divideCredit(amountMinor, open)
    const line = newId('ordcl')
    const inserted = await unit.run(insertCreditsStatement(tenantId, { orderId, refundId: null, currency, state: 'booked' }, credits))
    await unit.run(
      statement(
        'orders.name_credit_line',
        `update order_credit set credit_line_id = $3, reference = $4, reference_id = $5, metadata = $6 where tenant_id = $1 and id = any($2)`,
        [
          tenantId,
          inserted.map(({ id }) => id),
          line,
          input.reference,
          input.reference_id,
          input.metadata == null ? null : JSON.stringify(input.metadata),
        ],
      ),
    )
    await post(unit, [creditEntry({ source: line, kind: 'credit', orderId, currency, occurredAt: context.clock.now(), parts: credits })])
    await fitCollections(unit, order)
    await emit(unit, 'order.credited', { order_id: orderId }, { requestId: context.requestId })
    const paid = await unit.run(notePaidStatement(tenantId, orderId))
    if (paid.length > 0) await emit(unit, 'order.payment_captured', { order_id: orderId }, { requestId: context.requestId })
  })
}

const named = ({ reference, reference_id, metadata }: CreditLineInput) => ({ reference, reference_id, metadata: metadata ?? null })

/** Keeps what staff said of store credit that they gave of the order. */
async function noteGiven(unit: Unit, context: Context, orderId: string, given: Omit<CreditGiven, 'created_at'>): Promise<void> {
  const line: CreditGiven = { ...given, created_at: context.clock.now().toISOString() }
  await unit.run(
    statement('orders.note_credit_given', 'update orders set credits_given = credits_given || $3::jsonb where tenant_id = $1 and id = $2', [
      tenantOf(unit),
      orderId,
      JSON.stringify([line]),
    ]),
  )
}

function refuseMisfit(amountMinor: bigint, owedMinor: bigint): void {
  if (owedMinor === 0n) throw invalidData('Can only create credit lines if the order has a positive or negative pending difference')
  if (owedMinor > 0n && amountMinor < 0n)
    throw invalidData('Can only create positive credit lines if the order has a positive pending difference')
  if (owedMinor < 0n && amountMinor > 0n)
    throw invalidData('Can only create negative credit lines if the order has a negative pending difference')
  if (owedMinor < 0n && -amountMinor > -owedMinor)
    throw invalidData('Cannot create more negative credit lines with amount more than the pending difference')
  if (amountMinor > owedMinor && owedMinor > 0n)
    throw invalidData('Cannot create more positive credit lines with amount more than the pending difference')
  if (amountMinor === 0n) throw invalidData('The amount must be more than nothing')
}

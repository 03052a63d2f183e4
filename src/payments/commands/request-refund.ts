import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { conflict, invalidData, newId, notAllowed, notFound, toMajor, toMinor, unexpectedState } from '../../kernel/index.js'
import {
  divideRefund,
  insertCreditsStatement,
  keptAsCredit,
  lesserOf,
  type OpenPart,
  openPartsStatement,
  overpaid,
  sumOf,
} from '../credits.js'
import { lockOrderOfPaymentStatement, lockPartsStatement, lockPaymentStatement, type OrderLock, type PaymentLock } from '../locks.js'
import { paymentProviderOf } from '../registry.js'
import { divideAmongReturned, type NamedCredits, returnMeant, type WorthOfReturn, worthOfReturn } from '../returned-goods.js'
import { bookForeignRefund, settleRefund } from './settle-refund.js'

export interface RefundInput {
  /** Major units of the payment's currency; without it, all that is left, or what a return is worth. */
  amount?: number | undefined
  refund_reason_id?: string | null | undefined
  note?: string | null | undefined
  /** The refund is for these goods, and divided among their lines alone. Where none is named, what came back and was not paid for is meant. */
  return_id?: string | null | undefined
}

/** A refund that is still open after this is taken up by the worker. */
const resumeAfter_ms = 30_000

/**
 * Gives money back: first a row that says so, then the provider, outside any transaction, under that row's key, then
 * payment, collection, credits and books in one. A second request for the same amount while the first is under way
 * goes on with the first, and a crash anywhere between is resumed: the money goes back once.
 * @throws not_found for payment, reason or return; invalid_data for more than was captured and not given back, and for more than
 * the return is worth; not_allowed for what the store keeps or the bank has; payment_authorization_error when the provider declines; conflict
 * while another refund of the payment, or the provider's answer, is open
 */
export async function refundPayment(context: Context, paymentId: string, input: RefundInput): Promise<void> {
  const refundId = await context.db.unitOfWork(context.scope, (unit) => requestRefund(unit, context, paymentId, input))
  await settleRefund(context, refundId)
}

async function requestRefund(unit: Unit, context: Context, paymentId: string, input: RefundInput): Promise<string> {
  const tenantId = tenantOf(unit)
  const [[order], [payment]] = await Promise.all([
    unit.run(lockOrderOfPaymentStatement(tenantId, paymentId)),
    unit.run(lockPaymentStatement(tenantId, paymentId)),
  ])
  if (payment === undefined || order === undefined) throw notFound(`Payment id not found: ${paymentId}`)
  if (paymentProviderOf(payment.provider_id) === undefined) {
    throw unexpectedState(`Payment provider ${payment.provider_id} is not installed in this process`)
  }
  const wanted = input.amount === undefined ? null : toMinor(input.amount, payment.currency_code)
  if (payment.pending_refund_id !== null) {
    if (wanted === null || wanted === payment.pending_refund_minor) return payment.pending_refund_id
    throw conflict('Another refund of this payment is under way. Look at it again when it is settled.', 'refund_in_progress')
  }
  if (payment.is_disputed) {
    throw notAllowed("The shopper's bank has this money while it looks at a dispute: a refund would pay it twice. Wait for its decision.")
  }
  await refuseUnknownReason(unit, input.refund_reason_id ?? null)
  const [, open] = await Promise.all([unit.run(lockPartsStatement(tenantId, order.id)), unit.run(openPartsStatement(tenantId, order.id))])
  const money = payment.captured_minor - payment.refunded_minor - payment.lost_minor + payment.others_minor
  const returnId =
    input.return_id ?? (wanted === null || overpaid(order, money, open) > 0n ? null : await returnMeant(unit, order, wanted, open))
  const worth = returnId === null ? null : await worthOfReturn(unit, order, returnId, open)
  const amountMinor = amountOf(payment, wanted, worth, notRefundable(order, open))
  // What was paid too much is given back first, and credits nothing. A return's goods are credited whatever was paid.
  const wantedCredit = worth === null ? amountMinor - overpaid(order, money, open) : amountMinor
  const creditMinor = wantedCredit > 0n ? lesserOf(wantedCredit, sumOf(worth?.parts ?? open)) : 0n
  const refundId = newId('ref')
  const named = { ...input, return_id: returnId }
  const row = { id: refundId, orderId: order.id, payment, amountMinor, input: named, createdBy: context.actorId }
  const credits =
    worth === null
      ? await divideAmongReturned(unit, order, creditMinor, open)
      : [{ returnId: null, credits: divideRefund(order, creditMinor, worth.parts) }]
  await insertRefund(unit, row, credits)
  await emit(
    unit,
    'refund.requested',
    { refund_id: refundId },
    { availableAt: new Date(context.clock.now().getTime() + resumeAfter_ms), requestId: context.requestId },
  )
  return refundId
}

/**
 * A refund that somebody made in the provider's own pages: the order is credited by it as by one of ours. What the money
 * is more than the order was sold for stays owed by the shopper in the books, for a person to look at.
 */
export async function noteForeignRefund(
  context: Context,
  paymentId: string,
  refund: { reference: string; amountMinor: bigint },
): Promise<void> {
  const tenantId = tenantOf(context)
  const refundId = await context.db.unitOfWork(context.scope, async (unit) => {
    const [[order], [payment]] = await Promise.all([
      unit.run(lockOrderOfPaymentStatement(tenantId, paymentId)),
      unit.run(lockPaymentStatement(tenantId, paymentId)),
    ])
    if (payment === undefined || order === undefined) throw notFound(`Payment id not found: ${paymentId}`)
    if (payment.pending_refund_id !== null) throw conflict('Another refund of this payment is under way', 'refund_in_progress')
    const [known] = await unit.run(
      statement<{ id: string }>(
        'payments.refund_by_reference',
        'select id from refund where tenant_id = $1 and payment_id = $2 and reference = $3',
        [tenantId, paymentId, refund.reference],
      ),
    )
    if (known !== undefined) return known.id
    const [, open] = await Promise.all([unit.run(lockPartsStatement(tenantId, order.id)), unit.run(openPartsStatement(tenantId, order.id))])
    const id = newId('ref')
    const input = { note: `Made at the payment provider: ${refund.reference}` }
    const money = payment.captured_minor - payment.refunded_minor - payment.lost_minor + payment.others_minor
    const wanted = refund.amountMinor - overpaid(order, money, open)
    const credits = await divideAmongReturned(unit, order, wanted > 0n ? lesserOf(wanted, sumOf(open)) : 0n, open)
    const row = {
      id,
      orderId: order.id,
      payment,
      amountMinor: refund.amountMinor,
      input,
      createdBy: 'provider',
      reference: refund.reference,
    }
    await insertRefund(unit, row, credits)
    return id
  })
  await bookForeignRefund(context, refundId, refund.reference)
}

/** What of the captured money was given back as store credit, or is on gift cards that it bought. */
function notRefundable(order: OrderLock, open: readonly OpenPart[]): bigint {
  return open.reduce((sum, part) => sum + part.held_minor, keptAsCredit(order))
}

/** What is paid back: what was asked for, within what is there. */
function amountOf(payment: PaymentLock, wanted: bigint | null, worth: WorthOfReturn | null, kept: bigint): bigint {
  const own = payment.captured_minor - payment.refunded_minor - payment.lost_minor
  // What stays with the store may be of any of the order's payments.
  const left = lesserOf(own, own + payment.others_minor - kept)
  const shown = (minor: bigint) => `${toMajor(minor, payment.currency_code)} ${payment.currency_code.toUpperCase()}`
  const unreturned = payment.captured_minor - payment.refunded_minor
  if (wanted !== null && wanted > unreturned) throw invalidData('You are not allowed to refund more than the captured amount')
  if (unreturned <= 0n) throw invalidData('You cannot refund more than what is captured on the payment.')
  if (left <= 0n) throw notAllowed('Nothing that was captured on the payment is left to refund.')
  if (worth !== null) {
    const most = sumOf(worth.parts)
    if (most === 0n) throw notAllowed('Nothing that was received with this return is left to refund.')
    if (wanted !== null && wanted > most) throw invalidData(`This return is worth ${shown(most)}, and no more`)
  }
  const offered = worth === null || worth.offeredMinor > left ? left : worth.offeredMinor
  const amount = wanted ?? offered
  if (amount <= 0n) throw notAllowed('What is left of the return is worth no more than sending it back costs: say an amount to give it up.')
  if (amount > left)
    throw notAllowed(
      `${shown(left)} of the payment are left to refund, and no more: the rest is store credit, on gift cards, or with the bank.`,
    )
  return amount
}

async function refuseUnknownReason(unit: Unit, id: string | null): Promise<void> {
  if (id === null) return
  const rows = await unit.run(
    statement<{ id: string }>(
      'payments.refund_reason',
      'select id from refund_reason where tenant_id = $1 and id = $2 and deleted_at is null',
      [tenantOf(unit), id],
    ),
  )
  if (rows.length === 0) throw notFound(`RefundReason id not found: ${id}`)
}

async function insertRefund(
  unit: Unit,
  refund: {
    id: string
    orderId: string
    payment: PaymentLock
    amountMinor: bigint
    input: RefundInput
    createdBy: string
    reference?: string
  },
  named: readonly NamedCredits[],
): Promise<void> {
  const tenantId = tenantOf(unit)
  const { payment, input, orderId } = refund
  await Promise.all([
    unit.run(
      statement(
        'payments.insert_refund',
        `insert into refund (tenant_id, id, payment_id, order_id, return_id, currency_code, amount_minor, refund_reason_id, note, created_by,
           reference)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          tenantId,
          refund.id,
          payment.id,
          orderId,
          input.return_id ?? null,
          payment.currency_code,
          refund.amountMinor,
          input.refund_reason_id ?? null,
          input.note ?? null,
          refund.createdBy,
          refund.reference ?? null,
        ],
      ),
    ),
    ...named.map(({ returnId, credits }) =>
      unit.run(
        insertCreditsStatement(
          tenantId,
          { orderId, refundId: refund.id, returnId, currency: payment.currency_code, state: 'pending' },
          credits,
        ),
      ),
    ),
  ])
}

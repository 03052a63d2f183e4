import { type Context, statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'
import { conflict, newId } from '../kernel/index.js'
import { disputeLostEntry, disputeReturnedEntry, disputeWonEntry, post } from '../ledger/index.js'
import {
  divideRefund,
  type DisputeSnapshot,
  insertCreditsStatement,
  lockOrderOfPaymentStatement,
  lockPartsStatement,
  lockPaymentStatement,
  noteMovements,
  type OpenPart,
  openPartsStatement,
  type PaymentProvider,
  readingCall,
  type Settled,
  type Touch,
} from '../payments/index.js'

interface DisputedPayment {
  id: string
  payment_account_id: string
}

interface DisputeRow {
  id: string
  status: DisputeSnapshot['status']
  loss_booked_at: Date | null
}

/**
 * Brings a dispute to what the provider says of it, in any order of events, any number of times: an inquiry moves no
 * money; a chargeback takes it until the bank has decided; a lost one is borne by those who were paid, or by the store;
 * one that is won after it was lost gives it back to them.
 * @param accountId the account that it is read through: the one whose event told of it
 * @throws conflict while the provider does not answer
 */
export async function settleDispute(context: Context, provider: PaymentProvider, touch: Touch, accountId: string): Promise<Settled> {
  if (provider.disputes === undefined) return { kind: 'unknown' }
  const found = await provider.disputes.fetchDispute(await readingCall(context, provider, accountId), touch.reference)
  if (found.kind === 'rejected') return { kind: 'unknown' }
  if (found.kind !== 'ok')
    throw conflict(`The payment provider did not say what became of the dispute: ${found.message}`, 'payment_outcome_unknown')
  const snapshot = found.value
  const [payment] = await context.db.read(
    context.scope,
    statement<DisputedPayment>(
      'disputes.payment',
      'select id, payment_account_id from payment where tenant_id = $1 and provider_id = $2 and reference = $3',
      [tenantOf(context), provider.id, snapshot.paymentReference],
    ),
  )
  if (payment === undefined) return { kind: 'unknown' }
  await noteMovements(context, { accountId: payment.payment_account_id, providerId: provider.id }, snapshot.movements)
  await context.db.unitOfWork(context.scope, (unit) => moveDispute(unit, context, payment.id, snapshot))
  if (snapshot.status !== 'unrecognised') return { kind: 'done' }
  return { kind: 'parked', reason: 'The provider gives the dispute a status that this version does not know' }
}

async function moveDispute(unit: Unit, context: Context, paymentId: string, snapshot: DisputeSnapshot): Promise<void> {
  const tenantId = tenantOf(unit)
  const [[order], [payment]] = await Promise.all([
    unit.run(lockOrderOfPaymentStatement(tenantId, paymentId)),
    unit.run(lockPaymentStatement(tenantId, paymentId)),
  ])
  if (order === undefined || payment === undefined) throw conflict(`The payment ${paymentId} has no order yet`)
  const now = context.clock.now()
  const [before] = await unit.run(
    statement<DisputeRow>(
      'disputes.before',
      'select id, status, loss_booked_at from dispute where tenant_id = $1 and payment_id = $2 and reference = $3',
      [tenantId, paymentId, snapshot.reference],
    ),
  )
  // What was decided stays decided where an event of the time before comes late; only a loss can be turned.
  const isOver = before !== undefined && ['won', 'inquiry_closed'].includes(before.status)
  if (isOver && before.status === snapshot.status) return
  const id = before?.id ?? newId('disp')
  const isClosed = ['won', 'lost', 'inquiry_closed'].includes(snapshot.status)
  await unit.run(
    statement(
      'disputes.write',
      `insert into dispute (tenant_id, id, payment_id, order_id, reference, currency_code, amount_minor, reason, status, evidence_due_at, closed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $11 then $12::timestamptz end)
       on conflict (tenant_id, payment_id, reference) do update set status = excluded.status, amount_minor = excluded.amount_minor,
         evidence_due_at = excluded.evidence_due_at, closed_at = excluded.closed_at, updated_at = now()`,
      [
        tenantId,
        id,
        paymentId,
        order.id,
        snapshot.reference,
        snapshot.currency,
        snapshot.amountMinor,
        snapshot.reason,
        snapshot.status,
        snapshot.evidenceDueAt,
        isClosed,
        now,
      ],
    ),
  )
  const about = { id, orderId: order.id, providerId: payment.provider_id, currency: snapshot.currency, occurredAt: now }
  if (snapshot.status === 'lost' && before?.loss_booked_at == null) await bookLoss(unit, order, about, paymentId, snapshot.amountMinor)
  if (snapshot.status === 'won' && before?.loss_booked_at != null) await bookLateWin(unit, about, paymentId)
  if (snapshot.status === 'lost' || before?.loss_booked_at != null) await bookReturned(unit, about, paymentId, snapshot)
  if (before?.status !== snapshot.status)
    await emit(unit, 'dispute.changed', { dispute_id: id, order_id: order.id }, { requestId: context.requestId })
}

interface About {
  id: string
  orderId: string
  providerId: string
  currency: string
  occurredAt: Date
}

/** What is left of the order's parts is credited, as by a refund, where vendors bear it; what is more is the store's loss. */
async function bookLoss(unit: Unit, order: { status: string }, about: About, paymentId: string, amountMinor: bigint): Promise<void> {
  const tenantId = tenantOf(unit)
  const [, parts, [store]] = await Promise.all([
    unit.run(lockPartsStatement(tenantId, about.orderId)),
    unit.run(openPartsStatement(tenantId, about.orderId)),
    unit.run(
      statement<{ dispute_liability: 'vendor' | 'store' }>(
        'disputes.liability',
        'select dispute_liability from store where tenant_id = $1',
        [tenantId],
      ),
    ),
  ])
  const open = parts.reduce((sum, part) => sum + part.amount_minor, 0n)
  const borne = store?.dispute_liability === 'store' ? 0n : open < amountMinor ? open : amountMinor
  const credits = divideRefund(order, borne, parts)
  const of = { orderId: about.orderId, refundId: null, disputeId: about.id, currency: about.currency, state: 'booked' as const }
  await Promise.all([
    ...(credits.length === 0 ? [] : [unit.run(insertCreditsStatement(tenantId, of, credits))]),
    noteLoss(unit, about, paymentId, amountMinor),
    post(unit, [disputeLostEntry({ ...about, parts: credits, lossMinor: amountMinor - borne })]),
  ])
}

async function bookLateWin(unit: Unit, about: About, paymentId: string): Promise<void> {
  const tenantId = tenantOf(unit)
  const [[dispute], , credits] = await Promise.all([
    unit.run(
      statement<{ amount_minor: bigint }>('disputes.amount', 'select amount_minor from dispute where tenant_id = $1 and id = $2', [
        tenantId,
        about.id,
      ]),
    ),
    unit.run(lockPartsStatement(tenantId, about.orderId)),
    unit.run(
      statement<OpenPart>(
        'disputes.void_credits',
        `update order_credit set state = 'void', updated_at = now() where tenant_id = $1 and dispute_id = $2 and state = 'booked'
         returning vendor_order_id, vendor_id, order_line_item_id, order_shipping_method_id, amount_minor, vendor_amount_minor,
           commission_minor, tax_minor, store_discount_minor, platform_discount_minor`,
        [tenantId, about.id],
      ),
    ),
  ])
  const amountMinor = dispute?.amount_minor ?? 0n
  const borne = credits.reduce((sum, credit) => sum + credit.amount_minor, 0n)
  await Promise.all([
    noteLoss(unit, about, paymentId, -amountMinor),
    post(unit, [disputeWonEntry({ ...about, parts: credits, lossMinor: amountMinor - borne })]),
  ])
}

/**
 * What a bank gives back of a dispute that stays lost, as where the shopper was refunded as well: so much less was lost. Where
 * the dispute is won in the end, its whole loss is turned, and this with it.
 */
async function bookReturned(unit: Unit, about: About, paymentId: string, snapshot: DisputeSnapshot): Promise<void> {
  const tenantId = tenantOf(unit)
  const isLost = snapshot.status === 'lost'
  const returned = snapshot.movements
    .filter(({ category }) => category === 'dispute_reversal')
    .map(({ reference, original, amountMinor, currency }) => ({ reference, money: original ?? { amountMinor, currency } }))
  if (returned.length === 0) return
  const booked = await unit.run(
    statement<{ source: string; kind: string }>(
      'disputes.returned',
      `select source, kind from ledger_transaction where tenant_id = $1 and source = any($2)
         and kind in ('dispute_returned', 'dispute_returned_reversal')`,
      [tenantId, returned.map(({ reference }) => reference)],
    ),
  )
  const has = (reference: string, kind: string) => booked.some((entry) => entry.source === reference && entry.kind === kind)
  const kind = isLost ? 'dispute_returned' : 'dispute_returned_reversal'
  const open = returned.filter(({ reference }) => !has(reference, kind) && (isLost || has(reference, 'dispute_returned')))
  const sum = open.reduce((total, { money }) => total + money.amountMinor, 0n)
  if (sum === 0n) return
  await unit.run(
    statement(
      'disputes.note_returned',
      'update payment set lost_minor = lost_minor + $3, updated_at = now() where tenant_id = $1 and id = $2',
      [tenantId, paymentId, isLost ? -sum : sum],
    ),
  )
  await post(
    unit,
    open.map(({ reference, money }) => disputeReturnedEntry({ ...about, kind, source: reference, ...money })),
  )
}

async function noteLoss(unit: Unit, about: About, paymentId: string, amountMinor: bigint): Promise<void> {
  await unit.run(
    statement(
      'disputes.note_loss',
      `with payment_row as (update payment set lost_minor = lost_minor + $4, updated_at = now() where tenant_id = $1 and id = $3)
       update dispute set loss_booked_at = case when $4::bigint > 0 then $5::timestamptz end where tenant_id = $1 and id = $2`,
      [tenantOf(unit), about.id, paymentId, amountMinor, about.occurredAt],
    ),
  )
}

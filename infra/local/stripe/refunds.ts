import { move, settled } from './balance.js'
import { type Call, refuseIgnored } from './call.js'
import { mergedMetadata } from './metadata.js'
import { checkAmount, written } from './currencies.js'
import { impossible, refused } from './errors.js'
import { emit } from './events.js'
import type { Charge, Dispute, Intent, Refund } from './objects.js'
import { filled } from './schema.js'
import type { Account } from './world.js'

const bankDays_ms = 3 * 86_400_000
const openChargeback = new Set(['needs_response', 'under_review', 'lost'])

const notSimulated = ['instructions_email', 'origin', 'refund_application_fee', 'reverse_transfer']

export function createRefund(call: Call): Refund {
  const { account, parameters } = call
  refuseIgnored(parameters, notSimulated)
  const charge = chargeToRefund(call)
  const left = charge.amount_captured - charge.amount_refunded
  const amount = (parameters.amount as number | undefined) ?? left
  checkRefundable(account, charge, amount, left)
  const behaviour = account.behaviours.get(charge.payment_method ?? '')
  const slow = behaviour?.type === 'us_bank_account'
  const refund = account.add<Refund>(
    filled<Refund>('Refund', {
      id: account.newId('re'),
      object: 'refund',
      amount,
      balance_transaction: null,
      charge: charge.id,
      created: account.world.now_s(),
      currency: charge.currency,
      destination_details: slow ? { type: 'us_bank_transfer', us_bank_transfer: {} } : { type: 'card', card: { type: 'refund' } },
      metadata: mergedMetadata({}, parameters.metadata ?? {}),
      payment_intent: charge.payment_intent,
      reason: (parameters.reason as string | undefined) ?? null,
      status: slow ? 'pending' : 'succeeded',
    }),
  )
  const money = settled(account, amount, charge.currency)
  refund.balance_transaction = move(account, {
    type: slow ? 'payment_refund' : 'refund',
    reporting_category: 'refund',
    ...money,
    amount: -money.amount,
    source: refund.id,
  }).id
  charge.amount_refunded += amount
  charge.refunded = charge.amount_refunded === charge.amount_captured
  emit(account, 'refund.created', refund, call)
  emit(account, 'charge.refunded', charge, call)
  if (behaviour?.refundFails) account.world.later(bankDays_ms, 'fail_refund', account, refund.id)
  if (slow) account.world.later(bankDays_ms, 'finish_refund', account, refund.id)
  return refund
}

function chargeToRefund({ account, parameters }: Call): Charge {
  if (parameters.charge !== undefined) return account.get<Charge>('charge', String(parameters.charge), 'charge')
  if (parameters.payment_intent === undefined) {
    throw refused('One of the following params should be provided for this request: payment_intent or charge.', {
      code: 'parameter_missing',
    })
  }
  const intent = account.get<Intent>('payment_intent', String(parameters.payment_intent), 'payment_intent')
  const charge = account.find<Charge>('charge', intent.latest_charge ?? '')
  if (charge === undefined || intent.status !== 'succeeded') {
    throw impossible(undefined, `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`)
  }
  return charge
}

function checkRefundable(account: Account, charge: Charge, amount: number, left: number): void {
  const disputes = account.all<Dispute>('dispute').filter((dispute) => dispute.charge === charge.id)
  if (disputes.some((dispute) => openChargeback.has(dispute.status))) {
    throw impossible('charge_disputed', `Charge ${charge.id} has been charged back; cannot issue a refund.`)
  }
  if (charge.refunded) throw impossible('charge_already_refunded', `Charge ${charge.id} has already been refunded.`)
  if (!charge.captured) throw impossible('charge_not_refundable', `Charge ${charge.id} is not captured; cancel its PaymentIntent instead.`)
  checkAmount(amount, charge.currency)
  if (amount > left) {
    const [asked, rest] = [written(amount, charge.currency), written(left, charge.currency)]
    throw impossible(undefined, `Refund amount (${asked}) is greater than unrefunded amount on charge (${rest})`, { param: 'amount' })
  }
}

export function finishRefund(account: Account, id: string): void {
  const refund = account.get<Refund>('refund', id)
  if (refund.status !== 'pending') return
  refund.status = 'succeeded'
  emit(account, 'refund.updated', refund)
  emit(account, 'charge.refund.updated', refund)
}

/** The card takes no refund: its bank sends the money back, unless that has happened already. */
export function failRefundLate(account: Account, id: string): void {
  if (account.get<Refund>('refund', id).status === 'succeeded') failRefund(account, id)
}

/** A bank sends a refund back, which may happen weeks after it succeeded: the money returns to the balance. */
export function failRefund(account: Account, id: string): void {
  const refund = account.get<Refund>('refund', id)
  if (refund.status !== 'succeeded' && refund.status !== 'pending') throw new Error(`refund ${id} is ${refund.status}`)
  undo(account, refund, 'refund_failure', { status: 'failed', failure_reason: 'lost_or_stolen_card' })
  emit(account, 'refund.updated', refund)
  emit(account, 'refund.failed', refund)
  emit(account, 'charge.refund.updated', refund)
}

function undo(account: Account, refund: Refund, category: string, change: Record<string, unknown>): void {
  const { amount, currency } = refund
  const transaction = move(account, {
    type: 'refund_failure',
    reporting_category: category,
    ...settled(account, amount, currency),
    source: refund.id,
  })
  Object.assign(refund, change, { failure_balance_transaction: transaction.id })
  const charge = account.get<Charge>('charge', refund.charge)
  charge.amount_refunded -= amount
  charge.refunded = false
}

export function cancelRefund(call: Call, id: string): Refund {
  const refund = call.account.get<Refund>('refund', id)
  if (refund.status !== 'pending') throw impossible(undefined, `This refund cannot be canceled: its status is ${refund.status}.`)
  undo(call.account, refund, 'refund_failure', { status: 'canceled' })
  emit(call.account, 'refund.updated', refund, call)
  emit(call.account, 'charge.refund.updated', refund, call)
  return refund
}

export function updateRefund(call: Call, id: string): Refund {
  const refund = call.account.get<Refund>('refund', id)
  refund.metadata = mergedMetadata(refund.metadata, call.parameters.metadata ?? {})
  emit(call.account, 'refund.updated', refund, call)
  emit(call.account, 'charge.refund.updated', refund, call)
  return refund
}

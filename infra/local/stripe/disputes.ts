import { move, settled } from './balance.js'
import type { Call } from './call.js'
import { mergedMetadata } from './metadata.js'
import { impossible } from './errors.js'
import { emit } from './events.js'
import type { Charge, Dispute } from './objects.js'
import { filled } from './schema.js'
import type { Account } from './world.js'

const evidence_s = 7 * 86_400
const open = new Set(['needs_response', 'under_review', 'warning_needs_response', 'warning_under_review'])

export interface DisputeOptions {
  amount?: number
  reason?: string
  inquiry?: boolean
}

/** A cardholder complains to the bank. An inquiry moves no money, a chargeback takes the amount and a fee. */
export function openDispute(
  account: Account,
  chargeId: string,
  { amount, reason = 'fraudulent', inquiry = false }: DisputeOptions = {},
): Dispute {
  const charge = account.get<Charge>('charge', chargeId)
  if (!charge.captured) throw new Error(`charge ${chargeId} is not captured: there is nothing to dispute`)
  const dispute = account.add(
    filled<Dispute>('Dispute', {
      id: account.newId('du'),
      object: 'dispute',
      amount: amount ?? charge.amount_captured,
      balance_transactions: [],
      charge: charge.id,
      created: account.world.now_s(),
      currency: charge.currency,
      evidence: {},
      evidence_details: { due_by: account.world.now_s() + evidence_s, has_evidence: false, past_due: false, submission_count: 0 },
      is_charge_refundable: inquiry,
      livemode: false,
      metadata: {},
      payment_intent: charge.payment_intent,
      payment_method_details: {
        type: 'card',
        card: { brand: 'visa', case_type: inquiry ? 'inquiry' : 'chargeback', network_reason_code: null },
      },
      reason,
      status: inquiry ? 'warning_needs_response' : 'needs_response',
    }),
  )
  charge.disputed = true
  if (!inquiry) withdraw(account, dispute)
  emit(account, 'charge.dispute.created', dispute)
  if (!inquiry) emit(account, 'charge.dispute.funds_withdrawn', dispute)
  emit(account, 'charge.updated', charge)
  return dispute
}

function withdraw(account: Account, dispute: Dispute): void {
  const fee = account.world.settings.fees.dispute
  book(account, dispute, { sign: -1, fee, reporting_category: 'dispute', description: `Chargeback withdrawal for ${dispute.charge}` })
  dispute.is_charge_refundable = false
}

interface Booking {
  amount?: number
  sign: 1 | -1
  fee: number
  reporting_category: string
  description: string
}

function book(account: Account, dispute: Dispute, { sign, fee, reporting_category, description, amount: part }: Booking): void {
  const { amount, currency, rate } = settled(account, part ?? dispute.amount, dispute.currency)
  const movement = {
    type: 'adjustment',
    reporting_category,
    amount: sign * amount,
    fee,
    feeDescription: 'Dispute fee',
    currency,
    rate,
    source: dispute.id,
    description,
  }
  dispute.balance_transactions.push(move(account, movement))
}

/** An inquiry that was not answered to the bank's liking becomes a chargeback. */
export function escalateDispute(account: Account, id: string): void {
  const dispute = account.get<Dispute>('dispute', id)
  if (!dispute.status.startsWith('warning_')) throw new Error(`dispute ${id} is ${dispute.status}, no inquiry`)
  dispute.status = 'needs_response'
  withdraw(account, dispute)
  emit(account, 'charge.dispute.updated', dispute)
  emit(account, 'charge.dispute.funds_withdrawn', dispute)
}

/** The bank decides. It may decide `won` after `lost`, which is called a late win. */
export function closeDispute(account: Account, id: string, outcome: 'won' | 'lost' | 'warning_closed'): void {
  const dispute = account.get<Dispute>('dispute', id)
  const inquiry = dispute.status.startsWith('warning_')
  const lateWin = dispute.status === 'lost' && outcome === 'won'
  if ((!open.has(dispute.status) && !lateWin) || inquiry !== (outcome === 'warning_closed')) {
    throw new Error(`dispute ${id} is ${dispute.status}: it cannot become ${outcome}`)
  }
  dispute.status = outcome
  if (outcome === 'won') {
    const { dispute: fee, disputeReturned } = account.world.settings.fees
    const description = `Chargeback reversal for ${dispute.charge}`
    book(account, dispute, { sign: 1, fee: disputeReturned ? -fee : 0, reporting_category: 'dispute_reversal', description })
  }
  emit(account, 'charge.dispute.closed', dispute)
  if (outcome === 'won') emit(account, 'charge.dispute.funds_reinstated', dispute)
}

/** The bank gives back a part of what it took, and the dispute stays lost. */
export function reinstateDispute(account: Account, id: string, amount: number): void {
  const dispute = account.get<Dispute>('dispute', id)
  if (dispute.status !== 'lost') throw new Error(`dispute ${id} is ${dispute.status}: only of a lost one a part comes back`)
  book(account, dispute, {
    amount,
    sign: 1,
    fee: 0,
    reporting_category: 'dispute_reversal',
    description: `Partial reversal for ${dispute.charge}`,
  })
  emit(account, 'charge.dispute.funds_reinstated', dispute)
}

/** Evidence is kept, and goes to the bank when it is submitted. */
export function updateDispute(call: Call, id: string): Dispute {
  const { account, parameters } = call
  const dispute = account.get<Dispute>('dispute', id)
  if (!open.has(dispute.status)) throw impossible(undefined, `This dispute is already closed: its status is ${dispute.status}.`)
  const { evidence, metadata, submit = true } = parameters
  if (metadata !== undefined) dispute.metadata = mergedMetadata(dispute.metadata as Record<string, string>, metadata)
  if (evidence !== undefined) {
    Object.assign(dispute.evidence, evidence)
    dispute.evidence_details.has_evidence = true
    if (submit === true) {
      dispute.evidence_details.submission_count += 1
      dispute.status = dispute.status.startsWith('warning_') ? 'warning_under_review' : 'under_review'
    }
  }
  emit(account, 'charge.dispute.updated', dispute, call)
  return dispute
}

/** The platform gives in. */
export function acceptDispute({ account }: Call, id: string): Dispute {
  const dispute = account.get<Dispute>('dispute', id)
  if (!open.has(dispute.status)) throw impossible(undefined, `This dispute is already closed: its status is ${dispute.status}.`)
  closeDispute(account, id, dispute.status.startsWith('warning_') ? 'warning_closed' : 'lost')
  return dispute
}

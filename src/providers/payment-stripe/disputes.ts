import type Stripe from 'stripe'
import { assertNoUnit } from '../../db/index.js'
import type { DisputePort, DisputeSnapshot } from '../../payments/index.js'
import { fromStripeAmount } from './amounts.js'
import { accountOf, type StripeAccess } from './client.js'
import { disputedOf, idOf, movementOf } from './movements.js'
import { attempt } from './outcomes.js'

const statuses: Readonly<Record<string, DisputeSnapshot['status']>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry',
  warning_closed: 'inquiry_closed',
  prevented: 'inquiry_closed',
  needs_response: 'needs_response',
  appeal_needs_response: 'needs_response',
  under_review: 'under_review',
  appeal_under_review: 'under_review',
  won: 'won',
  lost: 'lost',
}

function snapshotOf(dispute: Stripe.Dispute): DisputeSnapshot {
  const { evidence_details: details } = dispute
  const payment = idOf(dispute.payment_intent)
  return {
    reference: dispute.id,
    paymentReference: payment ?? '',
    amountMinor: fromStripeAmount(dispute.amount, dispute.currency),
    currency: dispute.currency,
    reason: dispute.reason,
    status: statuses[dispute.status] ?? 'unrecognised',
    evidenceDueAt: details.due_by === null ? null : new Date(details.due_by * 1_000),
    movements: dispute.balance_transactions.map((transaction) => movementOf(transaction, payment, disputedOf(transaction, dispute))),
  }
}

export function stripeDisputes(access: StripeAccess): DisputePort {
  return {
    fetchDispute(call, reference) {
      assertNoUnit('reading a dispute')
      return attempt(async () => ({ kind: 'ok', value: snapshotOf(await access.clientOf(accountOf(call)).disputes.retrieve(reference)) }))
    },
    submitEvidence(call, reference, evidence) {
      assertNoUnit('answering a dispute')
      return attempt(async () => {
        const client = access.clientOf(accountOf(call))
        await client.disputes.update(reference, { evidence, submit: true }, { idempotencyKey: call.operationKey })
        return { kind: 'ok', value: {} }
      })
    },
  }
}

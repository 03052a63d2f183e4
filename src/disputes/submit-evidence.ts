import { type Context, statement, tenantOf } from '../db/index.js'
import { conflict, invalidData, notAllowed, notFound, toMajor } from '../kernel/index.js'
import { paymentProviderOf, perform } from '../payments/index.js'

/** What a store tells the bank. */
export interface Evidence {
  customer_name?: string | undefined
  product_description?: string | undefined
  shipping_address?: string | undefined
  shipping_carrier?: string | undefined
  shipping_date?: string | undefined
  shipping_tracking_number?: string | undefined
  uncategorized_text?: string | undefined
}

interface DisputeToAnswer {
  reference: string
  status: string
  currency_code: string
  amount_minor: bigint
  provider_id: string
  payment_account_id: string
  evidence_submitted_at: Date | null
}

/**
 * Sends a store's answer to the bank. It is sent once, and is final: a bank looks at the first.
 * @throws not_found; not_allowed for a dispute that is decided or was answered, and where the provider takes no answers; invalid_data for what the provider refuses;
 * conflict while its answer is not known
 */
export async function submitEvidence(context: Context, id: string, evidence: Evidence): Promise<void> {
  const tenantId = tenantOf(context)
  const [dispute] = await context.db.read(
    context.scope,
    statement<DisputeToAnswer>(
      'disputes.to_answer',
      `select d.reference, d.status, d.currency_code, d.amount_minor, d.evidence_submitted_at, p.provider_id, p.payment_account_id
       from dispute d join payment p on p.tenant_id = d.tenant_id and p.id = d.payment_id where d.tenant_id = $1 and d.id = $2`,
      [tenantId, id],
    ),
  )
  if (dispute === undefined) throw notFound(`Dispute with id: ${id} was not found`)
  if (dispute.evidence_submitted_at !== null)
    throw notAllowed('This dispute was answered already: the bank looks at the first answer alone.')
  if (!['inquiry', 'needs_response'].includes(dispute.status)) {
    const worth = `${toMajor(dispute.amount_minor, dispute.currency_code)} ${dispute.currency_code.toUpperCase()}`
    throw notAllowed(`This dispute of ${worth} is ${dispute.status}: it cannot be answered any more.`)
  }
  const { disputes, ...provider } = paymentProviderOf(dispute.provider_id) ?? {}
  if (disputes === undefined || !('id' in provider)) {
    throw notAllowed(`Disputes of payments through ${dispute.provider_id} are not answered here: ask whoever brought the payment`)
  }
  const operation = {
    key: `evidence:${id}`,
    kind: 'evidence',
    accountId: dispute.payment_account_id,
    request: { money: { amount_minor: String(dispute.amount_minor), currency: dispute.currency_code }, evidence },
  }
  const outcome = await perform(context, { ...provider, disputes }, operation, (call, kept) =>
    disputes.submitEvidence(call, dispute.reference, kept.evidence as Record<string, string>),
  )
  if (outcome.kind === 'unknown' || outcome.kind === 'throttled') {
    throw conflict('The payment provider has not answered yet. Try again: the answer is sent once.', 'payment_outcome_unknown')
  }
  if (outcome.kind !== 'ok') throw invalidData(`The payment provider does not take this answer: ${outcome.message}`)
  await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement(
        'disputes.note_evidence',
        `update dispute set evidence_submitted_at = now(), updated_at = now(),
           status = case when status = 'needs_response' then 'under_review' else status end
         where tenant_id = $1 and id = $2 and evidence_submitted_at is null`,
        [tenantId, id],
      ),
    ),
  )
}

import { type Context, tenantOf } from '../db/index.js'
import { conflict, unexpectedState } from '../kernel/index.js'
import { keptMoney, moneyOf, type Outcome, type PayeePort, type PaymentProvider, paymentProviderOf, perform } from '../payments/index.js'
import { type Answer, noteAnswer, type PendingRow, pendingStatement, settledOf } from './rows.js'

/** Asks the provider for what was noted, and notes its answer. @throws conflict while the answer is not known */
export async function ask(context: Context, what: 'release' | 'clawback', id: string): Promise<void> {
  const [row] = await context.db.read(context.scope, pendingStatement[what](tenantOf(context), id))
  // Somebody else has settled it meanwhile.
  if (row === undefined) return
  const provider = paymentProviderOf(row.provider_id)
  if (provider?.payees === undefined) throw unexpectedState(`Payment provider ${row.provider_id} pays no vendors in this process`)
  const outcome = await send(context, provider, provider.payees, what, row)
  if (outcome.kind === 'unknown' || outcome.kind === 'throttled') {
    throw conflict('The payment provider has not answered yet. Try again: the money moves once.', 'payment_outcome_unknown')
  }
  await noteAnswer(context, what, row, answerOf(what, outcome))
}

function send(
  context: Context,
  provider: PaymentProvider,
  payees: PayeePort,
  what: 'release' | 'clawback',
  row: PendingRow,
): Promise<Outcome<{ reference: string }>> {
  const money = keptMoney(settledOf(row) ?? { amountMinor: row.amount_minor, currency: row.currency_code })
  const operation = { key: `${what}:${row.id}`, kind: what, accountId: row.payment_account_id }
  if (what === 'release') {
    // What is the store's is of no order: what groups it at the provider is its own name.
    const request = { money, payee: row.payee_reference, order_id: row.order_id ?? row.id }
    return perform(context, provider, { ...operation, request }, (call, kept) =>
      payees.release(call, { payee: String(kept.payee), money: moneyOf(kept), data: row.data, orderId: String(kept.order_id) }),
    )
  }
  return perform(context, provider, { ...operation, request: { money, release: row.release_reference } }, (call, kept) =>
    payees.clawback(call, { release: String(kept.release), money: moneyOf(kept) }),
  )
}

function answerOf(
  what: 'release' | 'clawback',
  outcome: Exclude<Outcome<{ reference: string }>, { kind: 'unknown' | 'throttled' }>,
): Answer {
  if (outcome.kind === 'ok') return { state: 'succeeded', reference: outcome.value.reference, failure: null }
  const isShort = what === 'clawback' && outcome.kind === 'rejected' && outcome.code === 'insufficient'
  return { state: isShort ? 'insufficient' : 'failed', reference: null, failure: outcome.message }
}

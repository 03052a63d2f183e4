import { type Context, statement, tenantOf } from '../db/index.js'
import { newId } from '../kernel/index.js'
import { accountFor } from './accounts.js'
import { claimReference } from './operator-events.js'
import type { Money, Outcome, PaymentAccount, PaymentProvider, ProviderCall } from './provider.js'

/** What is kept of a call: what JSON can carry, amounts as text. */
export type Kept = { money: { amount_minor: string; currency: string } } & Record<string, unknown>

export const keptMoney = ({ amountMinor, currency }: Money): Kept['money'] => ({ amount_minor: String(amountMinor), currency })

export const moneyOf = ({ money }: Kept): Money => ({ amountMinor: BigInt(money.amount_minor), currency: money.currency })

interface Operation {
  key: string
  kind: string
  accountId?: string | null
  /** Where the caller has read it already. */
  account?: PaymentAccount | null
  /** What the call is made of; what was kept first is what is sent, whatever it would be by now. */
  request: Kept
  /**
   * A refusal does not stand: who asks after it asks anew, under the key with the number of refusals. While an answer is not
   * known, the key stays as it is.
   */
  isAnew?: boolean
}

interface OperationRow {
  operation_key: string
  request: Kept
  state: 'sending' | 'ok' | 'declined' | 'rejected'
  answer:
    | { kind: 'ok'; value: unknown }
    | { kind: 'declined'; message: string }
    | { kind: 'rejected'; code: string; message: string }
    | null
  attempts: number
  created_at: Date
}

const isFinal = (kind: Outcome<unknown>['kind']) => kind === 'ok' || kind === 'declined' || kind === 'rejected'

/**
 * Asks a provider for something that moves money or makes something, once. What is asked is kept under its key before it
 * is sent, and its answer after: asked again, by a second click, a worker, or after a crash, the provider is asked for
 * the very same, and an answer that is known is given without asking. Providers in this process are asked at once.
 * @param send makes the call from the request; called outside any transaction
 */
export async function perform<Value>(
  context: Context,
  provider: PaymentProvider,
  operation: Operation,
  send: (call: ProviderCall, request: Kept) => Promise<Outcome<Value>>,
): Promise<Outcome<Value>> {
  const tenantId = tenantOf(context)
  const account = operation.account !== undefined ? operation.account : await accountFor(context, provider, operation.accountId)
  const call = { operationKey: operation.key, tenantId, account, firstSentAt: null, now: context.clock.now() }
  if (account === null) return send(call, operation.request)
  const kept = await keep(context, account.id, operation)
  if (kept.answer !== null) return kept.answer as Outcome<Value>
  const firstSentAt = kept.attempts > 1 ? kept.created_at : null
  const outcome = await send({ ...call, operationKey: kept.operation_key, firstSentAt }, kept.request)
  if (isFinal(outcome.kind)) await noteAnswer(context, kept.operation_key, outcome, { account, reference: referenceOf(provider, outcome) })
  return outcome
}

/** Refusals of a key are those of `key`, `key#1`, `key#2` …: `$` is the sign after `#`. */
async function keep(context: Context, accountId: string, operation: Operation): Promise<OperationRow> {
  const [row] = await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement<OperationRow>(
        'payments.keep_operation',
        `insert into payment_operation as o (tenant_id, id, operation_key, payment_account_id, kind, request)
         select $1, $2, $3::text || case when $7 and refused.count > 0 then '#' || refused.count else '' end, $4, $5, $6
         from (select count(*) from payment_operation r where r.tenant_id = $1 and r.state in ('declined', 'rejected')
           and (r.operation_key = $3 or r.operation_key >= $3 || '#' and r.operation_key < $3 || '$')) refused
         on conflict (tenant_id, operation_key) do update set attempts = o.attempts + 1, updated_at = now()
         returning operation_key, request, state, answer, attempts, created_at`,
        [
          tenantOf(context),
          newId('popr'),
          operation.key,
          accountId,
          operation.kind,
          JSON.stringify(operation.request),
          operation.isAnew === true,
        ],
      ),
    ),
  )
  return row as OperationRow
}

/** What the provider calls what it made: its answer says so, or what is kept of a payment does. */
function referenceOf(provider: PaymentProvider, outcome: Outcome<unknown>): string | null {
  if (outcome.kind !== 'ok' || typeof outcome.value !== 'object' || outcome.value === null) return null
  const value = outcome.value as Record<string, unknown>
  if (typeof value.reference === 'string') return value.reference
  return typeof value.id === 'string' ? (provider.referenceOf?.(value) ?? null) : null
}

/** Whose an object on the operator's account is, is noted with the answer that named it: its events find the store by that. */
async function noteAnswer(
  context: Context,
  key: string,
  outcome: Outcome<unknown>,
  made: { account: PaymentAccount; reference: string | null },
): Promise<void> {
  const { account, reference } = made
  const isShared = account.operatorAccountId !== undefined && reference !== null
  const scope = isShared ? ({ ...context.scope, role: 'platform' } as const) : context.scope
  await context.db.unitOfWork(scope, async (unit) => {
    await unit.run(
      statement(
        'payments.note_answer',
        `update payment_operation set state = $3, answer = $4, updated_at = now()
         where tenant_id = $1 and operation_key = $2 and state = 'sending'`,
        [tenantOf(context), key, outcome.kind, JSON.stringify(outcome)],
      ),
    )
    if (isShared) await claimReference(unit, context, account, reference)
  })
}

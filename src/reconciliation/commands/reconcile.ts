import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { conflict, StoaError, unexpectedState } from '../../kernel/index.js'
import {
  type CompleteCart,
  type Money,
  type MoneyMovement,
  noteMovements,
  type Outcome,
  type PaymentProvider,
  paymentProviderOf,
  type ProviderCall,
  readingCall,
  referencesOfStore,
  type RemotePort,
  settlePayment,
  type TouchHandlers,
} from '../../payments/index.js'
import { accountDriftStatements, storeDriftStatements } from '../drift.js'
import { noteExceptions } from '../exceptions.js'
import {
  differenceStatement,
  type Found,
  foundMaximum,
  movedStatement,
  unknownStatement,
  unmatchedStatement,
  unmovedStatement,
} from '../matching.js'
import { continueRun } from '../runs.js'

/** Balances by currency, as JSON keeps them. */
type Balances = Record<string, string>

interface OpenRun {
  id: string
  payment_account_id: string
  provider_id: string
  since: Date
  cursor: string | null
  balances_before: Balances | null
  opening_balances: Balances | null
  /** What the books hold of a provider, they hold of all its accounts: one of them stands for all. */
  leads: boolean
}

type Provider = PaymentProvider & { remote: RemotePort }

/** A worker has two minutes for a job: 500 movements, and as many payments to read anew at the worst. */
const pagesOfJob = 5
const lately_ms = 3 * 86_400_000

/**
 * Holds an account at a payment provider against our rows. Its movements are kept, the newest first, and what the provider
 * took by itself is booked; payments and disputes that our rows do not know as they are, are read anew and settled. What
 * then has no counterpart on the other side is an exception. Money is never moved and never guessed.
 *
 * Goes on where a crash or the last job has left it, and may run any number of times. Handler of `reconciliation.requested`.
 * @throws conflict while the provider does not answer
 */
export async function reconcile(
  context: Context,
  { reconciliation_run_id }: { reconciliation_run_id: string },
  able: { complete: CompleteCart; touches: TouchHandlers },
): Promise<void> {
  const run = await readRun(context, reconciliation_run_id)
  if (run === undefined) return
  const { remote, ...rest } = paymentProviderOf(run.provider_id) ?? {}
  if (remote === undefined || !('id' in rest)) throw unexpectedState(`Payment provider ${run.provider_id} is not installed in this process`)
  const provider: Provider = { ...rest, remote }
  const call = await readingCall(context, provider, run.payment_account_id)
  const isShared = call.account?.operatorAccountId !== undefined
  let { cursor } = run
  const before = cursor === null && !isShared ? balancesOf(answerOf(await remote.fetchBalances(call))) : null
  for (let page = 0; page < pagesOfJob; page += 1) {
    const listed = answerOf(await remote.listMovements(call, run.since, cursor))
    const movements = isShared ? await ofStore(context, call, listed.movements) : listed.movements
    await noteMovements(context, { accountId: run.payment_account_id, providerId: provider.id }, movements)
    await settleUnknown(context, provider, run.payment_account_id, movements, able)
    // When others' money moves is none of a store's business: what a shared account was seen until is the run's own time.
    const seenUntil = isShared ? [context.clock.now()] : movements.map(({ occurredAt }) => occurredAt)
    await notePage(context, run.id, { isFirst: cursor === null, before, count: movements.length, seenUntil, next: listed.next })
    cursor = listed.next
    if (cursor === null) return finish(context, provider, call, run.id)
  }
  await context.db.unitOfWork(context.scope, (unit) => continueRun(unit, context, run.id))
}

/** What of an account that several stores are charged on is the store's: what moved for objects that were made for it. */
async function ofStore(context: Context, call: ProviderCall, movements: readonly MoneyMovement[]): Promise<MoneyMovement[]> {
  if (call.account === null) return []
  const namesOf = ({ payment, source, release }: MoneyMovement) =>
    [payment, source, release ?? null].filter((name): name is string => name !== null)
  const own = await referencesOfStore(context, call.account, movements.flatMap(namesOf))
  return movements.filter((movement) => namesOf(movement).some((name) => own.has(name)))
}

function answerOf<Value>(outcome: Outcome<Value>): Value {
  if (outcome.kind === 'ok') return outcome.value
  throw conflict(`The payment provider did not say what moved: ${outcome.message}`, 'payment_outcome_unknown')
}

const balancesOf = (money: readonly Money[]): Balances =>
  Object.fromEntries(
    money
      .filter(({ amountMinor }) => amountMinor !== 0n)
      .map(({ currency, amountMinor }): [string, string] => [currency, String(amountMinor)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

async function readRun(context: Context, id: string): Promise<OpenRun | undefined> {
  const [run] = await context.db.read(
    context.scope,
    statement<OpenRun>(
      'reconciliation.run',
      `select r.id, r.payment_account_id, a.provider_id, r.since, r.cursor, r.balances_before, r.opening_balances,
              a.id = (select o.id from payment_account o where o.tenant_id = $1 and o.provider_id = a.provider_id
                order by o.status, o.created_at desc, o.id limit 1) as leads
       from reconciliation_run r join payment_account a on a.tenant_id = r.tenant_id and a.id = r.payment_account_id
       where r.tenant_id = $1 and r.id = $2 and r.state = 'running'`,
      [tenantOf(context), id],
    ),
  )
  return run
}

/** Reads anew what our rows do not know as it is. What cannot be settled is left for the comparison to find. */
async function settleUnknown(
  context: Context,
  provider: Provider,
  accountId: string,
  movements: readonly MoneyMovement[],
  able: { complete: CompleteCart; touches: TouchHandlers },
): Promise<void> {
  const unknown = await context.db.read(
    context.scope,
    unknownStatement(
      { tenantId: tenantOf(context), providerId: provider.id },
      movements.map(({ reference }) => reference),
    ),
  )
  for (const { kind, reference } of unknown) {
    try {
      if (kind === 'payment') await settlePayment(context, provider, reference, able.complete)
      else if (kind === 'dispute') await able.touches.dispute?.(context, provider, { kind, reference }, accountId)
      else {
        const release = movements.find(({ source }) => source === reference)?.release
        if (release !== undefined) await able.touches.release?.(context, provider, { kind, reference: release }, accountId)
      }
    } catch (error) {
      if (!(error instanceof StoaError)) throw error
    }
  }
}

async function notePage(
  context: Context,
  id: string,
  page: { isFirst: boolean; before: Balances | null; count: number; seenUntil: readonly Date[]; next: string | null },
): Promise<void> {
  await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement(
        'reconciliation.note_page',
        `update reconciliation_run set cursor = $3, movements = case when $4 then 0 else movements end + $5,
           balances_before = case when $4 then $6::jsonb else balances_before end,
           seen_until = greatest(seen_until, (select max(t) from unnest($7::timestamptz[]) t)), updated_at = now()
         where tenant_id = $1 and id = $2 and state = 'running'`,
        [
          tenantOf(context),
          id,
          page.next,
          page.isFirst,
          page.count,
          page.before === null ? null : JSON.stringify(page.before),
          page.seenUntil,
        ],
      ),
    ),
  )
}

async function finish(context: Context, provider: Provider, call: ProviderCall, id: string): Promise<void> {
  const run = await readRun(context, id)
  if (run === undefined) return
  const tenantId = tenantOf(context)
  const now = context.clock.now()
  const isShared = call.account?.operatorAccountId !== undefined
  const after = isShared ? null : balancesOf(answerOf(await provider.remote.fetchBalances(call)))
  // The provider's clock may be ahead of ours: what we booked lately is always looked at.
  const lately = new Date(now.getTime() - lately_ms)
  const compared = { tenantId, providerId: provider.id, since: run.since < lately ? run.since : lately }
  const [[unmatched, unmoved, differences, moved], drift, storeDrift] = await Promise.all([
    context.db.readAll(context.scope, [
      unmatchedStatement(compared, run.payment_account_id),
      unmovedStatement(compared, { accountId: run.payment_account_id, leads: run.leads }, now),
      differenceStatement(compared),
      movedStatement(tenantId, run.payment_account_id),
    ]),
    context.db.readAll(context.scope, accountDriftStatements(tenantId, run.payment_account_id, now)),
    context.db.readAll(context.scope, storeDriftStatements(tenantId, now)),
  ])
  const balances = compareBalances(run, after, moved)
  const lists = [unmatched, unmoved, run.leads ? differences : [], balances.found, ...drift]
  await context.db.unitOfWork(context.scope, async (unit) => {
    const ofAccount = await noteExceptions(unit, run.payment_account_id, lists.flat(), [...cutOf(lists), ...balances.cut], now)
    const ofStore = await noteExceptions(unit, null, storeDrift.flat(), cutOf(storeDrift), now)
    const found = ofAccount.found + ofStore.found
    // What of a shared account is the store's can be told now that both sides are known.
    if (isShared) await emit(unit, 'store_balance.due', { payment_account_id: run.payment_account_id }, { requestId: context.requestId })
    if (found > 0) await emit(unit, 'reconciliation.found', { reconciliation_run_id: run.id, found }, { requestId: context.requestId })
    await close(unit, run.id, { found, resolved: ofAccount.resolved + ofStore.resolved, opening: balances.opening, now })
  })
}

/** Kinds of lists that may go on beyond what was looked at. */
const cutOf = (lists: readonly (readonly Found[])[]): string[] => [
  ...new Set(lists.filter((list) => list.length >= foundMaximum).flatMap((list) => list.map(({ kind }) => kind))),
]

/**
 * Holds what the account has against what moved since it was connected, and what it had then. Only where nothing moved while
 * we listed, else the two are of different moments: then the next run compares.
 */
function compareBalances(
  run: OpenRun,
  after: Balances | null,
  moved: readonly { currency_code: string; net_minor: bigint }[],
): { found: Found[]; cut: string[]; opening: Balances | null } {
  // What several stores hold together is no one's to compare.
  if (after === null) return { found: [], cut: [], opening: null }
  if (JSON.stringify(balancesSorted(run.balances_before ?? {})) !== JSON.stringify(after)) {
    return { found: [], cut: ['balance_difference'], opening: run.opening_balances }
  }
  const netOf = (currency: string) => moved.find((row) => row.currency_code === currency)?.net_minor ?? 0n
  const currencies = [...new Set([...Object.keys(after), ...moved.map((row) => row.currency_code)])].sort()
  const beyond = currencies.map((currency) => ({ currency, amountMinor: BigInt(after[currency] ?? '0') - netOf(currency) }))
  if (run.opening_balances === null) return { found: [], cut: [], opening: balancesOf(beyond) }
  const opening = run.opening_balances
  const found = beyond.flatMap(({ currency, amountMinor }): Found[] => {
    const difference = amountMinor - BigInt(opening[currency] ?? '0')
    if (difference === 0n) return []
    const detail = 'The provider says that the account holds another sum than its own list of movements comes to. Ask the provider.'
    return [{ kind: 'balance_difference', reference: currency, amount_minor: difference, currency_code: currency, detail }]
  })
  return { found, cut: [], opening }
}

/** JSON in the database has an order of its own. */
const balancesSorted = (balances: Balances): Balances => Object.fromEntries(Object.entries(balances).sort(([a], [b]) => (a < b ? -1 : 1)))

async function close(
  unit: Unit,
  id: string,
  came: { found: number; resolved: number; opening: Balances | null; now: Date },
): Promise<void> {
  await unit.run(
    statement(
      'reconciliation.close_run',
      `update reconciliation_run set state = 'done', cursor = null, found = $3, resolved = $4, opening_balances = $5, finished_at = $6,
         updated_at = now()
       where tenant_id = $1 and id = $2 and state = 'running'`,
      [tenantOf(unit), id, came.found, came.resolved, came.opening === null ? null : JSON.stringify(came.opening), came.now],
    ),
  )
}

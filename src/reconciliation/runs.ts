import { type Context, type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'
import { newId, notFound } from '../kernel/index.js'
import { scheduleReconciliation } from '../payments/index.js'

/** One comparison of an account with our rows, as the store's staff see it. */
export interface ReconciliationRun {
  id: string
  payment_account_id: string
  state: 'running' | 'done'
  since: Date
  seen_until: Date
  movements: number
  found: number
  resolved: number
  requested_by: string | null
  finished_at: Date | null
  created_at: Date
  updated_at: Date
  count: number
}

export function listRunsStatement(
  tenantId: string,
  filter: { id: string[] | null; accountId: string[] | null; state: string[] | null },
  page: ListPage,
): Statement<ReconciliationRun> {
  const order = orderBy('r', page.order)
  return statement(
    `reconciliation.list_runs.${order.name}`,
    `select r.id, r.payment_account_id, r.state, r.since, r.seen_until, r.movements, r.found, r.resolved, r.requested_by, r.finished_at,
            r.created_at, r.updated_at, count(*) over ()::int as count
     from reconciliation_run r
     where r.tenant_id = $1 and ($2::text[] is null or r.id = any($2)) and ($3::text[] is null or r.payment_account_id = any($3))
       and ($4::text[] is null or r.state = any($4))
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.accountId, filter.state, page.limit, page.offset],
  )
}

/** Accounts that one request reconciles; a store has one for each provider, and those that it has replaced. */
const accountsMaximum = 100

/**
 * Begins a reconciliation of one account, or of all that the store has connected, whether they are still used or not: what
 * was paid through them is refunded and disputed through them. One that runs already is the answer, and goes on.
 * @returns the runs' ids
 * @throws not_found for an account that is not the store's
 */
export async function requestReconciliation(context: Context, accountId: string | null): Promise<string[]> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const accounts = await unit.run(
      statement<{ id: string }>(
        'reconciliation.accounts',
        'select id from payment_account where tenant_id = $1 and ($2::text is null or id = $2) order by id limit $3 for update',
        [tenantOf(unit), accountId, accountsMaximum],
      ),
    )
    if (accountId !== null && accounts.length === 0) throw notFound(`Payment account with id: ${accountId} was not found`)
    const ids: string[] = []
    for (const account of accounts) ids.push(await openRun(unit, context, account.id, context.actorId))
    return ids
  })
}

/**
 * Begins this night's reconciliation of an account, has events of the store removed that need not be kept, and sees to the
 * next night's. Handler of `reconciliation.due`; may run any number of times.
 */
export async function startNightlyReconciliation(
  context: Context,
  { payment_account_id: id }: { payment_account_id: string },
): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    await scheduleReconciliation(unit, id, context.clock.now())
    await emit(unit, 'payment_events.outdated', {})
    await openRun(unit, context, id, null)
  })
}

/** The provider may book things late, and dates them back: so much of the time before is looked at again. */
const overlap = `interval '3 days'`
/** Clocks differ. */
const skew = `interval '1 minute'`

async function openRun(unit: Unit, context: Context, accountId: string, requestedBy: string | null): Promise<string> {
  const tenantId = tenantOf(unit)
  const [run] = await unit.run(
    statement<{ id: string }>(
      'reconciliation.open_run',
      `with last as (
         select r.seen_until, r.opening_balances from reconciliation_run r
         where r.tenant_id = $1 and r.payment_account_id = $2 and r.state = 'done' order by r.created_at desc, r.id desc limit 1
       ), opened as (
         insert into reconciliation_run (tenant_id, id, payment_account_id, since, seen_until, opening_balances, requested_by)
         select $1, $3, a.id, greatest(l.seen_until - ${overlap}, a.created_at - ${skew}), coalesce(l.seen_until, a.created_at), l.opening_balances, $4
         from payment_account a left join last l on true where a.tenant_id = $1 and a.id = $2
         on conflict (tenant_id, payment_account_id) where state = 'running' do nothing returning id
       )
       select id from opened
       union all select id from reconciliation_run where tenant_id = $1 and payment_account_id = $2 and state = 'running'`,
      [tenantId, accountId, newId('recrun'), requestedBy],
    ),
  )
  if (run === undefined) throw notFound(`Payment account with id: ${accountId} was not found`)
  await continueRun(unit, context, run.id)
  return run.id
}

/** Hands the rest of a run to the worker. */
export function continueRun(unit: Unit, context: Context, runId: string): Promise<void> {
  return emit(unit, 'reconciliation.requested', { reconciliation_run_id: runId }, { requestId: context.requestId })
}

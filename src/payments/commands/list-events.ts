import { type Context, statement, tenantOf } from '../../db/index.js'
import { emit, type EventPayloads, nudgeAfter } from '../../events/index.js'
import { conflict, unexpectedState } from '../../kernel/index.js'
import { scheduleEventListing } from '../account-schedules.js'
import { type AccountRow, accountColumns, accountOfRow } from '../accounts.js'
import { keepEventStatement } from '../events.js'
import type { PaymentAccount, VerifiedEvent } from '../provider.js'
import { paymentProviderOf } from '../registry.js'

/** A worker has two minutes for a job: 500 events, of which hardly any is new. */
const pagesOfJob = 5
/** Looked at again each time: clocks differ, and a provider may list an event some time after it dates it. */
const overlap_ms = 2 * 3_600_000

interface ListedAccount extends AccountRow {
  status: 'active' | 'disabled'
  /** Every event before it was listed. */
  events_listed_until: Date | null
  created_at: Date
}

/**
 * Lists what a provider told of an account since the last time, and takes in what never arrived: an endpoint that was
 * down or switched off loses nothing. An event that is known is left as it is. Goes on in a job of its own where there is
 * much; handler of `payment_events.due`, which may run any number of times, and sees to the next hour.
 * @throws conflict while the provider does not answer for an account that is in use
 */
export async function listPaymentEvents(context: Context, due: EventPayloads['payment_events.due']): Promise<void> {
  const account = await begin(context, due)
  if (account === undefined) return
  const provider = paymentProviderOf(account.provider_id)
  if (provider?.remote === undefined) throw unexpectedState(`Payment provider ${account.provider_id} is not installed in this process`)
  const now = context.clock.now()
  const began = due.rest?.began ?? now.toISOString()
  const since = due.rest?.since ?? new Date((account.events_listed_until ?? account.created_at).getTime() - overlap_ms).toISOString()
  const call = { operationKey: '', tenantId: tenantOf(context), account: accountOfRow(account), firstSentAt: null, now }
  let cursor = due.rest?.cursor ?? null
  for (let page = 0; page < pagesOfJob; page += 1) {
    const listed = await provider.remote.listEvents(call, new Date(since), cursor)
    if (listed.kind !== 'ok') {
      // The key of an account that nobody uses any more may be gone for good: the next hour asks again.
      if (account.status === 'disabled') return
      throw conflict(`The payment provider did not say what happened: ${listed.message}`, 'payment_outcome_unknown')
    }
    await keepMissing(context, call.account, listed.value.events)
    cursor = listed.value.next
    if (cursor === null) return noteListed(context, account.id, began)
  }
  const rest = { began, since, cursor: cursor as string }
  await context.db.unitOfWork(context.scope, (unit) =>
    emit(unit, 'payment_events.due', { payment_account_id: account.id, rest }, { requestId: context.requestId }),
  )
}

/** The next hour first: whatever becomes of this one, there is a next. */
async function begin(context: Context, due: EventPayloads['payment_events.due']): Promise<ListedAccount | undefined> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const [account] = await unit.run(
      statement<ListedAccount>(
        'payments.account_to_list',
        `select ${accountColumns}, status, events_listed_until, created_at from payment_account where tenant_id = $1 and id = $2`,
        [tenantOf(unit), due.payment_account_id],
      ),
    )
    if (account !== undefined && due.rest === undefined) await scheduleEventListing(unit, account.id, context.clock.now())
    return account
  })
}

async function keepMissing(context: Context, account: PaymentAccount, events: readonly VerifiedEvent[]): Promise<void> {
  if (events.length === 0) return
  const tenantId = tenantOf(context)
  const known = await context.db.read(
    context.scope,
    statement<{ event_reference: string }>(
      'payments.known_events',
      'select event_reference from payment_event where tenant_id = $1 and payment_account_id = $2 and event_reference = any($3)',
      [tenantId, account.id, events.map(({ id }) => id)],
    ),
  )
  const references = new Set(known.map(({ event_reference }) => event_reference))
  // In key order: two that take in the same ones wait for one another in the same order.
  const missing = events.filter(({ id }) => !references.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1))
  if (missing.length === 0) return
  await context.db.unitOfWork(context.scope, async (unit) => {
    await Promise.all(missing.map((event) => unit.run(keepEventStatement(tenantId, account, event, context.requestId))))
    nudgeAfter(unit)
  })
}

async function noteListed(context: Context, accountId: string, began: string): Promise<void> {
  await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement(
        'payments.note_listed',
        `update payment_account set events_listed_until = greatest(events_listed_until, $3::timestamptz) where tenant_id = $1 and id = $2`,
        [tenantOf(unit), accountId, began],
      ),
    ),
  )
}

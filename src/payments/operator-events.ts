import { type Context, type Database, type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { nudgeAfter } from '../events/index.js'
import { newId, notAllowed, notFound, unexpectedState } from '../kernel/index.js'
import { eventsKept_days } from './commands/sweep-events.js'
import { keepEventStatement } from './keep-event.js'
import { alarmAfter_minutes } from './parked-events.js'
import type { PaymentAccount, RemotePort, Touch, VerifiedEvent } from './provider.js'

// The operator's account has one address for the events of many stores. An event is the store's for whom the object was made
// that it points at, by our own row of that (`platform.payment_reference`); what its body says of a store counts for nothing.

const platform = { role: 'platform' } as const

/** Stores for whom objects of an account were made. */
function ownersStatement(accountId: string, references: readonly string[]): Statement<{ tenant_id: string }> {
  return statement(
    'payments.owners',
    'select distinct tenant_id from platform.payment_reference where payment_account_id = $1 and reference = any($2)',
    [accountId, references],
  )
}

/**
 * Takes in an event of the operator's account: it is handed to the store whose object it points at, or kept for the operator to
 * look at, until an object that it points at becomes a store's.
 */
export async function receiveOperatorEvent(
  db: Database,
  remote: RemotePort,
  account: PaymentAccount,
  event: VerifiedEvent,
  { requestId, now }: { requestId: string; now: Date },
): Promise<void> {
  const touches = remote.interpret(event)
  const touched = touches.map(({ reference }) => reference)
  const known = touched.length === 0 ? [] : await db.read(platform, ownersStatement(account.id, touched))
  const owners = known.length === 1 ? known : await keepForOperator(db, account, event, { touches, now })
  const [owner, another] = owners
  if (owner === undefined || another !== undefined) return
  await db.unitOfWork({ role: 'platform', tenantId: owner.tenant_id }, (unit) => handOver(unit, account.id, account.mode, event, requestId))
}

/** @returns the owners that it has by now; it is kept unless that is one */
async function keepForOperator(
  db: Database,
  account: PaymentAccount,
  event: VerifiedEvent,
  { touches, now }: { touches: readonly Touch[]; now: Date },
): Promise<{ tenant_id: string }[]> {
  const touched = touches.map(({ reference }) => reference)
  return db.unitOfWork(platform, async (unit) => {
    // Whoever notes a reference now is waited for, and whoever does later finds this event.
    await unit.run(
      statement('payments.lock_operator_account', 'select id from platform.payment_account where id = $1 for update', [account.id]),
    )
    const owners = await unit.run(ownersStatement(account.id, touched))
    if (owners.length === 1) return owners
    await unit.run(sweepStatement())
    const { state, reason } = standingOf(account, event, touches, owners.length)
    await unit.run(
      statement(
        'payments.keep_operator_event',
        `insert into platform.payment_event (id, payment_account_id, event_reference, type, object_reference, connected_account, touched, is_live,
           payload, state, reason, occurred_at, alarm_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, case when $10 = 'parked' then $13::timestamptz + $14 * interval '1 minute' end)
         on conflict (payment_account_id, event_reference) do nothing`,
        [
          newId('pevt'),
          account.id,
          event.id,
          event.type,
          event.objectId,
          event.connectedAccount,
          touched,
          event.isLive,
          JSON.stringify(event.payload),
          state,
          reason,
          event.occurredAt,
          now,
          alarmAfter_minutes,
        ],
      ),
    )
    return owners
  })
}

/** What only waits to become a store's goes after a time; what moves the operator's money, and nobody answers to, waits for a person. */
function standingOf(
  account: PaymentAccount,
  event: VerifiedEvent,
  touches: readonly Touch[],
  owners: number,
): { state: 'ignored' | 'unclaimed' | 'parked'; reason: string | null } {
  if (touches.length === 0) return { state: 'ignored', reason: null }
  if (owners > 0) return { state: 'parked', reason: 'It points at what was made for several stores' }
  if (event.isLive !== (account.mode === 'live')) {
    return { state: 'parked', reason: `A ${event.isLive ? 'live' : 'test'} event for an account in ${account.mode} mode` }
  }
  const reason = 'It points at nothing that was made for a store'
  return { state: touches.some(({ kind }) => kind === 'dispute') ? 'parked' : 'unclaimed', reason }
}

const sweptAtOnce = 100

/**
 * Those that nobody waits for any more go with the writing of another, as a store's do each night: handed over, ignored, or
 * nobody's for longer than their provider repeats them. Those that wait for a person stay.
 */
function sweepStatement(): Statement<{ id: string }> {
  return statement(
    'payments.sweep_operator_events',
    `delete from platform.payment_event where id in (
       select id from platform.payment_event where state <> 'parked' and received_at < now() - $1 * interval '1 day'
       order by received_at limit $2 for update skip locked)
     returning id`,
    [eventsKept_days, sweptAtOnce],
  )
}

/** Writes an event among a store's, under the store's row that stands for the account, with the job that handles it. */
async function handOver(
  unit: Unit,
  operatorAccountId: string,
  mode: PaymentAccount['mode'],
  event: VerifiedEvent,
  requestId: string,
): Promise<void> {
  const standIn = await standInOf(unit, operatorAccountId)
  if (standIn === undefined) return
  await unit.run(keepEventStatement(tenantOf(unit), { id: standIn.id, mode }, event, requestId))
  nudgeAfter(unit)
}

/** The row of the unit's store that stands for an account of the operator's. */
async function standInOf(unit: Unit, operatorAccountId: string): Promise<Pick<PaymentAccount, 'id' | 'mode'> | undefined> {
  const [standIn] = await unit.run(
    statement<Pick<PaymentAccount, 'id' | 'mode'>>(
      'payments.stand_in',
      'select id, mode from payment_account where tenant_id = $1 and operator_account_id = $2',
      [tenantOf(unit), operatorAccountId],
    ),
  )
  return standIn
}

interface WaitingEvent {
  event_reference: string
  type: string
  object_reference: string | null
  connected_account: string | null
  is_live: boolean
  payload: Record<string, unknown>
  occurred_at: Date
}

/**
 * Notes that an object on the operator's account was made for the unit's store, and hands over what was told of it before. The
 * unit has role `platform` and the store.
 */
export async function claimReference(unit: Unit, context: Context, account: PaymentAccount, reference: string): Promise<void> {
  const { operatorAccountId } = account
  if (operatorAccountId === undefined) return
  const tenantId = tenantOf(unit)
  await unit.run(
    statement('payments.share_operator_account', 'select id from platform.payment_account where id = $1 for share', [operatorAccountId]),
  )
  await unit.run(
    statement(
      'payments.claim_reference',
      `insert into platform.payment_reference (payment_account_id, reference, tenant_id) values ($1, $2, $3)
       on conflict (payment_account_id, reference) do nothing`,
      [operatorAccountId, reference, tenantId],
    ),
  )
  const waiting = await unit.run(
    statement<WaitingEvent>('payments.claim_events', handedSql(`e.state in ('unclaimed', 'parked') and e.touched @> array[$3::text]`), [
      operatorAccountId,
      tenantId,
      reference,
    ]),
  )
  await keepHanded(unit, context, account, waiting)
}

/**
 * Hands over what points at the store's objects and nobody else's, of those that `which` says ($3). What it says is the store's from
 * then on, and is kept among the store's rows alone. What points at several stores' objects stays where the operator sees it.
 */
const handedSql = (which: string) => `with waiting as (
     select e.* from platform.payment_event e
     where e.payment_account_id = $1 and ${which}
       and exists (select 1 from platform.payment_reference r where r.payment_account_id = $1 and r.reference = any(e.touched) and r.tenant_id = $2)
       and not exists (
         select 1 from platform.payment_reference r where r.payment_account_id = $1 and r.reference = any(e.touched) and r.tenant_id <> $2)
     for update of e
   ), handed as (
     update platform.payment_event e set state = 'handed', reason = null, tenant_id = $2, payload = '{}', settled_at = now()
     from waiting where e.id = waiting.id
   )
   select event_reference, type, object_reference, connected_account, is_live, payload, occurred_at from waiting`

async function keepHanded(
  unit: Unit,
  context: Context,
  account: Pick<PaymentAccount, 'id' | 'mode'>,
  rows: readonly WaitingEvent[],
): Promise<void> {
  for (const row of rows) {
    const event: VerifiedEvent = {
      id: row.event_reference,
      type: row.type,
      isLive: row.is_live,
      connectedAccount: row.connected_account,
      objectId: row.object_reference,
      occurredAt: row.occurred_at,
      payload: row.payload,
    }
    await unit.run(keepEventStatement(tenantOf(unit), account, event, context.requestId))
  }
  if (rows.length > 0) nudgeAfter(unit)
}

/** Which of the objects were made for the store. */
export async function referencesOfStore(context: Context, account: PaymentAccount, references: readonly string[]): Promise<Set<string>> {
  const rows = await context.db.read(
    platform,
    statement<{ reference: string }>(
      'payments.references_of_store',
      'select reference from platform.payment_reference where payment_account_id = $1 and tenant_id = $2 and reference = any($3)',
      [account.operatorAccountId ?? '', tenantOf(context), references],
    ),
  )
  return new Set(rows.map(({ reference }) => reference))
}

/** Of what was listed of an account, what is the store's: of its own, all of it. */
export async function eventsOfStore(
  context: Context,
  remote: RemotePort,
  account: PaymentAccount,
  events: readonly VerifiedEvent[],
): Promise<readonly VerifiedEvent[]> {
  if (account.operatorAccountId === undefined) return events
  const touchedBy = (event: VerifiedEvent) => remote.interpret(event).map(({ reference }) => reference)
  const own = await referencesOfStore(context, account, events.flatMap(touchedBy))
  return events.filter((event) => touchedBy(event).some((reference) => own.has(reference)))
}

/** How many events of the operator's accounts wait for a person: money moved, and no store answers to it. */
export function parkedOperatorEventsStatement(): Statement<{ count: number }> {
  return statement(
    'payments.parked_operator_events',
    `select count(*)::int as count from platform.payment_event where state = 'parked'`,
    [],
  )
}

/** An event of the operator's account, as the operator sees it. Its content may hold what a shopper typed, and is not shown. */
export interface OperatorEventView {
  id: string
  payment_account_id: string
  reference: string
  type: string
  object_reference: string | null
  state: 'unclaimed' | 'parked' | 'handed' | 'ignored'
  reason: string | null
  /** The store that it was handed to later, by its public id. */
  tenant_id: string | null
  occurred_at: Date
  received_at: Date
  settled_at: Date | null
  count: number
}

export function listOperatorEventsStatement(
  filter: { id?: string; state?: string[] | undefined; accountId?: string[] | undefined },
  page: ListPage,
): Statement<OperatorEventView> {
  const order = orderBy('e', page.order)
  return statement(
    `payments.list_operator_events.${order.name}`,
    `select e.id, e.payment_account_id, e.event_reference as reference, e.type, e.object_reference, e.state, e.reason, t.public_id as tenant_id,
            e.occurred_at, e.received_at, e.settled_at, count(*) over ()::int as count
     from platform.payment_event e left join platform.tenant t on t.id = e.tenant_id
     where ($1::text[] is null or e.state = any($1)) and ($2::text[] is null or e.payment_account_id = any($2))
       and ($3::text is null or e.id = $3)
     ${order.sql} limit $4 offset $5`,
    [filter.state ?? null, filter.accountId ?? null, filter.id ?? null, page.limit, page.offset],
  )
}

/**
 * The operator has looked at an event that was set aside: it goes when its time comes.
 * @throws not_found; not_allowed for one that was not set aside
 */
export async function ignoreOperatorEvent(unit: Unit, id: string, now: Date): Promise<void> {
  const [event] = await unit.run(
    statement<{ state: string }>('payments.lock_operator_event', 'select state from platform.payment_event where id = $1 for update', [id]),
  )
  if (event === undefined) throw notFound(`Payment event with id: ${id} was not found`)
  if (event.state !== 'parked')
    throw notAllowed(`The payment event: ${id} is ${event.state}. Only one that was set aside is to be looked at.`)
  await unit.run(
    statement('payments.ignore_operator_event', `update platform.payment_event set state = 'ignored', settled_at = $2 where id = $1`, [
      id,
      now,
    ]),
  )
}

/**
 * Looks again whose an event is, after its cause was mended or when it was put aside too soon: it is handed to the store whose object
 * it points at, which reads that anew.
 * @throws not_found; not_allowed for one that was handed over, and while it points at nobody's object or at several stores'
 */
export async function retryOperatorEvent(context: Context, id: string): Promise<void> {
  const [event] = await context.db.read(
    platform,
    statement<{ payment_account_id: string; touched: string[]; state: string }>(
      'payments.operator_event',
      'select payment_account_id, touched, state from platform.payment_event where id = $1',
      [id],
    ),
  )
  if (event === undefined) throw notFound(`Payment event with id: ${id} was not found`)
  if (event.state === 'handed') throw notAllowed(`The payment event: ${id} was handed to its store`)
  const [owner, another] = await context.db.read(platform, ownersStatement(event.payment_account_id, event.touched))
  if (owner === undefined || another !== undefined) {
    throw notAllowed(
      owner === undefined
        ? `The payment event: ${id} points at nothing that was made for a store. Look at it in the provider's own pages.`
        : `The payment event: ${id} points at what was made for several stores. Look at it in the provider's own pages.`,
      'payment_object_unknown',
    )
  }
  await context.db.unitOfWork({ role: 'platform', tenantId: owner.tenant_id }, async (unit) => {
    const standIn = await standInOf(unit, event.payment_account_id)
    if (standIn === undefined)
      throw unexpectedState(`A store has objects on account ${event.payment_account_id} and no row that stands for it`)
    const handed = await unit.run(
      statement<WaitingEvent>('payments.hand_over_event', handedSql(`e.state <> 'handed' and e.id = $3`), [
        event.payment_account_id,
        owner.tenant_id,
        id,
      ]),
    )
    await keepHanded(unit, context, standIn, handed)
  })
}

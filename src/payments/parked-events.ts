import { type Context, statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'

// An event that was set aside is money that a person must look at. Whoever is to is told by mail, a store's staff and operators (see
// `operator-alarm.ts`) in one way: once for what comes within some minutes, and each day again for what still waits.

/** An event that waits for a person. */
export interface ParkedEvent {
  id: string
  payment_account_id: string
  type: string
  object_reference: string | null
  reason: string | null
  received_at: Date
}

export interface ParkedEvents {
  /** The oldest first, no more than a mail holds. */
  events: ParkedEvent[]
  /** All that wait, as far as they were looked at. */
  ids: string[]
}

/** What comes together is told of together, and whoever was to tell of it and died is followed by another after that. */
export const alarmAfter_minutes = 5
/** Whoever was told is not told of more for so long: events that come one by one are not a mail each. */
export const quietFor_hours = 1
export const repeatedAfter_hours = 24
export const listedMost = 50
export const lookedAtMost = 1_000

/** The store's staff are told of what was set aside, so many minutes from now. */
async function emitLater(unit: Unit, context: Context, minutes: number): Promise<Date> {
  const availableAt = new Date(context.clock.now().getTime() + minutes * 60_000)
  await emit(unit, 'payment_events.parked', {}, { availableAt, requestId: context.requestId })
  return availableAt
}

/** An event was set aside. */
export async function emitParked(unit: Unit, context: Context): Promise<void> {
  await emitLater(unit, context, alarmAfter_minutes)
}

/**
 * Takes upon the caller to tell a store's staff of the events that wait for a person: all of them as soon as one is due, which are not due
 * for some minutes then, or for a day once they were told of (`noteParkedEventsTold`). Of several who ask at once one gets them, and whoever
 * gets them and dies is followed by another.
 * @returns null where nothing is due
 */
export async function takeParkedEvents(context: Context): Promise<ParkedEvents | null> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const [some] = await unit.run(
      statement(
        'payments.parked_events_due',
        `select 1 from payment_event where tenant_id = $1 and state = 'parked' and coalesce(alarm_at <= $2, true) limit 1`,
        [tenantOf(unit), context.clock.now()],
      ),
    )
    // Each event that was set aside asks: most find that another has.
    if (some === undefined) return null
    const waiting = await unit.run(
      statement<ParkedEvent & { is_due: boolean }>(
        'payments.parked_events',
        `select id, payment_account_id, type, object_reference, reason, received_at, coalesce(alarm_at <= $2, true) as is_due
         from payment_event where tenant_id = $1 and state = 'parked' order by id limit $3 for update`,
        [tenantOf(unit), context.clock.now(), lookedAtMost],
      ),
    )
    const due = waiting.filter(({ is_due }) => is_due).map(({ id }) => id)
    if (due.length === 0) return null
    const quiet = await quietMinutes(unit, context.clock.now())
    if (quiet > 0) {
      await noteAlarm(unit, due, await emitLater(unit, context, quiet))
      return null
    }
    const ids = waiting.map(({ id }) => id)
    await noteAlarm(unit, ids, await emitLater(unit, context, alarmAfter_minutes))
    return { events: waiting.slice(0, listedMost).map(({ is_due: _due, ...event }) => event), ids }
  })
}

/** For how long nobody is told of more, whether or not what was told of last still waits. */
async function quietMinutes(unit: Unit, now: Date): Promise<number> {
  const [last] = await unit.run(
    statement<{ told_at: Date | null }>(
      'payments.events_told_at',
      'select max(events_told_at) as told_at from payment_account where tenant_id = $1',
      [tenantOf(unit)],
    ),
  )
  return Math.ceil(((last?.told_at?.getTime() ?? 0) + quietFor_hours * 3_600_000 - now.getTime()) / 60_000)
}

/** They were told of: what still waits tomorrow is told of again. */
export async function noteParkedEventsTold(context: Context, { ids }: ParkedEvents): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    await noteAlarm(unit, ids, await emitLater(unit, context, repeatedAfter_hours * 60))
    await unit.run(
      statement(
        'payments.note_events_told',
        `update payment_account set events_told_at = $3 where tenant_id = $1
           and id in (select payment_account_id from payment_event where tenant_id = $1 and id = any($2))`,
        [tenantOf(unit), ids, context.clock.now()],
      ),
    )
  })
}

async function noteAlarm(unit: Unit, ids: readonly string[], at: Date): Promise<void> {
  await unit.run(
    statement(
      'payments.note_alarm',
      // Locked in one order by whoever takes them, and here.
      `with told as (
         select id from payment_event where tenant_id = $1 and id = any($2) and state = 'parked' order by id for update
       )
       update payment_event e set alarm_at = $3 from told where e.tenant_id = $1 and e.id = told.id`,
      [tenantOf(unit), ids, at],
    ),
  )
}

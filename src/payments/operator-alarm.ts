import { type Context, statement } from '../db/index.js'
import {
  alarmAfter_minutes,
  listedMost,
  lookedAtMost,
  type ParkedEvent,
  type ParkedEvents,
  quietFor_hours,
  repeatedAfter_hours,
} from './parked-events.js'

export interface OperatorAlarm extends ParkedEvents {
  /** Of the people who see these events. */
  recipients: string[]
}

const recipientsMost = 50

/**
 * Takes upon the caller to tell operators of the events that wait for a person: all of them as soon as one is due, which are not due for
 * some minutes then, or for a day once they were told of (`noteOperatorAlarm`). Of several who ask at once one gets them.
 * @returns null where nothing is due, or nobody is there to be told
 */
export async function takeOperatorAlarm(context: Context): Promise<OperatorAlarm | null> {
  return context.db.unitOfWork({ role: 'platform' }, async (unit) => {
    const people = await unit.run(
      statement<{ email: string }>(
        'payments.operators_to_tell',
        `select email from platform.operator where 'platform:payments:read' = any(permissions) order by email limit ${recipientsMost}`,
        [],
      ),
    )
    if (people.length === 0) return null
    const waiting = await unit.run(
      statement<ParkedEvent>(
        'payments.take_operator_alarm',
        // Whoever waits for the first row finds what was due to be due no more. Processes of a version before said no time.
        `with waiting as (
           select id, coalesce(alarm_at, received_at) as alarm_at from platform.payment_event where state = 'parked' order by id limit ${lookedAtMost} for update
         ), taken as (
           update platform.payment_event e set alarm_at = $1::timestamptz + $2 * interval '1 minute'
           from waiting w where e.id = w.id and exists (select 1 from waiting where alarm_at <= $1)
             and not exists (select 1 from platform.payment_account where events_told_at > $1::timestamptz - $3 * interval '1 hour')
           returning e.id, e.payment_account_id, e.type, e.object_reference, e.reason, e.received_at
         )
         select * from taken order by received_at, id`,
        [context.clock.now(), alarmAfter_minutes, quietFor_hours],
      ),
    )
    if (waiting.length === 0) return null
    return { recipients: people.map(({ email }) => email), events: waiting.slice(0, listedMost), ids: waiting.map(({ id }) => id) }
  })
}

/** They were told: what still waits tomorrow is told of again. */
export async function noteOperatorAlarm(context: Context, { ids }: OperatorAlarm): Promise<void> {
  await context.db.unitOfWork({ role: 'platform' }, (unit) =>
    unit.run(
      statement(
        'payments.note_operator_alarm',
        // Locked in one order by whoever takes them, and here.
        `with told as (select id from platform.payment_event where id = any($1) and state = 'parked' order by id for update), account as (
           update platform.payment_account set events_told_at = $2
           where id in (select payment_account_id from platform.payment_event where id = any($1))
         )
         update platform.payment_event e set alarm_at = $2::timestamptz + $3 * interval '1 hour' from told where e.id = told.id`,
        [ids, context.clock.now(), repeatedAfter_hours],
      ),
    ),
  )
}

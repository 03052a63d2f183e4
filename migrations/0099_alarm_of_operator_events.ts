import type { Knex } from 'knex'

/**
 * When the operators are told next of an event of their accounts that waits for a person. Those that wait already are told of at once:
 * they are few, and found without an index of their own.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table platform.payment_event add column alarm_at timestamptz(3)')
  await knex.raw(`update platform.payment_event set alarm_at = now() where state = 'parked'`)
  await knex.raw(`create index payment_event_alarm on platform.payment_event (alarm_at) where state = 'parked'`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

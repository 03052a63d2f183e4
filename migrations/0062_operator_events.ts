import type { Knex } from 'knex'

/** Outside a transaction: indexes of a table in use are built beside their writers. */
export const config = { transaction: false }

/** Events of the operator's account that a person must look at are told apart from those that are only nobody's. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table platform.payment_event drop constraint if exists payment_event_state_check')
  await knex.raw(`
    alter table platform.payment_event add constraint payment_event_state_check
    check (state in ('unclaimed', 'parked', 'handed', 'ignored')) not valid`)
  await knex.raw('alter table platform.payment_event validate constraint payment_event_state_check')
  await knex.raw(`
    update platform.payment_event set state = 'parked'
    where state = 'unclaimed' and (type like 'charge.dispute.%' or reason like '%several stores%')`)
  await knex.raw('drop index concurrently if exists platform.payment_event_open')
  await knex.raw(
    `create index concurrently payment_event_open on platform.payment_event using gin (touched) where state in ('unclaimed', 'parked')`,
  )
  await knex.raw('drop index concurrently if exists platform.payment_event_unclaimed')
  // What goes after a time is found by when it came (`payment_event_received`): of all but the few that wait for a person.
  await knex.raw('drop index concurrently if exists platform.payment_event_handed')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import type { Knex } from 'knex'

/**
 * When a store's staff are told next of an event that was set aside: null is at once. A later
 * migration tells of those that wait already: this one holds back events that come in, for as long as a column takes.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table app.payment_event add column alarm_at timestamptz(3)')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

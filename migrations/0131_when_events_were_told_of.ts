import type { Knex } from 'knex'

/** When people were last told of an account's events that wait for them: also once all of those were seen to. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table app.payment_account add column events_told_at timestamptz(3)')
  await knex.raw('alter table platform.payment_account add column events_told_at timestamptz(3)')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

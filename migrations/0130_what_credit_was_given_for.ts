import type { Knex } from 'knex'

/** What staff said of store credit that they gave because more was owed to an order's shopper: of older such credit nobody knows. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table app.orders add column credits_given jsonb not null default '[]'`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

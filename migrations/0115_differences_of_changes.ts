import type { Knex } from 'knex'

/**
 * What an edit, an exchange or a claim made its order come to more, below nothing for less. Older entries of the history
 * say nothing of it, and nothing is reckoned of them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table app.order_change add column difference_minor bigint')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import type { Knex } from 'knex'

/** Whose use of a promotion it was, where its campaign counts for each customer: given back, it is counted less. */
export async function up(knex: Knex): Promise<void> {
  // Without a default: no row is rewritten.
  await knex.raw(`alter table app.promotion_use add column attribute_value text`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

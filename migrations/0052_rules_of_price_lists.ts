import type { Knex } from 'knex'

/** What a price list asks for besides customer groups: attributes, each with the values that meet it. */
export async function up(knex: Knex): Promise<void> {
  // Without a default: no row is rewritten, and every list that is there asks for nothing more.
  await knex.raw(`alter table app.price_list add column other_rules jsonb check (jsonb_typeof(other_rules) = 'object')`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

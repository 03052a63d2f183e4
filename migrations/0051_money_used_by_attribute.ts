import type { Knex } from 'knex'

/** How much money each customer has used of a campaign, beside how often. With a constant default no row is rewritten. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table app.campaign_use add column spent_minor bigint not null default 0 check (spent_minor >= 0)`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

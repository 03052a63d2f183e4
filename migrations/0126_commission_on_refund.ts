import type { Knex } from 'knex'

/** What of a store's commission goes back with a refund; in proportion, as until now, unless the store says otherwise. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.store add column commission_on_refund text not null default 'proportional'
    constraint store_commission_on_refund check (commission_on_refund in ('proportional', 'return', 'keep'))`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

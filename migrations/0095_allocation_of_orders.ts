import type { Knex } from 'knex'

/** Outside a transaction: the check is looked through without holding up writers. Everything is repeated where it was broken off. */
export const config = { transaction: false }

/** A discount on a whole order need not say how it is divided: it is divided among everything. Rewrites nothing. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.promotion alter column allocation drop not null,
      drop constraint if exists promotion_allocated,
      add constraint promotion_allocated check (allocation is not null or target_type = 'order') not valid`)
  await knex.raw('alter table app.promotion validate constraint promotion_allocated')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

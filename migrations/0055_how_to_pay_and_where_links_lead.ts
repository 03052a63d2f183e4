import type { Knex } from 'knex'

/** A store says how to pay by hand, and whose pages its storefront has. */
export async function up(knex: Knex): Promise<void> {
  // A constant default rewrites no row.
  await knex.raw(`alter table app.store
    add column payment_instructions jsonb not null default '{}',
    add column storefront_kind text check (storefront_kind in ('stoa', 'medusa'))`)
  await knex.raw(
    `comment on column app.store.payment_instructions is 'By payment provider: what the way to pay is called, and how it is done.'`,
  )
  await knex.raw(
    `comment on column app.store.storefront_kind is 'Null where its address says it: pages of Stoa at a host of Stoa, those of a Medusa storefront elsewhere.'`,
  )
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import type { Knex } from 'knex'

/** Rules of a way of delivery beside the two that are columns. */
export async function up(knex: Knex): Promise<void> {
  // A constant default rewrites nothing.
  await knex.raw(`alter table app.shipping_option add column rules jsonb not null default '[]'`)
  await knex.raw(`
    comment on column app.shipping_option.rules is
      'What must hold of a cart beside is_return and enabled_in_store: [{id, attribute, operator, value}]; all of them.'`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

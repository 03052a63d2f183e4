import type { Knex } from 'knex'

/** Outside a transaction: checks are looked through without holding up writers. Everything is repeated where it was broken off. */
export const config = { transaction: false }

/**
 * Imports that a store's staff bring, beside those of its vendors: of no vendor, so that none sees them, in another shape, and
 * waiting until they are confirmed. Rewrites nothing.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.import_job
      add column if not exists source text not null default 'shopify',
      add column if not exists to_create_count integer not null default 0,
      add column if not exists to_update_count integer not null default 0,
      add column if not exists expires_at timestamptz(3),
      alter column vendor_id drop not null`)
  await knex.raw(`
    alter table app.import_job
      drop constraint if exists import_job_state_check,
      drop constraint if exists import_job_source_check,
      add constraint import_job_state_check check (state in ('waiting', 'queued', 'running', 'done', 'failed')) not valid,
      add constraint import_job_source_check check (source = case when vendor_id is null then 'medusa' else 'shopify' end) not valid`)
  await knex.raw('alter table app.import_job validate constraint import_job_state_check')
  await knex.raw('alter table app.import_job validate constraint import_job_source_check')
  // What a vendor writes is bound by the key over three columns, which holds no row without a vendor; imports are never deleted.
  await knex.raw('alter table app.import_error alter column vendor_id drop not null')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import type { Knex } from 'knex'

/**
 * Tax regions, rates and rules say who made them, as Medusa's do; of those that are there nobody knows. A province names a provider
 * only where somebody said one.
 */
export async function up(knex: Knex): Promise<void> {
  for (const table of ['tax_region', 'tax_rate', 'tax_rate_rule']) {
    await knex.raw(`alter table app.${table} add column created_by text collate "C"`)
  }
  await knex.raw('alter table app.tax_region alter column provider_id drop not null')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

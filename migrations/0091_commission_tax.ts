import type { Knex } from 'knex'

/** Outside a transaction: each check is looked through without holding up writers. Everything is repeated where it was broken off. */
export const config = { transaction: false }

/**
 * The tax that is in a store's commission: its rate, who issues the invoices, and how each vendor is treated. Nothing is taxed until
 * a store says its rate. Columns with constant defaults rewrite nothing.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.store
      add column if not exists commission_tax_ppm integer not null default 0,
      add column if not exists legal_name text,
      add column if not exists legal_address text,
      add column if not exists vat_number text`)
  await knex.raw(`alter table app.vendor add column if not exists commission_tax_treatment text not null default 'standard'`)
  await knex.raw('alter table app.invoice add column if not exists tax_minor bigint not null default 0')
  const checks = [
    ['store', 'store_commission_tax', 'commission_tax_ppm between 0 and 1000000'],
    ['vendor', 'vendor_commission_tax', `commission_tax_treatment in ('standard', 'reverse_charge', 'exempt')`],
    ['invoice', 'invoice_tax', 'tax_minor >= 0 and tax_minor <= total_minor'],
  ] as const
  for (const [table, name, text] of checks) {
    await knex.raw(`alter table app.${table} drop constraint if exists ${name}`)
    await knex.raw(`alter table app.${table} add constraint ${name} check (${text}) not valid`)
    await knex.raw(`alter table app.${table} validate constraint ${name}`)
  }
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

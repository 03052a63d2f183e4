import type { Knex } from 'knex'

/**
 * The tax that is in a store's commission: its rate, who issues the invoices, and how each vendor is treated. Nothing is taxed until
 * a store says its rate. Columns with constant defaults rewrite nothing.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.store
      add column commission_tax_ppm integer not null default 0,
      add column legal_name text,
      add column legal_address text,
      add column vat_number text,
      add constraint store_commission_tax check (commission_tax_ppm between 0 and 1000000) not valid`)
  await knex.raw('alter table app.store validate constraint store_commission_tax')
  await knex.raw(`
    alter table app.vendor
      add column commission_tax_treatment text not null default 'standard',
      add constraint vendor_commission_tax check (commission_tax_treatment in ('standard', 'reverse_charge', 'exempt')) not valid`)
  await knex.raw('alter table app.vendor validate constraint vendor_commission_tax')
  await knex.raw(`
    alter table app.invoice
      add column tax_minor bigint not null default 0,
      add constraint invoice_tax check (tax_minor >= 0 and tax_minor <= total_minor) not valid`)
  await knex.raw('alter table app.invoice validate constraint invoice_tax')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

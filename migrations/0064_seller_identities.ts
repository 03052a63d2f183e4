import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/** Who sellers are to tax offices: what they state of themselves. What identifies them elsewhere is sealed. */
export async function up(knex: Knex): Promise<void> {
  await tenantTable(knex, 'seller_identity', {
    key: ['vendor_id'],
    columns: `
      vendor_id text collate "C" not null,
      kind text not null check (kind in ('individual', 'company')),
      legal_name text,
      first_name text,
      last_name text,
      address jsonb not null,
      tax_id_sealed text,
      tax_id_country text collate "C",
      vat_number text,
      registration_number text,
      birth_date_sealed text,
      birth_place text,
      residence_countries text[] not null default '{}',
      establishment_countries text[] not null default '{}',
      account_identifier_sealed text,
      account_identifier_type text check (account_identifier_type in ('IBAN', 'OBAN', 'other')),
      account_holder text,
      stated_by text,
      stated_at timestamptz(3) not null,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`,
    references: { vendor_id: 'vendor' },
    constraints: [
      'check ((tax_id_sealed is null) or (tax_id_country is not null))',
      'check ((account_identifier_sealed is null) = (account_identifier_type is null))',
    ],
    vendor: 'own',
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

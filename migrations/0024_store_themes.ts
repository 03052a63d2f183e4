import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/** How a store's storefront looks and what its pages say, as its files describe it. */
export async function up(knex: Knex): Promise<void> {
  await tenantTable(knex, 'store_theme', {
    columns: `
      name text collate "C" not null check (length(name) between 1 and 64),
      theme jsonb not null check (jsonb_typeof(theme) = 'object'),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`,
    key: ['name'],
    vendor: 'none',
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/** What each customer has used of a campaign, beside what all have. */
export async function up(knex: Knex): Promise<void> {
  await tenantTable(knex, 'campaign_use', {
    key: ['campaign_id', 'attribute_value'],
    columns: `
      campaign_id text collate "C" not null,
      attribute_value text collate "C" not null check (length(attribute_value) between 1 and 254),
      used int not null default 0 check (used >= 0),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`,
    references: { campaign_id: 'campaign' },
    vendor: 'none',
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

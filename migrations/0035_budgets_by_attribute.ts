import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/** A campaign may be used so often by each customer: what each has used is counted beside what all have. */
export async function up(knex: Knex): Promise<void> {
  // No campaign of the new type is there yet: what is checked is looked at without holding up who buys.
  await knex.raw(`
    alter table app.campaign
      add column budget_attribute text check (budget_attribute in ('customer_id', 'customer_email')),
      drop constraint campaign_budget_type_check,
      drop constraint campaign_budget,
      add constraint campaign_budget_type_check check (budget_type in ('spend', 'usage', 'use_by_attribute')) not valid,
      add constraint campaign_budget check (
        budget_type = 'use_by_attribute' or budget_limit_minor is null or budget_used_minor <= budget_limit_minor) not valid,
      add constraint campaign_budget_attribute
        check ((budget_type is not distinct from 'use_by_attribute') = (budget_attribute is not null)) not valid`)
  for (const name of ['campaign_budget_type_check', 'campaign_budget', 'campaign_budget_attribute'])
    await knex.raw(`alter table app.campaign validate constraint ${name}`)
  await knex.raw(`alter table app.promotion_use add column attribute_value text`)
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

import type { Knex } from 'knex'

/**
 * A campaign may be used so often by each customer. Campaigns are few: looking through them all takes milliseconds. What belongs
 * to it in other tables has migrations of its own, so that no lock waits for another.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.campaign
      add column budget_attribute text check (budget_attribute in ('customer_id', 'customer_email')),
      drop constraint campaign_budget_type_check,
      drop constraint campaign_budget,
      add constraint campaign_budget_type_check check (budget_type in ('spend', 'usage', 'use_by_attribute')),
      add constraint campaign_budget check (
        budget_type = 'use_by_attribute' or budget_limit_minor is null or budget_used_minor <= budget_limit_minor),
      add constraint campaign_budget_attribute
        check ((budget_type is not distinct from 'use_by_attribute') = (budget_attribute is not null))`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

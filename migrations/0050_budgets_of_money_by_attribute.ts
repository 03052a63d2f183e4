import type { Knex } from 'knex'

/**
 * A campaign may give each customer so much money. Campaigns are few: looking through them all takes milliseconds. A budget of
 * money has a currency, each customer's as well as all customers' together.
 */
export async function up(knex: Knex): Promise<void> {
  const names = await knex.raw(`
    select conname from pg_constraint where conrelid = 'app.campaign'::regclass and contype = 'c'
      and pg_get_constraintdef(oid) like '%budget_currency_code IS NOT NULL%'`)
  const [currency] = names.rows as { conname: string }[]
  if (currency === undefined) throw new Error('campaign has no rule about the currency of its budget')
  await knex.raw(
    `alter table app.campaign
       drop constraint ??,
       drop constraint campaign_budget_type_check,
       drop constraint campaign_budget,
       drop constraint campaign_budget_attribute,
       add constraint campaign_budget_type_check check (budget_type in ('spend', 'usage', 'use_by_attribute', 'spend_by_attribute')),
       add constraint campaign_budget check (budget_type in ('use_by_attribute', 'spend_by_attribute')
         or budget_limit_minor is null or budget_used_minor <= budget_limit_minor),
       add constraint campaign_budget_attribute check (
         (coalesce(budget_type, '') in ('use_by_attribute', 'spend_by_attribute')) = (budget_attribute is not null)),
       add constraint campaign_budget_currency check (
         (coalesce(budget_type, '') in ('spend', 'spend_by_attribute')) = (budget_currency_code is not null))`,
    [currency.conname],
  )
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import type { Knex } from 'knex'

/** Outside a transaction: indexes of tables in use are built beside their writers. */
export const config = { transaction: false }

/**
 * A price may ask for any attribute, as a price list does: text that the attribute must be. What tells prices of one set apart
 * takes it in. Processes of the version before name the constraint that goes here when they put prices into lists: until the last
 * of them is replaced, that one request fails, and is good when it is sent again.
 */
export async function up(knex: Knex): Promise<void> {
  // Without a default: no row is rewritten. Everything is repeated where it was broken off.
  await knex.raw(
    `alter table app.conditional_price add column if not exists other_rules jsonb check (jsonb_typeof(other_rules) = 'object')`,
  )
  await knex.raw('drop index concurrently if exists app.conditional_price_apart')
  await knex.raw(`
    create unique index concurrently conditional_price_apart on app.conditional_price (tenant_id, price_set_id, currency_code,
      price_list_id, region_id, customer_group_id, item_total_text, min_quantity, (coalesce(other_rules::text, ''))) nulls not distinct`)
  await replaceConstraints(knex)
  await knex.raw(`
    create or replace function app.price_rules_hold(rules jsonb, facts jsonb) returns boolean
    language plpgsql immutable parallel safe as $$
    begin
      -- One text that the attribute must be, or several of which it is one. What nobody knows holds of nothing.
      return not exists (select 1 from jsonb_each(rules) rule where not coalesce(case jsonb_typeof(rule.value)
        when 'array' then jsonb_exists(rule.value, facts ->> rule.key) else rule.value #>> '{}' = facts ->> rule.key end, false));
    end $$`)
}

/** What was said of rows before holds of them: the new check is looked through without holding up writers. */
async function replaceConstraints(knex: Knex): Promise<void> {
  const { rows } = await knex.raw(`
    select c.conname as name from pg_constraint c where c.conrelid = 'app.conditional_price'::regclass
      and (c.contype = 'u' and pg_get_constraintdef(c.oid) like '%item_total_text%'
        or c.contype = 'c' and pg_get_constraintdef(c.oid) like '%COALESCE(price_list_id%' and c.conname <> 'conditional_price_has_rules')`)
  await knex.raw('alter table app.conditional_price drop constraint if exists conditional_price_has_rules')
  await knex.raw(`
    alter table app.conditional_price add constraint conditional_price_has_rules check (
      coalesce(price_list_id, region_id, customer_group_id) is not null or item_total_rules is not null or other_rules is not null) not valid`)
  await knex.raw('alter table app.conditional_price validate constraint conditional_price_has_rules')
  for (const { name } of rows as { name: string }[]) await knex.raw('alter table app.conditional_price drop constraint ??', [name])
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

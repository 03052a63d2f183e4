import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/** Checks of tables in use are validated beside their writers, each in a transaction of its own. */
export const config = { transaction: false }

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`

/** Promotions and campaigns, and who pays for the discount of what was sold. */
export async function up(knex: Knex): Promise<void> {
  // A run that was broken off while it validated begins with the rest.
  if (!(await knex.schema.withSchema('app').hasTable('promotion'))) {
    await knex.transaction(async (transaction) => {
      await promotions(transaction)
      await discounts(transaction)
      await allowStaff(transaction)
    })
  }
  for (const [table, checks] of Object.entries(replaced)) {
    for (const name of Object.keys(checks)) await knex.raw(`alter table app.${table} validate constraint ${name}`)
  }
}

async function promotions(knex: Knex): Promise<void> {
  // What a campaign has used of its budget is counted in its row: whoever takes of it holds the row's lock. Of a budget of
  // uses, a use counts as one minor unit.
  await tenantTable(knex, 'campaign', {
    columns: `
      name text not null,
      description text,
      campaign_identifier text collate "C" not null,
      starts_at timestamptz(3),
      ends_at timestamptz(3),
      budget_type text check (budget_type in ('spend', 'usage')),
      budget_currency_code text collate "C" check (budget_currency_code ~ '^[a-z]{3}$'),
      budget_limit_minor bigint check (budget_limit_minor >= 0),
      budget_used_minor bigint not null default 0 check (budget_used_minor >= 0),
      metadata jsonb,${dates},
      deleted_at timestamptz(3),
      check (starts_at is null or ends_at is null or starts_at <= ends_at),
      constraint campaign_budget check (budget_limit_minor is null or budget_used_minor <= budget_limit_minor),
      check (budget_type is not null or budget_limit_minor is null),
      check ((budget_type is not distinct from 'spend') = (budget_currency_code is not null))`,
    indexes: [{ columns: 'campaign_identifier', unique: true, where: 'deleted_at is null' }],
    vendor: 'none',
  })
  // Rules are read with their promotion, on every change of a cart, and never without it: they are in its row.
  const rules = (name: string) =>
    `${name} jsonb not null default '[]' check (jsonb_typeof(${name}) = 'array' and jsonb_array_length(${name}) <= 50)`
  await tenantTable(knex, 'promotion', {
    columns: `
      code text collate "C" not null check (length(code) between 1 and 100),
      type text not null check (type in ('standard', 'buyget')),
      is_automatic boolean not null default false,
      is_tax_inclusive boolean not null default false,
      status text not null default 'draft' check (status in ('draft', 'active', 'inactive')),
      usage_limit integer check (usage_limit >= 1),
      used integer not null default 0 check (used >= 0),
      campaign_id text collate "C",
      funder text not null default 'store' check (funder in ('vendor', 'store', 'platform')),
      vendor_id text collate "C",
      method_type text not null check (method_type in ('fixed', 'percentage')),
      target_type text not null check (target_type in ('items', 'shipping_methods', 'order')),
      allocation text not null check (allocation in ('each', 'across', 'once')),
      value_minor bigint check (value_minor >= 0),
      value_ppm integer check (value_ppm between 0 and 1000000),
      currency_code text collate "C" check (currency_code ~ '^[a-z]{3}$'),
      max_quantity integer check (max_quantity >= 1),
      apply_to_quantity integer check (apply_to_quantity >= 1),
      buy_rules_min_quantity integer check (buy_rules_min_quantity >= 1),
      description text,
      ${rules('rules')},
      ${rules('target_rules')},
      ${rules('buy_rules')},
      metadata jsonb,${dates},
      deleted_at timestamptz(3),
      constraint promotion_usage check (usage_limit is null or used <= usage_limit),
      check ((funder = 'vendor') = (vendor_id is not null)),
      check (case method_type when 'fixed' then value_minor is not null and currency_code is not null and value_ppm is null
        else value_ppm is not null and value_minor is null end),
      check (type <> 'buyget' or (target_type = 'items' and apply_to_quantity is not null and buy_rules_min_quantity is not null))`,
    references: { campaign_id: 'campaign', vendor_id: 'vendor' },
    indexes: [
      { columns: 'code', unique: true, where: 'deleted_at is null', name: 'promotion_code' },
      { columns: 'id', where: `is_automatic and status = 'active' and deleted_at is null`, name: 'promotion_automatic' },
    ],
    vendor: 'own-read',
  })
  // One row for each attempt to complete a cart with a promotion: what it took, and whether it gave it back.
  await tenantTable(knex, 'promotion_use', {
    columns: `
      promotion_id text collate "C" not null,
      campaign_id text collate "C",
      checkout_id text collate "C" not null,
      order_id text collate "C",
      amount_minor bigint not null check (amount_minor > 0),
      currency_code text collate "C" not null,
      budget_used_minor bigint not null default 0 check (budget_used_minor >= 0),
      state text not null default 'taken' check (state in ('taken', 'returned')),${dates}`,
    references: { promotion_id: 'promotion', campaign_id: 'campaign', checkout_id: 'checkout', order_id: 'orders' },
    constraints: ['unique (tenant_id, checkout_id, promotion_id)'],
    vendor: 'none',
  })
}

const funded = `
      add column vendor_discount_minor bigint not null default 0 check (vendor_discount_minor >= 0),
      add column store_discount_minor bigint not null default 0 check (store_discount_minor >= 0),
      add column platform_discount_minor bigint not null default 0 check (platform_discount_minor >= 0)`
const soldCheck = (table: string) => ({
  [`${table}_total`]: `total_minor = subtotal_minor - vendor_discount_minor - store_discount_minor - platform_discount_minor + tax_minor`,
})

/** Checks by their new name. Rows that are there have no discount: each of them passes. */
const replaced: Record<string, Record<string, string>> = {
  order_line_item: soldCheck('order_line_item'),
  order_shipping_method: soldCheck('order_shipping_method'),
  vendor_order: {
    vendor_order_share: `vendor_amount_minor = total_minor - tax_total_minor - commission_minor + store_discount_minor + platform_discount_minor`,
  },
  order_credit: {
    order_credit_parts: `amount_minor = vendor_amount_minor + commission_minor + tax_minor - store_discount_minor - platform_discount_minor`,
    order_credit_amount: `amount_minor >= 0 and vendor_amount_minor + commission_minor + tax_minor > 0`,
  },
}

/** What the checks that give way have in their text. */
const givesWay: Record<string, readonly string[]> = {
  order_line_item: ['(total_minor = (subtotal_minor + tax_minor))'],
  order_shipping_method: ['(total_minor = (subtotal_minor + tax_minor))'],
  vendor_order: ['(vendor_amount_minor = ((total_minor - tax_total_minor) - commission_minor))'],
  order_credit: ['(amount_minor = ((vendor_amount_minor + commission_minor) + tax_minor))', '(amount_minor > 0)'],
}

async function discounts(knex: Knex): Promise<void> {
  // Columns with a constant default rewrite nothing.
  await knex.raw(`alter table app.cart add column promo_codes text[] collate "C" not null default '{}'`)
  await knex.raw(`alter table app.orders add column promotions jsonb not null default '[]'`)
  await knex.raw(`alter table app.order_line_item add column discount_tax_minor bigint not null default 0, ${funded}`)
  await knex.raw(`alter table app.order_shipping_method add column discount_tax_minor bigint not null default 0, ${funded}`)
  await knex.raw(`alter table app.vendor_order ${funded}`)
  await knex.raw(`
    alter table app.order_credit
      add column store_discount_minor bigint not null default 0 check (store_discount_minor >= 0),
      add column platform_discount_minor bigint not null default 0 check (platform_discount_minor >= 0)`)
  for (const [table, checks] of Object.entries(replaced)) {
    for (const text of givesWay[table] ?? []) await dropCheck(knex, table, text)
    for (const [name, text] of Object.entries(checks)) {
      await knex.raw(`alter table app.${table} add constraint ${name} check (${text}) not valid`)
    }
  }
}

async function dropCheck(knex: Knex, table: string, text: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>(
    `select conname as name from pg_constraint
     where conrelid = ?::regclass and contype = 'c' and strpos(pg_get_constraintdef(oid), ?) > 0`,
    [`app.${table}`, text],
  )
  if (rows.length !== 1) throw new Error(`app.${table} has ${rows.length} checks of ${text}, and should have one`)
  await knex.raw(`alter table app.${table} drop constraint ${rows[0]?.name}`)
}

const list = (values: readonly string[]) => `array[${values.map((value) => `'${value}'`).join(', ')}]`
const all = ['promotions:read', 'promotions:write']
const grantedTo = { store_owner: all, store_manager: all, store_support: ['promotions:read'] }

/** Roles and keys are rows of each store. Row-level security binds migrations too, so it goes store by store. */
async function allowStaff(knex: Knex): Promise<void> {
  const roles = Object.entries(grantedTo).map(
    ([name, permissions]) => `
        update app.role set permissions = permissions || ${list(permissions)}
          where tenant_id = store.id and name = '${name}' and not permissions @> ${list(permissions)};`,
  )
  await knex.raw(`
    do $$
    declare
      store record;
    begin
      for store in select id from platform.tenant loop
        perform set_config('app.tenant_id', store.id::text, true);
        update app.api_key k set permissions = k.permissions || ${list(all)}
          where k.tenant_id = store.id and k.type = 'secret' and k.permissions @> (
            select r.permissions from app.role r where r.tenant_id = store.id and r.name = 'store_owner');
        ${roles.join('')}
      end loop;
      perform set_config('app.tenant_id', '', true);
    end $$`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`

/** Prices by rule and in lists, who changed what, and invitations of staff. */
export async function up(knex: Knex): Promise<void> {
  await prices(knex)
  await audit(knex)
  await people(knex)
  await providers(knex)
  await allowStaff(knex)
}

/**
 * Beside the plain prices of a set stand those that hold under a condition: in a region, for a customer group, above a
 * total, while a list runs. They are a table of their own: who reads plain prices keeps reading those, and a set without
 * conditions, which nearly all are, costs one look into an index.
 */
async function prices(knex: Knex): Promise<void> {
  await tenantTable(knex, 'price_list', {
    columns: `
      title text not null,
      description text not null default '',
      type text not null default 'sale' check (type in ('sale', 'override')),
      status text not null default 'draft' check (status in ('draft', 'active')),
      starts_at timestamptz(3),
      ends_at timestamptz(3),
      is_for_groups boolean not null default false,
      metadata jsonb,${dates},
      deleted_at timestamptz(3),
      check (starts_at is null or ends_at is null or starts_at <= ends_at)`,
    indexes: [{ columns: 'status, id', name: 'price_list_active', where: 'deleted_at is null' }],
    vendor: 'none',
  })
  await tenantTable(knex, 'price_list_customer_group', {
    columns: `
      price_list_id text collate "C" not null,
      customer_group_id text collate "C" not null`,
    key: ['price_list_id', 'customer_group_id'],
    references: { price_list_id: 'price_list on delete cascade', customer_group_id: 'customer_group on delete cascade' },
    vendor: 'none',
  })
  await tenantTable(knex, 'conditional_price', {
    columns: `
      price_set_id text collate "C" not null,
      vendor_id text collate "C" not null,
      price_list_id text collate "C",
      currency_code text collate "C" not null check (currency_code ~ '^[a-z]{3}$'),
      amount_minor bigint not null check (amount_minor >= 0),
      min_quantity integer check (min_quantity >= 0),
      max_quantity integer check (max_quantity >= 1),
      region_id text collate "C",
      customer_group_id text collate "C",
      item_total_rules jsonb check (jsonb_typeof(item_total_rules) = 'array' and jsonb_array_length(item_total_rules) between 1 and 10),
      item_total_text text generated always as (coalesce(item_total_rules::text, '')) stored,${dates},
      check (coalesce(price_list_id, region_id, customer_group_id) is not null or item_total_rules is not null)`,
    references: {
      price_list_id: 'price_list on delete cascade',
      region_id: 'region on delete cascade',
      customer_group_id: 'customer_group on delete cascade',
    },
    constraints: [
      'foreign key (tenant_id, vendor_id, price_set_id) references app.price_set (tenant_id, vendor_id, id) on delete cascade',
      `unique nulls not distinct (tenant_id, price_set_id, currency_code, price_list_id, region_id, customer_group_id,
        item_total_text, min_quantity)`,
    ],
    vendor: 'own',
  })
}

const auditColumns = `
      actor_type text not null,
      actor_id text collate "C",
      action text not null,
      object_type text,
      object_id text collate "C",
      request_id text not null,
      before jsonb,
      after jsonb,
      at timestamptz(3) not null default now()`

/** Written once, never changed. What the platform does to no store in particular is the platform's row. */
async function audit(knex: Knex): Promise<void> {
  await tenantTable(knex, 'audit_record', {
    columns: `vendor_id text collate "C",${auditColumns}`,
    indexes: [{ columns: 'object_id, id' }, { columns: 'actor_id, id' }, { columns: 'request_id' }, { columns: 'vendor_id, id' }],
    vendor: 'own',
    appendOnly: true,
  })
  await knex.raw(`create table platform.audit_record (id text collate "C" primary key,${auditColumns})`)
  await knex.raw('grant select, insert on platform.audit_record to app_platform')
}

async function people(knex: Knex): Promise<void> {
  // Only the hash of a token is kept; `sent` counts the mails, each of which carries a token of its own.
  await tenantTable(knex, 'invite', {
    columns: `
      email text collate "C" not null check (email = lower(email)),
      role_id text collate "C" not null,
      token_hash text collate "C" not null,
      sent integer not null default 1,
      expires_at timestamptz(3) not null,
      accepted_at timestamptz(3),
      created_by text,
      metadata jsonb,${dates},
      deleted_at timestamptz(3)`,
    references: { role_id: 'role' },
    indexes: [
      { columns: 'token_hash', unique: true },
      { columns: 'email', unique: true, where: 'deleted_at is null and accepted_at is null', name: 'invite_open' },
    ],
    vendor: 'none',
  })
}

async function providers(knex: Knex): Promise<void> {
  await tenantTable(knex, 'stock_location_provider', {
    columns: `
      stock_location_id text collate "C" not null,
      provider_id text collate "C" not null,
      vendor_id text collate "C" not null`,
    key: ['stock_location_id', 'provider_id'],
    constraints: [
      `foreign key (tenant_id, vendor_id, stock_location_id)
        references app.stock_location (tenant_id, vendor_id, id) on delete cascade`,
    ],
    vendor: 'own',
  })
}

const list = (values: readonly string[]) => `array[${values.map((value) => `'${value}'`).join(', ')}]`
const grantedTo = {
  store_owner: ['prices:read', 'prices:write', 'audit:read'],
  store_manager: ['prices:read', 'prices:write', 'audit:read'],
  store_support: ['prices:read', 'audit:read'],
}

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
        update app.api_key k set permissions = k.permissions || ${list(grantedTo.store_owner)}
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

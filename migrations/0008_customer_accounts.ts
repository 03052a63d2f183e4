import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`

/** Accounts of shoppers, and how everybody signs in: addresses, groups, one-time tokens, second factors, sessions, transfers. */
export async function up(knex: Knex): Promise<void> {
  await customers(knex)
  await signIn(knex)
  await operators(knex)
  await transfers(knex)
  // Where mails lead. Without it they tell the code alone.
  await knex.raw('alter table app.store add column storefront_url text')
  await allowStaff(knex, ['customers:read', 'customers:write'])
}

async function customers(knex: Knex): Promise<void> {
  await tenantTable(knex, 'customer_address', {
    columns: `
      customer_id text collate "C" not null,
      address_name text,
      is_default_shipping boolean not null default false,
      is_default_billing boolean not null default false,
      company text,
      first_name text,
      last_name text,
      address_1 text,
      address_2 text,
      city text,
      country_code text collate "C",
      province text,
      postal_code text,
      phone text,
      metadata jsonb,${dates}`,
    references: { customer_id: 'customer on delete cascade' },
    indexes: [
      { columns: 'customer_id', name: 'customer_address_customer_id' },
      { columns: 'customer_id', unique: true, where: 'is_default_shipping', name: 'customer_address_shipping' },
      { columns: 'customer_id', unique: true, where: 'is_default_billing', name: 'customer_address_billing' },
    ],
    vendor: 'none',
  })
  await tenantTable(knex, 'customer_group', {
    columns: `
      name text not null,
      metadata jsonb,
      created_by text,${dates},
      deleted_at timestamptz(3)`,
    indexes: [{ columns: 'name', unique: true, where: 'deleted_at is null' }],
    vendor: 'none',
  })
  await tenantTable(knex, 'customer_group_customer', {
    columns: `
      customer_group_id text collate "C" not null,
      customer_id text collate "C" not null,
      created_at timestamptz(3) not null default now()`,
    key: ['customer_group_id', 'customer_id'],
    references: { customer_group_id: 'customer_group on delete cascade', customer_id: 'customer on delete cascade' },
    vendor: 'none',
  })
}

const factorColumns = `
      auth_identity_id text collate "C" not null,
      provider text not null default 'totp' check (provider in ('totp')),
      label text,
      secret text not null,
      status text not null default 'pending' check (status in ('pending', 'enabled')),
      last_step integer not null default 0,
      failed_attempts integer not null default 0,
      failed_at timestamptz(3),
      metadata jsonb,${dates}`
const recoveryColumns = `
      auth_identity_id text collate "C" not null,
      code_hash text collate "C" not null,
      used_at timestamptz(3),
      created_at timestamptz(3) not null default now()`
const challengeColumns = `
      auth_identity_id text collate "C" not null,
      attempts integer not null default 0 check (attempts >= 0),
      expires_at timestamptz(3) not null,
      completed_at timestamptz(3),
      created_at timestamptz(3) not null default now()`

async function signIn(knex: Knex): Promise<void> {
  // Sent by mail, good once. Only hashes are kept.
  await tenantTable(knex, 'auth_token', {
    columns: `
      purpose text not null check (purpose in ('password_reset', 'email_verification')),
      auth_identity_id text collate "C" not null,
      token_hash text collate "C" not null,
      expires_at timestamptz(3) not null,
      used_at timestamptz(3),
      created_at timestamptz(3) not null default now()`,
    references: { auth_identity_id: 'auth_identity on delete cascade' },
    indexes: [{ columns: 'token_hash', unique: true }, { columns: 'expires_at' }],
    vendor: 'none',
  })
  await tenantTable(knex, 'auth_verification', {
    columns: `
      auth_identity_id text collate "C" not null,
      entity_type text not null check (entity_type in ('email')),
      entity text collate "C" not null,
      code_provider text not null,
      metadata jsonb,
      verified_at timestamptz(3),
      requested_at timestamptz(3) not null default now()`,
    references: { auth_identity_id: 'auth_identity on delete cascade' },
    indexes: [{ columns: 'auth_identity_id, entity_type, entity', unique: true }],
    vendor: 'none',
  })
  const references = { auth_identity_id: 'auth_identity on delete cascade' }
  await tenantTable(knex, 'mfa_factor', { columns: factorColumns, references, vendor: 'none' })
  await tenantTable(knex, 'mfa_recovery_code', { columns: recoveryColumns, references, vendor: 'none' })
  await tenantTable(knex, 'mfa_challenge', { columns: challengeColumns, references, vendor: 'none' })
}

/** Operators have no tenant: their second factors are the platform's rows, and so is the way from a cookie to its sender. */
async function operators(knex: Knex): Promise<void> {
  const tables = { mfa_factor: factorColumns, mfa_recovery_code: recoveryColumns, mfa_challenge: challengeColumns }
  for (const [name, columns] of Object.entries(tables)) {
    await knex.raw(`
      create table platform.${name} (
        id text collate "C" primary key,
        ${columns},
        foreign key (auth_identity_id) references platform.operator (id) on delete cascade
      )`)
    await knex.raw(`create index ${name}_identity on platform.${name} (auth_identity_id)`)
    await knex.raw(`grant select, insert, update, delete on platform.${name} to app_platform`)
  }
  // Like a key, a session must be found before its tenant is known.
  await knex.raw(`
    create table platform.auth_session (
      token_hash text collate "C" primary key,
      tenant_id uuid references platform.tenant (id) on delete cascade,
      claims jsonb not null,
      expires_at timestamptz(3) not null,
      created_at timestamptz(3) not null default now()
    )`)
  await knex.raw('create index auth_session_expires on platform.auth_session (expires_at)')
  await knex.raw('create index auth_session_tenant on platform.auth_session (tenant_id)')
  await knex.raw('grant select, insert, update, delete on platform.auth_session to app_platform')
}

async function transfers(knex: Knex): Promise<void> {
  await tenantTable(knex, 'order_transfer', {
    columns: `
      order_id text collate "C" not null,
      customer_id text collate "C" not null,
      original_email text not null,
      updates_order_email boolean not null default false,
      description text,
      status text not null default 'requested' check (status in ('requested', 'accepted', 'declined', 'canceled')),
      settled_at timestamptz(3),${dates}`,
    references: { order_id: 'orders', customer_id: 'customer' },
    indexes: [
      { columns: 'order_id', name: 'order_transfer_order_id' },
      { columns: 'order_id', unique: true, where: `status = 'requested'`, name: 'order_transfer_active' },
    ],
    vendor: 'none',
  })
}

/**
 * Roles and keys are rows of each store, with their permissions in them: those that came with the store, and keys that
 * may do all that its owner may, keep doing so. Row-level security binds migrations too, so it goes store by store.
 */
async function allowStaff(knex: Knex, names: readonly string[]): Promise<void> {
  const reads = names.filter((name) => name.endsWith(':read'))
  const list = (values: readonly string[]) => `array[${values.map((value) => `'${value}'`).join(', ')}]`
  await knex.raw(`
    do $$
    declare
      store record;
    begin
      for store in select id from platform.tenant loop
        perform set_config('app.tenant_id', store.id::text, true);
        update app.api_key k set permissions = k.permissions || ${list(names)}
          where k.tenant_id = store.id and k.type = 'secret' and k.permissions @> (
            select r.permissions from app.role r where r.tenant_id = store.id and r.name = 'store_owner');
        update app.role set permissions = permissions || ${list(names)}
          where tenant_id = store.id and name in ('store_owner', 'store_manager') and not permissions @> ${list(names)};
        update app.role set permissions = permissions || ${list(reads)}
          where tenant_id = store.id and name = 'store_support' and not permissions @> ${list(reads)};
      end loop;
      perform set_config('app.tenant_id', '', true);
    end $$`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/** Tenants, their keys and their people. Platform tables hold what must be global; only app_platform may touch them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table platform.plan (
      id text collate "C" primary key,
      name text not null unique,
      fee_rate_ppm integer not null default 0 check (fee_rate_ppm between 0 and 1000000),
      fee_fixed jsonb not null default '{}',
      created_at timestamptz(3) not null default now()
    )`)
  await knex.raw(`
    create table platform.tenant (
      id uuid primary key,
      public_id text collate "C" not null unique,
      slug text collate "C" not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9]){0,1}$'),
      name text not null,
      status text not null default 'active' check (status in ('active', 'suspended')),
      suspended_reason text,
      plan_id text collate "C" not null references platform.plan (id),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()
    )`)
  await knex.raw(`
    create table platform.domain (
      id text collate "C" primary key,
      tenant_id uuid not null references platform.tenant (id) on delete cascade,
      hostname text collate "C" not null unique check (hostname = lower(hostname)),
      verified_at timestamptz(3),
      created_at timestamptz(3) not null default now()
    )`)
  await knex.raw('create index domain_tenant on platform.domain (tenant_id)')
  // A key must be found before its tenant is known: only the hash is here, everything else is the tenant's row.
  await knex.raw(`
    create table platform.api_key_route (
      token_hash text collate "C" primary key,
      tenant_id uuid not null references platform.tenant (id) on delete cascade,
      api_key_id text collate "C" not null
    )`)
  await knex.raw(`
    create table platform.operator (
      id text collate "C" primary key,
      email text collate "C" not null unique check (email = lower(email)),
      name text,
      password_hash text not null,
      token_version integer not null default 1,
      permissions text[] not null,
      last_sign_in_at timestamptz(3),
      created_at timestamptz(3) not null default now()
    )`)
  await knex.raw(`
    create table platform.idempotency_key (
      id text collate "C" primary key,
      request_hash text not null,
      state text not null check (state in ('running', 'done')),
      status integer,
      response text,
      locked_until timestamptz(3),
      created_at timestamptz(3) not null default now()
    )`)
  await knex.raw('grant select, insert, update, delete on all tables in schema platform to app_platform')
  await knex.raw('revoke all on platform.knex_migrations_lock from app_platform')
  await knex.raw('revoke insert, update, delete on platform.knex_migrations from app_platform')

  await tenantTable(knex, 'idempotency_key', {
    columns: `
      request_hash text not null,
      state text not null check (state in ('running', 'done')),
      status integer,
      response text,
      locked_until timestamptz(3),
      created_at timestamptz(3) not null default now()`,
    indexes: [{ columns: 'created_at' }],
    vendor: 'none',
  })
  await tenantTable(knex, 'auth_identity', {
    columns: `
      actor_type text not null check (actor_type in ('customer', 'member', 'user')),
      email text collate "C" not null check (email = lower(email)),
      password_hash text not null,
      actor_id text collate "C",
      token_version integer not null default 1,
      last_sign_in_at timestamptz(3),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`,
    indexes: [
      { columns: 'actor_type, email', unique: true },
      { columns: 'actor_type, actor_id', unique: true, where: 'actor_id is not null' },
    ],
    vendor: 'none',
  })
  await tenantTable(knex, 'store_user', {
    columns: `
      email text collate "C" not null,
      first_name text,
      last_name text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      deleted_at timestamptz(3)`,
    indexes: [{ columns: 'email', unique: true, where: 'deleted_at is null' }],
    vendor: 'none',
  })
  await tenantTable(knex, 'role', {
    columns: `
      name text not null,
      scope text not null check (scope in ('tenant', 'vendor')),
      permissions text[] not null,
      created_at timestamptz(3) not null default now()`,
    indexes: [{ columns: 'name', unique: true }],
    vendor: 'none',
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import type { Knex } from 'knex'

/** The operator's account at a payment provider, which stores may be charged on, and whose its objects and events are. */
export async function up(knex: Knex): Promise<void> {
  // A constant default rewrites nothing.
  await knex.raw(
    `alter table platform.tenant add column payment_account text not null default 'own' check (payment_account in ('own', 'operator'))`,
  )
  await accounts(knex)
  await standIns(knex)
  await knex.raw(`
    update platform.operator set permissions = permissions || array['platform:payments:read', 'platform:payments:write']
    where 'platform:tenants:write' = any(permissions) and not 'platform:payments:write' = any(permissions)`)
}

async function accounts(knex: Knex): Promise<void> {
  await knex.raw(`
    create table platform.payment_account (
      id text collate "C" primary key,
      provider_id text collate "C" not null,
      mode text not null check (mode in ('test', 'live')),
      reference text collate "C" not null,
      country text collate "C" not null,
      publishable_key text,
      credentials text not null,
      status text not null default 'active' check (status in ('active', 'disabled')),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()
    )`)
  await knex.raw(`create unique index payment_account_active on platform.payment_account (provider_id) where status = 'active'`)
  // Which store an object at the provider was made for: what tells whose an event is.
  await knex.raw(`
    create table platform.payment_reference (
      payment_account_id text collate "C" not null references platform.payment_account (id),
      reference text collate "C" not null,
      tenant_id uuid not null references platform.tenant (id) on delete cascade,
      primary key (payment_account_id, reference)
    )`)
  await knex.raw('create index payment_reference_tenant on platform.payment_reference (tenant_id)')
  // Events that are no store's, or not yet. What is a store's is among the store's rows.
  await knex.raw(`
    create table platform.payment_event (
      id text collate "C" primary key,
      payment_account_id text collate "C" not null references platform.payment_account (id),
      event_reference text collate "C" not null,
      type text not null,
      object_reference text collate "C",
      connected_account text collate "C",
      touched text[] not null,
      is_live boolean not null,
      payload jsonb not null,
      state text not null check (state in ('unclaimed', 'handed', 'ignored')),
      reason text,
      tenant_id uuid references platform.tenant (id) on delete set null,
      occurred_at timestamptz(3) not null,
      received_at timestamptz(3) not null default now(),
      settled_at timestamptz(3),
      unique (payment_account_id, event_reference)
    )`)
  await knex.raw(`create index payment_event_unclaimed on platform.payment_event using gin (touched) where state = 'unclaimed'`)
  await knex.raw('create index payment_event_received on platform.payment_event (received_at)')
  await knex.raw('create index payment_event_tenant on platform.payment_event (tenant_id) where tenant_id is not null')
  await knex.raw(`
    grant select, insert, update, delete on platform.payment_account, platform.payment_reference, platform.payment_event to app_platform`)
}

async function standIns(knex: Knex): Promise<void> {
  // An address without a store is the operator's: its account is one of the platform's.
  await knex.raw('alter table platform.payment_hook_route alter column tenant_id drop not null')
  // A store's row that stands for the operator's account: payments and payees refer to it, and it holds no keys.
  await knex.raw(`
    alter table app.payment_account
      add column operator_account_id text collate "C",
      alter column credentials drop not null,
      alter column hook_token_hash drop not null`)
  await knex.raw(`
    alter table app.payment_account add constraint payment_account_keys
      check ((operator_account_id is null) = (credentials is not null)) not valid`)
  await knex.raw('alter table app.payment_account validate constraint payment_account_keys')
  await knex.raw(`
    create unique index payment_account_of_operator on app.payment_account (tenant_id, operator_account_id)
    where operator_account_id is not null`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

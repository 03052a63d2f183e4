import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`

/** Accounts at payment providers, what is asked of them, what they tell, and what they kept. */
export async function up(knex: Knex): Promise<void> {
  await tenantTable(knex, 'payment_account', {
    columns: `
      provider_id text collate "C" not null,
      mode text not null check (mode in ('test', 'live')),
      reference text collate "C" not null,
      country text collate "C" not null,
      publishable_key text,
      credentials text not null,
      hook_token_hash text collate "C" not null,
      status text not null default 'active' check (status in ('active', 'disabled')),${dates}`,
    indexes: [
      { columns: 'provider_id', unique: true, where: `status = 'active'`, name: 'payment_account_active' },
      { columns: 'provider_id, reference, mode' },
    ],
    vendor: 'none',
  })
  // An event comes before its tenant is known: the token of its address says whose it is, and only its hash is kept.
  await knex.raw(`
    create table platform.payment_hook_route (
      token_hash text collate "C" primary key,
      tenant_id uuid not null references platform.tenant (id) on delete cascade,
      payment_account_id text collate "C" not null
    )`)
  await knex.raw('create index payment_hook_route_tenant on platform.payment_hook_route (tenant_id)')
  await knex.raw('grant select, insert, update, delete on platform.payment_hook_route to app_platform')

  // What a provider was asked under a key, kept before it is sent: asked again, it is asked the same.
  await tenantTable(knex, 'payment_operation', {
    columns: `
      operation_key text collate "C" not null,
      payment_account_id text collate "C" not null,
      kind text not null,
      request jsonb not null,
      state text not null default 'sending' check (state in ('sending', 'ok', 'declined', 'rejected')),
      answer jsonb,
      attempts integer not null default 1,${dates}`,
    references: { payment_account_id: 'payment_account' },
    constraints: ['unique (tenant_id, operation_key)'],
    indexes: [{ columns: 'updated_at', where: `state = 'sending'`, name: 'payment_operation_open' }],
    vendor: 'none',
  })

  // Events of a provider, once each. Its outbox row is written with it and does the work.
  await tenantTable(knex, 'payment_event', {
    columns: `
      payment_account_id text collate "C" not null,
      event_reference text collate "C" not null,
      type text not null,
      object_reference text collate "C",
      connected_account text collate "C",
      payload jsonb not null,
      state text not null default 'pending' check (state in ('pending', 'done', 'ignored', 'parked')),
      reason text,
      occurred_at timestamptz(3) not null,
      received_at timestamptz(3) not null default now(),
      settled_at timestamptz(3)`,
    references: { payment_account_id: 'payment_account' },
    constraints: ['unique (tenant_id, payment_account_id, event_reference)'],
    indexes: [{ columns: 'received_at', where: `state in ('pending', 'parked')`, name: 'payment_event_open' }],
    vendor: 'none',
  })

  // Balance transactions: what the provider says came and went, and what it kept.
  await tenantTable(knex, 'payment_movement', {
    columns: `
      payment_account_id text collate "C" not null,
      reference text collate "C" not null,
      source text collate "C",
      category text not null,
      amount_minor bigint not null,
      fee_minor bigint not null,
      net_minor bigint not null,
      currency_code text collate "C" not null,
      occurred_at timestamptz(3) not null,
      available_at timestamptz(3),
      created_at timestamptz(3) not null default now()`,
    references: { payment_account_id: 'payment_account' },
    constraints: ['unique (tenant_id, payment_account_id, reference)'],
    indexes: [{ columns: 'payment_account_id, source' }],
    vendor: 'none',
  })

  // The provider's name for a payment is how its events find our rows. A session keeps it after it has ended.
  for (const table of ['payment_session', 'payment']) {
    await knex.raw(`alter table app.${table} add column reference text collate "C", add column payment_account_id text collate "C"`)
    // Nothing refers to an account yet: there is nothing to check, and so no lock to hold for it.
    await knex.raw(`
      alter table app.${table} add constraint ${table}_account foreign key (tenant_id, payment_account_id)
      references app.payment_account (tenant_id, id) not valid`)
    await knex.raw(`alter table app.${table} validate constraint ${table}_account`)
    await knex.raw(`create index ${table}_of_account on app.${table} (tenant_id, payment_account_id) where payment_account_id is not null`)
  }
  await knex.raw(
    'create unique index payment_session_reference on app.payment_session (tenant_id, provider_id, reference) where reference is not null',
  )
  await knex.raw('create unique index payment_reference on app.payment (tenant_id, provider_id, reference) where reference is not null')
  await knex.raw('alter table app.refund add column reference text collate "C"')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

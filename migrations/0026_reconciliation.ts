import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`

/** Accounts at payment providers held against our own rows and books, each night and whenever somebody asks. */
export async function up(knex: Knex): Promise<void> {
  await tenantTable(knex, 'reconciliation_run', {
    columns: `
      payment_account_id text collate "C" not null,
      state text not null default 'running' check (state in ('running', 'done')),
      since timestamptz(3) not null,
      seen_until timestamptz(3) not null,
      cursor text,
      balances_before jsonb,
      opening_balances jsonb,
      movements integer not null default 0,
      found integer not null default 0,
      resolved integer not null default 0,
      requested_by text,
      finished_at timestamptz(3),${dates}`,
    references: { payment_account_id: 'payment_account' },
    indexes: [
      { columns: 'payment_account_id', unique: true, where: `state = 'running'`, name: 'reconciliation_run_once' },
      { columns: 'payment_account_id, created_at' },
    ],
    vendor: 'none',
  })
  await tenantTable(knex, 'reconciliation_exception', {
    columns: `
      payment_account_id text collate "C",
      kind text not null,
      reference text collate "C" not null,
      amount_minor bigint,
      currency_code text collate "C",
      detail text not null,
      first_seen_at timestamptz(3) not null,
      resolved_at timestamptz(3),
      acknowledged_at timestamptz(3),
      acknowledged_by text,
      note text,${dates}`,
    references: { payment_account_id: 'payment_account' },
    constraints: ['unique nulls not distinct (tenant_id, payment_account_id, kind, reference)'],
    indexes: [{ columns: 'kind, reference', where: 'resolved_at is null', name: 'reconciliation_exception_open' }],
    vendor: 'none',
  })
  // Which payment a movement is of, and what moved since a moment.
  await knex.raw('alter table app.payment_movement add column payment_reference text collate "C"')
  await knex.raw('create index payment_movement_of_payment on app.payment_movement (tenant_id, payment_reference)')
  await knex.raw('create index payment_movement_occurred on app.payment_movement (tenant_id, payment_account_id, occurred_at)')
  await perStore(knex)
}

/** Accounts that were connected before are looked at every night from now on. Row-level security binds migrations too. */
async function perStore(knex: Knex): Promise<void> {
  await knex.raw(`
    do $$
    declare
      store record;
    begin
      for store in select id from platform.tenant loop
        perform set_config('app.tenant_id', store.id::text, true);
        insert into app.outbox_event (tenant_id, id, name, handler, payload)
          select store.id, 'evt_' || right(a.id, 26), 'reconciliation.due', 'start_nightly_reconciliation',
                 jsonb_build_object('payment_account_id', a.id)
          from app.payment_account a where a.tenant_id = store.id;
      end loop;
      perform set_config('app.tenant_id', '', true);
    end $$`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

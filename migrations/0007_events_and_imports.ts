import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`

/** What happened and who must hear of it; mails; files that vendors bring. */
export async function up(knex: Knex): Promise<void> {
  // One row per event and handler, written in the transaction of the fact, so that one handler's trouble is not
  // another's. A row is never deleted unfinished.
  await tenantTable(knex, 'outbox_event', {
    columns: `
      name text not null,
      handler text not null,
      payload jsonb not null default '{}',
      state text not null default 'queued' check (state in ('queued', 'leased', 'done', 'failed')),
      attempts integer not null default 0,
      available_at timestamptz(3) not null default now(),
      leased_until timestamptz(3),
      last_error text,
      request_id text,
      finished_at timestamptz(3),
      created_at timestamptz(3) not null default now()`,
    indexes: [
      { columns: 'available_at, id', where: `state in ('queued', 'leased')`, name: 'outbox_event_due' },
      { columns: 'finished_at', where: `state in ('done', 'failed')`, name: 'outbox_event_finished' },
    ],
    vendor: 'none',
  })
  await knex.raw('grant insert on app.outbox_event to app_vendor')
  // The dispatcher looks across tenants, at this table and at nothing else; handlers run in their tenant's context.
  await knex.raw('create policy dispatch on app.outbox_event to app_worker using (true)')
  await knex.raw('grant select on app.outbox_event to app_worker')
  await knex.raw(`
    grant update (state, attempts, available_at, leased_until, last_error, finished_at)
    on app.outbox_event to app_worker`)
  // Retention can never remove what is not finished: the database refuses it.
  await knex.raw(`create policy sweep on app.outbox_event as restrictive for delete to app_worker using (state = 'done')`)
  await knex.raw('grant delete on app.outbox_event to app_worker')

  await tenantTable(knex, 'notification', {
    columns: `
      channel text not null default 'email',
      template text not null,
      recipient text not null,
      subject text not null,
      data jsonb not null default '{}',
      state text not null default 'pending' check (state in ('pending', 'sent', 'failed')),
      unique_key text collate "C" not null,
      sent_at timestamptz(3),
      last_error text,${dates}`,
    indexes: [{ columns: 'unique_key', unique: true }],
    vendor: 'none',
  })
  await tenantTable(knex, 'import_job', {
    columns: `
      vendor_id text collate "C" not null,
      kind text not null check (kind in ('products')),
      file_name text,
      content text not null,
      on_error text not null check (on_error in ('skip', 'abort')),
      state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
      row_count integer not null default 0,
      processed_count integer not null default 0,
      created_count integer not null default 0,
      updated_count integer not null default 0,
      error_count integer not null default 0,
      failure text,
      created_by text,
      started_at timestamptz(3),
      finished_at timestamptz(3),${dates}`,
    references: { vendor_id: 'vendor' },
    constraints: ['unique (tenant_id, vendor_id, id)'],
    vendor: 'own',
  })
  await tenantTable(knex, 'import_error', {
    columns: `
      import_job_id text collate "C" not null,
      vendor_id text collate "C" not null,
      position integer not null,
      line integer not null,
      column_name text,
      value text,
      reason text not null,
      handle text`,
    key: ['import_job_id', 'position'],
    constraints: [
      `foreign key (tenant_id, vendor_id, import_job_id)
        references app.import_job (tenant_id, vendor_id, id) on delete cascade`,
    ],
    vendor: 'own',
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const kept = `
      created_by text,
      expires_at timestamptz(3) not null,
      created_at timestamptz(3) not null default now()`

/** Files that staff hand in for imports, and those that exports write: kept for a while, in rows of their store. */
export async function up(knex: Knex): Promise<void> {
  await tenantTable(knex, 'import_file', {
    columns: `
      file_name text not null,
      content text not null,${kept}`,
    vendor: 'none',
  })
  await tenantTable(knex, 'export_job', {
    columns: `
      kind text not null check (kind in ('products', 'orders')),
      filter jsonb not null default '{}',
      vendor_ids text[] collate "C",
      state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
      column_names text[] not null default '{}',
      row_count integer not null default 0,
      chunk_count integer not null default 0,
      reached text collate "C",
      file_name text not null,
      failure text,
      started_at timestamptz(3),
      finished_at timestamptz(3),
      updated_at timestamptz(3) not null default now(),${kept}`,
    vendor: 'none',
  })
  // Rows as they were read, cell by cell under the name of its column: which columns there are is known at the end.
  await tenantTable(knex, 'export_chunk', {
    columns: `
      export_job_id text collate "C" not null,
      position integer not null,
      content text not null`,
    key: ['export_job_id', 'position'],
    references: { export_job_id: 'export_job on delete cascade' },
    vendor: 'none',
  })
  await allowStaff(knex)
}

const reads = ['imports:read', 'exports:read']
const all = [...reads, 'imports:write', 'exports:write']
const list = (names: readonly string[]) => `array[${names.map((name) => `'${name}'`).join(', ')}]`

/** What roles had from the start, and what each of them is given now. */
const grantedTo = { store_owner: all, store_manager: all, store_support: reads }

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

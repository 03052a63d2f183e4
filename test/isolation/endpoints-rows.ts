import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'

// What the database holds, for telling whether a request wrote something, and whether it told of a row.

/** Written by every request or by the worker, whoever asks: looked at without these columns. */
const touched: Record<string, readonly string[]> = {
  'app.api_key': ['last_used_at'],
  'app.auth_identity': ['last_sign_in_at'],
  'platform.operator': ['last_sign_in_at'],
  'app.outbox_event': ['state', 'attempts', 'available_at', 'leased_until', 'last_error', 'finished_at'],
}
/** Keys and the log are written by every write that is answered, also where it finds nothing to change. */
const leftOut = [
  'app.idempotency_key',
  'platform.idempotency_key',
  'platform.knex_migrations_lock',
  'app.audit_record',
  'platform.audit_record',
]

interface Table {
  name: string
  columns: string[]
}

let known: Table[] | undefined

async function tables(rows: pg.Client): Promise<Table[]> {
  known ??= (
    await rows.query<Table>(
      `select c.table_schema || '.' || c.table_name as name, array_agg(c.column_name::text order by c.ordinal_position) as columns
       from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
       where c.table_schema in ('app', 'platform') and t.table_type = 'BASE TABLE' group by 1 order by 1`,
    )
  ).rows.filter((table) => !leftOut.includes(table.name))
  return known
}

const rest_ms = 30_000

/** Waits until the worker has done what is due: what it writes then is not the request's. Throws, saying what is not done, after 30 s. */
export async function untilAtRest(rows: pg.Client): Promise<void> {
  const until = Date.now() + rest_ms
  for (;;) {
    const { rows: due } = await rows.query(
      `select name, handler, state, attempts, last_error, payload, available_at, now() from app.outbox_event
       where state = 'leased' or (state = 'queued' and available_at <= clock_timestamp()) limit 1`,
    )
    if (due.length === 0) return
    if (Date.now() > until) throw new Error(`the worker is not done after ${rest_ms} ms: ${JSON.stringify(due[0])}`)
    await pause(10)
  }
}

/** What every table held, and how many rows had been written until then. */
export interface Held {
  writes: string
  sums: Record<string, string>
}

/** Has the database count each row that is written from now on, also where the transaction is rolled back. */
export async function countWrites(rows: pg.Client): Promise<void> {
  const triggers = (await tables(rows)).map(({ name, columns }) => {
    const kept = touched[name] === undefined ? '' : ` of ${columnsOf(name, columns)}`
    return `create trigger counts_writes after insert or delete or update${kept} on ${name}
      for each row execute function counting.count_write();`
  })
  await rows.query(`create schema counting;
    create sequence counting.writes;
    create function counting.count_write() returns trigger language plpgsql security definer as
      $$ begin perform nextval('counting.writes'); return null; end $$;
    ${triggers.join('\n')}`)
}

/** What the database holds: read again only where something was written since `before` (a sum of all tables takes 30 ms). */
export async function heldBy(rows: pg.Client, before: Held | null): Promise<Held> {
  const { rows: counted } = await rows.query<{ writes: string }>('select (last_value, is_called)::text as writes from counting.writes')
  const writes = counted[0]?.writes as string
  return before?.writes === writes ? before : { writes, sums: await checksumOf(rows) }
}

const columnsOf = (table: string, columns: readonly string[]) =>
  columns
    .filter((column) => !touched[table]?.includes(column))
    .map((column) => `"${column}"`)
    .join(', ')

/** A checksum of every table, over the rows of every store. */
async function checksumOf(rows: pg.Client): Promise<Record<string, string>> {
  const parts = (await tables(rows)).map(({ name, columns }) => {
    return `select '${name}' as name, coalesce(sum(hashtextextended(r::text, 0)), 0)::text as sum
      from (select ${columnsOf(name, columns)} from ${name}) r`
  })
  // Prepared: planning it takes longer than running it.
  const { rows: sums } = await rows.query<{ name: string; sum: string }>({ name: 'checksum', text: parts.join(' union all ') })
  return Object.fromEntries(sums.map(({ name, sum }) => [name, sum]))
}

/** The ids of all rows of a store, or of one vendor's rows. */
export async function idsOfTenant(rows: pg.Client, tenantId: string, vendorId?: string): Promise<ReadonlySet<string>> {
  const parts = (await tables(rows))
    .filter(
      ({ columns }) => columns.includes('tenant_id') && columns.includes('id') && (vendorId === undefined || columns.includes('vendor_id')),
    )
    .map(({ name }) => `select id::text from ${name} where tenant_id = $1${vendorId === undefined ? '' : ' and vendor_id = $2'}`)
  const { rows: ids } = await rows.query<{ id: string }>({
    name: vendorId === undefined ? 'ids of a store' : 'ids of a vendor',
    text: parts.join(' union all '),
    values: vendorId === undefined ? [tenantId] : [tenantId, vendorId],
  })
  return new Set(ids.map(({ id }) => id))
}

import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'

export type ExportKind = 'products' | 'orders'

/** An export as staff see it. */
export interface ExportRow {
  id: string
  kind: ExportKind
  file_name: string
  state: 'queued' | 'running' | 'done' | 'failed'
  row_count: number
  failure: string | null
  created_by: string | null
  started_at: Date | null
  finished_at: Date | null
  expires_at: Date
  created_at: Date
  updated_at: Date
}

/** A page of exports. `id` narrows to one. */
export function exportsStatement(
  tenantId: string,
  filter: { id: readonly string[] | null; kind: readonly string[] | null },
  page: ListPage,
): Statement<ExportRow & { count: number }> {
  const order = orderBy('j', page.order)
  return statement(
    `exports.list.${order.name}`,
    `select j.id, j.kind, j.file_name, j.state, j.row_count, j.failure, j.created_by, j.started_at, j.finished_at, j.expires_at,
            j.created_at, j.updated_at, count(*) over ()::int as count
     from export_job j where j.tenant_id = $1 and ($2::text[] is null or j.id = any($2)) and ($3::text[] is null or j.kind = any($3))
     ${order.sql} limit $4 offset $5`,
    [tenantId, filter.id, filter.kind, page.limit, page.offset],
  )
}

export interface RunningExport {
  id: string
  kind: ExportKind
  filter: Record<string, unknown>
  /** Only these vendors' products; null for all. */
  vendor_ids: string[] | null
  state: ExportRow['state']
  row_count: number
  chunk_count: number
  /** The last of what is in the chunks. */
  reached: string | null
  regions: { id: string; name: string; currency_code: string }[]
}

export function runningExportStatement(tenantId: string, id: string): Statement<RunningExport> {
  return statement(
    'exports.to_run',
    `select j.id, j.kind, j.filter, j.vendor_ids, j.state, j.row_count, j.chunk_count, j.reached,
            coalesce((select json_agg(json_build_object('id', r.id, 'name', r.name, 'currency_code', r.currency_code) order by r.id)
                      from region r where r.tenant_id = $1 and r.deleted_at is null), '[]') as regions
     from export_job j where j.tenant_id = $1 and j.id = $2`,
    [tenantId, id],
  )
}

/** Handles of vendors, those that are gone included: what they sold is still theirs. */
export function vendorHandlesStatement(tenantId: string, ids: readonly string[]): Statement<{ id: string; handle: string }> {
  return statement('exports.vendor_handles', 'select v.id, v.handle from vendor v where v.tenant_id = $1 and v.id = any($2)', [
    tenantId,
    ids,
  ])
}

/** Locks an export that is not over. Who finds another place reached than it reads from has been overtaken. */
export function lockExportStatement(tenantId: string, id: string): Statement<{ reached: string | null; row_count: number }> {
  return statement(
    'exports.lock',
    `select j.reached, j.row_count from export_job j
     where j.tenant_id = $1 and j.id = $2 and j.state in ('queued', 'running') for update`,
    [tenantId, id],
  )
}

/** Adds a chunk behind those that are there, and notes which columns it has. */
export function addChunkStatement(
  tenantId: string,
  id: string,
  chunk: { groups: readonly object[]; count: number; columns: readonly string[]; reachedId: string },
): Statement<{ position: number }> {
  return statement(
    'exports.add_chunk',
    `with moved as (
       update export_job j set state = 'running', started_at = coalesce(started_at, now()), updated_at = now(), reached = $5,
         row_count = row_count + $6, chunk_count = chunk_count + 1,
         column_names = array(select unnest(j.column_names) union select unnest($4::text[]))
       where j.tenant_id = $1 and j.id = $2 returning chunk_count)
     insert into export_chunk (tenant_id, export_job_id, position, content) select $1, $2, chunk_count, $3 from moved returning position`,
    [tenantId, id, JSON.stringify(chunk.groups), chunk.columns, chunk.reachedId, chunk.count],
  )
}

/** Ends an export. One that failed keeps no rows. */
export function finishExportStatement(
  tenantId: string,
  id: string,
  failure: string | null,
): Statement<{ file_name: string; kind: ExportKind }> {
  return statement(
    'exports.finish',
    `with dropped as (delete from export_chunk where $3::text is not null and tenant_id = $1 and export_job_id = $2)
     update export_job set state = case when $3::text is null then 'done' else 'failed' end, failure = $3,
       started_at = coalesce(started_at, now()), finished_at = now(), updated_at = now()
     where tenant_id = $1 and id = $2 and state in ('queued', 'running') returning file_name, kind`,
    [tenantId, id, failure],
  )
}

export interface FinishedExport {
  id: string
  kind: ExportKind
  file_name: string
  column_names: string[]
  chunk_count: number
}

/** An export whose file can be fetched. */
export function finishedExportStatement(tenantId: string, id: string, now: Date): Statement<FinishedExport> {
  return statement(
    'exports.finished',
    `select id, kind, file_name, column_names, chunk_count from export_job
     where tenant_id = $1 and id = $2 and state = 'done' and expires_at > $3`,
    [tenantId, id, now],
  )
}

export function chunkStatement(tenantId: string, id: string, position: number): Statement<{ content: string }> {
  return statement('exports.chunk', 'select content from export_chunk where tenant_id = $1 and export_job_id = $2 and position = $3', [
    tenantId,
    id,
    position,
  ])
}

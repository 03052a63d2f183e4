import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'
import { limits } from '../kernel/index.js'
import type { Problem } from './problem.js'

export type ImportState = 'waiting' | 'queued' | 'running' | 'done' | 'failed'

/** An import as its vendor sees it, without the file itself. Rows and processed are rows, created and updated products, errors problems. */
export interface ImportRow {
  id: string
  kind: 'products'
  file_name: string | null
  on_error: 'skip' | 'abort'
  state: ImportState
  row_count: number
  processed_count: number
  created_count: number
  updated_count: number
  error_count: number
  failure: string | null
  started_at: Date | null
  finished_at: Date | null
  created_at: Date
  updated_at: Date
}

/** A page of imports. `id` narrows to one. */
export function importsStatement(tenantId: string, id: string | null, page: ListPage): Statement<ImportRow & { count: number }> {
  const order = orderBy('j', page.order)
  return statement(
    `imports.list.${order.name}`,
    `select j.id, j.kind, j.file_name, j.on_error, j.state, j.row_count, j.processed_count, j.created_count, j.updated_count,
            j.error_count, j.failure, j.started_at, j.finished_at, j.created_at, j.updated_at, count(*) over ()::int as count
     from import_job j where j.tenant_id = $1 and ($2::text is null or j.id = $2)
     ${order.sql} limit $3 offset $4`,
    [tenantId, id, page.limit, page.offset],
  )
}

/** An import as the store's staff see it: their own have no vendor. */
export interface StoreImportRow extends ImportRow {
  source: 'shopify' | 'medusa'
  vendor_id: string | null
  vendor: { id: string; name: string; handle: string } | null
  /** What a file that waits to be confirmed comes to. */
  to_create_count: number
  to_update_count: number
  created_by: string | null
  expires_at: Date | null
}

/** A page of a store's imports, its vendors' included. `vendorIds` narrows to those of some vendors; null for all. */
export function storeImportsStatement(
  tenantId: string,
  filter: { id: readonly string[] | null; state: readonly string[] | null; vendorIds: readonly string[] | null },
  page: ListPage,
): Statement<StoreImportRow & { count: number }> {
  const order = orderBy('j', page.order)
  return statement(
    `imports.of_store.${order.name}`,
    `select j.id, j.kind, j.source, j.file_name, j.on_error, j.state, j.row_count, j.processed_count, j.created_count, j.updated_count,
            j.error_count, j.failure, j.started_at, j.finished_at, j.created_at, j.updated_at, j.to_create_count, j.to_update_count,
            j.created_by, j.expires_at, j.vendor_id,
            (select json_build_object('id', v.id, 'name', v.name, 'handle', v.handle) from vendor v
             where v.tenant_id = $1 and v.id = j.vendor_id) as vendor, count(*) over ()::int as count
     from import_job j
     where j.tenant_id = $1 and ($2::text[] is null or j.id = any($2)) and ($3::text[] is null or j.state = any($3))
       and ($4::text[] is null or j.vendor_id = any($4))
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.state, filter.vendorIds, page.limit, page.offset],
  )
}

export interface ImportErrorRow {
  line: number
  column: string | null
  value: string | null
  reason: string
  handle: string | null
}

/** What was wrong with an import's file, by its lines; the first of them when there are very many. */
export function importErrorsStatement(tenantId: string, importId: string, page: ListPage): Statement<ImportErrorRow & { count: number }> {
  const direction = page.order.descending ? 'desc' : 'asc'
  return statement(
    `imports.errors.${direction}`,
    `select e.line, e.column_name as column, e.value, e.reason, e.handle, count(*) over ()::int as count
     from import_error e where e.tenant_id = $1 and e.import_job_id = $2 order by e.line ${direction}, e.position ${direction} limit $3 offset $4`,
    [tenantId, importId, page.limit, page.offset],
  )
}

export interface RunningImport {
  id: string
  on_error: 'skip' | 'abort'
  state: ImportState
  content: string
  processed_count: number
  /** The store's default currency: a Shopify file names none. */
  currency_code: string | null
  categories: { id: string; name: string }[]
}

/** Everything that running an import needs to know before it begins. */
export function runningImportStatement(tenantId: string, importId: string): Statement<RunningImport> {
  return statement(
    'imports.to_run',
    `select j.id, j.on_error, j.state, j.content, j.processed_count,
            (select c.currency_code from store_currency c where c.tenant_id = $1 and c.is_default limit 1) as currency_code,
            coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name) order by g.id) from product_category g
                      where g.tenant_id = $1 and g.deleted_at is null and g.is_active and not g.is_internal), '[]') as categories
     from import_job j where j.tenant_id = $1 and j.id = $2`,
    [tenantId, importId],
  )
}

/** SKUs of the vendor that a file names too, each with the product that has it. */
export function knownNumbersStatement(
  tenantId: string,
  vendorId: string,
  numbers: { sku: readonly string[]; barcode: readonly string[] },
): Statement<{ name: 'sku' | 'barcode'; value: string; external_id: string | null; title: string }> {
  return statement(
    'imports.known_numbers',
    `select n.name, n.value, p.external_id, p.title from (
       select 'sku' as name, v.sku as value, v.product_id from product_variant v
       where v.tenant_id = $1 and v.vendor_id = $2 and v.sku = any($3::text[]) and v.deleted_at is null
       union all
       select 'barcode', v.barcode, v.product_id from product_variant v
       where v.tenant_id = $1 and v.vendor_id = $2 and v.barcode = any($4::text[]) and v.deleted_at is null) n
     join product p on p.tenant_id = $1 and p.id = n.product_id`,
    [tenantId, vendorId, numbers.sku, numbers.barcode],
  )
}

/** Takes a queued import up, once. No row for one that runs or is over. */
export function beginStatement(tenantId: string, importId: string, counts: { rows: number; problems: number }): Statement<{ id: string }> {
  return statement(
    'imports.begin',
    `update import_job set state = 'running', row_count = $3, error_count = $4, started_at = now(), updated_at = now()
     where tenant_id = $1 and id = $2 and state = 'queued' returning id`,
    [tenantId, importId, counts.rows, counts.problems],
  )
}

/** Writes problems down, from a position on; no more than anybody would read. */
export function insertProblemsStatement(
  tenantId: string,
  job: { id: string; vendorId: string | null },
  problems: readonly Problem[],
  firstPosition: number,
): Statement<{ position: number }> {
  const kept = problems.slice(0, Math.max(0, limits.importErrors - firstPosition))
  return statement(
    'imports.insert_problems',
    `insert into import_error (tenant_id, import_job_id, vendor_id, position, line, column_name, value, reason, handle)
     select $1, $2, $3, $4 + e.index, e.line, e.column, e.value, e.reason, e.handle
     from jsonb_to_recordset($5::jsonb) as e (index integer, line integer, "column" text, value text, reason text, handle text)
     on conflict do nothing returning position`,
    [tenantId, job.id, job.vendorId, firstPosition, JSON.stringify(kept.map((problem, index) => ({ index, ...problem })))],
  )
}

/**
 * Locks a running import, and with it the other imports of the vendor, or those of the store's own, until the transaction ends: two that bring the same
 * product at once follow one another. What is read tells whether somebody else went on meanwhile.
 */
export function lockImportStatement(
  tenantId: string,
  vendorId: string | null,
  importId: string,
): Statement<{ processed_count: number; error_count: number }> {
  return statement(
    'imports.lock',
    `with turn as materialized (select pg_advisory_xact_lock(hashtextextended('import:' || $1::uuid || ':' || coalesce($2::text, ''), 0)) as taken)
     select j.processed_count, j.error_count from turn, import_job j
     where j.tenant_id = $1 and j.vendor_id is not distinct from $2 and j.id = $3 and j.state = 'running' for update of j`,
    [tenantId, vendorId, importId],
  )
}

/** Moves a running import on, in the transaction of what it wrote: neither is there without the other. */
export function advanceStatement(
  tenantId: string,
  importId: string,
  progress: { processed: number; created: number; updated: number; problems: number },
): Statement<{ id: string }> {
  return statement(
    'imports.advance',
    `update import_job set processed_count = $3, created_count = created_count + $4, updated_count = updated_count + $5,
       error_count = error_count + $6, updated_at = now()
     where tenant_id = $1 and id = $2 returning id`,
    [tenantId, importId, progress.processed, progress.created, progress.updated, progress.problems],
  )
}

/** Ends an import of a store's that is queued or runs, with what it came to. */
export function endStatement(
  tenantId: string,
  importId: string,
  failure: string | null,
): Statement<Pick<ImportRow, 'file_name' | 'created_count' | 'updated_count' | 'error_count'>> {
  return statement(
    'imports.end',
    `update import_job set state = case when $3::text is null then 'done' else 'failed' end, failure = $3,
       processed_count = case when $3::text is null then row_count else processed_count end, finished_at = now(), updated_at = now()
     where tenant_id = $1 and id = $2 and vendor_id is null and state in ('queued', 'running')
     returning file_name, created_count, updated_count, error_count`,
    [tenantId, importId, failure],
  )
}

/** Ends an import that is queued or runs. `failure` says why nothing more of it will be done; null when all is. */
export function finishStatement(tenantId: string, importId: string, failure: string | null): Statement<{ id: string }> {
  return statement(
    'imports.finish',
    `update import_job set state = case when $3::text is null then 'done' else 'failed' end, failure = $3,
       processed_count = case when $3::text is null then row_count else processed_count end, finished_at = now(), updated_at = now()
     where tenant_id = $1 and id = $2 and state in ('queued', 'running') returning id`,
    [tenantId, importId, failure],
  )
}

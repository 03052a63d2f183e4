import { type Context, statement, tenantOf } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { limits, newId, tooManyRequests } from '../../kernel/index.js'
import type { ExportKind } from '../queries.js'

export interface NewExport {
  kind: ExportKind
  /** As the list of the kind understands it. Kept as JSON. */
  filter: object
  /** Only these vendors' products; null for all. */
  vendorIds: readonly string[] | null
}

const hour_ms = 3_600_000

/**
 * Has a file written of what a list holds. What it is narrowed by is kept; it is read in the background.
 * @returns the export's id
 * @throws too_many_requests where the store has too many that are not over
 */
export async function requestExport(context: Context, { kind, filter, vendorIds }: NewExport): Promise<string> {
  const id = newId('exp')
  const tenantId = tenantOf(context)
  const now = context.clock.now()
  const expiresAt = new Date(now.getTime() + limits.exportFile_hours * hour_ms)
  const fileName = `${now.getTime()}-${kind === 'products' ? 'product' : 'order'}-exports.csv`
  await context.db.unitOfWork(context.scope, async (unit) => {
    // Two that ask at once are counted one after the other: who waited counts in a statement of its own, which sees the other's.
    await unit.run(statement('exports.take_turn', `select pg_advisory_xact_lock(hashtextextended('exports:' || $1::uuid, 0))`, [tenantId]))
    const [open] = await unit.run(
      statement<{ count: number }>(
        'exports.count_open',
        `select count(*)::int as count from export_job where tenant_id = $1 and state in ('queued', 'running') and expires_at > $2`,
        [tenantId, now],
      ),
    )
    if ((open?.count ?? 0) >= limits.exportsAtOnce)
      throw tooManyRequests(`${limits.exportsAtOnce} exports of this store are not done yet: wait until one of them is`)
    await unit.run(
      statement(
        'exports.insert',
        `insert into export_job (tenant_id, id, kind, filter, vendor_ids, file_name, created_by, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [tenantId, id, kind, JSON.stringify(filter), vendorIds, fileName, context.actorId, expiresAt],
      ),
    )
    await emit(unit, 'export.requested', { export_job_id: id }, { requestId: context.requestId })
    await emit(unit, 'export.expired', { export_job_id: id }, { requestId: context.requestId, availableAt: expiresAt })
  })
  return id
}

import { type Context, statement, tenantOf } from '../../db/index.js'
import { emit, hasten } from '../../events/index.js'
import { limits, newId, notAllowed, notFound } from '../../kernel/index.js'
import { checkProducts, type FileSummary, type ProductBodies, warningsOf } from '../medusa/bodies.js'
import { knownOf } from '../medusa/known.js'
import { holdersOf } from '../medusa/numbers.js'
import { readProductFile } from '../medusa/read-file.js'
import { textOf } from '../text.js'
import { expiryEventOf, importExpiry, takeTurnStatement } from './keep-file.js'

/** A file that staff bring: by its key, where it was handed in before, or itself. */
export type BroughtFile = { name: string; key: string } | { name: string; bytes: Buffer }

export interface RequestedImport {
  id: string
  summary: FileSummary
  warnings: string[]
}

/**
 * Reads and checks a whole file of products in Medusa's shape. It is kept until it is confirmed, for a day; nothing is written to
 * the catalogue.
 * @throws invalid_data in Medusa's words for the first thing that is wrong with the file; not_found for a key of no file
 */
export async function requestStoreImport(context: Context, file: BroughtFile, bodies: ProductBodies): Promise<RequestedImport> {
  const content = 'key' in file ? await contentOf(context, file.key) : textOf(file.bytes)
  const products = await readProductFile(content)
  const known = await knownOf(context, products)
  const summary = await checkProducts(products, { known, holders: await holdersOf(context, products, known) }, bodies)
  const rowCount = products.reduce((sum, product) => sum + product.rowCount, 0)
  const id = newId('imp')
  const tenantId = tenantOf(context)
  const expiresAt = importExpiry(context.clock.now())
  await context.db.unitOfWork(context.scope, async (unit) => {
    await unit.run(takeTurnStatement(tenantId))
    await unit.run(
      statement(
        'imports.insert_waiting',
        `insert into import_job (tenant_id, id, kind, source, file_name, content, on_error, state, row_count, to_create_count,
           to_update_count, created_by, expires_at)
         values ($1, $2, 'products', 'medusa', $3, $4, 'skip', 'waiting', $5, $6, $7, $8, $9)`,
        [tenantId, id, file.name, content, rowCount, summary.toCreate, summary.toUpdate, context.actorId, expiresAt],
      ),
    )
    // Others that wait make room for the newest.
    const ended = await unit.run(
      statement<{ id: string }>(
        'imports.end_oldest_waiting',
        `update import_job set state = 'failed', failure = $3, content = '', finished_at = now(), updated_at = now()
         where tenant_id = $1 and id in (
           select id from import_job where tenant_id = $1 and state = 'waiting' and vendor_id is null order by id desc offset $2)
         returning id`,
        [tenantId, limits.importFiles, 'Newer imports took its place before it was confirmed'],
      ),
    )
    const expiry = { id: expiryEventOf(id), requestId: context.requestId, availableAt: expiresAt }
    await emit(unit, 'import.expired', { import_job_id: id }, expiry)
    await hasten(
      unit,
      ended.map((waiting) => expiryEventOf(waiting.id)),
    )
  })
  return { id, summary, warnings: warningsOf(products, known) }
}

async function contentOf(context: Context, key: string): Promise<string> {
  const [file] = await context.db.read(
    context.scope,
    statement<{ content: string }>('imports.file', 'select content from import_file where tenant_id = $1 and id = $2 and expires_at > $3', [
      tenantOf(context),
      key,
      context.clock.now(),
    ]),
  )
  if (file === undefined)
    throw notFound(`File with key: ${key} was not found. Files are kept for ${limits.importFile_hours} hours: hand it in again`)
  return file.content
}

/**
 * Has an import written that waits for it. Once: whoever comes second is refused.
 * @throws not_found for an import that is not there; not_allowed for one that was confirmed before, or whose time is over
 */
export async function confirmImport(context: Context, id: string): Promise<void> {
  const tenantId = tenantOf(context)
  const now = context.clock.now()
  const expiresAt = importExpiry(now)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [confirmed] = await unit.run(
      statement<{ id: string }>(
        'imports.confirm',
        `update import_job set state = 'queued', expires_at = $4, updated_at = now()
         where tenant_id = $1 and id = $2 and vendor_id is null and state = 'waiting' and expires_at > $3 returning id`,
        [tenantId, id, now, expiresAt],
      ),
    )
    if (confirmed === undefined) {
      const [found] = await unit.run(
        statement<{ state: string; failure: string | null }>(
          'imports.unconfirmed',
          'select state, failure from import_job where tenant_id = $1 and id = $2 and vendor_id is null',
          [tenantId, id],
        ),
      )
      throw refusalOf(id, found)
    }
    await emit(unit, 'import.confirmed', { import_job_id: id }, { requestId: context.requestId })
    await emit(unit, 'import.expired', { import_job_id: id }, { requestId: context.requestId, availableAt: expiresAt })
  })
}

function refusalOf(id: string, found: { state: string; failure: string | null } | undefined): Error {
  if (found === undefined) return notFound(`Import with transaction id: ${id} was not found`)
  if (found.state === 'waiting') return notAllowed(`Import with transaction id: ${id} was not confirmed in time: bring its file again`)
  const state = found.state === 'failed' ? `has failed: ${found.failure}` : 'was confirmed already'
  return notAllowed(`Import with transaction id: ${id} ${state}`)
}

import { ensureOptionValues, lockProduct, productPlacesStatement, retrieveManagedProduct } from '../../catalog/index.js'
import { type Context, readingIn, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { noteInFeed } from '../../notifications/index.js'
import { changedProduct, newProduct, type ProductBodies } from '../medusa/bodies.js'
import { changesOf, type CurrentProduct } from '../medusa/changes.js'
import { type Known, knownOf } from '../medusa/known.js'
import { type FileProduct, readProductFile } from '../medusa/read-file.js'
import { beginStatement, endStatement, runningImportStatement } from '../queries.js'
import { type Outcome, writeEach } from './write-each.js'

/** As imports of vendors: well before the time that a handler gets is over. */
const slice_ms = 60_000

export interface StoreImportSettings {
  bodies: ProductBodies
  /** What our own pictures' addresses begin with. */
  publicUrl: string
  slice_ms?: number
}

/**
 * Writes what a confirmed import of a store's brings, each product in a unit of work of its own, as staff's own requests would.
 * Handler of `import.confirmed`: run again after a crash it goes on behind the last product that was written; of two runs at once
 * one finds that it was overtaken. What a product is refused for is kept by its line.
 * @throws what the database throws; the job is then tried again
 */
export async function runStoreImport(context: Context, request: { import_job_id: string }, settings: StoreImportSettings): Promise<void> {
  const tenantId = tenantOf(context)
  const [job] = await context.db.read(context.scope, runningImportStatement(tenantId, request.import_job_id))
  if (job === undefined || (job.state !== 'queued' && job.state !== 'running')) return
  const products = await readProductFile(job.content)
  const known = await knownOf(context, products)
  if (job.state === 'queued') {
    const rows = products.reduce((sum, product) => sum + product.rowCount, 0)
    await context.db.unitOfWork(context.scope, (unit) => unit.run(beginStatement(tenantId, job.id, { rows, problems: 0 })))
  }
  const payload = { import_job_id: job.id }
  await writeEach(
    {
      context,
      job,
      vendorId: null,
      slice_ms: settings.slice_ms ?? slice_ms,
      write: (unit, product) => writeProduct(context, unit, { product, known }, settings),
      handOn: (unit) => emit(unit, 'import.confirmed', payload, { requestId: context.requestId }),
      finish: (unit) => endImport(unit, job.id, null),
    },
    products,
  )
}

async function writeProduct(
  context: Context,
  unit: Unit,
  { product, known }: { product: FileProduct; known: Known },
  { bodies, publicUrl }: StoreImportSettings,
): Promise<Outcome> {
  if (product.id === null) {
    const { body, vendorId } = newProduct(product, known)
    await bodies.create(unit, vendorId, body)
    return 'created'
  }
  const wanted = changedProduct(product, known)
  const current = await currentProduct(context, unit, product.id, publicUrl)
  const { body, options } = changesOf(current, wanted, product.options, publicUrl)
  if (options.length > 0) await ensureOptionValues(unit, { id: current.id, vendor_id: current.vendor_id }, options)
  if (body !== null) await bodies.update(unit, current.id, body)
  return 'updated'
}

/** A product as it is now, in the shape that staff read. Who changes it waits from here on, and is not undone. */
async function currentProduct(
  context: Context,
  unit: Unit,
  id: string,
  publicUrl: string,
): Promise<CurrentProduct & { id: string; vendor_id: string }> {
  const held = await lockProduct(unit, id)
  const product = await retrieveManagedProduct(readingIn(unit, context), id, { vendorIds: null, publicUrl })
  const [places] = await unit.run(productPlacesStatement(tenantOf(unit), [id]))
  return { ...product, ...places, ...held } as unknown as CurrentProduct & { id: string; vendor_id: string }
}

/** Ends an import of a store's, and says so in the feed, in Medusa's words. Nothing for one that is over. */
async function endImport(unit: Unit, id: string, failure: string | null): Promise<void> {
  const [done] = await unit.run(endStatement(tenantOf(unit), id, failure))
  if (done === undefined) return
  const isWhole = failure === null && done.error_count === 0
  const description = isWhole
    ? `Product import of file ${done.file_name} completed successfully!`
    : `Failed to import products from file ${done.file_name}`
  const more = { import_id: id, created: done.created_count, updated: done.updated_count, errors: done.error_count }
  await noteInFeed(unit, { key: `import:${id}`, data: { title: 'Product import', description, ...more } })
}

/**
 * Ends an import whose time is over: one that was not confirmed, or did not come to an end. The file of one that did is kept no
 * longer. Handler of `import.expired`; an import that was confirmed late has another one to come.
 */
export async function dropImport(context: Context, { import_job_id: id }: { import_job_id: string }): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [due] = await unit.run(
      statement<{ state: string }>(
        'imports.lock_expired',
        `select state from import_job where tenant_id = $1 and id = $2 and expires_at <= $3 for update`,
        [tenantId, id, context.clock.now()],
      ),
    )
    if (due === undefined) return
    if (due.state === 'queued' || due.state === 'running') await endImport(unit, id, 'It did not come to an end in time')
    await unit.run(
      statement(
        'imports.drop_content',
        `update import_job set content = '', updated_at = now(),
           failure = case when state = 'waiting' then 'It was not confirmed in time' else failure end,
           finished_at = coalesce(finished_at, now()), state = case when state = 'waiting' then 'failed' else state end
         where tenant_id = $1 and id = $2`,
        [tenantId, id],
      ),
    )
  })
}

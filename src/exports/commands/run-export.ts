import { type ProductFilter, listManagedProducts, productPlacesStatement } from '../../catalog/index.js'
import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { limits, StoaError } from '../../kernel/index.js'
import { noteInFeed } from '../../notifications/index.js'
import { listOrdersStatement, type OrderFilter, renderOrder } from '../../orders/index.js'
import type { RowGroup } from '../columns.js'
import { orderRow } from '../orders.js'
import { type ExportedProduct, productRows } from '../products.js'
import {
  addChunkStatement,
  type ExportKind,
  finishExportStatement,
  lockExportStatement,
  type RunningExport,
  runningExportStatement,
  vendorHandlesStatement,
} from '../queries.js'

/** After this the rest goes to a new job, well before the time that a handler gets is over. */
const slice_ms = 60_000
/** Read at once, and kept in one chunk. A product may have 250 variants. */
const pageOf: Record<ExportKind, number> = { products: 50, orders: 100 }

export interface RunSettings {
  publicUrl: string
  /** After so long the rest goes to a new job. */
  slice_ms?: number
  /** Products or orders that are read at once. */
  page?: number
}

interface Page {
  groups: RowGroup[]
  /** The last that was read; null where there was nothing left. */
  reachedId: string | null
}

/** So many, behind an id. */
interface Place {
  after: string | null
  limit: number
}

/**
 * Writes an export's rows, page by page behind the last id that was read, each with how far it came in one unit of work. Handler
 * of `export.requested`: run again after a crash it goes on where it was; of two runs at once one finds that it was overtaken.
 */
export async function runExport(context: Context, request: { export_job_id: string }, settings: RunSettings): Promise<void> {
  const [job] = await context.db.read(context.scope, runningExportStatement(tenantOf(context), request.export_job_id))
  if (job === undefined || job.state === 'done' || job.state === 'failed') return
  const until = performance.now() + (settings.slice_ms ?? slice_ms)
  const read = { products: readProducts, orders: readOrders }[job.kind]
  let after = job.reached
  try {
    for (;;) {
      const page = await read(context, job, { after, limit: settings.page ?? pageOf[job.kind] }, settings.publicUrl)
      if (page.reachedId === null) return await finish(context, job, null)
      if (!(await keep(context, job, after, page))) return
      after = page.reachedId
      if (performance.now() > until) return await handOn(context, job)
    }
  } catch (error) {
    // What cannot be read today cannot be tomorrow: a filter that means nothing, or too much.
    if (error instanceof StoaError && error.status < 500 && error.status !== 409) return finish(context, job, error.message)
    throw error
  }
}

async function readProducts(context: Context, job: RunningExport, { after, limit }: Place, publicUrl: string): Promise<Page> {
  const filter = job.filter as ProductFilter
  const behind: ProductFilter[] = after === null ? [] : [{ id: { $gt: after } }]
  const { products } = await listManagedProducts(context, {
    filter: { ...filter, $and: [...(filter.$and ?? []), ...behind] },
    vendorIds: job.vendor_ids,
    limit,
    offset: 0,
    order: { field: 'id', descending: false },
    publicUrl,
    isUncounted: true,
  })
  const ids = products.map((product) => product.id)
  const tenantId = tenantOf(context)
  const places = ids.length === 0 ? [] : await context.db.read(context.scope, productPlacesStatement(tenantId, ids))
  const vendors = [...new Set(places.map((place) => place.vendor_id))]
  const handles = vendors.length === 0 ? [] : await context.db.read(context.scope, vendorHandlesStatement(tenantId, vendors))
  const groups = products.map((product) => {
    const place = places.find((candidate) => candidate.product_id === product.id)
    const vendor_handle = handles.find((vendor) => vendor.id === place?.vendor_id)?.handle
    return productRows({ ...product, ...place, vendor_handle } as ExportedProduct, job.regions)
  })
  return { groups, reachedId: ids.at(-1) ?? null }
}

async function readOrders(context: Context, job: RunningExport, place: Place): Promise<Page> {
  const filter = { ...job.filter, ...place, offset: 0, order: { field: 'id', descending: false } } as OrderFilter
  const orders = await context.db.read(context.scope, listOrdersStatement(tenantOf(context), filter))
  const groups = orders.map(({ count: _count, ...order }) => ({ shared: orderRow(renderOrder(order, (url) => url)), rows: [{}] }))
  return { groups, reachedId: orders.at(-1)?.id ?? null }
}

/** False when the export is over, or another run has gone on with it. */
async function keep(context: Context, job: RunningExport, after: string | null, page: Page): Promise<boolean> {
  const tenantId = tenantOf(context)
  const { groups } = page
  const count = groups.reduce((sum, { rows }) => sum + rows.length, 0)
  const columns = [...new Set(groups.flatMap(({ shared, rows }) => [shared, ...rows].flatMap((cells) => Object.keys(cells))))]
  return context.db.unitOfWork(context.scope, async (unit) => {
    const [lock] = await unit.run(lockExportStatement(tenantId, job.id))
    if (lock === undefined || lock.reached !== after) return false
    if (lock.row_count + count > limits.exportRows) {
      await end(unit, job.id, `There are more than ${limits.exportRows} rows: narrow what is exported, and export the rest by itself`)
      return false
    }
    await unit.run(addChunkStatement(tenantId, job.id, { groups, count, columns, reachedId: page.reachedId as string }))
    return true
  })
}

async function finish(context: Context, job: RunningExport, failure: string | null): Promise<void> {
  await context.db.unitOfWork(context.scope, (unit) => end(unit, job.id, failure))
}

/** Ends an export, and says so in the feed, in Medusa's words. Nothing for one that is over. */
async function end(unit: Unit, id: string, failure: string | null): Promise<void> {
  const [done] = await unit.run(finishExportStatement(tenantOf(unit), id, failure))
  if (done === undefined) return
  const noun = done.kind === 'products' ? 'product' : 'order'
  const title = noun === 'product' ? 'Product export' : 'Order export'
  const data =
    failure === null
      ? { description: `${title} completed successfully!`, file: { filename: done.file_name, mimeType: 'text/csv', export_id: id } }
      : { description: `Failed to export ${noun}s, please try again later.`, reason: failure, export_id: id }
  await noteInFeed(unit, { key: `export:${id}`, data: { title, ...data } })
}

/** The rest in a new job: one large export so holds no worker for long. */
async function handOn(context: Context, job: RunningExport): Promise<void> {
  await context.db.unitOfWork(context.scope, (unit) =>
    emit(unit, 'export.requested', { export_job_id: job.id }, { requestId: context.requestId }),
  )
}

/** Takes an export away with its file once its time is over. One that never came to an end is said to have failed. Handler of `export.expired`. */
export async function dropExport(context: Context, { export_job_id: id }: { export_job_id: string }): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    await end(unit, id, 'It did not come to an end in time')
    await unit.run(statement('exports.drop', 'delete from export_job where tenant_id = $1 and id = $2', [tenantOf(unit), id]))
  })
}

import { type Context, tenantOf, type Unit } from '../../db/index.js'
import { StoaError, toErrorBody } from '../../kernel/index.js'
import { advanceStatement, insertProblemsStatement, lockImportStatement } from '../queries.js'

/** A product of a file, or one that was left out of what is written. */
export interface WrittenProduct {
  line: number
  rowCount: number
  handle: string | null
  isLeftOut?: boolean
}

export type Outcome = 'created' | 'updated'

/** An import that is being written. */
export interface Writing<Product extends WrittenProduct> {
  context: Context
  job: { id: string; processed_count: number }
  /** Whose file it is; null for the store's own. */
  vendorId: string | null
  /** After this the rest goes to a new job. */
  slice_ms: number
  /** Writes a product, in its unit of work: what it is held against is read there, too, so that nobody changes it meanwhile. */
  write(unit: Unit, product: Product): Promise<Outcome>
  /** Has the rest done in a new job: one large file so holds no worker for long. */
  handOn(unit: Unit): Promise<void>
  /** Ends the import. */
  finish(unit: Unit): Promise<void>
}

/**
 * Writes product by product, each in a unit of work of its own with the progress, under a lock on the import: a run that was
 * killed goes on behind its last product, and one that another has overtaken stops.
 */
export async function writeEach<Product extends WrittenProduct>(writing: Writing<Product>, products: readonly Product[]): Promise<void> {
  const { context, job } = writing
  const until = performance.now() + writing.slice_ms
  let done = job.processed_count
  let end = 0
  for (const product of products) {
    end += product.rowCount
    // Written in an earlier run; the rows of products left out count with the next that is written.
    if (end <= done || product.isLeftOut === true) continue
    if (performance.now() > until) return context.db.unitOfWork(context.scope, writing.handOn)
    if (!(await writeOne(writing, product, { from: done, to: end }))) return
    done = end
  }
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [lock] = await unit.run(turnOf(writing))
    if (lock?.processed_count === done) await writing.finish(unit)
  })
}

const turnOf = <Product extends WrittenProduct>({ context, job, vendorId }: Writing<Product>) =>
  lockImportStatement(tenantOf(context), vendorId, job.id)

/** False when another run has gone on, or ended the import: this one has nothing left to do. */
async function writeOne<Product extends WrittenProduct>(
  writing: Writing<Product>,
  product: Product,
  rows: { from: number; to: number },
): Promise<boolean> {
  const { context, job, vendorId } = writing
  const tenantId = tenantOf(context)
  try {
    return await context.db.unitOfWork(context.scope, async (unit) => {
      const [lock] = await unit.run(turnOf(writing))
      if (lock?.processed_count !== rows.from) return false
      const outcome = await writing.write(unit, product)
      const counts = { created: outcome === 'created' ? 1 : 0, updated: outcome === 'updated' ? 1 : 0, problems: 0 }
      await unit.run(advanceStatement(tenantId, job.id, { processed: rows.to, ...counts }))
      return true
    })
  } catch (error) {
    const problem = { line: product.line, column: null, value: null, reason: reasonOf(error), handle: product.handle }
    return context.db.unitOfWork(context.scope, async (unit) => {
      const [lock] = await unit.run(turnOf(writing))
      if (lock?.processed_count !== rows.from) return false
      await unit.run(insertProblemsStatement(tenantId, { id: job.id, vendorId }, [problem], lock.error_count))
      await unit.run(advanceStatement(tenantId, job.id, { processed: rows.to, created: 0, updated: 0, problems: 1 }))
      return true
    })
  }
}

/** What the product is refused for. Throws again what is not the product's fault: the job is tried again then. */
function reasonOf(error: unknown): string {
  const { status, body } = toErrorBody(error)
  if (status >= 500 || status === 409) throw error
  return error instanceof StoaError ? error.message : body.message
}

import { type Context, type Scope, tenantOf } from '../../db/index.js'
import { emit } from '../../events/index.js'
import {
  beginStatement,
  finishStatement,
  insertProblemsStatement,
  knownNumbersStatement,
  type RunningImport,
  runningImportStatement,
} from '../queries.js'
import type { Problem } from '../problem.js'
import { type DraftedProduct, draftProducts, refuseNumber, type VariantNumber, variantNumbers } from '../shopify/products.js'
import { UnreadableFile } from '../read-records.js'
import { readShopifyCsv, type Row } from '../shopify/read-csv.js'
import { writeEach } from './write-each.js'
import { externalIdOf, type Surroundings, writeProduct } from './write-product.js'

/** After this the rest goes to a new job, well before the time that a handler gets is over. */
const slice_ms = 60_000

interface Run {
  /** Of the vendor whose file it is: the database lets the import touch nothing else. */
  context: Context & { scope: Scope & { vendorId: string } }
  job: RunningImport
  around: Surroundings
}

/**
 * Runs an import: all of the file is checked first, then each product is written in a unit of work of its own, with the
 * progress in the same one. Handler of `import.requested`: run again after a crash, it goes on behind the last product
 * that was written; two runs at once find that the other went on, and stop.
 * @throws what the database throws; the job is then tried again
 */
export async function runImport(context: Context, request: { import_job_id: string; vendor_id: string }, slice = slice_ms): Promise<void> {
  const scope = { role: 'vendor', tenantId: tenantOf(context), vendorId: request.vendor_id } as const
  const own = { ...context, scope }
  const [job] = await own.db.read(scope, runningImportStatement(scope.tenantId, request.import_job_id))
  if (job === undefined || job.state === 'done' || job.state === 'failed') return
  const run = { context: own, job, around: { currency: job.currency_code ?? '', categories: job.categories } }
  if (job.currency_code === null) return fail(run, 'The store has no default currency to read prices in')
  const rows = await readRows(run)
  if (rows === null) return
  const products = await draftProducts(rows, job.currency_code)
  await refuseKnownNumbers(run, products)
  const problems = products.flatMap((product) => product.problems)
  if (job.state === 'queued' && !(await begin(run, rows.length, problems))) return
  if (job.on_error === 'abort' && problems.length > 0 && job.processed_count === 0)
    return fail(run, `${count(problems.length, 'problem')} in the file: nothing was imported`)
  await writeAll(run, products, slice)
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`

async function readRows(run: Run): Promise<Row[] | null> {
  try {
    return await readShopifyCsv(run.job.content)
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    const { problem } = error
    if (await begin(run, 0, [problem])) await fail(run, `Line ${problem.line}: ${problem.reason}`)
    return null
  }
}

/** SKUs and barcodes that other products of the vendor have, in one question for the whole file. */
async function refuseKnownNumbers({ context }: Run, products: readonly DraftedProduct[]): Promise<void> {
  const { tenantId, vendorId } = context.scope as { tenantId: string; vendorId: string }
  const given = (name: VariantNumber['name']) =>
    products.flatMap((product) => product.draft?.variants.flatMap((variant) => variant[name] ?? []) ?? [])
  const numbers = { sku: given('sku'), barcode: given('barcode') }
  if (numbers.sku.length + numbers.barcode.length === 0) return
  const known = await context.db.read(context.scope, knownNumbersStatement(tenantId, vendorId, numbers))
  for (const number of variantNumbers) {
    // Several may have one barcode, from before barcodes were looked at.
    const byValue = new Map<string, typeof known>()
    for (const row of known.filter(({ name }) => name === number.name)) byValue.set(row.value, [...(byValue.get(row.value) ?? []), row])
    for (const product of products) {
      for (const { [number.name]: value, line } of product.draft?.variants ?? []) {
        const other = byValue.get(value ?? '')?.find((row) => row.external_id !== externalIdOf(product.handle ?? ''))
        if (value === null || other === undefined) continue
        refuseNumber(product, line, number, value, `is the ${number.noun} of a variant of your product "${other.title}"`)
      }
    }
  }
}

/** False when another run has begun it meanwhile. */
async function begin({ context, job }: Run, rows: number, problems: readonly Problem[]): Promise<boolean> {
  const tenantId = tenantOf(context)
  return context.db.unitOfWork(context.scope, async (unit) => {
    const begun = await unit.run(beginStatement(tenantId, job.id, { rows, problems: problems.length }))
    if (begun.length === 0) return false
    if (problems.length > 0)
      await unit.run(insertProblemsStatement(tenantId, { id: job.id, vendorId: context.scope.vendorId }, problems, 0))
    return true
  })
}

async function fail({ context, job }: Run, failure: string): Promise<void> {
  await context.db.unitOfWork(context.scope, (unit) => unit.run(finishStatement(tenantOf(context), job.id, failure)))
}

function writeAll({ context, job, around }: Run, products: readonly DraftedProduct[], slice: number): Promise<void> {
  const { vendorId } = context.scope
  const payload = { import_job_id: job.id, vendor_id: vendorId }
  const written = products.map(({ line, rowCount, handle, draft }) => ({ line, rowCount, handle, draft, isLeftOut: draft === null }))
  return writeEach(
    {
      context,
      job,
      vendorId,
      slice_ms: slice,
      write: (unit, { draft }) => writeProduct(unit, draft as NonNullable<typeof draft>, around),
      handOn: (unit) => emit(unit, 'import.requested', payload, { requestId: context.requestId }),
      finish: async (unit) => void (await unit.run(finishStatement(tenantOf(context), job.id, null))),
    },
    written,
  )
}

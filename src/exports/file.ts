import { createHash, timingSafeEqual } from 'node:crypto'
import { type Context, tenantOf } from '../db/index.js'
import { type CsvCell, csvLine, type Sealer } from '../kernel/index.js'
import { type RowGroup, sortedProductColumns } from './columns.js'
import { orderColumns } from './orders.js'
import { chunkStatement, type FinishedExport, finishedExportStatement } from './queries.js'

/** Where a browser fetches a file without a header. Who knows the address may: it is made when somebody asks who may read exports. */
export function exportAddress(sealer: Sealer, tenantId: string, exportId: string): string {
  return `/exports/${tenantId}/${exportId}/${tokenOf(sealer, tenantId, exportId)}`
}

const tokenOf = (sealer: Sealer, tenantId: string, exportId: string) => sealer.fingerprint(`${tenantId}/${exportId}`)

/** Whether a token opens an export's file; compared in the same time wherever they differ. */
export function opens(sealer: Sealer, tenantId: string, exportId: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(token), digest(tokenOf(sealer, tenantId, exportId)))
}

/** An export's file, to be read as it is sent. */
export interface ExportedFile {
  name: string
  /** Chunk by chunk, each in a transaction of its own: no more of it is in memory than one. */
  content: AsyncIterable<string>
}

/** The file of an export that is done; null for another, and for one whose time is over. */
export async function openExport(context: Context, exportId: string): Promise<ExportedFile | null> {
  const [found] = await context.db.read(context.scope, finishedExportStatement(tenantOf(context), exportId, context.clock.now()))
  return found === undefined ? null : { name: found.file_name, content: linesOf(context, found) }
}

async function* linesOf(context: Context, file: FinishedExport): AsyncGenerator<string> {
  const columns = file.kind === 'orders' ? orderColumns : sortedProductColumns(file.column_names)
  if (columns.length > 0) yield csvLine(columns)
  for (let position = 1; position <= file.chunk_count; position += 1) {
    const [chunk] = await context.db.read(context.scope, chunkStatement(tenantOf(context), file.id, position))
    // Taken away while it was sent: what was sent so far must not pass for the whole.
    if (chunk === undefined) throw new Error(`chunk ${position} of export ${file.id} is gone`)
    // A group at a time: what its rows share may be long, and is written out in each.
    for (const { shared, rows } of JSON.parse(chunk.content) as RowGroup[])
      yield rows.map((row) => csvLine(columns.map((name): CsvCell => row[name] ?? shared[name] ?? null))).join('')
  }
}

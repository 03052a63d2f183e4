import { type Context, statement, tenantOf, vendorOf } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId } from '../../kernel/index.js'
import { textOf } from '../text.js'

export interface NewImport {
  content: Buffer
  /** What to do with a file that holds errors: leave out the products that have them, or write nothing at all. */
  on_error: 'skip' | 'abort'
  file_name: string | null
}

/**
 * Takes a vendor's file. The file and the event that has it run are written together; nothing is read of it yet.
 * @returns the import's id
 * @throws invalid_data for a file that is empty or not UTF-8 text
 */
export async function requestImport(context: Context, input: NewImport): Promise<string> {
  const content = textOf(input.content)
  const id = newId('imp')
  const vendorId = vendorOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    await unit.run(
      statement(
        'imports.insert',
        `insert into import_job (tenant_id, id, vendor_id, kind, file_name, content, on_error, created_by)
         values ($1, $2, $3, 'products', $4, $5, $6, $7)`,
        [tenantOf(unit), id, vendorId, input.file_name, content, input.on_error, context.actorId],
      ),
    )
    await emit(unit, 'import.requested', { import_job_id: id, vendor_id: vendorId }, { requestId: context.requestId })
  })
  return id
}

import { type Context, statement, tenantOf } from '../../db/index.js'
import { emit, hasten } from '../../events/index.js'
import { limits, newId, payloadTooLarge } from '../../kernel/index.js'
import { textOf } from '../text.js'

const hour_ms = 3_600_000

/** Of the event that takes away what is kept under an id, so that it is found again when that goes before its time. */
export const expiryEventOf = (id: string) => id.replace(/^[^_]+/, 'evt')

/** One after the other: two at once would not see what the other keeps, and so leave more than there may be. */
export const takeTurnStatement = (tenantId: string) =>
  statement('imports.take_turn', `select pg_advisory_xact_lock(hashtextextended('import_files:' || $1::uuid, 0))`, [tenantId])

export const importExpiry = (now: Date) => new Date(now.getTime() + limits.importFile_hours * hour_ms)

/**
 * Keeps a file that staff hand in for an import: for a day, and only so many of them. It is in rows of its store, and served to nobody.
 * @returns its id
 * @throws invalid_data for a file that is empty or not UTF-8 text; 413 for one of too many bytes
 */
export async function keepImportFile(context: Context, file: { name: string; bytes: Buffer }): Promise<string> {
  if (file.bytes.length > limits.importFile_bytes)
    throw payloadTooLarge(`A file for an import has at most ${limits.importFile_bytes} bytes`)
  const content = textOf(file.bytes)
  const id = newId('impfile')
  const tenantId = tenantOf(context)
  const expiresAt = importExpiry(context.clock.now())
  await context.db.unitOfWork(context.scope, async (unit) => {
    await unit.run(takeTurnStatement(tenantId))
    await unit.run(
      statement(
        'imports.insert_file',
        'insert into import_file (tenant_id, id, file_name, content, created_by, expires_at) values ($1, $2, $3, $4, $5, $6)',
        [tenantId, id, file.name.slice(0, limits.name_characters), content, context.actorId, expiresAt],
      ),
    )
    const gone = await unit.run(
      statement<{ id: string }>(
        'imports.make_room',
        `delete from import_file where tenant_id = $1 and id in (
           select id from import_file where tenant_id = $1 order by id desc offset $2) returning id`,
        [tenantId, limits.importFiles],
      ),
    )
    const expiry = { id: expiryEventOf(id), requestId: context.requestId, availableAt: expiresAt }
    await emit(unit, 'import_file.expired', { import_file_id: id }, expiry)
    await hasten(
      unit,
      gone.map((file) => expiryEventOf(file.id)),
    )
  })
  return id
}

/** Whether a file is kept, or was one and is not any longer. */
export async function hasImportFile(context: Context, id: string): Promise<boolean> {
  const rows = await context.db.read(
    context.scope,
    statement('imports.has_file', 'select id from import_file where tenant_id = $1 and id = $2', [tenantOf(context), id]),
  )
  return rows.length > 0
}

/** Takes a file away: its time is over, or its store wants it so. False where there is none. */
export async function dropImportFile(context: Context, id: string): Promise<boolean> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const gone = await unit.run(
      statement<{ id: string }>('imports.drop_file', 'delete from import_file where tenant_id = $1 and id = $2 returning id', [
        tenantOf(unit),
        id,
      ]),
    )
    if (gone.length > 0) await hasten(unit, [expiryEventOf(id)])
    return gone.length > 0
  })
}

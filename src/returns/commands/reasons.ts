import { statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, invalidData, isDuplicate, newId, notFound, unrelated } from '../../kernel/index.js'

export interface ReturnReasonInput {
  value: string
  label: string
  description?: string | null | undefined
  parent_return_reason_id?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

export interface RefundReasonInput {
  code: string
  label: string
  description?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

type Table = 'return_reason' | 'refund_reason'
const labels = { return_reason: 'Return reason', refund_reason: 'Refund reason' }
/** As Medusa says which of them it does not find to change. */
const entities = { return_reason: 'ReturnReason', refund_reason: 'RefundReason' }
const column = (value: unknown) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value)
const columns = (input: object) =>
  Object.fromEntries(
    Object.entries(input)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, column(value)]),
  )

async function refuseParent(unit: Unit, parentId: string | null | undefined, id: string | null): Promise<void> {
  if (parentId == null) return
  if (parentId === id) throw invalidData('A reason cannot be its own parent')
  const rows = await unit.run(
    statement<{ parent_return_reason_id: string | null }>(
      'returns.parent_reason',
      'select parent_return_reason_id from return_reason where tenant_id = $1 and id = $2 and deleted_at is null',
      [tenantOf(unit), parentId],
    ),
  )
  if (rows[0] === undefined) throw unrelated('parent_return_reason_id', parentId)
  if (rows[0].parent_return_reason_id !== null) throw invalidData('Reasons have two levels: a parent has no parent')
}

/** Adds a reason. Throws invalid_data for a value or code that is there; not_found or invalid_data for its parent. */
export async function createReason(unit: Unit, table: Table, input: ReturnReasonInput | RefundReasonInput): Promise<string> {
  if ('value' in input) await refuseParent(unit, input.parent_return_reason_id, null)
  const id = newId(table === 'return_reason' ? 'rr' : 'refr')
  await written(table, input, () => unit.knex(table).insert({ tenant_id: tenantOf(unit), id, ...columns(input) }))
  return id
}

/** Changes a reason: what is named is set. Throws not_found; invalid_data for its parent, and for a value or code that is there. */
export async function updateReason(
  unit: Unit,
  table: Table,
  id: string,
  patch: Partial<ReturnReasonInput> | Partial<RefundReasonInput>,
): Promise<void> {
  if ('parent_return_reason_id' in patch) await refuseParent(unit, patch.parent_return_reason_id, id)
  const changed = await written(table, patch, () =>
    unit
      .knex(table)
      .where({ tenant_id: tenantOf(unit), id })
      .whereNull('deleted_at')
      .update({ ...columns(patch), updated_at: new Date() }),
  )
  if (changed === 0) throw notFound(`${entities[table]} with id "${id}" not found`)
}

/** Takes a reason out of use; what was said with it keeps it. Throws not_found. */
export async function deleteReason(unit: Unit, table: Table, id: string): Promise<void> {
  const gone = await unit
    .knex(table)
    .where({ tenant_id: tenantOf(unit), id })
    .whereNull('deleted_at')
    .update({ deleted_at: new Date() })
  if (gone === 0) throw notFound(`${labels[table]} with id: ${id} was not found`)
}

/** A write of a reason, whose value or code no other of its kind has. Throws invalid_data. */
async function written<T>(table: Table, input: { value?: string; code?: string }, write: () => PromiseLike<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!isDuplicate(error)) throw error
    const [name, value] = table === 'return_reason' ? ['value', input.value] : ['code', input.code]
    throw alreadyExists(`${labels[table]} with ${name}: ${value}, already exists.`)
  }
}

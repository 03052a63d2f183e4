import { statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, isDuplicate, newId, notFound } from '../../kernel/index.js'
import { openPlace } from './category-places.js'
import { slugOf } from './input.js'

const words = {
  type: { table: 'product_type', prefix: 'ptyp' },
  tag: { table: 'product_tag', prefix: 'ptag' },
} as const

/** Ids of types or tags by their values, made where they are missing. Two that make the same at once get the same. */
export async function ensureWords(unit: Unit, kind: keyof typeof words, values: readonly string[]): Promise<Map<string, string>> {
  const wanted = [...new Set(values)]
  if (wanted.length === 0) return new Map()
  const { table, prefix } = words[kind]
  const tenantId = tenantOf(unit)
  await unit.run(
    statement(
      `catalog.ensure_${kind}s`,
      `insert into ${table} (tenant_id, id, value) select $1, w.id, w.value from unnest($2::text[], $3::text[]) as w (id, value)
       on conflict (tenant_id, value) where deleted_at is null do nothing`,
      [tenantId, wanted.map(() => newId(prefix)), wanted],
    ),
  )
  const rows = await unit.run(
    statement<{ id: string; value: string }>(
      `catalog.${kind}s_by_value`,
      `select id, value from ${table} where tenant_id = $1 and value = any($2) and deleted_at is null`,
      [tenantId, wanted],
    ),
  )
  return new Map(rows.map((row) => [row.value, row.id]))
}

export interface CategoryInput {
  name: string
  handle?: string
  description?: string
  parent_category_id?: string | null
  rank?: number
  is_active?: boolean
  is_internal?: boolean
  external_id?: string | null
  metadata?: Record<string, unknown> | null
}

/** Creates a category at the place that it asks for, or behind those beside it. Throws as `createCategory` does. */
export async function addCategory(unit: Unit, input: CategoryInput): Promise<string> {
  const rank = await openPlace(unit, { parent_category_id: input.parent_category_id ?? null, rank: input.rank })
  return createCategory(unit, { ...input, rank })
}

/** Creates a category, with the rank as it is given. Throws invalid_data for a taken handle, not_found for an unknown parent. */
export async function createCategory(unit: Unit, input: CategoryInput): Promise<string> {
  const id = newId('pcat')
  if (input.parent_category_id != null) await refuseUnknown(unit, input.parent_category_id)
  const handle = input.handle ?? slugOf(input.name)
  await insert(unit, `Product category with handle: ${handle}, already exists.`, 'product_category', {
    id,
    name: input.name,
    handle,
    description: input.description ?? '',
    parent_category_id: input.parent_category_id ?? null,
    rank: input.rank ?? 0,
    is_active: input.is_active ?? true,
    is_internal: input.is_internal ?? false,
    external_id: input.external_id ?? null,
    metadata: input.metadata ?? null,
  })
  return id
}

async function refuseUnknown(unit: Unit, id: string): Promise<void> {
  const found = await unit
    .knex('product_category')
    .where({ tenant_id: tenantOf(unit), id })
    .whereNull('deleted_at')
    .first('id')
  if (found === undefined) throw notFound(`Product category with id: ${id} was not found`)
}

/** Creates a collection. Throws invalid_data for a taken handle. */
export async function createCollection(
  unit: Unit,
  input: { title: string; handle?: string; external_id?: string | null; metadata?: Record<string, unknown> | null },
): Promise<string> {
  const id = newId('pcol')
  const handle = input.handle ?? slugOf(input.title)
  await insert(unit, `Product collection with handle: ${handle}, already exists.`, 'product_collection', {
    id,
    title: input.title,
    handle,
    external_id: input.external_id ?? null,
    metadata: input.metadata ?? null,
  })
  return id
}

async function insert(unit: Unit, taken: string, table: string, row: Record<string, unknown>): Promise<void> {
  try {
    await unit.knex(table).insert(row)
  } catch (error) {
    if (isDuplicate(error)) throw alreadyExists(taken)
    throw error
  }
}

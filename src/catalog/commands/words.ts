import { mergedMetadata, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, isDuplicate, newId, notFound } from '../../kernel/index.js'
import { movePlace } from './category-places.js'
import type { CategoryInput } from './vocabulary.js'

const words = {
  type: { table: 'product_type', prefix: 'ptyp', label: 'Product type' },
  tag: { table: 'product_tag', prefix: 'ptag', label: 'Product tag' },
} as const

/** Adds a type or tag. Throws invalid_data for one that is there. */
export async function createWord(
  unit: Unit,
  kind: keyof typeof words,
  input: { value: string; external_id?: string | null | undefined; metadata?: object | null | undefined },
): Promise<string> {
  const { table, prefix, label } = words[kind]
  const id = newId(prefix)
  await refuseTaken(`${label} with value: ${input.value}, already exists.`, () =>
    unit.knex(table).insert({ id, value: input.value, external_id: input.external_id ?? null, metadata: input.metadata ?? null }),
  )
  return id
}

export interface CollectionPatch {
  title?: string | undefined
  handle?: string | undefined
  external_id?: string | null | undefined
  metadata?: object | null | undefined
}

/** Changes a collection: what is named is set. Throws not_found, and invalid_data for a taken handle. */
export async function updateCollection(unit: Unit, id: string, patch: CollectionPatch): Promise<void> {
  const changes = given(patch, ['title', 'handle', 'external_id', 'metadata'])
  const changed = await refuseTaken(`Product collection with handle: ${patch.handle}, already exists.`, () =>
    unit
      .knex('product_collection')
      .where({ tenant_id: tenantOf(unit), id })
      .whereNull('deleted_at')
      .update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() }),
  )
  if (changed === 0) throw notFound(`Collection with id "${id}" not found`)
}

type CategoryPatch = { [Name in keyof CategoryInput]?: CategoryInput[Name] | undefined }

/**
 * Changes a category: what is named is set, and the categories beside it make room.
 * @throws not_found for the category or its parent; invalid_data for a taken handle; invalid_data for a parent below it
 */
export async function updateCategory(unit: Unit, id: string, patch: CategoryPatch): Promise<void> {
  const moves = patch.parent_category_id !== undefined || patch.rank !== undefined
  const { parent_category_id, rank } = moves ? await movePlace(unit, id, patch) : patch
  const changes = given({ ...patch, parent_category_id, rank }, [
    'name',
    'description',
    'handle',
    'parent_category_id',
    'rank',
    'is_active',
    'is_internal',
    'external_id',
    'metadata',
  ])
  const changed = await refuseTaken(`Product category with handle: ${patch.handle}, already exists.`, () =>
    unit
      .knex('product_category')
      .where({ tenant_id: tenantOf(unit), id })
      .whereNull('deleted_at')
      .update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() }),
  )
  if (changed === 0) throw notFound(`Product category with id: ${id} was not found`)
}

function given<T extends object>(patch: T, names: readonly (keyof T & string)[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]))
}

async function refuseTaken<T>(message: string, write: () => PromiseLike<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (isDuplicate(error)) throw alreadyExists(message)
    throw error
  }
}

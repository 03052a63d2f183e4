import { mergedMetadata, statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, isDuplicate, notAllowed, notFound } from '../../kernel/index.js'
import { closePlace, lockCategories } from './category-places.js'

const words = {
  type: {
    table: 'product_type',
    label: 'Product type',
    letGo: 'update product set type_id = null, updated_at = now() where tenant_id = $1 and type_id = $2',
  },
  tag: {
    table: 'product_tag',
    label: 'Product tag',
    letGo: 'delete from product_tag_product where tenant_id = $1 and product_tag_id = $2',
  },
} as const

export interface WordPatch {
  value?: string | undefined
  external_id?: string | null | undefined
  metadata?: object | null | undefined
}

/** Changes a type or tag: what is named is set. Throws not_found, and invalid_data for a value that is there. */
export async function updateWord(unit: Unit, kind: keyof typeof words, id: string, patch: WordPatch): Promise<void> {
  const { table, label } = words[kind]
  const changes = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  try {
    const changed = await unit
      .knex(table)
      .where({ tenant_id: tenantOf(unit), id })
      .whereNull('deleted_at')
      .update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() })
    if (changed === 0) throw notFound(`${label} with id "${id}" not found`)
  } catch (error) {
    if (isDuplicate(error)) throw alreadyExists(`${label} with value: ${patch.value}, already exists.`)
    throw error
  }
}

/** Takes a type or tag out of use, and off the products that have it. Throws not_found. */
export async function deleteWord(unit: Unit, kind: keyof typeof words, id: string): Promise<void> {
  const { table, label, letGo } = words[kind]
  await retire(unit, table, label, id)
  await unit.run(statement(`catalog.let_go_${kind}`, letGo, [tenantOf(unit), id]))
}

/** Takes a collection out of use; its products are in none from then on. Throws not_found. */
export async function deleteCollection(unit: Unit, id: string): Promise<void> {
  await retire(unit, 'product_collection', 'Product collection', id)
  await unit.run(
    statement(
      'catalog.let_go_collection',
      'update product set collection_id = null, updated_at = now() where tenant_id = $1 and collection_id = $2',
      [tenantOf(unit), id],
    ),
  )
}

/**
 * Takes a category out of use, and its products out of it.
 * @throws not_found; not_allowed while there are categories below it
 */
export async function deleteCategory(unit: Unit, id: string): Promise<void> {
  const tenantId = tenantOf(unit)
  const place = (await lockCategories(unit)).find((category) => category.id === id)
  await retire(unit, 'product_category', 'Product category', id)
  if (place !== undefined) await closePlace(unit, place)
  const [below] = await unit.run(
    statement<{ id: string }>(
      'catalog.any_category_below',
      'select id from product_category where tenant_id = $1 and parent_category_id = $2 and deleted_at is null limit 1',
      [tenantId, id],
    ),
  )
  if (below !== undefined) throw notAllowed(`Deleting ProductCategory (${id}) with category children is not allowed`)
  await unit.run(
    statement('catalog.let_go_category', 'delete from product_category_product where tenant_id = $1 and product_category_id = $2', [
      tenantId,
      id,
    ]),
  )
}

async function retire(unit: Unit, table: string, label: string, id: string): Promise<void> {
  const gone = await unit.run(
    statement<{ id: string }>(
      `catalog.retire_${table}`,
      `update ${table} set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null returning id`,
      [tenantOf(unit), id],
    ),
  )
  if (gone.length === 0) throw notFound(`${label} with id: ${id} was not found`)
}

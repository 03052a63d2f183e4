import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, notFound } from '../../kernel/index.js'

// Categories below one parent stand in an order. Who asks for a place gets it and the others move up; who asks for none,
// or for one behind the end, stands at the end.

interface Place {
  parent_category_id: string | null
  rank: number
}

interface Known extends Place {
  id: string
}

/** The whole tree, locked against another move: two at once could close a circle, or take one place, and neither would see. */
export async function lockCategories(unit: Unit): Promise<Known[]> {
  return unit.run(
    statement<Known>(
      'catalog.lock_category_tree',
      'select id, parent_category_id, rank from product_category where tenant_id = $1 and deleted_at is null order by id for update',
      [tenantOf(unit)],
    ),
  )
}

/** Makes room for a new category. Throws not_found for an unknown parent. */
export async function openPlace(unit: Unit, wanted: { parent_category_id: string | null; rank: number | undefined }): Promise<number> {
  const known = await lockCategories(unit)
  refuseUnknown(known, wanted.parent_category_id)
  const rank = placeBehind(known, wanted)
  await shift(unit, wanted.parent_category_id, rank, null, 1)
  return rank
}

/**
 * Moves a category to another parent, another place, or both, and closes the gap that it leaves.
 * @returns where it stands from now on
 * @throws not_found for the category or its parent; invalid_data for a parent below it
 */
export async function movePlace(
  unit: Unit,
  id: string,
  wanted: { parent_category_id?: string | null | undefined; rank?: number | undefined },
): Promise<Place> {
  const known = await lockCategories(unit)
  const moved = known.find((category) => category.id === id)
  if (moved === undefined) throw notFound(`Product category with id: ${id} was not found`)
  const parentId = wanted.parent_category_id === undefined ? moved.parent_category_id : wanted.parent_category_id
  refuseUnknown(known, parentId)
  refuseCircle(known, id, parentId)
  if (parentId === moved.parent_category_id && (wanted.rank === undefined || wanted.rank === moved.rank)) return moved
  const others = known.filter((category) => category.id !== id)
  await shift(unit, moved.parent_category_id, moved.rank + 1, id, -1)
  const left = others.map((other) =>
    other.parent_category_id === moved.parent_category_id && other.rank > moved.rank ? { ...other, rank: other.rank - 1 } : other,
  )
  const rank = placeBehind(left, { parent_category_id: parentId, rank: wanted.rank })
  await shift(unit, parentId, rank, id, 1)
  return { parent_category_id: parentId, rank }
}

/** Closes the gap that a category leaves. */
export function closePlace(unit: Unit, { parent_category_id: parentId, rank }: Place): Promise<void> {
  return shift(unit, parentId, rank + 1, null, -1)
}

function placeBehind(known: readonly Known[], wanted: { parent_category_id: string | null; rank: number | undefined }): number {
  const taken = known.filter((category) => category.parent_category_id === wanted.parent_category_id).map((category) => category.rank)
  const end = taken.reduce((most, rank) => Math.max(most, rank + 1), 0)
  return Math.min(wanted.rank ?? end, end)
}

function refuseUnknown(known: readonly Known[], parentId: string | null): void {
  if (parentId !== null && !known.some((category) => category.id === parentId)) {
    throw notFound(`Product category with id: ${parentId} was not found`)
  }
}

function refuseCircle(known: readonly Known[], id: string, parentId: string | null): void {
  const parents = new Map(known.map((category) => [category.id, category.parent_category_id]))
  for (let above: string | null | undefined = parentId; above != null; above = parents.get(above)) {
    if (above === id) throw invalidData('A category cannot be below itself')
  }
}

async function shift(unit: Unit, parentId: string | null, from: number, except: string | null, by: 1 | -1): Promise<void> {
  await unit.run(
    statement(
      'catalog.shift_categories',
      `update product_category set rank = rank + $5
       where tenant_id = $1 and parent_category_id is not distinct from $2 and rank >= $3 and id is distinct from $4 and deleted_at is null`,
      [tenantOf(unit), parentId, from, except, by],
    ),
  )
}

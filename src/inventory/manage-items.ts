import { mergedMetadata, statement, tenantOf, type Unit } from '../db/index.js'
import { alreadyExists, invalidData, newId, notAllowed, notFound } from '../kernel/index.js'
import { createInventoryLevel, type itemDescription, type LevelInput, updateInventoryLevel } from './items.js'

type Description = Partial<Record<(typeof itemDescription)[number], string | number | null | undefined>>

export interface InventoryItemInput extends Description {
  vendor_id: string
  sku?: string | null | undefined
  title?: string | null | undefined
  requires_shipping?: boolean | undefined
  metadata?: object | null | undefined
}

/**
 * Adds an item that no variant draws on yet.
 * @throws not_found for the vendor or a location; invalid_data for a SKU that another item of the vendor has
 */
export async function createInventoryItem(
  unit: Unit,
  input: InventoryItemInput,
  levels: readonly ({ location_id: string } & LevelInput)[] = [],
): Promise<string> {
  const id = newId('iitem')
  if (input.sku != null) await refuseKnownSku(unit, { ...input, id, sku: input.sku })
  await unit.knex('inventory_item').insert({ id, ...given(input) })
  for (const { location_id: locationId, ...level } of levels) await createInventoryLevel(unit, id, locationId, level)
  return id
}

const given = (input: object) => Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))

async function refuseKnownSku(unit: Unit, item: { id: string; vendor_id: string; sku: string }): Promise<void> {
  const [known] = await unit.run(
    statement<{ id: string }>(
      'inventory.known_sku',
      `select id from inventory_item where tenant_id = $1 and vendor_id = $2 and sku = $3 and id <> $4 and deleted_at is null limit 1`,
      [tenantOf(unit), item.vendor_id, item.sku, item.id],
    ),
  )
  if (known !== undefined) throw alreadyExists(`Inventory item with sku: ${item.sku}, already exists.`)
}

/** Changes an item: what is named is set. Throws not_found; invalid_data for a SKU that another item of the vendor has. */
export async function updateInventoryItem(unit: Unit, id: string, patch: Partial<Omit<InventoryItemInput, 'vendor_id'>>): Promise<void> {
  const ofItem = unit
    .knex('inventory_item')
    .where({ tenant_id: tenantOf(unit), id })
    .whereNull('deleted_at')
  const item = await ofItem.clone().first('vendor_id').forUpdate()
  if (item === undefined) throw notFound(`Inventory item with id: ${id} was not found`)
  if (patch.sku != null) await refuseKnownSku(unit, { id, vendor_id: item.vendor_id, sku: patch.sku })
  await ofItem.update({ ...given(patch), ...mergedMetadata(unit, patch), updated_at: new Date() })
}

/**
 * Takes an item out of use. Variants that draw on it do so no longer, as in Medusa: they have no stock until they are given another.
 * @throws not_found; invalid_data while pieces are promised
 */
export async function deleteInventoryItem(unit: Unit, id: string): Promise<void> {
  const key = [tenantOf(unit), id]
  const [item] = await unit.run(
    // Whoever links it to a variant at the same moment waits, and finds it gone.
    statement<{ id: string }>(
      'inventory.lock_retired_item',
      'select id from inventory_item where tenant_id = $1 and id = $2 and deleted_at is null for update',
      key,
    ),
  )
  if (item === undefined) throw notFound(`Inventory item with id: ${id} was not found`)
  const [retired] = await unit.run(
    statement<{ promised: boolean }>(
      'inventory.retire_item',
      `with gone as (delete from variant_inventory_item where tenant_id = $1 and inventory_item_id = $2)
       update inventory_item i set deleted_at = now(), updated_at = now() where i.tenant_id = $1 and i.id = $2
       returning exists (select 1 from inventory_level l where l.tenant_id = $1 and l.inventory_item_id = i.id
         and l.reserved_quantity > 0) as promised`,
      key,
    ),
  )
  if (retired?.promised) throw invalidData(`Cannot remove following inventory item(s) since they have reservations: [${id}].`)
}

/**
 * No longer counts an item at a location.
 * @param force also while there are pieces on the shelf
 * @returns the level's id
 * @throws not_found; not_allowed while pieces there are promised or on their way, or on the shelf
 */
export async function deleteInventoryLevel(unit: Unit, itemId: string, locationId: string, force = false): Promise<string> {
  const [level] = await unit.run(
    statement<{ id: string; reserved_quantity: number; incoming_quantity: number; stocked_quantity: number }>(
      'inventory.delete_level',
      `delete from inventory_level where tenant_id = $1 and inventory_item_id = $2 and location_id = $3
       returning id, reserved_quantity, incoming_quantity, stocked_quantity`,
      [tenantOf(unit), itemId, locationId],
    ),
  )
  if (level === undefined) throw notFound(`Inventory Level for Item ${itemId} at Location ${locationId} not found`)
  const refuse = (why: string) => notAllowed(`Cannot remove Inventory Levels for ${locationId} because there are ${why}`)
  if (level.reserved_quantity > 0 || level.incoming_quantity > 0) throw refuse('reserved or incoming items at the locations')
  if (level.stocked_quantity > 0 && !force) throw refuse('stocked items at the locations. Use force flag to delete anyway.')
  return level.id
}

/** The items that levels are of, by the levels' ids. Throws not_found for a level that the caller cannot see. */
export async function itemsOfLevels(unit: Unit, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await unit.run(
    statement<{ id: string; inventory_item_id: string }>(
      'inventory.items_of_levels',
      'select id, inventory_item_id from inventory_level where tenant_id = $1 and id = any($2)',
      [tenantOf(unit), ids],
    ),
  )
  const found = new Map(rows.map((row) => [row.id, row.inventory_item_id]))
  const missing = ids.find((id) => !found.has(id))
  if (missing !== undefined) throw notFound(`Inventory level with id: ${missing} was not found`)
  return found
}

export interface LevelChanges {
  create: readonly ({ location_id: string } & LevelInput)[]
  /** The id, where one is given, must be that of the level at the location. */
  update: readonly ({ location_id: string; id?: string | undefined } & LevelInput)[]
  /** Ids of levels. */
  remove: readonly string[]
  /** Removes those that hold pieces, too. */
  force?: boolean | undefined
}

/** Changes where an item is counted, all or none, in the order of locations. Throws as the single changes do. */
export async function changeInventoryLevels(unit: Unit, itemId: string, change: LevelChanges): Promise<void> {
  const known = await unit.run(
    statement<{ id: string; location_id: string }>(
      'inventory.lock_levels_of_item',
      'select id, location_id from inventory_level where tenant_id = $1 and inventory_item_id = $2 order by location_id for update',
      [tenantOf(unit), itemId],
    ),
  )
  for (const id of change.remove) {
    const level = known.find((row) => row.id === id)
    if (level === undefined) throw notFound(`Inventory level with id: ${id} was not found`)
    await deleteInventoryLevel(unit, itemId, level.location_id, change.force)
  }
  for (const { location_id: locationId, id, ...input } of change.update) {
    const isOther = id !== undefined && !known.some((row) => row.id === id && row.location_id === locationId)
    if (isOther) throw notFound(`Inventory level with id: ${id} was not found`)
    await updateInventoryLevel(unit, itemId, locationId, input)
  }
  for (const { location_id: locationId, ...input } of change.create) await createInventoryLevel(unit, itemId, locationId, input)
}

import { statement, tenantOf, type Unit } from '../../db/index.js'
import { setStock } from '../../inventory/index.js'
import { newId } from '../../kernel/index.js'
import { InventoryItem, VariantInventoryItem } from '../models.js'

/** The location that a vendor's stock is kept at when none is named: the oldest. Undefined for a vendor without any. */
export async function firstLocation(unit: Unit, vendorId: string): Promise<string | undefined> {
  const [location] = await unit.run(
    statement<{ id: string }>(
      'catalog.first_location',
      'select id from stock_location where tenant_id = $1 and vendor_id = $2 and deleted_at is null order by id limit 1',
      [tenantOf(unit), vendorId],
    ),
  )
  return location?.id
}

export interface StockedVariant {
  id: string
  vendor_id: string
  title: string
  sku: string | null
}

/**
 * Sets what is on the shelf of a variant that exists, at the vendor's first location; a variant whose stock was not
 * managed before gets its inventory item. Without a number only the item is made.
 * @throws invalid_data below what is promised to orders
 */
export async function stockVariant(unit: Unit, variant: StockedVariant, stock: number | undefined): Promise<void> {
  const tenantId = tenantOf(unit)
  const [link] = await unit.run(
    statement<{ inventory_item_id: string }>(
      'catalog.item_of_variant',
      `select inventory_item_id from variant_inventory_item where tenant_id = $1 and variant_id = $2 order by inventory_item_id limit 1`,
      [tenantId, variant.id],
    ),
  )
  const itemId = link?.inventory_item_id ?? newId('iitem')
  if (link === undefined) {
    const { vendor_id, sku, title } = variant
    await InventoryItem.query().insert({ id: itemId, vendor_id, sku, title })
    await VariantInventoryItem.query().insert({ variant_id: variant.id, inventory_item_id: itemId, vendor_id })
  }
  const locationId = await firstLocation(unit, variant.vendor_id)
  if (locationId !== undefined && (stock !== undefined || link === undefined)) await setStock(unit, itemId, locationId, stock ?? 0)
}

/** The inventory item is found by the variant's SKU: it follows when that changes. */
export async function renameItem(unit: Unit, variantId: string, sku: string | null): Promise<void> {
  await unit.run(
    statement(
      'catalog.rename_item',
      `update inventory_item i set sku = $3, updated_at = now() from variant_inventory_item k
       where k.tenant_id = $1 and k.variant_id = $2 and i.tenant_id = k.tenant_id and i.id = k.inventory_item_id`,
      [tenantOf(unit), variantId, sku],
    ),
  )
}

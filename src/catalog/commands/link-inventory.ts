import { statement, tenantOf, type Unit } from '../../db/index.js'
import { notFound } from '../../kernel/index.js'

/** So many pieces of an inventory item go into one piece of a variant. */
export interface InventoryLink {
  variant_id: string
  inventory_item_id: string
  required_quantity: number
}

/**
 * Makes variants of a vendor draw on inventory items of that vendor; a link that is there gets the quantity.
 * @throws not_found for items that the vendor does not have
 */
export async function linkInventory(unit: Unit, vendorId: string, links: readonly InventoryLink[]): Promise<void> {
  if (links.length === 0) return
  const tenantId = tenantOf(unit)
  const wanted = [...new Set(links.map((link) => link.inventory_item_id))].sort()
  const known = await unit.run(
    statement<{ id: string }>(
      'catalog.lock_linked_items',
      `select id from inventory_item where tenant_id = $1 and vendor_id = $2 and id = any($3) and deleted_at is null
       order by id for key share`,
      [tenantId, vendorId, wanted],
    ),
  )
  const missing = wanted.filter((id) => !known.some((item) => item.id === id))
  if (missing.length > 0) throw notFound(`Inventory Items with ids: ${missing.join(', ')} was not found`)
  await unit.run(
    statement(
      'catalog.link_inventory',
      `insert into variant_inventory_item (tenant_id, variant_id, inventory_item_id, vendor_id, required_quantity)
       select $1, l.variant_id, l.inventory_item_id, $2, l.required_quantity
       from jsonb_to_recordset($3::jsonb) as l (variant_id text, inventory_item_id text, required_quantity integer)
       on conflict (tenant_id, variant_id, inventory_item_id) do update set required_quantity = excluded.required_quantity`,
      [tenantId, vendorId, JSON.stringify(links)],
    ),
  )
}

/** The vendor of a product's variant. Throws not_found where the product does not have it. */
export async function vendorOfVariant(unit: Unit, productId: string, variantId: string): Promise<string> {
  const [variant] = await unit.run(
    statement<{ vendor_id: string }>(
      'catalog.lock_linked_variant',
      `select vendor_id from product_variant
       where tenant_id = $1 and product_id = $2 and id = $3 and deleted_at is null for no key update`,
      [tenantOf(unit), productId, variantId],
    ),
  )
  if (variant === undefined) throw notFound(`Variant with id: ${variantId} was not found`)
  return variant.vendor_id
}

/** Sets how many pieces of an item a variant takes, or takes the item off it. Throws not_found where there is no such link. */
export async function changeInventoryLink(
  unit: Unit,
  link: { variantId: string; inventoryItemId: string },
  requiredQuantity: number | null,
): Promise<void> {
  const key = [tenantOf(unit), link.variantId, link.inventoryItemId]
  const changed = await unit.run(
    requiredQuantity === null
      ? statement<{ variant_id: string }>(
          'catalog.unlink_inventory',
          'delete from variant_inventory_item where tenant_id = $1 and variant_id = $2 and inventory_item_id = $3 returning variant_id',
          key,
        )
      : statement<{ variant_id: string }>(
          'catalog.change_inventory_link',
          `update variant_inventory_item set required_quantity = $4
           where tenant_id = $1 and variant_id = $2 and inventory_item_id = $3 returning variant_id`,
          [...key, requiredQuantity],
        ),
  )
  if (changed.length === 0) throw notFound(`Inventory item ${link.inventoryItemId} is not linked to variant ${link.variantId}`)
}

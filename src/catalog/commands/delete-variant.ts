import { statement, tenantOf, type Unit } from '../../db/index.js'
import { notFound } from '../../kernel/index.js'

/** Takes one variant of a product out of the catalogue. Orders keep what they say of it. Throws not_found. */
export async function deleteVariant(unit: Unit, productId: string, id: string): Promise<void> {
  const gone = await unit.run(
    statement<{ id: string }>(
      'catalog.delete_variant',
      `update product_variant set deleted_at = now(), updated_at = now()
       where tenant_id = $1 and product_id = $2 and id = $3 and deleted_at is null returning id`,
      [tenantOf(unit), productId, id],
    ),
  )
  if (gone.length === 0) throw notFound(`Variant with id: ${id} was not found`)
}

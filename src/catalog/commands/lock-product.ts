import { statement, tenantOf, type Unit } from '../../db/index.js'
import { notFound } from '../../kernel/index.js'

/**
 * Holds a product until the unit of work ends: two changes of it follow one another, and what is read of it from here on stays so.
 * @throws not_found for a product that the caller cannot see
 */
export async function lockProduct(unit: Unit, id: string): Promise<{ id: string; vendor_id: string }> {
  const [product] = await unit.run(
    statement<{ vendor_id: string }>(
      'catalog.lock_product',
      'select vendor_id from product where tenant_id = $1 and id = $2 and deleted_at is null for update',
      [tenantOf(unit), id],
    ),
  )
  if (product === undefined) throw notFound(`Product with id: ${id} was not found`)
  return { id, vendor_id: product.vendor_id }
}

/** The same for several, in the order of their ids. Says nothing of those that the caller cannot see. */
export function lockProducts(unit: Unit, ids: readonly string[]): Promise<{ id: string; vendor_id: string }[]> {
  return unit.run(
    statement<{ id: string; vendor_id: string }>(
      'catalog.lock_products',
      'select id, vendor_id from product where tenant_id = $1 and id = any($2) and deleted_at is null order by id for update',
      [tenantOf(unit), ids],
    ),
  )
}

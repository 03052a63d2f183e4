import { statement, tenantOf, type Unit } from '../../db/index.js'
import { notFound } from '../../kernel/index.js'
import type { ProductStatus } from './input.js'

export interface LockedProduct {
  id: string
  vendor_id: string
  status: ProductStatus
  /** Its store looks at what vendors propose before it is sold. */
  is_moderated: boolean
}

/**
 * Holds a product until the unit of work ends: two changes of it follow one another, and what is read of it from here on stays so.
 * @throws not_found for a product that the caller cannot see
 */
export async function lockProduct(unit: Unit, id: string): Promise<LockedProduct> {
  const [product] = await unit.run(
    statement<LockedProduct>(
      'catalog.lock_product',
      `select id, vendor_id, status, (select s.product_moderation from store s where s.tenant_id = $1) as is_moderated
       from product where tenant_id = $1 and id = $2 and deleted_at is null for update`,
      [tenantOf(unit), id],
    ),
  )
  if (product === undefined) throw notFound(`Product with id: ${id} was not found`)
  return product
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

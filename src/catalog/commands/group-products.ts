import { type Statement, statement, tenantOf, type Unit } from '../../db/index.js'
import { notFound } from '../../kernel/index.js'

/** What products are gathered in: any number of categories, one collection. */
export type ProductGroup = 'product_category' | 'product_collection'

const labels = { product_category: 'Product category', product_collection: 'Product collection' }

/**
 * Puts products into a category or collection and takes others out; nothing is changed when one is not there.
 * @throws not_found for the group or a product to add
 */
export async function groupProducts(
  unit: Unit,
  group: { kind: ProductGroup; id: string },
  change: { add: readonly string[]; remove: readonly string[] },
): Promise<void> {
  const tenantId = tenantOf(unit)
  const add = [...new Set(change.add)].sort()
  const [held] = await unit.run(
    statement<{ id: string }>(
      `catalog.lock_${group.kind}`,
      `select id from ${group.kind} where tenant_id = $1 and id = $2 and deleted_at is null for key share`,
      [tenantId, group.id],
    ),
  )
  if (held === undefined) throw notFound(`${labels[group.kind]} with id: ${group.id} was not found`)
  const found = await unit.run(
    statement<{ id: string }>(
      'catalog.lock_grouped_products',
      'select id from product where tenant_id = $1 and id = any($2) and deleted_at is null order by id for no key update',
      [tenantId, [...new Set([...add, ...change.remove])].sort()],
    ),
  )
  const missing = add.find((id) => !found.some((product) => product.id === id))
  if (missing !== undefined) throw notFound(`Product with id: ${missing} was not found`)
  for (const write of writes[group.kind](tenantId, group.id, add, change.remove)) await unit.run(write)
}

const writes: Record<
  ProductGroup,
  (tenantId: string, id: string, add: readonly string[], remove: readonly string[]) => Statement<unknown>[]
> = {
  product_category: (tenantId, id, add, remove) => [
    statement(
      'catalog.remove_from_category',
      'delete from product_category_product where tenant_id = $1 and product_category_id = $2 and product_id = any($3)',
      [tenantId, id, remove],
    ),
    statement(
      'catalog.add_to_category',
      `insert into product_category_product (tenant_id, product_id, product_category_id, vendor_id)
         select $1, p.id, $2, p.vendor_id from product p where p.tenant_id = $1 and p.id = any($3) on conflict do nothing`,
      [tenantId, id, add],
    ),
  ],
  product_collection: (tenantId, id, add, remove) => [
    statement(
      'catalog.remove_from_collection',
      'update product set collection_id = null, updated_at = now() where tenant_id = $1 and collection_id = $2 and id = any($3)',
      [tenantId, id, remove],
    ),
    statement(
      'catalog.add_to_collection',
      'update product set collection_id = $2, updated_at = now() where tenant_id = $1 and id = any($3)',
      [tenantId, id, add],
    ),
  ],
}

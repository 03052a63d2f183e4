import { type Statement, statement } from '../../db/index.js'
import type { ProductGroup } from '../commands/group-products.js'

/** A product as its category or collection lists it. */
export interface GroupedProduct {
  id: string
  title: string
  handle: string
  status: string
  thumbnail: string | null
}

/** So many products of a group are told with it; all of them are a product list. */
const productsOfGroup = 100

const memberSql = {
  product_category: `p.id in (select l.product_id from product_category_product l where l.tenant_id = $1 and l.product_category_id = g.id)`,
  product_collection: 'p.collection_id = g.id',
}

/** The first products of each of the groups, of these vendors where not of all. */
export function groupedProductsStatement(
  tenantId: string,
  kind: ProductGroup,
  ids: readonly string[],
  vendorIds: readonly string[] | null,
): Statement<{ id: string; products: GroupedProduct[] }> {
  return statement(
    `catalog.products_of_${kind}`,
    `select g.id, coalesce((select json_agg(x) from (
         select p.id, p.title, p.handle, p.status, p.thumbnail from product p
         where p.tenant_id = $1 and p.deleted_at is null and ${memberSql[kind]}
           and ($3::text[] is null or p.vendor_id = any($3)) order by p.id limit ${productsOfGroup}) x), '[]') as products
     from unnest($2::text[]) as g (id)`,
    [tenantId, ids, vendorIds],
  )
}

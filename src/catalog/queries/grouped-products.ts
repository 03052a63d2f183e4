import { type Statement, statement } from '../../db/index.js'
import { describedPairs, productColumns } from './product-json.js'

/** So many products of a group are told with it; all of them are a product list. */
const productsOfGroup = 100

const memberSql = {
  product_category: `p.id in (select l.product_id from product_category_product l where l.tenant_id = $1 and l.product_category_id = g.id)`,
  product_collection: 'p.collection_id = g.id',
  product_type: 'p.type_id = g.id',
  product_tag: 'p.id in (select l.product_id from product_tag_product l where l.tenant_id = $1 and l.product_tag_id = g.id)',
}

/** What products are listed under. */
export type ProductsUnder = keyof typeof memberSql

/** The first products under each of these, of these vendors where not of all. */
export function groupedProductsStatement(
  tenantId: string,
  kind: ProductsUnder,
  ids: readonly string[],
  vendorIds: readonly string[] | null,
): Statement<{ id: string; products: object[] }> {
  return statement(
    `catalog.products_of_${kind}`,
    `select g.id, coalesce((select json_agg(x.product) from (
         select json_build_object(${describedPairs('p', productColumns)}) as product from product p
         where p.tenant_id = $1 and p.deleted_at is null and ${memberSql[kind]}
           and ($3::text[] is null or p.vendor_id = any($3)) order by p.id limit ${productsOfGroup}) x), '[]') as products
     from unnest($2::text[]) as g (id)`,
    [tenantId, ids, vendorIds],
  )
}

import { type Context, type ListPage, orderBy, pairs, readPage, type Statement, statement, tenantOf, valuesFrom } from '../../db/index.js'
import { productColumns, variantColumns, variantWholeOptionsSql } from './product-json.js'
import { type VariantFilter, variantConditions } from './variant-filter.js'

/** Columns that a list of variants can be in the order of. */
export const managedVariantOrders = ['id', 'created_at', 'updated_at', 'title', 'sku', 'variant_rank', 'product_id'] as const

/** Which variants a page of those who sell them holds, drafts' too, and of which products. */
export async function findManagedVariants(
  context: Context,
  filter: VariantFilter,
  page: ListPage,
  vendorIds: readonly string[] | null,
): Promise<{ variants: { id: string; product_id: string }[]; count: number }> {
  const { rows, count } = await readPage(context, page, (part) => {
    const list: unknown[] = [tenantOf(context), vendorIds]
    const values = valuesFrom(list)
    const conditions = variantConditions(filter, values).map((condition) => `and ${condition}`)
    return statement<{ id: string; product_id: string; count: number }>(
      '',
      `select v.id, v.product_id, count(*) over ()::int as count
       from product_variant v join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
       where v.tenant_id = $1 and v.deleted_at is null and p.deleted_at is null and ($2::text[] is null or v.vendor_id = any($2))
         ${conditions.join(' ')}
       ${orderBy('v', part.order).sql} limit ${values.add(part.limit)} offset ${values.add(part.offset)}`,
      list,
    )
  })
  return { variants: rows.map(({ id, product_id }) => ({ id, product_id })), count }
}

/** The variants that draw on inventory items, each with its options and its product; of these vendors where not of all. */
export function variantsOfItemsStatement(
  tenantId: string,
  itemIds: readonly string[],
  vendorIds: readonly string[] | null,
): Statement<{ inventory_item_id: string; variants: object[] }> {
  return statement(
    'catalog.variants_of_items',
    `select k.inventory_item_id, json_agg(json_build_object(${pairs('v', variantColumns)}, 'options', ${variantWholeOptionsSql},
              'product', json_build_object(${pairs('p', productColumns)})) order by v.id) as variants
     from variant_inventory_item k
     join product_variant v on v.tenant_id = k.tenant_id and v.id = k.variant_id and v.deleted_at is null
     join product p on p.tenant_id = v.tenant_id and p.id = v.product_id and p.deleted_at is null
     where k.tenant_id = $1 and k.inventory_item_id = any($2) and ($3::text[] is null or v.vendor_id = any($3))
     group by k.inventory_item_id`,
    [tenantId, itemIds, vendorIds],
  )
}

import { type Context, type ListPage, orderBy, readPage, statement, tenantOf, valuesFrom } from '../../db/index.js'
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

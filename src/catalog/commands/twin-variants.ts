import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData } from '../../kernel/index.js'

/**
 * Looks at a product after all of its variants were changed, so that two of them can swap their values.
 * @throws invalid_data for one of these variants that has the same values as another of the product
 */
export async function refuseTwinsOf(unit: Unit, productId: string, variantIds: readonly string[]): Promise<void> {
  if (variantIds.length === 0) return
  const [twin] = await unit.run(
    statement<{ title: string; other: string; both: boolean }>(
      'catalog.twins_of_variants',
      `with chosen as (
         select v.id, v.title, array_agg(l.option_value_id order by l.option_value_id) as picked from product_variant v
         join product_variant_option l on l.tenant_id = v.tenant_id and l.variant_id = v.id
         where v.tenant_id = $1 and v.product_id = $2 and v.deleted_at is null group by v.id, v.title
       )
       select a.title, b.title as other, b.id = any($3) as both from chosen a join chosen b on b.picked = a.picked and b.id <> a.id
       where a.id = any($3) order by a.id, b.id limit 1`,
      [tenantOf(unit), productId, variantIds],
    ),
  )
  if (twin === undefined) return
  throw invalidData(twin.both ? sameCombination(twin.title, twin.other) : `Variant (${twin.other}) with provided options already exists.`)
}

export const sameCombination = (title: string, other: string) => `Variant "${title}" has same combination of option values as "${other}".`

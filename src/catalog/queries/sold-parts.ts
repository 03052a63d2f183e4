import { type Statement, statement } from '../../db/index.js'
import { imagesSql, memberVariantsSql, optionsSql, variantOptionsSql } from './product-json.js'

/** What belongs to a variant and its product, as they are now. */
export interface SoldParts {
  id: string
  options: object[]
  product_options: object[]
  product_images: { url: string }[]
  /** Every variant that the product has now, of one that is for sale; where they are asked for. */
  product_variants?: { thumbnail: string | null }[]
}

/** The same for variants that were sold: whether they are still for sale does not count. */
export function soldPartsStatement(tenantId: string, variantIds: readonly string[], withVariants: boolean): Statement<SoldParts> {
  return statement(
    `catalog.sold_parts${withVariants ? '_with_variants' : ''}`,
    `select v.id, ${variantOptionsSql} as options, ${optionsSql} as product_options, ${imagesSql} as product_images
            ${withVariants ? `, case when p.status = 'published' and p.deleted_at is null then ${memberVariantsSql} else '[]' end as product_variants` : ''}
     from product_variant v join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
     where v.tenant_id = $1 and v.id = any($2)`,
    [tenantId, variantIds],
  )
}

/** The values that variants have of their products' options, in the order of those. */
export function variantValuesStatement(
  tenantId: string,
  variantIds: readonly string[],
): Statement<{ variant_id: string; values: { id: string; value: string }[] }> {
  return statement(
    'catalog.variant_values',
    `select l.variant_id, json_agg(json_build_object('id', w.id, 'value', w.value) order by o.rank, o.id) as values
     from product_variant_option l
     join product_option_value w on w.tenant_id = l.tenant_id and w.id = l.option_value_id
     join product_option o on o.tenant_id = l.tenant_id and o.id = l.option_id
     where l.tenant_id = $1 and l.variant_id = any($2)
     group by l.variant_id`,
    [tenantId, variantIds],
  )
}

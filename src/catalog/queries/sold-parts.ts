import { type Statement, statement } from '../../db/index.js'
import { imagesSql, optionsSql, variantOptionsSql } from './product-json.js'

/** What belongs to a variant and its product, as they are now. */
export interface SoldParts {
  id: string
  options: object[]
  product_options: object[]
  product_images: { url: string }[]
}

/** The same for variants that were sold: whether they are still for sale does not count. */
export function soldPartsStatement(tenantId: string, variantIds: readonly string[]): Statement<SoldParts> {
  return statement(
    'catalog.sold_parts',
    `select v.id, ${variantOptionsSql} as options, ${optionsSql} as product_options, ${imagesSql} as product_images
     from product_variant v join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
     where v.tenant_id = $1 and v.id = any($2)`,
    [tenantId, variantIds],
  )
}

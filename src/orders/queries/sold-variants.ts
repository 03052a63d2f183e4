import { variantOptionsSql } from '../../catalog/index.js'
import { type Statement, statement } from '../../db/index.js'

/** What of a variant says how it is sent and what stock it draws on. */
export interface SoldVariant {
  id: string
  options: object[]
  inventory_items: object[]
  shipping_profile: object | null
}

/** Variants as they are now, for whoever sends what was sold of them. */
export function soldVariantsStatement(tenantId: string, variantIds: readonly string[]): Statement<SoldVariant> {
  return statement(
    'orders.sold_variants',
    `select v.id,
            ${variantOptionsSql} as options,
            coalesce((select json_agg(json_build_object('id', k.variant_id || ' ' || k.inventory_item_id, 'variant_id', k.variant_id,
                'inventory_item_id', k.inventory_item_id, 'required_quantity', k.required_quantity,
                'inventory', json_build_object('id', i.id, 'sku', i.sku, 'title', i.title, 'thumbnail', i.thumbnail,
                  'requires_shipping', i.requires_shipping)) order by k.inventory_item_id)
              from variant_inventory_item k
              join inventory_item i on i.tenant_id = k.tenant_id and i.id = k.inventory_item_id
              where k.tenant_id = $1 and k.variant_id = v.id), '[]') as inventory_items,
            (select json_build_object('id', s.id, 'name', s.name, 'type', s.type) from product p
              join shipping_profile s on s.tenant_id = p.tenant_id and s.id = p.shipping_profile_id
              where p.tenant_id = $1 and p.id = v.product_id) as shipping_profile
     from product_variant v where v.tenant_id = $1 and v.id = any($2)`,
    [tenantId, variantIds],
  )
}

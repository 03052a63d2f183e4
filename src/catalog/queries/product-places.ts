import { pairs, type Statement, statement } from '../../db/index.js'
import { columnsOfCategory } from './words-of-store.js'

const stamps = ['created_at', 'updated_at', 'deleted_at']
/** Whose a product is and where it stands. */
export interface ProductPlaces {
  product_id: string
  vendor_id: string
  shipping_profile_id: string | null
  shipping_profile: object | null
  sales_channels: { id: string; name: string }[]
  /** Those that shoppers do not see, too. */
  categories: { id: string; name: string; handle: string; is_active: boolean; is_internal: boolean }[]
}

export function productPlacesStatement(tenantId: string, productIds: readonly string[]): Statement<ProductPlaces> {
  return statement(
    'catalog.product_places',
    `select p.id as product_id, p.vendor_id, p.shipping_profile_id,
            (select json_build_object(${pairs('f', ['id', 'name', 'type', 'metadata', ...stamps])}) from shipping_profile f
              where f.tenant_id = $1 and f.id = p.shipping_profile_id) as shipping_profile,
            coalesce((select json_agg(json_build_object(${pairs('c', ['id', 'name', 'description', 'is_disabled', 'metadata', ...stamps])})
                order by c.id)
              from product_sales_channel h join sales_channel c on c.tenant_id = h.tenant_id and c.id = h.sales_channel_id
              where h.tenant_id = $1 and h.product_id = p.id and c.deleted_at is null), '[]') as sales_channels,
            coalesce((select json_agg(json_build_object(${pairs('c', columnsOfCategory)}) order by c.rank, c.id)
              from product_category_product l join product_category c on c.tenant_id = l.tenant_id and c.id = l.product_category_id
              where l.tenant_id = $1 and l.product_id = p.id and c.deleted_at is null), '[]') as categories
     from product p where p.tenant_id = $1 and p.id = any($2)`,
    [tenantId, productIds],
  )
}

/** Whether there is a product, of one of these vendors or, for null, of any. */
export function knownProductStatement(tenantId: string, id: string, vendorIds: readonly string[] | null): Statement<{ id: string }> {
  return statement(
    'catalog.known_product',
    `select p.id from product p where p.tenant_id = $1 and p.id = $2 and p.deleted_at is null and ($3::text[] is null or p.vendor_id = any($3))`,
    [tenantId, id, vendorIds],
  )
}

import { type Context, type Statement, statement, tenantOf } from '../../db/index.js'
import { notFound, toMajor } from '../../kernel/index.js'
import { type PriceConditions, rulesOfPrice } from '../../pricing/index.js'
import type { ProductFilter } from './product-filter.js'
import type { ProductRelation } from './product-json.js'
import { listProducts, type ProductJson, type ProductListQuery, type VariantJson } from './products.js'

/** What those who sell a variant see of it beyond what shoppers see. Amounts in minor units. */
interface VariantDetails {
  variant_id: string
  manage_inventory: boolean
  prices: (PriceConditions & {
    id: string
    currency_code: string
    amount_minor: number
    compare_at_minor: number | null
    min_quantity: number | null
    max_quantity: number | null
    created_at: string
    updated_at: string
  })[]
  inventory_items: {
    inventory_item_id: string
    required_quantity: number
    stocked_quantity: number
    reserved_quantity: number
    inventory: object
  }[]
}

const relations: ReadonlySet<ProductRelation> = new Set([
  'type',
  'collection',
  'tags',
  'images',
  'images.variants',
  'options',
  'variants',
  'categories',
  'variants.options',
  'variants.options.option',
  'variants.images',
])

export type ManagedProductQuery = Pick<ProductListQuery, 'filter' | 'limit' | 'offset' | 'order' | 'publicUrl' | 'isUncounted'> & {
  /** Only these vendors' products; null for all that the scope holds. */
  vendorIds: readonly string[] | null
}

/**
 * A page of products as those who sell them see them: drafts too, each variant with its prices in every currency
 * (major units) and its stock over all locations.
 */
export async function listManagedProducts(
  context: Context,
  query: ManagedProductQuery,
): Promise<{ products: ProductJson[]; count: number }> {
  const { vendorIds, ...page } = query
  const found = await listProducts(context, { ...page, visibility: { salesChannelIds: null, vendorIds }, relations, pricing: null })
  if (found.products.length === 0) return found
  const ids = found.products.map((product) => product.id)
  const details = await context.db.read(context.scope, variantDetailsStatement(tenantOf(context), ids))
  const byVariant = new Map(details.map((row) => [row.variant_id, row]))
  for (const product of found.products) {
    const shown = new Map(product.images?.map((image) => [image.id, image.variants]))
    for (const variant of product.variants ?? []) {
      addDetails(variant, byVariant.get(variant.id))
      for (const image of variant.images ?? []) Object.assign(image, { variants: shown.get(image.id) })
    }
  }
  return found
}

/** One of them. Throws not_found for a product that the caller cannot see. */
export async function retrieveManagedProduct(
  context: Context,
  id: string,
  query: Pick<ManagedProductQuery, 'publicUrl' | 'vendorIds'>,
): Promise<ProductJson> {
  const filter: ProductFilter = { id: [id] }
  const { products } = await listManagedProducts(context, {
    ...query,
    filter,
    limit: 1,
    offset: 0,
    order: { field: 'id', descending: false },
  })
  if (products[0] === undefined) throw notFound(`Product with id: ${id} was not found`)
  return products[0]
}

function variantDetailsStatement(tenantId: string, productIds: readonly string[]): Statement<VariantDetails> {
  return statement(
    'catalog.variant_details',
    `select v.id as variant_id, v.manage_inventory,
            coalesce((select json_agg(r order by r.currency_code, r.min_quantity nulls first, r.id) from (
                select r.id, r.currency_code, r.amount_minor, r.compare_at_minor, r.min_quantity, r.max_quantity,
                       null::text as region_id, null::text as customer_group_id, null::jsonb as other_rules, r.created_at, r.updated_at
                from price r where r.tenant_id = $1 and r.price_set_id = v.price_set_id
                union all
                select r.id, r.currency_code, r.amount_minor, null, r.min_quantity, r.max_quantity, r.region_id, r.customer_group_id,
                       r.other_rules, r.created_at, r.updated_at
                from conditional_price r
                where r.tenant_id = $1 and r.price_set_id = v.price_set_id and r.price_list_id is null) r), '[]') as prices,
            coalesce((select json_agg(json_build_object('inventory_item_id', k.inventory_item_id,
                'id', k.variant_id || ' ' || k.inventory_item_id, 'variant_id', k.variant_id, 'required_quantity', k.required_quantity,
                'stocked_quantity', s.stocked, 'reserved_quantity', s.reserved,
                'inventory', json_build_object('id', i.id, 'sku', i.sku, 'title', i.title, 'description', i.description,
                  'thumbnail', i.thumbnail, 'requires_shipping', i.requires_shipping, 'hs_code', i.hs_code, 'mid_code', i.mid_code,
                  'origin_country', i.origin_country, 'material', i.material, 'weight', i.weight, 'length', i.length,
                  'height', i.height, 'width', i.width, 'metadata', i.metadata, 'created_at', i.created_at,
                  'updated_at', i.updated_at, 'deleted_at', i.deleted_at, 'stocked_quantity', s.stocked, 'reserved_quantity', s.reserved,
                  'location_levels', s.levels))
                order by k.inventory_item_id)
              from variant_inventory_item k
              join inventory_item i on i.tenant_id = k.tenant_id and i.id = k.inventory_item_id
              cross join lateral (
                select coalesce(sum(l.stocked_quantity), 0)::int as stocked, coalesce(sum(l.reserved_quantity), 0)::int as reserved,
                  coalesce(json_agg(json_build_object('id', l.id, 'inventory_item_id', l.inventory_item_id, 'location_id', l.location_id,
                    'stocked_quantity', l.stocked_quantity, 'reserved_quantity', l.reserved_quantity,
                    'incoming_quantity', l.incoming_quantity, 'available_quantity', l.stocked_quantity - l.reserved_quantity,
                    'metadata', null, 'created_at', l.created_at, 'updated_at', l.updated_at, 'deleted_at', null)
                    order by l.id) filter (where l.id is not null), '[]') as levels
                from inventory_level l where l.tenant_id = $1 and l.inventory_item_id = k.inventory_item_id) s
              where k.tenant_id = $1 and k.variant_id = v.id), '[]') as inventory_items
     from product_variant v where v.tenant_id = $1 and v.product_id = any($2::text[]) and v.deleted_at is null`,
    [tenantId, productIds],
  )
}

function addDetails(variant: VariantJson, details: VariantDetails | undefined): void {
  if (details === undefined) return
  const counts = details.inventory_items.map((item) =>
    Math.floor((item.stocked_quantity - item.reserved_quantity) / item.required_quantity),
  )
  Object.assign(variant, {
    prices: details.prices.map(({ amount_minor, compare_at_minor, region_id, customer_group_id, other_rules, ...price }) => ({
      ...price,
      variant_id: variant.id,
      rules: rulesOfPrice({ region_id, customer_group_id, other_rules }),
      amount: toMajor(amount_minor, price.currency_code),
      compare_at_amount: compare_at_minor === null ? null : toMajor(compare_at_minor, price.currency_code),
    })),
    inventory_items: details.inventory_items,
    inventory_quantity: details.manage_inventory && counts.length > 0 ? Math.min(...counts) : null,
  })
}

import { type Context, statement, type Statement, tenantOf, valuesFrom } from '../../db/index.js'
import { notFound } from '../../kernel/index.js'
import {
  groupsOfCustomerSql,
  type PriceCandidate,
  cartFactsSql,
  priceCandidatesSql,
  type PricingQuery,
  pricingContextStatement,
} from '../../pricing/index.js'
import { soldByActiveVendorSql } from './product-filter.js'
import { type ProductRelation, variantJsonSql } from './product-json.js'
import { finishVariant, missingRegion, priceParameters, type VariantJson } from './products.js'
import { type VariantFilter, variantConditions } from './variant-filter.js'

/** Columns that a list of variants can be in the order of. */
export const variantOrders = ['id', 'created_at', 'updated_at', 'title', 'sku', 'variant_rank', 'product_id'] as const

export interface VariantListQuery {
  filter: VariantFilter
  order: { field: string; descending: boolean }
  salesChannelIds: readonly string[]
  relations: ReadonlySet<ProductRelation>
  pricing: PricingQuery | null
  limit: number
  offset: number
  publicUrl: string
}

type ListedVariant = VariantJson & { product: { id: string; type_id: string | null } }

/** Variants of products that the channels show. */
export async function listVariants(context: Context, query: VariantListQuery): Promise<{ variants: ListedVariant[]; count: number }> {
  const tenantId = tenantOf(context)
  const list: unknown[] = [tenantId, query.salesChannelIds]
  const values = valuesFrom(list)
  const conditions = variantConditions(query.filter, values).map((condition) => `and ${condition}`)
  const from = `
    from product_variant v join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
    where v.tenant_id = $1 and v.deleted_at is null and p.deleted_at is null and p.status = 'published'
      and exists (select 1 from product_sales_channel h where h.tenant_id = $1 and h.product_id = p.id
                  and h.sales_channel_id = any($2::text[]))
      and ${soldByActiveVendorSql} ${conditions.join(' ')}`
  const json = variantJsonSql(query.relations, {
    prices: query.pricing === null ? null : priceParameters(query.pricing, values, context.clock.now()),
    channel: '($2::text[])[1]',
  })
  const direction = query.order.descending ? 'desc' : 'asc'
  const column = variantOrders.find((name) => name === query.order.field) ?? 'id'
  const order = column === 'id' ? `v.id ${direction}` : `v.${column} ${direction}, v.id ${direction}`
  const page = statement<{ variant: VariantJson; product_id: string; type_id: string | null; count: number }>(
    '',
    `select ${json} as variant, p.id as product_id, p.type_id, count(*) over ()::int as count ${from}
     order by ${order} limit ${values.add(query.limit)} offset ${values.add(query.offset)}`,
    list,
  )
  const pricingQuery = query.pricing ?? { cartId: null, regionId: null, countryCode: null, province: null }
  const [contexts, rows] = await context.db.readAll(context.scope, [pricingContextStatement(tenantId, pricingQuery), page])
  const pricing = query.pricing === null ? null : (contexts[0] ?? null)
  if (query.pricing !== null && pricing === null) throw missingRegion(query.pricing)
  const variants = rows.map((row) => {
    const product = { id: row.product_id, type_id: row.type_id }
    finishVariant(row.variant, product, pricing, query.publicUrl)
    return { ...row.variant, product }
  })
  const isPastEnd = rows.length === 0 && (query.offset > 0 || query.limit === 0)
  const count = isPastEnd ? (await listVariants(context, { ...query, limit: 1, offset: 0 })).count : (rows[0]?.count ?? 0)
  return { variants, count }
}

export async function retrieveVariant(
  context: Context,
  id: string,
  query: Omit<VariantListQuery, 'filter' | 'limit' | 'offset' | 'order'>,
): Promise<ListedVariant> {
  const { variants } = await listVariants(context, {
    ...query,
    filter: { id: [id] },
    limit: 1,
    offset: 0,
    order: { field: 'id', descending: false },
  })
  if (variants[0] === undefined) throw notFound(`Product variant with id: ${id} was not found`)
  return variants[0]
}

/** What a cart must know of a variant that it holds: what it costs, and whether there is enough. Amounts in minor units. */
export interface CartVariant {
  variant_id: string
  allow_backorder: boolean
  manage_inventory: boolean
  /** Those that hold for the cart's region and customer now; the quantity chooses among them. */
  prices: PriceCandidate[]
  /** False when no location that serves the channel keeps any of it. */
  has_location: boolean
  inventory_items: { inventory_item_id: string; required_quantity: number; available: number }[]
}

/** The same, and what a line keeps of the variant that it is made of. */
export interface PurchasableVariant extends CartVariant {
  product_id: string
  product_type_id: string | null
  vendor_id: string
  shipping_profile_id: string | null
  is_discountable: boolean
  is_giftcard: boolean
  title: string
  subtitle: string
  thumbnail: string | null
  snapshot: Record<string, unknown>
  /** What conditions of promotions may ask of the product. */
  product: { id: string; collection_id: string | null; type_id: string | null; tags: { id: string }[]; categories: { id: string }[] }
}

const cartVariantSql = `v.id as variant_id, v.allow_backorder, v.manage_inventory,
            ${priceCandidatesSql('v.price_set_id', {
              currency: 'cart.currency_code',
              regionId: 'cart.region_id',
              groups: groupsOfCustomerSql('cart.customer_id'),
              now: '$3::timestamptz',
              facts: cartFactsSql,
            })} as prices,
            exists (select 1 from variant_inventory_item k
                    join inventory_level l on l.tenant_id = k.tenant_id and l.inventory_item_id = k.inventory_item_id
                    join sales_channel_location s on s.tenant_id = l.tenant_id and s.stock_location_id = l.location_id
                    where k.tenant_id = $1 and k.variant_id = v.id and s.sales_channel_id = cart.sales_channel_id) as has_location,
            coalesce((select json_agg(json_build_object('inventory_item_id', k.inventory_item_id,
                'required_quantity', k.required_quantity,
                'available', coalesce((select sum(l.stocked_quantity - l.reserved_quantity) from inventory_level l
                  join sales_channel_location s on s.tenant_id = l.tenant_id and s.stock_location_id = l.location_id
                  where l.tenant_id = $1 and l.inventory_item_id = k.inventory_item_id
                    and s.sales_channel_id = cart.sales_channel_id), 0)))
              from variant_inventory_item k where k.tenant_id = $1 and k.variant_id = v.id), '[]') as inventory_items`

/** Variant `v` of product `p` can be bought. */
const isForSaleSql = `v.deleted_at is null and p.deleted_at is null and p.status = 'published' and ${soldByActiveVendorSql}`
const inCartSql = 'array(select i.variant_id from cart_line_item i where i.tenant_id = $1 and i.cart_id = $2)'

/**
 * The variants of these ids, and those already in the cart, that can be bought (published, not deleted, sold by an active
 * vendor), with prices in the cart's currency and stock in its channel. What is missing from the answer cannot be bought.
 * A channel decides what is listed, not what whoever knows of it may buy: Medusa's carts ask no more.
 */
export function purchasableVariantsStatement(
  tenantId: string,
  wanted: { variantIds: readonly string[]; cartId: string; now: Date },
): Statement<PurchasableVariant> {
  return statement(
    'catalog.purchasable_variants',
    `select ${cartVariantSql}, p.id as product_id, p.type_id as product_type_id, p.vendor_id, p.shipping_profile_id,
            p.discountable as is_discountable, p.is_giftcard, p.title,
            v.title as subtitle, coalesce(v.thumbnail, p.thumbnail) as thumbnail,
            json_build_object('product_title', p.title, 'product_description', p.description,
              'product_subtitle', p.subtitle, 'product_handle', p.handle, 'product_type_id', p.type_id,
              'product_type', (select t.value from product_type t where t.tenant_id = $1 and t.id = p.type_id),
              'product_collection', (select c.title from product_collection c where c.tenant_id = $1 and c.id = p.collection_id),
              'variant_sku', v.sku, 'variant_barcode', v.barcode, 'variant_title', v.title,
              'variant_option_values', (select json_object_agg(o.title, w.value) from product_variant_option l
                join product_option o on o.tenant_id = l.tenant_id and o.id = l.option_id
                join product_option_value w on w.tenant_id = l.tenant_id and w.id = l.option_value_id
                where l.tenant_id = $1 and l.variant_id = v.id)) as snapshot,
            json_build_object('id', p.id, 'collection_id', p.collection_id, 'type_id', p.type_id,
              'tags', coalesce((select json_agg(json_build_object('id', l.product_tag_id)) from product_tag_product l
                where l.tenant_id = $1 and l.product_id = p.id), '[]'),
              'categories', coalesce((select json_agg(json_build_object('id', l.product_category_id)) from product_category_product l
                where l.tenant_id = $1 and l.product_id = p.id), '[]')) as product
     from cart
     join product_variant v on v.tenant_id = cart.tenant_id and v.id = any($4::text[] || ${inCartSql})
     join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
     where cart.tenant_id = $1 and cart.id = $2 and ${isForSaleSql}`,
    [tenantId, wanted.cartId, wanted.now, wanted.variantIds],
  )
}

/** Of the variants in a cart, those that can still be bought, for a change that brings none: half of the work of the whole. */
export function cartVariantsStatement(tenantId: string, cartId: string, now: Date): Statement<CartVariant> {
  return statement(
    'catalog.cart_variants',
    `select ${cartVariantSql}
     from cart
     join product_variant v on v.tenant_id = cart.tenant_id and v.id = any(${inCartSql})
     join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
     where cart.tenant_id = $1 and cart.id = $2 and ${isForSaleSql}`,
    [tenantId, cartId, now],
  )
}

/** Of these variants and of those in the cart, the ones that can be bought. */
export function variantsForSaleStatement(
  tenantId: string,
  wanted: { variantIds: readonly string[]; cartId: string | null },
): Statement<{ variant_id: string }> {
  return statement(
    'catalog.variants_for_sale',
    `select v.id as variant_id from product_variant v join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
     where v.tenant_id = $1 and v.id = any($3::text[] || ${inCartSql}) and ${isForSaleSql}`,
    [tenantId, wanted.cartId, wanted.variantIds],
  )
}

import { type Context, type Statement, statement, tenantOf } from '../../db/index.js'
import { invalidData, notFound } from '../../kernel/index.js'
import { type PricingQuery, pricingContextStatement, regionIdSql } from '../../pricing/index.js'
import { valuesFrom } from './product-filter.js'
import { inventoryQuantitySql, type ProductRelation, variantJsonSql } from './product-json.js'
import { finishVariant, type VariantJson } from './products.js'

export interface VariantListQuery {
  id?: string[]
  sku?: string[]
  product_id?: string[]
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
  const conditions: string[] = []
  for (const [column, wanted] of [
    ['v.id', query.id],
    ['v.sku', query.sku],
    ['v.product_id', query.product_id],
  ] as const) {
    if (wanted !== undefined) conditions.push(`and ${column} = any(${values.add(wanted)}::text[])`)
  }
  const from = `
    from product_variant v join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
    where v.tenant_id = $1 and v.deleted_at is null and p.deleted_at is null and p.status = 'published'
      and exists (select 1 from product_sales_channel h where h.tenant_id = $1 and h.product_id = p.id
                  and h.sales_channel_id = any($2::text[]))
      and exists (select 1 from vendor d where d.tenant_id = $1 and d.id = p.vendor_id and d.status = 'active') ${conditions.join(' ')}`
  // PostgreSQL refuses a parameter that its statement does not use.
  const region =
    query.pricing === null
      ? 'null'
      : regionIdSql(`${values.add(query.pricing.cartId)}::text`, `${values.add(query.pricing.regionId)}::text`)
  const json = variantJsonSql(query.relations, {
    currency: `(select r.currency_code from region r where r.tenant_id = $1 and r.id = ${region})`,
    channel: '($2::text[])[1]',
  })
  const page = statement<{ variant: VariantJson; product_id: string; type_id: string | null; count: number }>(
    '',
    `select ${json} as variant, p.id as product_id, p.type_id, count(*) over ()::int as count ${from}
     order by v.id limit ${values.add(query.limit)} offset ${values.add(query.offset)}`,
    list,
  )
  const pricingQuery = query.pricing ?? { cartId: null, regionId: null, countryCode: null, province: null }
  const [contexts, rows] = await context.db.readAll(context.scope, [pricingContextStatement(tenantId, pricingQuery), page])
  const pricing = query.pricing === null ? null : (contexts[0] ?? null)
  if (query.pricing !== null && pricing === null) {
    throw invalidData('Missing required pricing context to calculate prices - region_id')
  }
  const variants = rows.map((row) => {
    const product = { id: row.product_id, type_id: row.type_id }
    finishVariant(row.variant, product, pricing, query.publicUrl)
    return { ...row.variant, product }
  })
  return { variants, count: rows[0]?.count ?? 0 }
}

export async function retrieveVariant(
  context: Context,
  id: string,
  query: Omit<VariantListQuery, 'id' | 'limit' | 'offset'>,
): Promise<ListedVariant> {
  const { variants } = await listVariants(context, { ...query, id: [id], limit: 1, offset: 0 })
  if (variants[0] === undefined) throw notFound(`Variant with id: ${id} was not found`)
  return variants[0]
}

/** What a cart must know of a variant that somebody wants to buy. Amounts in minor units. */
export interface PurchasableVariant {
  variant_id: string
  product_id: string
  product_type_id: string | null
  vendor_id: string
  shipping_profile_id: string | null
  allow_backorder: boolean
  manage_inventory: boolean
  is_discountable: boolean
  is_giftcard: boolean
  title: string
  subtitle: string
  thumbnail: string | null
  snapshot: Record<string, unknown>
  prices: { amount_minor: number; compare_at_minor: number | null; min_quantity: number | null; max_quantity: number | null }[]
  /** How many can be bought in the channel; null without managed stock. */
  available: number | null
  /** False when no location of the vendor serves the channel. */
  has_location: boolean
  inventory_items: { inventory_item_id: string; required_quantity: number; available: number }[]
}

/**
 * The variants of these ids, and those already in the cart, that can be bought in the cart's channel (published, not
 * deleted), with prices in the cart's currency. What is missing from the answer cannot be bought.
 */
export function purchasableVariantsStatement(
  tenantId: string,
  wanted: { variantIds: readonly string[]; cartId: string },
): Statement<PurchasableVariant> {
  return statement(
    'catalog.purchasable_variants',
    `select v.id as variant_id, p.id as product_id, p.type_id as product_type_id, p.vendor_id, p.shipping_profile_id,
            v.allow_backorder, v.manage_inventory, p.discountable as is_discountable, p.is_giftcard, p.title,
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
            coalesce((select json_agg(json_build_object('amount_minor', pr.amount_minor,
                'compare_at_minor', pr.compare_at_minor, 'min_quantity', pr.min_quantity, 'max_quantity', pr.max_quantity)
                order by pr.min_quantity desc nulls last)
              from price pr where pr.tenant_id = $1 and pr.price_set_id = v.price_set_id
                and pr.currency_code = cart.currency_code), '[]') as prices,
            ${inventoryQuantitySql('v', 'cart.sales_channel_id')} as available,
            exists (select 1 from sales_channel_location s where s.tenant_id = $1
                    and s.sales_channel_id = cart.sales_channel_id and s.vendor_id = p.vendor_id) as has_location,
            coalesce((select json_agg(json_build_object('inventory_item_id', k.inventory_item_id,
                'required_quantity', k.required_quantity,
                'available', coalesce((select sum(l.stocked_quantity - l.reserved_quantity) from inventory_level l
                  join sales_channel_location s on s.tenant_id = l.tenant_id and s.stock_location_id = l.location_id
                  where l.tenant_id = $1 and l.inventory_item_id = k.inventory_item_id
                    and s.sales_channel_id = cart.sales_channel_id), 0)))
              from variant_inventory_item k where k.tenant_id = $1 and k.variant_id = v.id), '[]') as inventory_items
     from cart
     join product_variant v on v.tenant_id = cart.tenant_id and v.id = any($2::text[] || array(
       select i.variant_id from cart_line_item i where i.tenant_id = $1 and i.cart_id = $3))
     join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
     where cart.tenant_id = $1 and cart.id = $3 and v.deleted_at is null and p.deleted_at is null
       and p.status = 'published'
       and exists (select 1 from product_sales_channel h where h.tenant_id = $1 and h.product_id = p.id
                   and h.sales_channel_id = cart.sales_channel_id)
       and exists (select 1 from vendor d where d.tenant_id = $1 and d.id = p.vendor_id and d.status = 'active')`,
    [tenantId, wanted.variantIds, wanted.cartId],
  )
}

import { type Context, type Statement, statement, tenantOf } from '../../db/index.js'
import { invalidData, notFound } from '../../kernel/index.js'
import {
  calculatedPrice,
  type PriceJson,
  type PricingContext,
  type PricingQuery,
  pricingContextStatement,
  regionIdSql,
} from '../../pricing/index.js'
import { type ProductFilter, productConditions, valuesFrom } from './product-filter.js'
import { type ProductRelation, productJsonSql } from './product-json.js'

/** Which products a caller may see at all. */
export interface ProductVisibility {
  /** Only published products in these channels; null shows everything that the caller's scope holds. */
  salesChannelIds: readonly string[] | null
  /** Only these vendors' products; null for all. */
  vendorIds?: readonly string[] | null
}

export interface ProductListQuery {
  filter: ProductFilter
  visibility: ProductVisibility
  relations: ReadonlySet<ProductRelation>
  /** Null when no prices are asked for. */
  pricing: PricingQuery | null
  limit: number
  offset: number
  order: { field: string; descending: boolean }
  /** Put before stored picture addresses that begin with /files/. */
  publicUrl: string
}

export interface VariantJson {
  id: string
  price_set_id?: string
  price?: PriceJson | null
  thumbnail: string | null
  images?: { url: string }[]
  calculated_price?: object | null
}

export interface ProductJson {
  id: string
  type_id: string | null
  thumbnail: string | null
  images?: { url: string }[]
  variants?: VariantJson[]
}

const orderColumns: Record<string, string> = {
  id: 'p.id',
  created_at: 'p.created_at',
  updated_at: 'p.updated_at',
  title: 'p.title',
  handle: 'p.handle',
}
export const productOrders = ['id', 'created_at', 'updated_at', 'title', 'handle'] as const

/**
 * A page of products with everything asked for, and how many there are: one statement, and with prices a second one
 * beside it in the same round trip.
 * @throws invalid_data when prices are asked for and no region is known
 */
export async function listProducts(context: Context, query: ProductListQuery): Promise<{ products: ProductJson[]; count: number }> {
  const tenantId = tenantOf(context)
  const page = productPageStatement(tenantId, query)
  if (query.pricing === null) {
    const [row] = await context.db.read(context.scope, page)
    return { products: finish(row?.products ?? [], null, query.publicUrl), count: row?.count ?? 0 }
  }
  const [contexts, rows] = await context.db.readAll(context.scope, [pricingContextStatement(tenantId, query.pricing), page])
  const pricing = contexts[0]
  if (pricing === undefined) throw missingRegion(query.pricing)
  return { products: finish(rows[0]?.products ?? [], pricing, query.publicUrl), count: rows[0]?.count ?? 0 }
}

/** One product by id. Throws not_found in Medusa's words. */
export async function retrieveProduct(
  context: Context,
  id: string,
  query: Omit<ProductListQuery, 'limit' | 'offset' | 'order' | 'filter'> & { filter?: ProductFilter },
): Promise<ProductJson> {
  const { products } = await listProducts(context, {
    ...query,
    filter: { ...query.filter, id: [id] },
    limit: 1,
    offset: 0,
    order: { field: 'id', descending: false },
  })
  const [product] = products
  if (product === undefined) throw notFound(`Product with id: ${id} was not found`)
  return product
}

function missingRegion(query: PricingQuery): Error {
  return query.regionId === null
    ? invalidData('Missing required pricing context to calculate prices - region_id')
    : invalidData(`Region with id ${query.regionId} not found when populating the pricing context`)
}

/**
 * The page's ids come first, from an index; the relations are read for those alone, so a page costs the same at any
 * size of the catalogue. Filters that callers combine freely are planned each time; the plain list, and the list of a
 * category or collection, are prepared.
 */
function productPageStatement(tenantId: string, query: ProductListQuery): Statement<{ count: number; products: ProductJson[] }> {
  const list: unknown[] = [tenantId]
  const values = valuesFrom(list)
  // PostgreSQL refuses a parameter that its statement does not use.
  const priced = query.relations.has('variants') && query.relations.has('variants.calculated_price')
  const region =
    query.pricing === null || !priced
      ? 'null'
      : regionIdSql(`${values.add(query.pricing.cartId)}::text`, `${values.add(query.pricing.regionId)}::text`)
  const channels = query.visibility.salesChannelIds === null ? `'{}'` : values.add(query.visibility.salesChannelIds)
  const conditions = ['p.tenant_id = $1', 'p.deleted_at is null']
  if (query.visibility.salesChannelIds !== null) {
    conditions.push(`p.status = 'published'`)
    conditions.push(`exists (select 1 from product_sales_channel h
      where h.tenant_id = $1 and h.product_id = p.id and h.sales_channel_id = any(${channels}::text[]))`)
    conditions.push(`exists (select 1 from vendor d where d.tenant_id = $1 and d.id = p.vendor_id and d.status = 'active')`)
  }
  if (query.visibility.vendorIds != null) conditions.push(`p.vendor_id = any(${values.add(query.visibility.vendorIds)}::text[])`)
  conditions.push(...productConditions(query.filter, values))
  const where = conditions.join(' and ')
  const direction = query.order.descending ? 'desc' : 'asc'
  const column = orderColumns[query.order.field] ?? 'p.id'
  const order = column === 'p.id' ? `p.id ${direction}` : `${column} ${direction}, p.id ${direction}`
  const json = productJsonSql(query.relations, {
    currency: `(select r.currency_code from region r where r.tenant_id = $1 and r.id = ${region})`,
    channel: `(${channels}::text[])[1]`,
  })
  const text = `
    with page as materialized (
      select p.* from product p where ${where} order by ${order} limit ${values.add(query.limit)} offset ${values.add(query.offset)}
    )
    select (select count(*) from product p where ${where})::int as count,
           coalesce((select json_agg(${json} order by ${order}) from page p), '[]') as products`
  return statement(isCommon(query.filter) ? nameOf(text) : '', text, list)
}

const commonFilters = new Set(['id', 'handle', 'category_id', 'collection_id', 'q', 'vendor_id'])

/** Lists narrowed by at most one of the usual filters: few enough texts to keep plans for. */
function isCommon(filter: ProductFilter): boolean {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined)
  return given.length <= 1 && given.every(([name]) => commonFilters.has(name))
}

const names = new Map<string, string>()

function nameOf(text: string): string {
  let name = names.get(text)
  if (name === undefined) {
    name = `catalog.products.${names.size}`
    names.set(text, name)
  }
  return name
}

function finish(products: ProductJson[], pricing: PricingContext | null, publicUrl: string): ProductJson[] {
  for (const product of products) {
    product.thumbnail = absoluteUrl(product.thumbnail, publicUrl)
    for (const image of product.images ?? []) image.url = absoluteUrl(image.url, publicUrl)
    for (const variant of product.variants ?? []) finishVariant(variant, product, pricing, publicUrl)
  }
  return products
}

/** Puts the price of a variant into wire shape. */
export function finishVariant(
  variant: VariantJson,
  product: { id: string; type_id: string | null },
  pricing: PricingContext | null,
  publicUrl: string,
): void {
  variant.thumbnail = absoluteUrl(variant.thumbnail, publicUrl)
  for (const image of variant.images ?? []) image.url = absoluteUrl(image.url, publicUrl)
  if (pricing === null || variant.price_set_id === undefined) return
  variant.calculated_price = calculatedPrice(variant.price ?? null, pricing, {
    priceSetId: variant.price_set_id,
    productId: product.id,
    productTypeId: product.type_id,
  })
  delete variant.price
  delete variant.price_set_id
}

/** Pictures of our own are stored without a host, so that a deployment can move. */
export function absoluteUrl<Url extends string | null>(url: Url, publicUrl: string): Url {
  return (url?.startsWith('/files/') ? `${publicUrl}${url}` : url) as Url
}

import { type Context, plannedOnce, statement, type Statement, tenantOf, type Values } from '../../db/index.js'
import { invalidData, notFound, toMajor } from '../../kernel/index.js'
import {
  calculatedPrice,
  groupsOfCustomerSql,
  type PriceCandidate,
  type PriceParameters,
  type PricingContext,
  type PricingQuery,
  pricingContextStatement,
  regionIdSql,
  selectPrice,
} from '../../pricing/index.js'
import { anchorSpacing, frequentFrom, noteLargeList, type Outline, outlineOf } from './outline.js'
import type { ProductFilter } from './product-filter.js'
import { type ProductRelation, productJsonSql } from './product-json.js'
import { orderSql, type ProductListSql, type ProductSelection, productListSql } from './product-list.js'

export interface ProductListQuery extends ProductSelection {
  relations: ReadonlySet<ProductRelation>
  /** Null when no prices are asked for. */
  pricing: PricingQuery | null
  limit: number
  offset: number
  /** Put before stored picture addresses that begin with /files/. */
  publicUrl: string
  /** For who reads a list to its end, each page behind the last: nothing is counted, and nothing remembered of a page's list. */
  isUncounted?: true
}

interface ImageJson {
  id: string
  url: string
  /** Which it is said to show; none where it shows all of them. Those who sell are told. */
  variants?: { id: string }[]
}

export interface VariantJson {
  id: string
  price_set_id?: string
  price_candidates?: PriceCandidate[]
  /** In minor units as SQL hands them out, in major units from then on. */
  prices?: { currency_code: string; amount_minor?: number; amount?: number }[]
  thumbnail: string | null
  images?: ImageJson[]
  calculated_price?: object | null
  manage_inventory?: boolean
  inventory_quantity?: number | null
}

export interface ProductJson {
  id: string
  type_id: string | null
  thumbnail: string | null
  images?: ImageJson[]
  variants?: VariantJson[]
}

/**
 * A page of products with everything asked for, and how many there are (of an uncounted list, how many the page holds): one statement, and with prices a second one
 * beside it in the same round trip.
 * @throws invalid_data when prices are asked for and no region is known
 */
export async function listProducts(context: Context, query: ProductListQuery): Promise<{ products: ProductJson[]; count: number }> {
  const tenantId = tenantOf(context)
  const outline = query.isUncounted ? undefined : outlineOf(context, query)
  const page = productPageStatement(tenantId, query, outline, context.clock.now())
  const [contexts, rows] =
    query.pricing === null
      ? [[null], await context.db.read(context.scope, page)]
      : await context.db.readAll(context.scope, [pricingContextStatement(tenantId, query.pricing), page])
  const [pricing] = contexts
  if (pricing === undefined) throw missingRegion(query.pricing as PricingQuery)
  const count = rows[0]?.count ?? 0
  if (!query.isUncounted) noteLargeList(context, query, count)
  return { products: finish(rows[0]?.products ?? [], pricing, query.publicUrl), count }
}

/**
 * For whom prices are computed, when that must be known before a list is read: its currency orders and narrows it.
 * @throws invalid_data when no region is known
 */
export async function readPricing(context: Context, query: PricingQuery): Promise<PricingContext> {
  const [pricing] = await context.db.read(context.scope, pricingContextStatement(tenantOf(context), query))
  if (pricing === undefined) throw missingRegion(query)
  return pricing
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
    // More than there can be, so that nothing is counted.
    limit: 2,
    offset: 0,
    order: { field: 'id', descending: false },
  })
  const [product] = products
  if (product === undefined) throw notFound(`Product with id: ${id} was not found`)
  return product
}

/** What is wrong with a pricing context that names no region of the store. */
export function missingRegion(query: PricingQuery): Error {
  return query.regionId === null
    ? invalidData('Missing required pricing context to calculate prices - region_id')
    : invalidData(`Region with id ${query.regionId} not found when populating the pricing context`)
}

/**
 * The page's ids come first, from an index; the relations are read for those alone, so a page costs the same at any
 * size of the catalogue. Filters that callers combine freely are planned each time; the plain list, and the list of a
 * category or collection, are prepared.
 */
function productPageStatement(
  tenantId: string,
  query: ProductListQuery,
  outline: Outline | undefined,
  now: Date,
): Statement<{ count: number; products: ProductJson[] }> {
  const sql = productListSql(tenantId, query, (outline?.count ?? 0) >= frequentFrom)
  const { values, list, from, where, pageWhere, column } = sql
  const begin = beginning(sql, query.offset, outline)
  const [limit, offset] = [`${values.add(query.limit)}::int`, `${values.add(begin.offset)}::int`]
  // A first page that is not full holds all there are; a sub-select whose answer is not needed is not run.
  const counted = `(select case when ${offset} = 0 and count(*) < ${limit} then count(*)
      else (select count(*) from ${from} where ${where}) end from page)`
  const known = query.isUncounted ? '(select count(*) from page)' : counted
  const count = outline === undefined ? known : values.add(outline.count)
  // PostgreSQL refuses a parameter that its statement does not use.
  const priced = query.relations.has('variants') && query.relations.has('variants.calculated_price')
  const json = productJsonSql(query.relations, {
    prices: priced && query.pricing !== null ? priceParameters(query.pricing, values, now) : null,
    channel: `(${sql.channels}::text[])[1]`,
  })
  const text = `
    with page as materialized (
      select p.*, ${column.sql} as list_value from ${from} where ${pageWhere}${begin.condition}
      order by ${orderSql(sql, 'list')} limit ${limit} offset ${offset}
    )
    select ${count}::int as count, coalesce((select json_agg(${json} order by ${orderSql(sql, 'page')}) from page p), '[]') as products`
  const name = isCommon(query.filter) ? nameOf(text) : ''
  return name === '' ? statement('', text, list) : plannedOnce(statement(name, text, list))
}

/** For whom a list's prices are, in SQL. */
export function priceParameters(pricing: PricingQuery, values: Values, now: Date): PriceParameters {
  const regionId = regionIdSql(`${values.add(pricing.cartId)}::text`, `${values.add(pricing.regionId)}::text`)
  return {
    currency: `(select r.currency_code from region r where r.tenant_id = $1 and r.id = ${regionId})`,
    regionId: `(select ${regionId})`,
    groups: groupsOfCustomerSql(`${values.add(pricing.customerId ?? null)}::text`),
    now: `${values.add(now)}::timestamptz`,
  }
}

/** Where a page begins: from the anchor before it, and on from there. */
function beginning(
  { values, column, id: idColumn, direction }: ProductListSql,
  offset: number,
  outline: Outline | undefined,
): { condition: string; offset: number } {
  const index = Math.min(Math.floor(offset / anchorSpacing), (outline?.anchors.length ?? 0) - 1)
  const anchor = outline?.anchors[index]
  if (anchor === undefined || index === 0) return { condition: '', offset }
  const comparison = direction === 'asc' ? '>=' : '<='
  const id = values.add(anchor.id)
  const condition =
    column.sql === 'p.id'
      ? ` and p.id ${comparison} ${id}`
      : ` and (${column.sql}, ${idColumn}) ${comparison} (${values.add(anchor.value)}::${column.type}, ${id})`
  return { condition, offset: offset - index * anchorSpacing }
}

const commonFilters = new Set(['id', 'handle', 'category_id', 'collection_id', 'q', 'vendor_id'])

/** Lists narrowed by at most one of the usual filters: few enough texts to keep plans for. */
function isCommon(filter: ProductFilter): boolean {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined)
  return given.length <= 1 && given.every(([name]) => commonFilters.has(name))
}

const names = new Map<string, string>()
/** Clients choose relations and orders: whoever tries all of them shall not fill the server's memory with plans. */
const namesMaximum = 300

function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  if (names.size >= namesMaximum) return ''
  const name = `catalog.products.${names.size}`
  names.set(text, name)
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
  // What is not counted has no number; null is counted, of nothing.
  if (variant.manage_inventory === false) delete variant.inventory_quantity
  variant.thumbnail = absoluteUrl(variant.thumbnail, publicUrl)
  for (const image of variant.images ?? []) image.url = absoluteUrl(image.url, publicUrl)
  for (const price of variant.prices ?? []) {
    if (price.amount_minor !== undefined) price.amount = toMajor(price.amount_minor, price.currency_code)
    delete price.amount_minor
  }
  if (pricing === null || variant.price_set_id === undefined) return
  variant.calculated_price = calculatedPrice(selectPrice(variant.price_candidates ?? [], 1), pricing, {
    priceSetId: variant.price_set_id,
    productId: product.id,
    productTypeId: product.type_id,
  })
  delete variant.price_candidates
  delete variant.price_set_id
}

interface Member {
  thumbnail: string | null
  variants?: { thumbnail: string | null }[]
  images?: { url: string }[]
}

/** The pictures of products as they stand under a word or a category, in place. */
export function picturesOfMembers(products: readonly object[] | undefined, publicUrl: string): void {
  for (const product of (products ?? []) as Member[]) {
    for (const pictured of [product, ...(product.variants ?? [])]) pictured.thumbnail = absoluteUrl(pictured.thumbnail, publicUrl)
    for (const image of product.images ?? []) image.url = absoluteUrl(image.url, publicUrl)
  }
}

/** Pictures of our own are stored without a host, so that a deployment can move. */
export function absoluteUrl<Url extends string | null>(url: Url, publicUrl: string): Url {
  return (url?.startsWith('/files/') ? `${publicUrl}${url}` : url) as Url
}

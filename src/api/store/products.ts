import { z } from 'zod'
import type { Actor } from '../../access/index.js'
import {
  type FacetName,
  listProducts,
  listVariants,
  type ProductFilter,
  type ProductRelation,
  productFacets,
  productOrders,
  productRelations,
  readPricing,
  retrieveProduct,
  retrieveVariant,
  variantColumns,
  variantOrders,
} from '../../catalog/index.js'
import { countryCode, type FieldsPolicy, type FieldTree, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { invalidData, toMinor } from '../../kernel/index.js'
import type { PricingQuery } from '../../pricing/index.js'
import { localesOf, translated } from '../../translations/index.js'
import { withRatings } from '../../reviews/index.js'
import { answeredFacets } from './facets.js'
import { facetList, filterOf, type ProductFilterInput, productFilters, variantFilterOf, variantFilters } from './catalog-filters.js'
import { salesChannelsOf } from './shared.js'

const pricing = {
  region_id: z.string().max(64).optional(),
  country_code: countryCode.optional(),
  province: z.string().max(100).optional(),
  cart_id: z.string().max(64).optional(),
}

export const productQuery = z.strictObject({ ...productFilters, ...pricing, sales_channel_id: oneOrMany.optional() })
type ProductQuery = z.output<typeof productQuery>
const productPage = { limit: 50, orderable: [...productOrders, 'price'] } as const

const productScalars = [
  'id',
  'title',
  'subtitle',
  'description',
  'handle',
  'is_giftcard',
  'discountable',
  'thumbnail',
  'collection_id',
  'type_id',
  'weight',
  'length',
  'height',
  'width',
  'hs_code',
  'origin_country',
  'mid_code',
  'material',
  'created_at',
  'updated_at',
]

export const productFields: FieldsPolicy = {
  relationsLimit: 4,
  // A value is shown as “Size: M”.
  inseparable: ['variants.options.option'],
  defaults: [
    ...productScalars,
    'type.*',
    'collection.*',
    'options.*',
    'options.values.*',
    'tags.*',
    'images.*',
    'variants.*',
    'variants.options.*',
    'variants.options.option.id',
    'variants.options.option.title',
    'vendor.id',
    'vendor.name',
    'vendor.handle',
  ],
  extra: [
    'metadata',
    'categories.*',
    'status',
    'external_id',
    'deleted_at',
    'variants.calculated_price',
    'variants.inventory_quantity',
    'variants.images.*',
    'variants.prices.*',
    'variants.inventory_items.variant_id',
    'variants.inventory_items.inventory_item_id',
    'variants.inventory_items.required_quantity',
    'rating.average',
    'rating.count',
  ],
}

const variantFields: FieldsPolicy = {
  defaults: [
    // What is gone has its date where it is asked for.
    ...variantColumns.filter((name) => name !== 'deleted_at'),
    'options.*',
    'images.*',
    'product.id',
    'product.type_id',
  ],
  extra: ['deleted_at', 'calculated_price', 'inventory_quantity'],
}

/** Relations to read for a tree. `prefix` is '' for products and 'variants' for lists of variants. */
function relationsOf(fields: FieldTree): ReadonlySet<ProductRelation> {
  return new Set(productRelations.filter((relation) => fields.has(relation)))
}

/** Prices are computed when asked for by name, or when a region is given. */
export function pricingOf(query: z.output<typeof pricingSchema>, asked: boolean, actor: Actor | null): PricingQuery | null {
  if (!asked && query.region_id === undefined) return null
  return {
    cartId: query.cart_id ?? null,
    regionId: query.region_id ?? null,
    countryCode: query.country_code ?? null,
    province: query.province ?? null,
    customerId: actor?.type === 'customer' ? actor.id : null,
  }
}
export const pricingSchema = z.strictObject(pricing)

const filterNames = Object.keys(productFilters) as (keyof ProductFilterInput)[]

/** The filter of a query; a window of prices is in the currency given, and is left out without one. */
export function productFilterOf(query: ProductFilterInput, currency: string | null): ProductFilter {
  const filter = filterOf(Object.fromEntries(filterNames.map((name) => [name, query[name]])))
  if (query.price === undefined || currency === null) return filter
  const minor = (amount: number | undefined) => (amount === undefined ? null : toMinor(amount, currency))
  return { ...filter, price: { currency_code: currency, least_minor: minor(query.price.$gte), most_minor: minor(query.price.$lte) } }
}

export function productRequest(request: RequestContext<ProductQuery, unknown>, currency: string | null = null) {
  const channels = salesChannelsOf(request, request.query.sales_channel_id)
  if (asksFor(request.fields, 'variants.inventory_quantity')) refuseSeveral(channels)
  const pricingQuery = pricingOf(request.query, asksFor(request.fields, 'variants.calculated_price'), request.actor)
  return {
    filter: productFilterOf(request.query, currency),
    visibility: { salesChannelIds: channels },
    relations: relationsAsked(request.fields, pricingQuery !== null),
    pricing: pricingQuery,
    locales: localesOf(request.locale),
    publicUrl: request.services.publicUrl,
  }
}

/** The relations that a tree of products asks for; computed ones only by name. */
export function relationsAsked(fields: FieldTree, priced: boolean): ReadonlySet<ProductRelation> {
  const relations = new Set(relationsOf(fields))
  if (!asksFor(fields, 'variants.inventory_quantity')) relations.delete('variants.inventory_quantity')
  if (!asksFor(fields, 'variants.images')) relations.delete('variants.images')
  if (!asksFor(fields, 'variants.prices')) relations.delete('variants.prices')
  if (priced) relations.add('variants.calculated_price')
  else relations.delete('variants.calculated_price')
  return relations
}

/** The currency that prices are compared in: of the pricing context, whether or not prices are answered. */
async function currencyOf(request: RequestContext<ProductQuery, unknown>): Promise<string> {
  const query = pricingOf(request.query, true, request.actor) as PricingQuery
  return (await readPricing(request.context, query)).currency_code
}

/** Stock is counted in one channel at a time. Throws invalid_data for several. */
function refuseSeveral(channels: readonly string[]): void {
  if (channels.length < 2) return
  throw invalidData(
    'Inventory availability cannot be calculated in the given context. Either provide a single sales channel id or configure a single sales channel in the publishable key',
  )
}

/** Asked for by name: a star on the variants does not bring what must be computed. */
export function asksFor(fields: FieldTree, path: string): boolean {
  return fields.key !== 'default' && fields.key.includes(path) && fields.has(path)
}

/** A price that was computed for a region is answered even when `fields` did not name it. */
function withPrices(request: RequestContext<ProductQuery, unknown>, product: object): unknown {
  const projected = request.fields.project(product) as { variants?: { id: string; calculated_price?: unknown }[] }
  const computed = (product as { variants?: { id: string; calculated_price?: unknown }[] }).variants ?? []
  for (const [index, variant] of (projected.variants ?? []).entries()) {
    if (request.query.region_id !== undefined && variant.calculated_price === undefined) {
      variant.calculated_price = computed[index]?.calculated_price
    }
  }
  return projected
}

/** Products as answers hold them: in the words of the request's language, and with what shoppers gave them when asked. */
export async function answeredProducts(request: RequestContext<ProductQuery, unknown>, products: readonly object[]): Promise<unknown[]> {
  const { context, fields, locale } = request
  await Promise.all([
    translated(context, locale, products),
    fields.has('rating') ? withRatings(context, products as { id: string }[]) : undefined,
  ])
  return products.map((product) => withPrices(request, product))
}

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/products',
    summary: 'List published products; with `facets`, also what they can be narrowed by',
    access: 'public',
    query: productQuery.extend({ facets: facetList.optional() }),
    fields: productFields,
    page: productPage,
    async handle(request) {
      const { limit, offset, order } = request.page
      const { query, context } = request
      const facets: FacetName[] = query.facets ?? []
      const compares = order.field === 'price' || query.price !== undefined || facets.includes('price')
      const currency = compares ? await currencyOf(request) : null
      const selection = { ...productRequest(request, currency), order, currency }
      const [{ products, count }, found] = await Promise.all([
        listProducts(context, { ...selection, limit, offset }),
        facets.length === 0 ? undefined : productFacets(context, selection, facets, currency),
      ])
      return {
        products: await answeredProducts(request, products),
        count,
        offset,
        limit,
        ...(found === undefined ? {} : { facets: await answeredFacets(context, request.locale, found) }),
      }
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/products/:id',
    summary: 'A published product',
    access: 'public',
    // The same query as the list's, paging and all: clients build one for both.
    query: productQuery,
    fields: productFields,
    page: productPage,
    ids: { id: 'product' },
    async handle(request) {
      const currency = request.query.price === undefined ? null : await currencyOf(request)
      const product = await retrieveProduct(request.context, request.params.id as string, productRequest(request, currency))
      return { product: (await answeredProducts(request, [product]))[0] }
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/product-variants',
    summary: 'List variants of published products',
    access: 'public',
    query: z.strictObject({ ...pricing, ...variantFilters, product_id: oneOrMany.optional(), sales_channel_id: oneOrMany.optional() }),
    fields: variantFields,
    page: { limit: 20, orderable: variantOrders },
    async handle(request) {
      const { limit, offset, order } = request.page
      const { region_id: _r, country_code: _c, province: _p, cart_id: _k, sales_channel_id: _s, ...filter } = request.query
      const { variants, count } = await listVariants(request.context, {
        ...variantRequest(request),
        filter: variantFilterOf(filter),
        limit,
        offset,
        order,
      })
      await translated(request.context, request.locale, variants)
      return { variants: variants.map((variant) => withPrice(request, variant)), count, offset, limit }
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/product-variants/:id',
    summary: 'A variant of a published product',
    access: 'public',
    query: z.strictObject({ ...pricing, sales_channel_id: oneOrMany.optional() }),
    fields: variantFields,
    ids: { id: 'variant' },
    async handle(request) {
      const variant = await retrieveVariant(request.context, request.params.id as string, variantRequest(request))
      await translated(request.context, request.locale, [variant])
      return { variant: withPrice(request, variant) }
    },
  }),
]

/** A variant as answers hold it: a price that was computed for a region even when `fields` did not name it. */
function withPrice(request: RequestContext<VariantQuery, unknown>, variant: object): object {
  const projected = request.fields.project(variant) as object
  return request.query.region_id === undefined
    ? projected
    : { ...projected, calculated_price: (variant as { calculated_price?: unknown }).calculated_price }
}

type VariantQuery = z.output<typeof pricingSchema> & { sales_channel_id?: string[] | undefined }

function variantRequest(request: RequestContext<VariantQuery, unknown>) {
  const { fields, query } = request
  const channels = salesChannelsOf(request, query.sales_channel_id)
  const relations = new Set<ProductRelation>()
  if (fields.has('options')) relations.add('variants.options')
  if (fields.has('images')) relations.add('variants.images')
  if (asksFor(fields, 'inventory_quantity')) {
    refuseSeveral(channels)
    relations.add('variants.inventory_quantity')
  }
  const pricingQuery = pricingOf(query, asksFor(fields, 'calculated_price'), request.actor)
  if (pricingQuery !== null) relations.add('variants.calculated_price')
  return {
    salesChannelIds: channels,
    relations: relations as ReadonlySet<ProductRelation>,
    pricing: pricingQuery,
    publicUrl: request.services.publicUrl,
  }
}

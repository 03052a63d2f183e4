import { z } from 'zod'
import {
  listProducts,
  listVariants,
  type ProductFilter,
  type ProductRelation,
  productOrders,
  productRelations,
  retrieveProduct,
  retrieveVariant,
} from '../../catalog/index.js'
import {
  booleanText,
  countryCode,
  type FieldsPolicy,
  type FieldTree,
  oneOrMany,
  type RequestContext,
  type Route,
  route,
} from '../../http/index.js'
import { limits, notAllowed } from '../../kernel/index.js'
import type { PricingQuery } from '../../pricing/index.js'
import { listed, salesChannelsOf } from './shared.js'

const date = z
  .string()
  .max(40)
  .refine((text) => !Number.isNaN(Date.parse(text)), 'is not a date')
const dates = z.union([
  date,
  z.array(date).max(50),
  z.strictObject({ $eq: date, $ne: date, $gt: date, $gte: date, $lt: date, $lte: date }).partial(),
])

const pricing = {
  region_id: z.string().max(64).optional(),
  country_code: countryCode.optional(),
  province: z.string().max(100).optional(),
  cart_id: z.string().max(64).optional(),
}

const filters = {
  q: z.string().max(limits.search_characters).optional(),
  id: oneOrMany.optional(),
  title: oneOrMany.optional(),
  handle: oneOrMany.optional(),
  is_giftcard: booleanText.optional(),
  category_id: oneOrMany.optional(),
  collection_id: oneOrMany.optional(),
  tag_id: oneOrMany.optional(),
  type_id: oneOrMany.optional(),
  option_id: oneOrMany.optional(),
  option_value_id: oneOrMany.optional(),
  external_id: oneOrMany.optional(),
  vendor_id: oneOrMany.optional(),
  created_at: dates.optional(),
  updated_at: dates.optional(),
}

const variantFilter = z.strictObject({
  sku: oneOrMany.optional(),
  options: z.strictObject({ value: oneOrMany.optional(), option_id: oneOrMany.optional() }).optional(),
})

const nested = z.strictObject(filters)
export const productQuery = z.strictObject({
  ...filters,
  ...pricing,
  variants: variantFilter.optional(),
  sales_channel_id: oneOrMany.optional(),
  $and: z.array(nested).max(10).optional(),
  $or: z.array(nested).max(10).optional(),
})
type ProductQuery = z.output<typeof productQuery>

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
    'variants.options.option.id',
    'variants.options.option.title',
  ],
}

const variantFields: FieldsPolicy = {
  defaults: [
    'id',
    'title',
    'sku',
    'barcode',
    'ean',
    'upc',
    'allow_backorder',
    'manage_inventory',
    'variant_rank',
    'product_id',
    'thumbnail',
    'hs_code',
    'origin_country',
    'mid_code',
    'material',
    'weight',
    'length',
    'height',
    'width',
    'created_at',
    'updated_at',
    'metadata',
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
function pricingOf(query: z.output<typeof pricingSchema>, asked: boolean): PricingQuery | null {
  if (!asked && query.region_id === undefined) return null
  return {
    cartId: query.cart_id ?? null,
    regionId: query.region_id ?? null,
    countryCode: query.country_code ?? null,
    province: query.province ?? null,
  }
}
const pricingSchema = z.strictObject(pricing)

function filterOf(query: ProductQuery): ProductFilter {
  const { region_id: _r, country_code: _c, province: _p, cart_id: _k, sales_channel_id: _s, variants, ...filter } = query
  const optionValues = variants?.options
  return {
    ...filter,
    ...(variants?.sku === undefined ? {} : { sku: variants.sku }),
    ...(optionValues === undefined
      ? {}
      : {
          optionValues: {
            ...(optionValues.value === undefined ? {} : { value: optionValues.value }),
            ...(optionValues.option_id === undefined ? {} : { option_id: optionValues.option_id }),
          },
        }),
  } as ProductFilter
}

function productRequest(request: RequestContext<ProductQuery, unknown>) {
  const channels = salesChannelsOf(request, request.query.sales_channel_id)
  if (request.fields.has('variants.inventory_quantity') && channels.length > 1 && asksByName(request.fields)) {
    throw notAllowed(
      'Inventory availability cannot be calculated in the given context. Either provide a single sales channel id or configure a single sales channel in the publishable key',
    )
  }
  const relations = new Set(relationsOf(request.fields))
  if (!asksFor(request.fields, 'variants.inventory_quantity')) relations.delete('variants.inventory_quantity')
  if (!asksFor(request.fields, 'variants.images')) relations.delete('variants.images')
  const pricingQuery = pricingOf(request.query, asksFor(request.fields, 'variants.calculated_price'))
  if (pricingQuery === null) relations.delete('variants.calculated_price')
  else relations.add('variants.calculated_price')
  return {
    filter: filterOf(request.query),
    visibility: { salesChannelIds: channels },
    relations: relations as ReadonlySet<ProductRelation>,
    pricing: pricingQuery,
    publicUrl: request.services.publicUrl,
  }
}

const asksByName = (fields: FieldTree) => asksFor(fields, 'variants.inventory_quantity')

/** Asked for by name: a star on the variants does not bring what must be computed. */
function asksFor(fields: FieldTree, path: string): boolean {
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

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/products',
    summary: 'List published products',
    access: 'public',
    query: productQuery,
    fields: productFields,
    page: { limit: 50, orderable: productOrders },
    async handle(request) {
      const { limit, offset, order } = request.page
      const { products, count } = await listProducts(request.context, { ...productRequest(request), limit, offset, order })
      return { products: products.map((product) => withPrices(request, product)), count, offset, limit }
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/products/:id',
    summary: 'A published product',
    access: 'public',
    query: productQuery,
    fields: productFields,
    ids: { id: 'product' },
    async handle(request) {
      const product = await retrieveProduct(request.context, request.params.id as string, productRequest(request))
      return { product: withPrices(request, product) }
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/product-variants',
    summary: 'List variants of published products',
    access: 'public',
    query: z.strictObject({
      ...pricing,
      id: oneOrMany.optional(),
      sku: oneOrMany.optional(),
      product_id: oneOrMany.optional(),
      sales_channel_id: oneOrMany.optional(),
    }),
    fields: variantFields,
    page: { limit: 20, orderable: ['id'] },
    async handle(request) {
      const { id, sku, product_id } = request.query
      const { variants, count } = await listVariants(request.context, {
        ...variantRequest(request),
        ...(id === undefined ? {} : { id }),
        ...(sku === undefined ? {} : { sku }),
        ...(product_id === undefined ? {} : { product_id }),
        limit: request.page.limit,
        offset: request.page.offset,
      })
      return listed('variants', variants, request, count)
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
      return { variant: request.fields.project(variant) }
    },
  }),
]

type VariantQuery = z.output<typeof pricingSchema> & { sales_channel_id?: string[] | undefined }

function variantRequest(request: RequestContext<VariantQuery, unknown>) {
  const { fields, query } = request
  const relations = new Set<ProductRelation>()
  if (fields.has('options')) relations.add('variants.options')
  if (fields.has('images')) relations.add('variants.images')
  if (asksFor(fields, 'inventory_quantity')) relations.add('variants.inventory_quantity')
  const pricingQuery = pricingOf(query, asksFor(fields, 'calculated_price'))
  if (pricingQuery !== null) relations.add('variants.calculated_price')
  return {
    salesChannelIds: salesChannelsOf(request, query.sales_channel_id),
    relations: relations as ReadonlySet<ProductRelation>,
    pricing: pricingQuery,
    publicUrl: request.services.publicUrl,
  }
}

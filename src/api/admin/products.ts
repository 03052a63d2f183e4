import { z } from 'zod'
import {
  deleteProduct,
  deleteVariant,
  knownProductStatement,
  listManagedProducts,
  type ManagedProductQuery,
  type ProductFilter,
  type ProductJson,
  productOrders,
  productPlacesStatement,
  updateProduct,
} from '../../catalog/index.js'
import { singlePage, tenantOf } from '../../db/index.js'
import { requestExport } from '../../exports/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import {
  bodyIds,
  changedIds,
  createBody,
  type KnownPrices,
  namesPrices,
  newVariant,
  refuseOptionless,
  updateBody,
  variantInputOf,
  variantPatch,
  variantPatchOf,
} from './product-body.js'
import { createOf, updateOf } from './product-writing.js'
import { managedFilterOf, managedFilters } from '../store/catalog-filters.js'
import { type AnyRequest, deleted, findToChange, findWithin, needPermission, needWholeStore, ownerOf, reach, write } from './shared.js'

export const productFields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: [
    'id',
    'title',
    'subtitle',
    'description',
    'handle',
    'status',
    'is_giftcard',
    'discountable',
    'thumbnail',
    'collection_id',
    'type_id',
    'external_id',
    'vendor_id',
    'shipping_profile_id',
    'weight',
    'length',
    'height',
    'width',
    'hs_code',
    'origin_country',
    'mid_code',
    'material',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
    'type.*',
    'collection.*',
    'options.*',
    'options.values.*',
    'tags.*',
    'images.*',
    'categories.*',
    'sales_channels.*',
    'variants.*',
    'variants.options.*',
    'variants.options.option.*',
    'variants.images.*',
    'variants.prices.*',
    'variants.inventory_items.*',
  ],
  extra: [
    'images.variants.id',
    'variants.images.variants.id',
    'shipping_profile.*',
    'variants.inventory_quantity',
    'variants.inventory_items.inventory.*',
    'variants.inventory_items.inventory.location_levels.*',
  ],
}

/** Products as staff see them, each with where it is sold. */
export async function loadProducts(
  request: AnyRequest,
  filter: ProductFilter,
  page: Pick<ManagedProductQuery, 'limit' | 'offset' | 'order'>,
) {
  const { context, services } = request
  const vendorIds = reach(request, 'products:read')
  const { products, count } = await listManagedProducts(context, { ...page, filter, vendorIds, publicUrl: services.publicUrl })
  if (products.length === 0) return { products, count }
  const places = await context.db.read(
    context.scope,
    productPlacesStatement(
      tenantOf(context),
      products.map((product) => product.id),
    ),
  )
  const byId = new Map(places.map(({ product_id, ...place }) => [product_id, place]))
  return { products: products.map((product) => ({ ...product, ...byId.get(product.id) })), count }
}

async function find(request: AnyRequest, wanted: string): Promise<ProductJson> {
  const { products } = await loadProducts(request, { id: [wanted] }, singlePage)
  if (products[0] === undefined) throw notFound('Product not found')
  return products[0]
}

/** What a product's variants cost, by the ids of prices, where a body names prices by those. */
export async function knownPrices(
  request: AnyRequest,
  productId: string,
  variants: Parameters<typeof namesPrices>[0],
): Promise<KnownPrices> {
  if (!namesPrices(variants)) return new Map()
  const { variants: known = [] } = await find(request, productId)
  const prices = known.flatMap(
    (variant) => (variant as unknown as { prices: { id: string; currency_code: string; amount: number }[] }).prices,
  )
  return new Map(prices.map((price) => [price.id, price]))
}

/** Asks no more than whether the caller can see a product. Throws not_found. */
export async function productExists(request: AnyRequest, wanted: string): Promise<void> {
  const { context } = request
  const visible = reach(request, 'products:read')
  const [found] = await context.db.read(context.scope, knownProductStatement(tenantOf(context), wanted, visible))
  if (found === undefined) throw notFound('Product not found')
}

/** One as it is now: the answer to every write. Throws not_found. */
export const productAnswer = async (request: AnyRequest, wanted: string) => ({
  product: request.fields.project(await find(request, wanted)),
})

/** Clients say again in the body which variant they mean: the path counts. */
const withoutId = (body: unknown) => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const { id: _id, ...rest } = body as Record<string, unknown>
  return rest
}

const productRoutes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/products',
    summary: 'List products of every vendor, drafts included',
    access: 'products:read',
    query: z.strictObject(managedFilters),
    fields: productFields,
    page: { limit: 50, orderable: productOrders },
    async handle(request) {
      const { limit, offset } = request.page
      const { products, count } = await loadProducts(request, managedFilterOf(request.query), request.page)
      return { products: products.map((product) => request.fields.project(product)), count, offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/export',
    summary: "Write the products that the list's filters find to a CSV file; notifications tell where it is",
    access: 'exports:write',
    query: z.strictObject(managedFilters),
    // Clients send what they would send to the list: a body, and the fields that a file has all of.
    body: z.object({}),
    fields: productFields,
    // A page of the list's is asked for with them; a file has all pages.
    page: { limit: 50, orderable: productOrders },
    status: 202,
    async handle(request) {
      needWholeStore(request, 'exports:write')
      needPermission(request, 'products:read')
      const vendorIds = reach(request, 'products:read')
      const filter = managedFilterOf(request.query)
      return { transaction_id: await requestExport(request.context, { kind: 'products', filter, vendorIds }) }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/products/:id',
    summary: 'A product',
    access: 'products:read',
    fields: productFields,
    ids: { id: 'product' },
    handle: (request) => productAnswer(request, request.params.id as string),
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products',
    summary: "Create a product of a vendor, or of the store's own",
    access: 'products:write',
    body: createBody,
    fields: productFields,
    ids: { ...bodyIds, vendor_id: 'vendor' },
    async handle(request) {
      refuseOptionless([request.body])
      const made = await write(request, async (unit) => {
        const vendorId = await ownerOf(unit, request, 'products:write', request.body.vendor_id)
        return createOf(unit, vendorId, request.body)
      })
      return productAnswer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/:id',
    summary: 'Change a product; variants that are given are all it has: those with an id are changed, others added',
    access: 'products:write',
    body: updateBody,
    fields: productFields,
    ids: { ...changedIds, id: 'product' },
    async handle(request) {
      const wanted = request.params.id as string
      const known = await knownPrices(request, wanted, request.body.variants ?? [])
      await write(request, async (unit) => {
        await findToChange(unit, request, 'products:write', 'product', wanted)
        await updateOf(unit, wanted, request.body, known)
      })
      return productAnswer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/products/:id',
    summary: 'Take a product out of the catalogue',
    access: 'products:write',
    ids: { id: 'product' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'products:write', 'product', wanted)
        await deleteProduct(unit, wanted)
      })
      return deleted('product', wanted)
    },
  }),
]

const variantRoutes: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/:id/variants',
    summary: 'Add a variant to a product',
    access: 'products:write',
    body: newVariant,
    fields: productFields,
    ids: { id: 'product', inventory_item_id: 'inventory_item', 'customer.groups.id': 'customer_group' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'products:write', 'product', wanted)
        await updateProduct(unit, wanted, { variants: [variantInputOf(request.body)] })
      })
      return productAnswer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/:id/variants/:variant_id',
    summary: 'Change a variant; prices that are given are all it has outside price lists',
    access: 'products:write',
    body: z.preprocess(withoutId, variantPatch),
    fields: productFields,
    ids: { id: 'product', variant_id: 'variant', prices: 'variant_price' },
    async handle(request) {
      const wanted = request.params.id as string
      const known = await knownPrices(request, wanted, [request.body])
      const patch = variantPatchOf({ ...request.body, id: request.params.variant_id as string }, known)
      await write(request, async (unit) => {
        await findWithin(unit, request, 'products:write', 'product', wanted)
        await updateProduct(unit, wanted, { variants: [patch] })
      })
      return productAnswer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/products/:id/variants/:variant_id',
    summary: 'Take a variant out of the catalogue',
    access: 'products:write',
    fields: productFields,
    ids: { id: 'product', variant_id: 'variant' },
    async handle(request) {
      const wanted = request.params.id as string
      const variantId = request.params.variant_id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'products:write', 'product', wanted)
        await deleteVariant(unit, wanted, variantId)
      })
      return { ...deleted('variant', variantId), parent: request.fields.project(await find(request, wanted)) }
    },
  }),
]

export const routes: Route[] = [...productRoutes, ...variantRoutes]

import { z } from 'zod'
import {
  createProduct,
  deleteProduct,
  ensureOptionValues,
  listManagedProducts,
  type ProductFilter,
  productOrders,
  retrieveManagedProduct,
  updateProduct,
} from '../../catalog/index.js'
import { vendorOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { limits } from '../../kernel/index.js'
import { bodyIds, createBody, productInputOf, productPatchOf, updateBody } from './product-body.js'

const fields: FieldsPolicy = {
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
    'type.*',
    'collection.*',
    'options.*',
    'options.values.*',
    'tags.*',
    'images.*',
    'categories.*',
    'variants.*',
    'variants.options.*',
    'variants.prices.*',
    'variants.inventory_items.*',
  ],
  extra: [
    'deleted_at',
    'images.variants.id',
    'variants.images.*',
    'variants.images.variants.id',
    'variants.options.option.id',
    'variants.options.option.title',
  ],
}

const query = z.strictObject({
  q: z.string().max(limits.search_characters).optional(),
  id: oneOrMany.optional(),
  title: oneOrMany.optional(),
  handle: oneOrMany.optional(),
  sku: oneOrMany.optional(),
  external_id: oneOrMany.optional(),
  category_id: oneOrMany.optional(),
  collection_id: oneOrMany.optional(),
  tag_id: oneOrMany.optional(),
  type_id: oneOrMany.optional(),
})

/** A product of the caller's, as it is now. The database shows this role no other vendor's. */
async function answer(request: RequestContext<unknown, unknown>, id: string) {
  const product = await retrieveManagedProduct(request.context, id, { publicUrl: request.services.publicUrl, vendorIds: null })
  return { product: request.fields.project(product) }
}

export const routes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/products',
    summary: "List the vendor's products, drafts included",
    access: 'products:read',
    query,
    fields,
    page: { limit: 50, orderable: productOrders },
    async handle(request) {
      const { limit, offset, order } = request.page
      const { products, count } = await listManagedProducts(request.context, {
        filter: request.query as ProductFilter,
        vendorIds: null,
        publicUrl: request.services.publicUrl,
        limit,
        offset,
        order,
      })
      return { products: products.map((product) => request.fields.project(product)), count, offset, limit }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/products/:id',
    summary: 'A product of the vendor',
    access: 'products:read',
    fields,
    ids: { id: 'product' },
    handle: (request) => answer(request, request.params.id as string),
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/products',
    summary: 'Create a product with options, variants, prices and stock',
    access: 'products:write',
    body: createBody,
    fields,
    ids: bodyIds,
    async handle(request) {
      const { context, body } = request
      const id = await context.db.unitOfWork(context.scope, async (unit) =>
        createProduct(unit, await productInputOf(unit, vendorOf(context), body)),
      )
      return answer(request, id)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/products/:id',
    summary: 'Change a product; variants with an id are changed, others are added',
    access: 'products:write',
    body: updateBody,
    fields,
    ids: { id: 'product', ...bodyIds },
    async handle(request) {
      const { context, body } = request
      const id = request.params.id as string
      await context.db.unitOfWork(context.scope, async (unit) => {
        const { variants, ...patch } = await productPatchOf(unit, body)
        await updateProduct(unit, id, patch)
        if (body.options !== undefined) await ensureOptionValues(unit, { id, vendor_id: vendorOf(context) }, body.options)
        if (variants !== undefined) await updateProduct(unit, id, { variants })
      })
      return answer(request, id)
    },
  }),
  route({
    surface: 'vendor',
    method: 'DELETE',
    path: '/vendor/products/:id',
    summary: 'Take a product out of the catalogue',
    access: 'products:write',
    ids: { id: 'product' },
    async handle({ context, params }) {
      const id = params.id as string
      await context.db.unitOfWork(context.scope, (unit) => deleteProduct(unit, id))
      return { id, object: 'product', deleted: true }
    },
  }),
]

import { z } from 'zod'
import { changeInventoryLink, linkInventory, type VariantJson, variantColumns, vendorOfVariant } from '../../catalog/index.js'
import { singlePage, type Unit } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { requiredQuantity } from './product-body.js'
import { loadProducts } from './products.js'
import { type AnyRequest, findWithin, id, write } from './shared.js'

// Variants by themselves, and the inventory items that a piece of one takes (Medusa's Admin API, product variants).

const variantFields: FieldsPolicy = {
  defaults: [...variantColumns, 'options.*', 'prices.*', 'inventory_items.*'],
  extra: ['images.*', 'options.option.id', 'options.option.title'],
}

async function variantsOf(request: AnyRequest): Promise<VariantJson[]> {
  const wanted = request.params.id as string
  const { products } = await loadProducts(request, { id: [wanted] }, singlePage)
  if (products[0] === undefined) throw notFound(`Product with id: ${wanted} was not found`)
  return products[0].variants ?? []
}

/** The variant that the path names: the answer to reads and writes. Throws not_found. */
async function variantAnswer(request: AnyRequest): Promise<{ variant: unknown }> {
  const wanted = request.params.variant_id as string
  const variant = (await variantsOf(request)).find((one) => one.id === wanted)
  if (variant === undefined) throw notFound(`Variant with id: ${wanted} was not found`)
  return { variant: request.fields.project(variant) }
}

/** Runs a change of the variant that the path names, with its vendor. */
function change(request: AnyRequest, fn: (unit: Unit, variantId: string, vendorId: string) => Promise<void>): Promise<void> {
  const { id: productId, variant_id: variantId } = request.params as { id: string; variant_id: string }
  return write(request, async (unit) => {
    await findWithin(unit, request, 'products:write', 'product', productId)
    await fn(unit, variantId, await vendorOfVariant(unit, productId, variantId))
  })
}

const path = '/admin/products/:id/variants/:variant_id'
const pathIds = { id: 'product', variant_id: 'variant' }

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/products/:id/variants',
    summary: "A product's variants",
    access: 'products:read',
    fields: variantFields,
    page: { limit: 100, orderable: ['id'] },
    ids: { id: 'product' },
    async handle(request) {
      const variants = await variantsOf(request)
      const { limit, offset } = request.page
      return {
        variants: variants.slice(offset, offset + limit).map((variant) => request.fields.project(variant)),
        count: variants.length,
        offset,
        limit,
      }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path,
    summary: 'A variant',
    access: 'products:read',
    fields: variantFields,
    ids: pathIds,
    handle: variantAnswer,
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: `${path}/inventory-items`,
    summary: 'Let a variant draw on an inventory item of its vendor',
    access: 'products:write',
    body: z.strictObject({ inventory_item_id: id, required_quantity: requiredQuantity }),
    fields: variantFields,
    ids: { ...pathIds, inventory_item_id: 'inventory_item' },
    async handle(request) {
      await change(request, (unit, variant_id, vendorId) => linkInventory(unit, vendorId, [{ variant_id, ...request.body }]))
      return variantAnswer(request)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: `${path}/inventory-items/:inventory_item_id`,
    summary: 'How many pieces of an inventory item a variant takes',
    access: 'products:write',
    body: z.strictObject({ required_quantity: requiredQuantity }),
    fields: variantFields,
    ids: { ...pathIds, inventory_item_id: 'linked_inventory_item' },
    async handle(request) {
      const inventoryItemId = request.params.inventory_item_id as string
      await change(request, (unit, variantId) => changeInventoryLink(unit, { variantId, inventoryItemId }, request.body.required_quantity))
      return variantAnswer(request)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: `${path}/inventory-items/:inventory_item_id`,
    summary: 'Let a variant no longer draw on an inventory item',
    access: 'products:write',
    fields: variantFields,
    ids: { ...pathIds, inventory_item_id: 'linked_inventory_item' },
    async handle(request) {
      const inventoryItemId = request.params.inventory_item_id as string
      await change(request, (unit, variantId) => changeInventoryLink(unit, { variantId, inventoryItemId }, null))
      const { variant } = await variantAnswer(request)
      const link = { variant: request.params.variant_id, inventory: inventoryItemId }
      return { id: link, object: 'variant-inventory-item-link', deleted: true, parent: variant }
    },
  }),
]

import { z } from 'zod'
import {
  changeInventoryLink,
  findManagedVariants,
  linkInventory,
  managedVariantOrders,
  type VariantFilter,
  variantColumns,
  vendorOfVariant,
} from '../../catalog/index.js'
import { type ListPage, singlePage, type Unit } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { variantFilterOf, variantFilters } from '../store/catalog-filters.js'
import { requiredQuantity } from './product-body.js'
import { loadProducts, productExists } from './products.js'
import { type AnyRequest, findWithin, id, ids, reach, write } from './shared.js'

// Variants by themselves, and the inventory items that a piece of one takes (Medusa's Admin API, product variants).

const variantFields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: [
    ...variantColumns,
    'inventory_quantity',
    'options.*',
    'options.option.id',
    'options.option.title',
    'prices.*',
    'inventory_items.*',
    'product.*',
  ],
  extra: [
    'images.*',
    'images.variants.id',
    'options.option.*',
    'inventory_items.inventory.*',
    'inventory_items.inventory.location_levels.*',
  ],
}

/** A page of variants with their products, whoever sells them. */
async function loadVariants(request: AnyRequest, filter: VariantFilter, page: ListPage) {
  const found = await findManagedVariants(request.context, filter, page, reach(request, 'products:read'))
  const productIds = [...new Set(found.variants.map((variant) => variant.product_id))]
  if (productIds.length === 0) return { variants: [], count: found.count }
  const { products } = await loadProducts(request, { id: productIds }, { ...singlePage, limit: productIds.length })
  const variants = new Map(
    products.flatMap(({ variants: all = [], ...product }) => all.map((variant) => [variant.id, { ...variant, product }] as const)),
  )
  return { variants: found.variants.flatMap((variant) => variants.get(variant.id) ?? []), count: found.count }
}

/** The variant that the path names: the answer to reads and writes. Throws not_found. */
async function variantAnswer(request: AnyRequest): Promise<{ variant: unknown }> {
  const { id: productId, variant_id: wanted } = request.params as { id: string; variant_id: string }
  const { variants } = await loadVariants(request, { id: [wanted], product_id: [productId] }, singlePage)
  if (variants[0] === undefined) throw notFound(`Variant with id: ${wanted} was not found`)
  return { variant: request.fields.project(variants[0]) }
}

/** Runs a change of the variant that the path names, with its vendor. */
function change(request: AnyRequest, fn: (unit: Unit, variantId: string, vendorId: string) => Promise<void>): Promise<void> {
  const { id: productId, variant_id: variantId } = request.params as { id: string; variant_id: string }
  return write(request, async (unit) => {
    await findWithin(unit, request, 'products:write', 'product', productId)
    await fn(unit, variantId, await vendorOfVariant(unit, productId, variantId))
  })
}

async function listed(request: AnyRequest, filter: VariantFilter) {
  const { offset, limit } = request.page
  const { variants, count } = await loadVariants(request, filter, request.page)
  return { variants: variants.map((variant) => request.fields.project(variant)), count, offset, limit }
}

const link = z.strictObject({ variant_id: id, inventory_item_id: id })
const newLink = link.extend({ required_quantity: requiredQuantity })
const links = z.array(newLink).max(limits.batch).default([])

/** A link as Medusa's clients read it: by its two ends. */
function shownLink({ variant_id, inventory_item_id }: z.output<typeof link>) {
  return { variant_id, inventory_item_id, product: { variant_id }, inventory: { inventory_item_id } }
}

const path = '/admin/products/:id/variants/:variant_id'
const pathIds = { id: 'product', variant_id: 'variant' }

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/product-variants',
    summary: 'List variants of every product',
    access: 'products:read',
    query: z.strictObject({ ...variantFilters, product_id: ids }),
    fields: variantFields,
    page: { limit: 50, orderable: managedVariantOrders },
    handle: (request) => listed(request, variantFilterOf(request.query)),
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/products/:id/variants',
    summary: "A product's variants",
    access: 'products:read',
    query: z.strictObject(variantFilters),
    fields: variantFields,
    page: { limit: 50, orderable: ['variant_rank', ...managedVariantOrders] },
    ids: { id: 'product' },
    async handle(request) {
      const wanted = request.params.id as string
      await productExists(request, wanted)
      return listed(request, { ...variantFilterOf(request.query), product_id: [wanted] })
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/:id/variants/inventory-items/batch',
    summary: 'Change what variants of a product draw on, all or none',
    access: 'products:write',
    body: z.strictObject({ create: links, update: links, delete: z.array(link).max(limits.batch).default([]) }),
    ids: { id: 'product', variant_id: 'variant', inventory_item_id: 'linked_inventory_item' },
    async handle(request) {
      const { create, update, delete: remove } = request.body
      const productId = request.params.id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'products:write', 'product', productId)
        const variantIds = [...new Set([...create, ...update, ...remove].map((change) => change.variant_id))].sort()
        const vendors = new Map<string, string>()
        for (const variantId of variantIds) vendors.set(variantId, await vendorOfVariant(unit, productId, variantId))
        for (const { variant_id: variantId, inventory_item_id: inventoryItemId } of remove) {
          await changeInventoryLink(unit, { variantId, inventoryItemId }, null)
        }
        for (const { variant_id: variantId, inventory_item_id: inventoryItemId, required_quantity } of update) {
          await changeInventoryLink(unit, { variantId, inventoryItemId }, required_quantity)
        }
        for (const change of create) await linkInventory(unit, vendors.get(change.variant_id) as string, [change])
      })
      const changed = (links: readonly z.output<typeof newLink>[]) =>
        links.map(({ required_quantity, ...ends }) => ({ ...shownLink(ends), required_quantity, data: { required_quantity } }))
      return { created: changed(create), updated: changed(update), deleted: remove.map(shownLink) }
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
      const ends = shownLink({ variant_id: request.params.variant_id as string, inventory_item_id: inventoryItemId })
      return { id: ends, object: 'variant-inventory-item-link', deleted: true, parent: variant }
    },
  }),
]

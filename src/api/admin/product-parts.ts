import { z } from 'zod'
import {
  bringNumbers,
  changeProductOptions,
  createOption,
  createProduct,
  deleteOption,
  deleteProduct,
  deleteVariant,
  lockNumbers,
  lockProducts,
  updateOption,
  updateProduct,
} from '../../catalog/index.js'
import type { Unit } from '../../db/index.js'
import { type Route, route } from '../../http/index.js'
import { invalidData, limits, notFound } from '../../kernel/index.js'
import {
  bodyIds,
  changedIds,
  createBody,
  type KnownPrices,
  newOption,
  newVariant,
  productInputOf,
  productPatchOf,
  refuseOptionless,
  refuseRetired,
  updateBody,
  variantInputOf,
  variantPatch,
  variantPatchOf,
} from './product-body.js'
import { knownPrices, loadProducts, productAnswer, productFields } from './products.js'
import { type AnyRequest, deleted, findWithin, id, name, ownerOf, write } from './shared.js'

const batch = <Element extends z.ZodType>(element: Element) => z.array(element).max(limits.batch).default([])

function refuseLarge(body: { create: unknown[]; update: unknown[]; delete: unknown[] }): void {
  const size = body.create.length + body.update.length + body.delete.length
  if (size > limits.batch) throw invalidData(`A batch holds at most ${limits.batch} changes`)
}

const gone = (object: string, ids: readonly string[]) => ({ ids, object, deleted: true })

async function productsBy(request: AnyRequest, ids: readonly string[]): Promise<unknown[]> {
  if (ids.length === 0) return []
  const page = { limit: limits.batch, offset: 0, order: { field: 'id', descending: false } }
  const { products } = await loadProducts(request, { id: [...ids] }, page)
  const byId = new Map(products.map((product) => [product.id, product]))
  return ids.flatMap((wanted) => (byId.has(wanted) ? [request.fields.project(byId.get(wanted))] : []))
}

type Numbers = Parameters<typeof bringNumbers>[0]

/** Whatever a batch changes is locked before the first change, in key order: two batches that name the same never wait for each other. */
async function lockBatch(
  unit: Unit,
  create: readonly { vendorId: string; body: { variants?: Numbers | undefined } }[],
  update: readonly { id: string; variants?: Numbers | undefined }[],
  remove: readonly string[],
): Promise<void> {
  const held = await lockProducts(unit, [...update.map((body) => body.id), ...remove])
  const owners = new Map(held.map((product) => [product.id, product.vendor_id]))
  await lockNumbers(unit, [
    ...create.filter(({ body }) => bringNumbers(body.variants ?? [])).map(({ vendorId }) => vendorId),
    ...update.filter((body) => bringNumbers(body.variants ?? [])).flatMap((body) => owners.get(body.id) ?? []),
  ])
}

const batchRoutes: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/batch',
    summary: 'Create, change and remove products, all or none',
    access: 'products:write',
    body: z.strictObject({ create: batch(createBody), update: batch(z.strictObject({ ...updateBody.shape, id })), delete: batch(id) }),
    fields: productFields,
    ids: { ...bodyIds, ...changedIds, 'create.options': 'shared_option', vendor_id: 'vendor', update: 'product', delete: 'product' },
    async handle(request) {
      const { create, update, delete: remove } = request.body
      refuseLarge(request.body)
      refuseOptionless(create)
      const prices = new Map<string, KnownPrices>()
      for (const body of update) prices.set(body.id, await knownPrices(request, body.id, body.variants ?? []))
      const done = await write(request, async (unit) => {
        for (const wanted of [...update.map((body) => body.id), ...remove])
          await findWithin(unit, request, 'products:write', 'product', wanted)
        const creations: { vendorId: string; body: (typeof create)[number] }[] = []
        for (const body of create) creations.push({ vendorId: await ownerOf(unit, request, 'products:write', body.vendor_id), body })
        await lockBatch(unit, creations, update, remove)
        const created: string[] = []
        for (const { vendorId, body } of creations) {
          await refuseRetired(unit, body, true)
          created.push(await createProduct(unit, productInputOf(vendorId, body)))
        }
        for (const { id: wanted, ...body } of update) {
          await refuseRetired(unit, body, false)
          await updateProduct(unit, wanted, productPatchOf(body, prices.get(wanted)))
        }
        for (const wanted of remove) await deleteProduct(unit, wanted)
        return { created, updated: update.map((body) => body.id), deleted: remove }
      })
      return {
        created: await productsBy(request, done.created),
        updated: await productsBy(request, done.updated),
        deleted: gone('product', remove),
      }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/:id/variants/batch',
    summary: 'Add, change and remove variants of a product, all or none',
    access: 'products:write',
    body: z.strictObject({ create: batch(newVariant), update: batch(z.strictObject({ ...variantPatch.shape, id })), delete: batch(id) }),
    fields: productFields,
    ids: {
      id: 'product',
      update: 'variant',
      prices: 'variant_price',
      delete: 'variant',
      inventory_item_id: 'inventory_item',
      'customer.groups.id': 'customer_group',
    },
    async handle(request) {
      const wanted = request.params.id as string
      const { create, update, delete: remove } = request.body
      refuseLarge(request.body)
      const known = await variantsOf(request, wanted, true)
      const prices = await knownPrices(request, wanted, update)
      await write(request, async (unit) => {
        await findWithin(unit, request, 'products:write', 'product', wanted)
        for (const variantId of remove) await deleteVariant(unit, wanted, variantId)
        await updateProduct(unit, wanted, {
          variants: [...update.map((patch) => variantPatchOf(patch, prices)), ...create.map(variantInputOf)],
        })
      })
      const variants = await variantsOf(request, wanted, false)
      const changed = new Set(update.map((variant) => variant.id))
      const before = new Set(known.map((variant) => variant.id))
      return {
        created: variants.filter((variant) => !before.has(variant.id)),
        updated: variants.filter((variant) => changed.has(variant.id)),
        deleted: gone('variant', remove),
      }
    },
  }),
]

/** The variants of a product. Throws not_found, unless the write that follows is the one to say so. */
async function variantsOf(request: AnyRequest, productId: string, mayBeMissing: boolean): Promise<{ id: string }[]> {
  const [product] = (await productsBy(request, [productId])) as { variants?: { id: string }[] }[]
  if (product === undefined && !mayBeMissing) throw notFound(`Product with id: ${productId} was not found`)
  return product?.variants ?? []
}

const values = z.array(name).min(1).max(limits.variantsOfProduct)
const valueIds = z.array(id).min(1).max(limits.variantsOfProduct)

const optionRoutes: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/:id/options/batch',
    summary: 'Let a product use options, new ones or such as are there, or no longer, and more or fewer of their values',
    access: 'products:write',
    body: z.strictObject({
      add: batch(z.union([id, newOption, z.strictObject({ id, value_ids: valueIds })])),
      remove: batch(id),
      update: batch(
        z.strictObject({
          product_option_id: id,
          add: batch(z.union([id, z.strictObject({ value: name })])),
          remove: batch(id),
        }),
      ),
    }),
    fields: productFields,
    ids: {
      id: 'bare_product',
      add: 'shared_option',
      value_ids: 'shared_option_value',
      remove: 'bare_option',
      product_option_id: 'bare_option',
      'update.add': 'bare_option_value',
      'update.remove': 'bare_option_value',
    },
    async handle(request) {
      const wanted = request.params.id as string
      const { add, remove, update } = request.body
      await write(request, async (unit) => {
        await findWithin(unit, request, 'products:write', 'product', wanted)
        await changeProductOptions(unit, wanted, { add, remove, update })
      })
      return productAnswer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/:id/options',
    summary: 'Add an option to a product without variants',
    access: 'products:write',
    body: z.strictObject({ title: name, values }),
    fields: productFields,
    ids: { id: 'bare_product' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'products:write', 'product', wanted)
        await createOption(unit, wanted, request.body)
      })
      return productAnswer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/:id/options/:option_id',
    summary: 'Rename an option, or set its values',
    access: 'products:write',
    body: z.strictObject({ title: name.optional(), values: values.optional() }),
    fields: productFields,
    ids: { id: 'product', option_id: 'product_option' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'products:write', 'product', wanted)
        await updateOption(unit, wanted, request.params.option_id as string, request.body)
      })
      return productAnswer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/products/:id/options/:option_id',
    summary: 'Take an option off a product without variants',
    access: 'products:write',
    fields: productFields,
    ids: { id: 'bare_product', option_id: 'bare_option' },
    async handle(request) {
      const wanted = request.params.id as string
      const optionId = request.params.option_id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'products:write', 'product', wanted)
        await deleteOption(unit, wanted, optionId)
      })
      return { ...deleted('product_option', optionId), parent: (await productAnswer(request, wanted)).product }
    },
  }),
]

export const routes: Route[] = [...batchRoutes, ...optionRoutes]

import { z } from 'zod'
import {
  createSharedOption,
  deleteOptionValue,
  deleteSharedOption,
  type ManagedOptionFilter,
  managedOptionOrders,
  managedOptionsStatement,
  optionValuesStatement,
  updateOptionValue,
  updateSharedOption,
  valueMissing,
} from '../../catalog/index.js'
import { type ListPage, readPage, singlePage, tenantOf, type Unit, wordPatterns } from '../../db/index.js'
import { type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { newOption } from './product-body.js'
import { productExists } from './products.js'
import { type AnyRequest, deleted, findWithin, id, ids, name, ownerOf, q, reach, reading, removal, write } from './shared.js'

// Options of one product, and such as many share; both are listed over all products, and of one.

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'title',
    'rank',
    'is_exclusive',
    'product_id',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
    'values.*',
    'products.*',
  ],
}
const valueFields: FieldsPolicy = {
  defaults: ['id', 'value', 'rank', 'option_id', 'metadata', 'created_at', 'updated_at', 'deleted_at'],
}

const everything = { id: null, title: null, q: null, productId: null }

function optionsOf(request: AnyRequest, filter: Omit<ManagedOptionFilter, 'vendorIds'>) {
  const vendorIds = reach(request, 'products:read')
  return (page: ListPage) => managedOptionsStatement(tenantOf(request.context), { ...filter, vendorIds }, page)
}

function load(request: AnyRequest, filter: Omit<ManagedOptionFilter, 'vendorIds'>, page: ListPage) {
  const { context } = request
  return context.db.read(context.scope, optionsOf(request, filter)(page))
}

const options = reading({
  path: '/admin/product-options',
  singular: 'product_option',
  plural: 'product_options',
  label: 'Product option',
  access: 'products:read',
  query: z.strictObject({ q, id: ids, title: oneOrMany.optional(), product_id: ids }),
  narrowing: { table: 'product_option', columns: { title: 'text', is_exclusive: 'boolean' } },
  fields,
  limit: 20,
  orderable: managedOptionOrders,
  load: (request, query, page) =>
    load(
      request,
      { id: query.id ?? null, title: query.title ?? null, q: wordPatterns(query.q), productId: query.product_id ?? null },
      page,
    ),
})

/** Runs a change of the option that the path names. */
function change(request: AnyRequest, fn: (unit: Unit, optionId: string) => Promise<void>): Promise<void> {
  const optionId = request.params.id as string
  return write(request, async (unit) => {
    await findWithin(unit, request, 'products:write', 'product_option', optionId)
    await fn(unit, optionId)
  })
}

const optionRoutes: Route[] = [
  ...options.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/product-options',
    summary: 'Create an option that products share, or that one of them will have',
    access: 'products:write',
    body: newOption.extend({ vendor_id: id.optional() }),
    fields,
    ids: { vendor_id: 'vendor' },
    async handle(request) {
      const { vendor_id: wanted, ...input } = request.body
      const made = await write(request, async (unit) =>
        createSharedOption(unit, await ownerOf(unit, request, 'products:write', wanted), input),
      )
      return options.answer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/product-options/:id',
    summary: 'Change an option wherever it is used',
    access: 'products:write',
    body: newOption.partial(),
    fields,
    ids: { id: 'product_option' },
    async handle(request) {
      await change(request, (unit, optionId) => updateSharedOption(unit, optionId, request.body))
      return options.answer(request, request.params.id as string)
    },
  }),
  removal({
    path: '/admin/product-options',
    object: 'product_option',
    kind: 'spare_option',
    summary: 'Take an option that no product has out of use',
    access: 'products:write',
    within: 'product_option',
    remove: deleteSharedOption,
  }),
]

const valuePath = '/admin/product-options/:id/values'
const valueIds = { id: 'product_option', value_id: 'product_option_value' }

async function valueAnswer(request: AnyRequest): Promise<Record<string, unknown>> {
  const { id: optionId, value_id: valueId } = request.params as { id: string; value_id: string }
  const { context } = request
  const filter = { optionId, id: [valueId], value: null, q: null, vendorIds: reach(request, 'products:read') }
  const [row] = await context.db.read(context.scope, optionValuesStatement(tenantOf(context), filter, singlePage))
  if (row === undefined) throw valueMissing(optionId, valueId)
  return { product_option_value: request.fields.project(row) }
}

const valueRoutes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: valuePath,
    summary: 'List the values of an option',
    access: 'products:read',
    query: z.strictObject({ q, id: ids, value: oneOrMany.optional() }),
    fields: valueFields,
    page: { limit: 20, orderable: ['rank', 'id', 'value', 'created_at', 'updated_at'] },
    ids: { id: 'product_option' },
    async handle(request) {
      const { context, page, query } = request
      const optionId = request.params.id as string
      await options.answer(request, optionId)
      const filter = { optionId, id: query.id ?? null, value: query.value ?? null, q: wordPatterns(query.q) }
      const vendorIds = reach(request, 'products:read')
      const { rows, count } = await readPage(context, page, (part) =>
        optionValuesStatement(tenantOf(context), { ...filter, vendorIds }, part),
      )
      const { offset, limit } = page
      return { product_option_values: rows.map((row) => request.fields.project(row)), count, offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: `${valuePath}/:value_id`,
    summary: 'A value of an option',
    access: 'products:read',
    fields: valueFields,
    ids: valueIds,
    handle: valueAnswer,
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: `${valuePath}/:value_id`,
    summary: 'Change a value wherever it is used',
    access: 'products:write',
    body: z.strictObject({ value: name.optional(), metadata }),
    fields: valueFields,
    ids: valueIds,
    async handle(request) {
      const valueId = request.params.value_id as string
      await change(request, (unit, optionId) => updateOptionValue(unit, { optionId, valueId }, request.body))
      return valueAnswer(request)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: `${valuePath}/:value_id`,
    summary: 'Take a value that no product has off an option',
    access: 'products:write',
    ids: { id: 'spare_option', value_id: 'spare_option_value' },
    async handle(request) {
      const valueId = request.params.value_id as string
      await change(request, (unit, optionId) => deleteOptionValue(unit, optionId, valueId))
      return deleted('product_option_value', valueId)
    },
  }),
]

const ofProduct: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/products/:id/options',
    summary: "A product's options",
    access: 'products:read',
    query: z.strictObject({ q, id: ids, title: oneOrMany.optional() }),
    fields,
    page: { limit: 50, orderable: managedOptionOrders },
    ids: { id: 'product' },
    async handle(request) {
      const { query, page, params } = request
      await productExists(request, params.id as string)
      const filter = { id: query.id ?? null, title: query.title ?? null, q: wordPatterns(query.q), productId: [params.id as string] }
      const { rows, count } = await readPage(request.context, page, optionsOf(request, filter))
      const { offset, limit } = page
      return { product_options: rows.map((row) => request.fields.project(row)), count, offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/products/:id/options/:option_id',
    summary: 'An option of a product',
    access: 'products:read',
    fields,
    ids: { id: 'product', option_id: 'product_option' },
    async handle(request) {
      const { id: productId, option_id: wanted } = request.params as { id: string; option_id: string }
      const [row] = await load(request, { ...everything, id: [wanted], productId: [productId] }, singlePage)
      if (row === undefined) throw notFound(`Product option with id: ${wanted} was not found`)
      return { product_option: request.fields.project(row) }
    },
  }),
]

export const routes: Route[] = [...optionRoutes, ...valueRoutes, ...ofProduct]

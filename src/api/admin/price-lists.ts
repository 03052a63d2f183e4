import { z } from 'zod'
import { readPage, tenantOf, wordPatterns } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { invalidData, limits, notFound, toMinor } from '../../kernel/index.js'
import {
  conditionsOf,
  changeListPrices,
  createPriceList,
  deletePriceList,
  type ListPriceInput,
  type ListPricePatch,
  listPriceListsStatement,
  type ListPriceRow,
  listPricesStatement,
  removeProductsFromList,
  renderListPrice,
  renderPriceList,
  updatePriceList,
} from '../../pricing/index.js'
import { priceRules } from './product-body.js'
import { amount, type AnyRequest, deleted, id, idList, ids, moment, name, q, reading, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'title',
    'description',
    'type',
    'status',
    'starts_at',
    'ends_at',
    'rules.*',
    'rules_count',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
    'prices.*',
    'prices.rules.*',
  ],
  inseparable: ['prices.rules'],
}
const priceFields: FieldsPolicy = {
  defaults: [
    'id',
    'variant_id',
    'price_set_id',
    'currency_code',
    'amount',
    'min_quantity',
    'max_quantity',
    'rules.*',
    'rules_count',
    'price_set.id',
    'price_set.variant.id',
    'price_rules.attribute',
    'price_rules.value',
    'created_at',
    'updated_at',
    'deleted_at',
  ],
}

const lists = reading({
  path: '/admin/price-lists',
  singular: 'price_list',
  plural: 'price_lists',
  label: 'Price list',
  access: 'prices:read',
  query: z.strictObject({ q, id: ids, status: oneOrMany.optional(), type: oneOrMany.optional() }),
  narrowing: { table: 'price_list', columns: { title: 'text', type: 'text', status: 'text', starts_at: 'date', ends_at: 'date' } },
  fields,
  orderable: ['id', 'created_at', 'updated_at', 'title', 'starts_at', 'ends_at', 'status'],
  load: ({ context, fields: tree }, query, page) => {
    // The prices of one list, or the first of many lists'; the rest are pages of their own.
    const mostPrices = !tree.has('prices') ? 0 : page.limit === 1 ? limits.pricesInBatch : limits.pricesOfVariant
    const filter = { id: query.id ?? null, q: wordPatterns(query.q), status: query.status ?? null, type: query.type ?? null }
    return context.db.read(context.scope, listPriceListsStatement(tenantOf(context), filter, page, mostPrices))
  },
  render: renderPriceList,
})

const pieces = z.int().min(1).max(limits.quantity).nullish()
const priceColumns = { currency_code: currencyCode, amount, min_quantity: pieces, max_quantity: pieces, rules: priceRules.optional() }
const newPrice = z.object({ variant_id: id, ...priceColumns })
const changedPrice = z.object({
  id,
  variant_id: id,
  currency_code: currencyCode.optional(),
  amount: amount.optional(),
  min_quantity: pieces,
  max_quantity: pieces,
  rules: priceRules.optional(),
})
const batchOf = <Element extends z.ZodType>(element: Element) => z.array(element).max(limits.pricesInBatch).default([])
/** Any attribute can be asked for. Medusa knew groups by another name once, and takes it still. */
const listRules = z
  .object({ 'customer.groups.id': idList.optional(), region_id: idList.optional(), customer_group_id: idList.optional() })
  .catchall(z.array(name).max(limits.idsInFilter))
  .refine((rules) => Object.keys(rules).length <= limits.rulesOfPrice, `A price list has at most ${limits.rulesOfPrice} rules`)
  .refine((rules) => Object.keys(rules).every((attribute) => name.safeParse(attribute).success), 'A rule names an attribute of a cart')
const columns = {
  type: z.enum(['sale', 'override']).optional(),
  status: z.enum(['draft', 'active']).optional(),
  starts_at: z.string().max(limits.name_characters).nullish(),
  ends_at: z.string().max(limits.name_characters).nullish(),
  rules: listRules.optional(),
  metadata,
}
const title = z.string().trim().min(1).max(limits.title_characters)

interface ListBody {
  rules?: z.output<typeof listRules> | undefined
  starts_at?: string | null | undefined
  ends_at?: string | null | undefined
}

/** What a body says of a list, as commands take it. Rules are a whole set: an empty one is for everybody. Throws invalid_data. */
function listOf<Body extends ListBody>({ rules, starts_at, ends_at, ...rest }: Body) {
  const dates = { ...dateOf('starts_at', starts_at), ...dateOf('ends_at', ends_at) }
  if (rules === undefined) return { ...rest, ...dates }
  const { 'customer.groups.id': current, customer_group_id: former, ...given } = rules
  const groups = current ?? former ?? []
  const others = Object.entries(given).flatMap(([attribute, values]) => (values === undefined ? [] : [[attribute, values] as const]))
  return {
    ...rest,
    ...dates,
    customer_group_ids: groups.length === 0 ? null : groups,
    other_rules: others.length === 0 ? null : Object.fromEntries(others),
  }
}

/** A date of a list, which an empty text takes away; Medusa's words for one that is none. */
function dateOf<Name extends 'starts_at' | 'ends_at'>(name: Name, given: string | null | undefined): { [Key in Name]?: Date | null } {
  if (given === undefined) return {}
  const date = given === null || given === '' ? null : moment.safeParse(given)
  if (date !== null && !date.success) {
    throw invalidData(`Cannot set price list ${name.replace('_', ' ')} with with invalid date string: ${given}`)
  }
  return { [name]: date === null ? null : date.data } as { [Key in Name]?: Date | null }
}

const rulesOf = (rules: z.output<typeof priceRules> | undefined) => (rules === undefined ? {} : conditionsOf(rules))

function priceOf({ amount: major, rules, ...price }: z.output<typeof newPrice>): ListPriceInput {
  return { ...price, ...rulesOf(rules), amount_minor: toMinor(major, price.currency_code) }
}

/** An amount is given with its currency, or it is in the one that the price has. */
function patchOf(known: ReadonlyMap<string, string>) {
  return ({ amount: major, rules, ...patch }: z.output<typeof changedPrice>): ListPricePatch => {
    const currency = known.get(patch.id)
    if (currency === undefined) throw notFound(`Price with id: ${patch.id} was not found`)
    if (patch.currency_code !== undefined && major === undefined) throw invalidData('A price that changes its currency needs an amount')
    return {
      ...patch,
      ...rulesOf(rules),
      ...(major === undefined ? {} : { amount_minor: toMinor(major, patch.currency_code ?? currency) }),
    } as ListPricePatch
  }
}

async function pricesOf(request: AnyRequest, listId: string, wanted: readonly string[]) {
  const { context } = request
  const page = { limit: limits.pricesInBatch * 2, offset: 0, order: { field: 'id', descending: false } }
  return (await context.db.read(context.scope, listPricesStatement(tenantOf(context), listId, wanted, page))).map((row) => row.price)
}

/** A price by itself, with whose it is and what it asks for as Medusa's clients read that. */
function withSet(price: ListPriceRow): object {
  const { rules, ...shown } = renderListPrice(price)
  const price_rules = Object.entries(rules).map(([attribute, value]) => ({ attribute, operator: 'eq', value }))
  const price_set = { id: price.price_set_id, variant: { id: price.variant_id } }
  return { ...shown, rules, price_set, price_rules }
}

const listRoutes: Route[] = [
  ...lists.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/price-lists',
    summary: 'Create a price list with its prices',
    access: 'prices:write',
    body: z.strictObject({ title, description: text, ...columns, prices: batchOf(newPrice) }),
    fields,
    ids: { variant_id: 'variant', 'customer.groups.id': 'customer_group', customer_group_id: 'customer_group' },
    async handle(request) {
      const input = { ...listOf(request.body), prices: request.body.prices.map(priceOf) }
      return lists.answer(request, await write(request, (unit) => createPriceList(unit, input)))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/price-lists/:id',
    summary: 'Change a price list; its rules are a whole set',
    access: 'prices:write',
    body: z.strictObject({ title: title.optional(), description: text.nullish().transform((words) => words ?? undefined), ...columns }),
    fields,
    ids: { id: 'price_list', 'customer.groups.id': 'customer_group', customer_group_id: 'customer_group' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => updatePriceList(unit, wanted, listOf(request.body)))
      return lists.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/price-lists/:id',
    summary: 'End a price list',
    access: 'prices:write',
    ids: { id: 'price_list' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => deletePriceList(unit, wanted))
      return deleted('price_list', wanted)
    },
  }),
]

const priceRoutes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/price-lists/:id/prices',
    summary: 'List the prices of a list',
    access: 'prices:read',
    fields: priceFields,
    page: { limit: 50, orderable: ['id', 'created_at', 'updated_at'] },
    ids: { id: 'price_list' },
    async handle(request) {
      const { context, page } = request
      const wanted = request.params.id as string
      await lists.answer(request, wanted)
      const { rows, count } = await readPage(context, page, (part) => listPricesStatement(tenantOf(context), wanted, null, part))
      const { offset, limit } = page
      return { prices: rows.map((row) => request.fields.project(withSet(row.price))), count, offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/price-lists/:id/prices/batch',
    summary: 'Add, change and remove prices of a list, all or none',
    access: 'prices:write',
    body: z.strictObject({ create: batchOf(newPrice), update: batchOf(changedPrice), delete: batchOf(id) }),
    ids: { id: 'price_list', variant_id: 'variant', update: 'list_price', delete: 'list_price', 'customer.groups.id': 'customer_group' },
    async handle(request) {
      const wanted = request.params.id as string
      const { create, update, delete: remove } = request.body
      const known = new Map(
        (
          await pricesOf(
            request,
            wanted,
            update.map((patch) => patch.id),
          )
        ).map((price) => [price.id, price.currency_code]),
      )
      const change = { create: create.map(priceOf), update: update.map(patchOf(known)), remove }
      const done = await write(request, (unit) => changeListPrices(unit, wanted, change))
      const prices = new Map((await pricesOf(request, wanted, [...done.created, ...done.updated])).map((price) => [price.id, price]))
      const shown = (priceIds: readonly string[]) =>
        priceIds.flatMap((priceId) => {
          const price = prices.get(priceId)
          return price === undefined ? [] : [withSet(price)]
        })
      return {
        created: shown(done.created),
        updated: shown(done.updated),
        deleted: { ids: done.deleted, object: 'price', deleted: true },
      }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/price-lists/:id/products',
    summary: 'Take products out of a price list',
    access: 'prices:write',
    body: z.strictObject({ remove: idList.optional() }),
    fields,
    ids: { id: 'price_list', remove: 'product' },
    async handle(request) {
      const wanted = request.params.id as string
      const { remove = [] } = request.body
      if (remove.length === 0) throw invalidData('No product ids passed to remove from price list')
      await write(request, (unit) => removeProductsFromList(unit, wanted, remove))
      return lists.answer(request, wanted)
    },
  }),
]

export const routes: Route[] = [...listRoutes, ...priceRoutes]

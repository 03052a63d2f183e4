import { z } from 'zod'
import { facetNames, type ProductSearch, readPricing } from '../../catalog/index.js'
import { type FieldTree, fieldTree, type RequestContext, type Route, route } from '../../http/index.js'
import { invalidData, limits, notFound } from '../../kernel/index.js'
import type { PricingQuery } from '../../pricing/index.js'
import { withRatings } from '../../reviews/index.js'
import { highlighted, searchProducts, wordsOf } from '../../search/index.js'
import { localesOf, translated } from '../../translations/index.js'
import { answeredFacets } from './facets.js'
import { productFilters } from './catalog-filters.js'
import { asksFor, pricingOf, pricingSchema, productFields, productFilterOf, relationsAsked } from './products.js'
import { salesChannelsOf } from './shared.js'

const attributes = ['title', 'subtitle', 'description', 'material'] as const
const attributeList = z.array(z.enum(attributes)).min(1).max(attributes.length)
const tag = z.string().max(50)
const facets = z.array(z.enum(facetNames)).max(facetNames.length)

const options = z.strictObject({
  attributes_to_search_on: attributeList.optional(),
  match_strategy: z.enum(['all', 'any', 'last']).default('last'),
  typo_tolerance: z.boolean().default(true),
  facets: facets.default([]),
  disjunctive_facets: facets.default([]),
  highlight: z
    .union([
      z.boolean(),
      z.strictObject({ attributes: attributeList.optional(), pre_tag: tag.default('<em>'), post_tag: tag.default('</em>') }),
    ])
    .default(false),
  distinct: z.enum(['vendor_id', 'collection_id', 'type_id']).optional(),
  min_score: z.number().min(0).max(1).default(0),
  include_score: z.boolean().default(false),
  locales: z
    .array(z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/))
    .max(5)
    .optional(),
  count: z.enum(['estimated', 'exact', 'none']).default('exact'),
})

const pagination = z.strictObject({
  skip: z.number().int().min(0).max(limits.searchMatches).default(0),
  take: z.number().int().min(1).max(100).default(20),
  order: z.partialRecord(z.enum(['title', 'created_at', 'updated_at', 'price']), z.enum(['ASC', 'DESC', 'asc', 'desc'])).optional(),
  cursor: z
    .string()
    .regex(/^[0-9]{1,6}$/)
    .optional(),
})

const query = z.strictObject({
  entity: z.string().min(1).max(50),
  query: z.string().max(limits.search_characters).optional(),
  fields: z.union([z.string().max(limits.fieldsParameter_characters), z.array(z.string().max(200)).max(200)]).optional(),
  filters: z.strictObject(productFilters).default({}),
  pagination: pagination.default({ skip: 0, take: 20 }),
  search_options: options.prefault({}),
  ...pricingSchema.shape,
})
type Query = z.output<typeof query>
type SearchRequest = RequestContext<unknown, unknown>

/** What words are looked for: those of the query, and of the filter `q` as lists have it. */
function searchOf(request: SearchRequest, asked: Query, currency: string | null): ProductSearch {
  const { filters, search_options: wanted } = asked
  const { q, ...filter } = filters
  const text = `${asked.query ?? ''} ${q ?? ''}`
  const words = wordsOf(text)
  // Whoever types nothing looks around; what is signs alone is in nothing.
  const nothing = words.length === 0 && text.trim() !== ''
  return {
    words,
    typos: wanted.typo_tolerance,
    strategy: wanted.match_strategy,
    attributes: wanted.attributes_to_search_on ?? null,
    locales: (wanted.locales ?? [request.locale]).flatMap(localesOf),
    least_score: wanted.min_score,
    visibility: { salesChannelIds: salesChannelsOf(request) },
    filter: { ...productFilterOf(filter, currency), ...(nothing ? { id: [] } : {}) },
    order: ordersOf(asked),
    facets: wanted.facets,
    disjunctiveFacets: wanted.disjunctive_facets,
    distinct: wanted.distinct ?? null,
    currency,
    skip: asked.pagination.cursor === undefined ? asked.pagination.skip : Number(asked.pagination.cursor),
    take: asked.pagination.take,
  }
}

function ordersOf(asked: Query): ProductSearch['order'] {
  return Object.entries(asked.pagination.order ?? {}).map(([field, direction]) => ({
    field: field as ProductSearch['order'][number]['field'],
    descending: direction?.toLowerCase() === 'desc',
  }))
}

/** Whether prices are compared, so that the currency must be known before. */
function comparesPrices({ filters, pagination: { order }, search_options: wanted }: Query): boolean {
  const inFacets = [...wanted.facets, ...wanted.disjunctive_facets].includes('price')
  return filters.price !== undefined || order?.price !== undefined || inFacets
}

async function answerOf(request: SearchRequest, asked: Query): Promise<object> {
  if (asked.entity !== 'product') throw notFound(`Search index of entity: ${asked.entity} was not found`)
  const { context, services } = request
  const fields = fieldTree(productFields, asked.fields === undefined ? undefined : [asked.fields].flat().join(','))
  const pricing = pricingOf(asked, asksFor(fields, 'variants.calculated_price'), request.actor)
  const currency = comparesPrices(asked)
    ? (await readPricing(context, pricingOf(asked, true, request.actor) as PricingQuery)).currency_code
    : null
  const search = searchOf(request, asked, currency)
  const shown = { relations: relationsAsked(fields, pricing !== null), pricing, publicUrl: services.publicUrl }
  const found = await searchProducts(context, search, shown)
  const products = found.hits.map((hit) => hit.product)
  await Promise.all([
    translated(context, search.locales[0] ?? null, products),
    fields.has('rating') ? withRatings(context, products) : undefined,
  ])
  const next = search.skip + search.take
  return {
    entity: 'product',
    hits: found.hits.map((hit) => renderHit(hit, fields, asked, search)),
    facets: await answeredFacets(context, search.locales[0] ?? null, found.facets),
    pagination: { skip: search.skip, take: search.take, next_cursor: next < found.count ? String(next) : null },
    ...(asked.search_options.count === 'none' ? {} : { count: found.count }),
  }
}

function renderHit(hit: { product: object; score: number }, fields: FieldTree, asked: Query, search: ProductSearch): object {
  const { highlight, include_score } = asked.search_options
  const marks = highlight === true ? { pre_tag: '<em>', post_tag: '</em>' } : highlight
  return {
    ...(fields.project(hit.product) as object),
    ...(include_score ? { _score: Math.round(hit.score * 1_000) / 1_000 } : {}),
    ...(marks === false
      ? {}
      : { _highlights: highlighted(hit.product, search.words, { attributes: search.attributes ?? attributes, ...marks }) }),
  }
}

const batch = z.union([query, z.strictObject({ queries: z.array(query).min(1).max(20) })])

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/search',
    summary: 'Search products by words, with typos forgiven, filters and facets; one query or up to twenty',
    access: 'public',
    body: batch,
    ids: { filters: 'product', $and: 'product', $or: 'product' },
    async handle(request) {
      const queries = 'queries' in request.body ? request.body.queries : [request.body]
      if (queries.some((one) => one.pagination.cursor !== undefined && one.pagination.skip > 0)) {
        throw invalidData('A page begins at skip or at cursor, not at both')
      }
      // One after the other: together they would take every connection of the process for one caller.
      const results: object[] = []
      for (const one of queries) results.push(await answerOf(request, one))
      return { results }
    },
  }),
]

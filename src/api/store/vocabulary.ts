import { z } from 'zod'
import {
  absoluteUrl,
  listOptionsStatement,
  listVendorsStatement,
  listVocabularyStatement,
  type MemberPart,
  memberParts,
  picturesOfMembers,
  type VocabularyNoun,
} from '../../catalog/index.js'
import { type ListPage, readPage, singlePage, tenantOf } from '../../db/index.js'
import { booleanText, type FieldsPolicy, type FieldTree, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { withVendorRatings } from '../../reviews/index.js'
import { translated } from '../../translations/index.js'
import { narrowedQuery } from '../narrowing.js'
import { asksFor } from './products.js'
import { channelsShown, listed } from './shared.js'

const q = z.string().max(limits.search_characters).optional()
/** What is answered of the products under a word or a category, on request. */
export const memberFields = ['products.*', ...memberParts.map((part) => `products.${part}.*`), 'products.options.values.*']

const collectionFields: FieldsPolicy = {
  defaults: ['id', 'title', 'handle', 'external_id', 'created_at', 'updated_at'],
  extra: ['metadata', 'deleted_at', ...memberFields],
}
const valueFields: FieldsPolicy = {
  defaults: ['id', 'value', 'external_id', 'created_at', 'updated_at', 'metadata', 'products.*'],
  extra: memberFields,
}
const optionFields: FieldsPolicy = { defaults: ['id', 'title', 'is_exclusive', 'created_at', 'updated_at', 'metadata', 'values.*'] }
const vendorFields: FieldsPolicy = {
  defaults: ['id', 'handle', 'name', 'description', 'logo', 'product_count'],
  extra: ['rating.average', 'rating.count'],
}

/** What a tree asks of those products; null where it asks for none. */
export function membersAsked(fields: FieldTree): MemberPart[] | null {
  if (!fields.has('products')) return null
  return memberParts.filter((part) => asksFor(fields, `products.${part}`))
}

interface NounRoutes {
  noun: VocabularyNoun
  path: string
  plural: string
  singular: string
  label: string
  fields: FieldsPolicy
  limit: number
  descending: boolean
}

const shared = { q, id: oneOrMany.optional(), external_id: oneOrMany.optional() }

/** Collections, types and tags differ in their names only. */
function nounRoutes(settings: NounRoutes): Route[] {
  const { noun, path, plural, singular, label, fields } = settings
  const load = async (request: RequestContext<unknown, unknown>, query: NounQuery, page: ListPage) => {
    const filter = {
      q: query.q ?? null,
      id: query.id ?? null,
      name: query.title ?? query.value ?? null,
      handle: query.handle ?? null,
      externalId: query.external_id ?? null,
      members: membersAsked(request.fields),
      salesChannelIds: channelsShown(request),
    }
    const { context } = request
    const { rows, count } = await readPage(context, page, (part) => listVocabularyStatement(tenantOf(context), noun, filter, part))
    for (const { item } of rows) picturesOfMembers(item.products as object[] | undefined, request.services.publicUrl)
    await translated(
      request.context,
      request.locale,
      rows.map((row) => row.item),
    )
    return { rows, count }
  }
  const names = noun === 'collection' ? ['title', 'handle'] : ['value']
  const own: z.ZodObject = z.strictObject({ ...shared, ...Object.fromEntries(names.map((name) => [name, oneOrMany.optional()])) })
  const columns = Object.fromEntries([...names, 'external_id'].map((name) => [name, 'text' as const]))
  const query = narrowedQuery(own, { table: `product_${noun}`, columns })
  return [
    route({
      surface: 'store',
      method: 'GET',
      path,
      summary: `List ${plural.replace('_', ' ')}`,
      access: 'public',
      query: query.schema,
      fields,
      page: {
        limit: settings.limit,
        orderable: ['id', 'created_at', 'updated_at', ...Object.keys(columns)],
        descending: settings.descending,
      },
      async handle(request) {
        const wanted = await query.narrow(request)
        const { rows, count } = await load(request, wanted as NounQuery, request.page)
        return listed(
          plural,
          rows.map((row) => row.item),
          request,
          count,
        )
      },
    }),
    route({
      surface: 'store',
      method: 'GET',
      path: `${path}/:id`,
      summary: `A ${singular.replace('_', ' ')}`,
      access: 'public',
      fields,
      ids: { id: singular },
      async handle(request) {
        const id = request.params.id as string
        const [row] = (await load(request, { id: [id] }, singlePage)).rows
        if (row === undefined) throw notFound(`${label} with id: ${id} was not found`)
        return { [singular]: request.fields.project(row.item) }
      },
    }),
  ]
}

interface NounQuery {
  external_id?: string[] | undefined
  q?: string | undefined
  id?: string[] | undefined
  title?: string[] | undefined
  value?: string[] | undefined
  handle?: string[] | undefined
}

const optionQuery = narrowedQuery(
  z.strictObject({ q, id: oneOrMany.optional(), title: oneOrMany.optional(), is_exclusive: booleanText.optional() }),
  { table: 'product_option', columns: { title: 'text', is_exclusive: 'boolean' } },
)

async function loadOptions(
  request: RequestContext<unknown, unknown>,
  query: { id?: string[] | undefined; title?: string[] | undefined; q?: string | undefined; is_exclusive?: boolean | undefined },
  page: ListPage,
) {
  const { id = null, title = null, q: words = null, is_exclusive: isExclusive = null } = query
  const filter = { id, title, q: words, isExclusive, salesChannelIds: channelsShown(request) }
  const { context } = request
  const { rows, count } = await readPage(context, page, (part) => listOptionsStatement(tenantOf(context), filter, part))
  await translated(
    request.context,
    request.locale,
    rows.map((row) => row.item),
  )
  return { rows, count }
}

const optionRoutes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/product-options',
    summary: 'List options of published products, and those that products share',
    access: 'public',
    query: optionQuery.schema,
    fields: optionFields,
    page: { limit: 50, orderable: ['id', 'created_at', 'updated_at', 'title'] },
    async handle(request) {
      const wanted = await optionQuery.narrow(request)
      const { rows, count } = await loadOptions(request, wanted, request.page)
      return listed(
        'product_options',
        rows.map((row) => row.item),
        request,
        count,
      )
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/product-options/:id',
    summary: 'An option of a published product, or one that products share',
    access: 'public',
    fields: optionFields,
    ids: { id: 'product_option' },
    async handle(request) {
      const id = request.params.id as string
      const [row] = (await loadOptions(request, { id: [id] }, singlePage)).rows
      if (row === undefined) throw notFound(`Product option with id: ${id} was not found`)
      return { product_option: request.fields.project(row.item) }
    },
  }),
]

async function loadVendors(request: RequestContext<unknown, unknown>, idOrHandle: string | null, page: { limit: number; offset: number }) {
  const { context } = request
  const { rows, count } = await readPage(context, page, (part) => listVendorsStatement(tenantOf(context), { idOrHandle, ...part }))
  const vendors = rows.map((row) => ({ ...row, logo: absoluteUrl(row.logo, request.services.publicUrl) }))
  if (request.fields.has('rating')) await withVendorRatings(context, vendors)
  await translated(context, request.locale, vendors)
  return { vendors, count }
}

const vendorRoutes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/vendors',
    summary: 'List vendors of the store',
    access: 'public',
    fields: vendorFields,
    page: { limit: 50, orderable: ['name'] },
    async handle(request) {
      const { vendors, count } = await loadVendors(request, null, request.page)
      return listed('vendors', vendors, request, count)
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/vendors/:handle',
    summary: 'A vendor, by handle or id',
    access: 'public',
    fields: vendorFields,
    ids: { handle: 'vendor' },
    async handle(request) {
      const handle = request.params.handle as string
      const [row] = (await loadVendors(request, handle, { limit: 1, offset: 0 })).vendors
      if (row === undefined) throw notFound(`Vendor with handle: ${handle} was not found`)
      return { vendor: request.fields.project(row) }
    },
  }),
]

export const routes: Route[] = [
  ...nounRoutes({
    noun: 'collection',
    path: '/store/collections',
    plural: 'collections',
    singular: 'collection',
    label: 'Collection',
    fields: collectionFields,
    limit: 10,
    descending: true,
  }),
  ...nounRoutes({
    noun: 'type',
    path: '/store/product-types',
    plural: 'product_types',
    singular: 'product_type',
    label: 'Product type',
    fields: valueFields,
    limit: 50,
    descending: false,
  }),
  ...nounRoutes({
    noun: 'tag',
    path: '/store/product-tags',
    plural: 'product_tags',
    singular: 'product_tag',
    label: 'Product tag',
    fields: valueFields,
    limit: 50,
    descending: false,
  }),
  ...optionRoutes,
  ...vendorRoutes,
]

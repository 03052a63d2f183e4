import { z } from 'zod'
import { readPage, wordPatterns, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { listRegionsStatement, regionStatement, renderRegion } from '../../regions/index.js'
import { translated } from '../../translations/index.js'
import { currencyRoutes } from '../currencies.js'
import { narrowedQuery } from '../narrowing.js'
import { listed } from './shared.js'

const regionFields: FieldsPolicy = {
  defaults: ['id', 'name', 'currency_code', 'created_at', 'updated_at', 'deleted_at', 'metadata', 'countries.*'],
  extra: ['payment_providers.id', 'payment_providers.is_enabled'],
}
const q = z.string().max(limits.search_characters).optional()
const regionQuery = narrowedQuery(
  z.strictObject({ q, id: oneOrMany.optional(), name: oneOrMany.optional(), currency_code: oneOrMany.optional() }),
  { table: 'region', columns: { name: 'text', currency_code: 'text' } },
)

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/regions',
    summary: 'List regions',
    access: 'public',
    query: regionQuery.schema,
    fields: regionFields,
    page: { limit: 50, orderable: ['id', 'created_at', 'updated_at', 'name', 'currency_code'] },
    async handle(request) {
      const { page, context } = request
      const query = await regionQuery.narrow(request)
      const filter = {
        id: query.id ?? null,
        q: wordPatterns(query.q),
        name: query.name ?? null,
        currencyCode: query.currency_code ?? null,
      }
      const { rows, count } = await readPage(context, page, (wanted) => listRegionsStatement(tenantOf(context), filter, wanted))
      const regions = rows.map(renderRegion)
      await translated(context, request.locale, regions)
      return listed('regions', regions, request, count)
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/regions/:id',
    summary: 'A region',
    access: 'public',
    fields: regionFields,
    ids: { id: 'region' },
    async handle({ context, params, fields, locale }) {
      const [row] = await context.db.read(context.scope, regionStatement(tenantOf(context), params.id as string))
      if (row === undefined) throw notFound(`Region with id: ${params.id} was not found`)
      const region = renderRegion(row)
      await translated(context, locale, [region])
      return { region: fields.project(region) }
    },
  }),
  ...currencyRoutes('store', 'public'),
]

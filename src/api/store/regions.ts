import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, oneOrMany, type Route, route } from '../../http/index.js'
import { currencyOf, limits, notFound } from '../../kernel/index.js'
import { listRegionsStatement, regionStatement, renderRegion, storeCurrenciesStatement } from '../../regions/index.js'
import { translated } from '../../translations/index.js'
import { listed } from './shared.js'

const regionFields: FieldsPolicy = {
  defaults: ['id', 'name', 'currency_code', 'created_at', 'updated_at', 'deleted_at', 'metadata', 'countries.*'],
  extra: ['payment_providers.id', 'payment_providers.is_enabled'],
}
const currencyFields: FieldsPolicy = { defaults: ['code', 'name', 'symbol', 'symbol_native', 'decimal_digits', 'rounding'] }
const q = z.string().max(limits.search_characters).optional()

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/regions',
    summary: 'List regions',
    access: 'public',
    query: z.strictObject({ q, id: oneOrMany.optional(), name: z.string().max(200).optional(), currency_code: currencyCode.optional() }),
    fields: regionFields,
    page: { limit: 50, orderable: ['id'] },
    async handle(request) {
      const { query, page, context } = request
      const rows = await context.db.read(
        context.scope,
        listRegionsStatement(tenantOf(context), {
          id: query.id ?? null,
          q: query.q === undefined ? null : `%${query.q.replace(/[\\%_]/g, '\\$&')}%`,
          name: query.name ?? null,
          currencyCode: query.currency_code ?? null,
          limit: page.limit,
          offset: page.offset,
        }),
      )
      const regions = rows.map(renderRegion)
      await translated(context, request.locale, regions)
      return listed('regions', regions, request, rows[0]?.count ?? 0)
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
      if (row === undefined) throw notFound(`Region with id: ${params.id} not found`)
      const region = renderRegion(row)
      await translated(context, locale, [region])
      return { region: fields.project(region) }
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/currencies',
    summary: 'List currencies of the store',
    access: 'public',
    query: z.strictObject({ q, code: oneOrMany.optional() }),
    fields: currencyFields,
    page: { limit: 50, orderable: ['code'] },
    async handle(request) {
      const { context, query, page } = request
      const rows = await context.db.read(context.scope, storeCurrenciesStatement(tenantOf(context)))
      const found = rows
        .map((row) => currencyOf(row.currency_code))
        .filter((currency) => query.code?.includes(currency.code) ?? true)
        .filter((currency) => query.q === undefined || `${currency.code} ${currency.name}`.toLowerCase().includes(query.q.toLowerCase()))
      return listed('currencies', found.slice(page.offset, page.offset + page.limit), request, found.length)
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/currencies/:code',
    summary: 'A currency of the store',
    access: 'public',
    fields: currencyFields,
    ids: { code: 'currency' },
    async handle({ context, params, fields }) {
      const code = (params.code as string).toLowerCase()
      const rows = await context.db.read(context.scope, storeCurrenciesStatement(tenantOf(context)))
      if (!rows.some((row) => row.currency_code === code)) throw notFound(`Currency with code: ${code} was not found`)
      return { currency: fields.project(currencyOf(code)) }
    },
  }),
]

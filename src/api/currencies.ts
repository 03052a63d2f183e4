import { z } from 'zod'
import { type FieldsPolicy, oneOrMany, type Route, route } from '../http/index.js'
import { currencyCodes, currencyOf, isCurrency, limits, notFound } from '../kernel/index.js'

const fields: FieldsPolicy = { defaults: ['code', 'name', 'symbol', 'symbol_native', 'decimal_digits', 'rounding'] }

/** The currencies of the world, to shoppers as to staff: those that a store sells in are its regions'. */
export function currencyRoutes(surface: 'store' | 'admin', access: Route['access']): Route[] {
  const path = `/${surface}/currencies`
  return [
    route({
      surface,
      method: 'GET',
      path,
      summary: 'List the currencies of the world',
      access,
      query: z.strictObject({ q: z.string().max(limits.search_characters).optional(), code: oneOrMany.optional() }),
      fields,
      page: { limit: surface === 'admin' ? 200 : 50, orderable: ['code'] },
      async handle({ query, page, fields: tree }) {
        const wanted = query.q?.toLowerCase()
        const found = currencyCodes
          .filter((code) => query.code?.includes(code) ?? true)
          .map(currencyOf)
          .filter((currency) => wanted === undefined || `${currency.code} ${currency.name}`.toLowerCase().includes(wanted))
        if (page.order.descending) found.reverse()
        const { offset, limit } = page
        const currencies = found.slice(offset, offset + limit).map((currency) => tree.project(currency))
        return { currencies, count: found.length, offset, limit }
      },
    }),
    route({
      surface,
      method: 'GET',
      path: `${path}/:code`,
      summary: 'A currency',
      access,
      fields,
      ids: { code: 'currency' },
      async handle({ params, fields: tree }) {
        const code = (params.code as string).toLowerCase()
        if (!isCurrency(code)) throw notFound(`Currency with code: ${code} was not found`)
        return { currency: tree.project(currencyOf(code)) }
      },
    }),
  ]
}

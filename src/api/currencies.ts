import { z } from 'zod'
import { type FieldsPolicy, oneOrMany, type Route, route } from '../http/index.js'
import { currenciesListed_at, currencyCodes, currencyOf, isCurrency, limits, notFound } from '../kernel/index.js'

const fields: FieldsPolicy = {
  defaults: ['code', 'name', 'symbol', 'symbol_native', 'decimal_digits', 'rounding'],
  extra: ['created_at', 'updated_at', 'deleted_at'],
}
/** They are as old as the list that they are of: no store keeps its own. */
const dates = { created_at: currenciesListed_at, updated_at: currenciesListed_at, deleted_at: null }

const orders = ['code', 'name', 'symbol', 'symbol_native', 'decimal_digits', 'rounding'] as const
type Currency = ReturnType<typeof currencyOf>
const byField = (field: (typeof orders)[number]) => (a: Currency, b: Currency) => (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0)

const filter = z.strictObject({ q: z.string().max(limits.search_characters).optional(), code: oneOrMany.optional() })

function matches({ code, name }: { code: string; name: string }, { q, code: codes }: z.output<typeof filter>): boolean {
  return (codes?.includes(code) ?? true) && `${code} ${name}`.toLowerCase().includes(q?.toLowerCase() ?? '')
}

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
      query: filter.extend({ $and: z.array(filter).max(10).optional(), $or: z.array(filter).max(10).optional() }),
      fields,
      page: { limit: surface === 'admin' ? 200 : 50, orderable: orders },
      async handle({ query, page, fields: tree }) {
        const { $and: all = [], $or: some } = query
        const found = currencyCodes
          .map(currencyOf)
          .filter((currency) => [query, ...all].every((part) => matches(currency, part)))
          .filter((currency) => some?.some((part) => matches(currency, part)) ?? true)
        found.sort(byField(page.order.field as (typeof orders)[number]))
        if (page.order.descending) found.reverse()
        const { offset, limit } = page
        const currencies = found.slice(offset, offset + limit).map((currency) => tree.project({ ...currency, ...dates }))
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
        return { currency: tree.project({ ...currencyOf(code), ...dates }) }
      },
    }),
  ]
}

import { tenantOf } from '../../db/index.js'
import { type Route, route } from '../../http/index.js'
import { localeName, storeLocalesStatement } from '../../translations/index.js'

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/locales',
    summary: 'List the languages of the store',
    access: 'public',
    async handle({ context }) {
      const rows = await context.db.read(context.scope, storeLocalesStatement(tenantOf(context)))
      return { locales: rows.map(({ locale_code: code }) => ({ code, name: localeName(code) })) }
    },
  }),
]

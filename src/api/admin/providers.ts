import { z } from 'zod'
import { singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { paymentProviderIds } from '../../payments/index.js'
import { fulfillmentProviderOf, fulfillmentProviders, listStockLocationsStatement } from '../../shipping/index.js'
import type { Permission } from '../../access/index.js'
import { type AnyRequest, ids, q, reach } from './shared.js'

const fields: FieldsPolicy = { defaults: ['id', 'is_enabled'] }
const query = z.strictObject({ q, id: oneOrMany.optional(), is_enabled: z.enum(['true', 'false']).optional() })
const fulfillmentQuery = query.extend({ stock_location_id: ids })

interface Providers {
  path: string
  plural: string
  summary: string
  access: Permission
  /** How many the list answers where its client does not say. */
  limit?: number
  query?: typeof query
  /** Of the providers that there are, or of those that the request is about. */
  ids(request: AnyRequest): readonly string[] | Promise<readonly string[]>
}

/** What this deployment can work with. It is the same for every store, and every one of them is enabled. */
function providers(noun: Providers): Route {
  return route({
    surface: 'admin',
    method: 'GET',
    path: noun.path,
    summary: noun.summary,
    access: noun.access,
    query: noun.query ?? query,
    fields,
    page: { limit: noun.limit ?? 50, orderable: ['id'] },
    async handle(request: RequestContext<z.output<typeof query>>) {
      const { id: wanted, is_enabled, q: words } = request.query
      const { offset, limit, order } = request.page
      const known = await noun.ids(request)
      const found = known
        .filter((id) => (wanted?.includes(id) ?? true) && is_enabled !== 'false' && (words === undefined || id.includes(words)))
        .toSorted()
      if (order.descending) found.reverse()
      const rows = found.slice(offset, offset + limit).map((id) => request.fields.project({ id, is_enabled: true }))
      return { [noun.plural]: rows, count: found.length, offset, limit }
    },
  })
}

/** Those that send from the locations asked for; all of them where none is. */
async function fulfillmentProviderIds(request: AnyRequest): Promise<readonly string[]> {
  const { context } = request
  const { stock_location_id: locationIds } = request.query as z.output<typeof fulfillmentQuery>
  if (locationIds === undefined) return fulfillmentProviders.map((provider) => provider.id)
  const filter = { id: locationIds, name: null, q: null, salesChannelId: null, vendorIds: reach(request, 'shipping:read') }
  const page = { ...singlePage, limit: limits.idsInFilter }
  const locations = await context.db.read(context.scope, listStockLocationsStatement(tenantOf(context), filter, page))
  return [...new Set(locations.flatMap((location) => location.fulfillment_providers.map((provider) => provider.id)))]
}

/** What a provider can be asked for: to send something, or to fetch it back. */
const options = [{ id: 'manual-fulfillment' }, { id: 'manual-fulfillment-return', is_return: true }]

export const routes: Route[] = [
  providers({
    path: '/admin/payments/payment-providers',
    plural: 'payment_providers',
    summary: 'List payment providers',
    limit: 20,
    access: 'settings:read',
    ids: paymentProviderIds,
  }),
  providers({
    path: '/admin/fulfillment-providers',
    plural: 'fulfillment_providers',
    summary: 'List fulfilment providers',
    access: 'shipping:read',
    query: fulfillmentQuery,
    ids: fulfillmentProviderIds,
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/fulfillment-providers/:id/options',
    summary: 'What a fulfilment provider can be asked for',
    access: 'shipping:read',
    ids: { id: 'fulfillment_provider' },
    async handle({ params }) {
      const wanted = params.id as string
      if (fulfillmentProviderOf(wanted) === undefined) throw notFound(`Fulfillment provider with id: ${wanted} was not found`)
      return { fulfillment_options: options, count: options.length, limit: options.length, offset: 0 }
    },
  }),
  providers({
    path: '/admin/tax-providers',
    plural: 'tax_providers',
    summary: 'List tax providers',
    limit: 20,
    access: 'settings:read',
    ids: () => ['tp_system'],
  }),
]

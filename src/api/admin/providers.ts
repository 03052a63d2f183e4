import { z } from 'zod'
import { type FieldsPolicy, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { paymentProviderIds } from '../../payments/index.js'
import { fulfillmentProviderOf, fulfillmentProviders } from '../../shipping/index.js'
import type { Permission } from '../../access/index.js'

const fields: FieldsPolicy = { defaults: ['id', 'is_enabled'] }
const query = z.strictObject({ id: oneOrMany.optional(), is_enabled: z.enum(['true', 'false']).optional() })

/** What this deployment can work with. It is the same for every store, and every one of them is enabled. */
function providers(noun: { path: string; plural: string; summary: string; access: Permission; ids: () => readonly string[] }): Route {
  return route({
    surface: 'admin',
    method: 'GET',
    path: noun.path,
    summary: noun.summary,
    access: noun.access,
    query,
    fields,
    page: { limit: 50, orderable: ['id'] },
    async handle(request: RequestContext<z.output<typeof query>>) {
      const { id: wanted, is_enabled } = request.query
      const { offset, limit, order } = request.page
      const found = noun
        .ids()
        .filter((id) => (wanted?.includes(id) ?? true) && is_enabled !== 'false')
        .toSorted()
      if (order.descending) found.reverse()
      const rows = found.slice(offset, offset + limit).map((id) => request.fields.project({ id, is_enabled: true }))
      return { [noun.plural]: rows, count: found.length, offset, limit }
    },
  })
}

/** What a provider can be asked for: to send something, or to fetch it back. */
const options = [{ id: 'manual-fulfillment' }, { id: 'manual-fulfillment-return', is_return: true }]

export const routes: Route[] = [
  providers({
    path: '/admin/payments/payment-providers',
    plural: 'payment_providers',
    summary: 'List payment providers',
    access: 'settings:read',
    ids: paymentProviderIds,
  }),
  providers({
    path: '/admin/fulfillment-providers',
    plural: 'fulfillment_providers',
    summary: 'List fulfilment providers',
    access: 'shipping:read',
    ids: () => fulfillmentProviders.map((provider) => provider.id),
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
    access: 'settings:read',
    ids: () => ['tp_system'],
  }),
]

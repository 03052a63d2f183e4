import { z } from 'zod'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import {
  changeChannelProducts,
  createSalesChannel,
  deleteSalesChannel,
  listSalesChannelsStatement,
  updateSalesChannel,
} from '../../stores/index.js'
import { ids, links, name, q, reading, removal, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: ['id', 'name', 'description', 'is_disabled', 'metadata', 'created_at', 'updated_at', 'deleted_at'],
}
const columns = { description: text.nullish(), is_disabled: z.boolean().optional(), metadata }

const channels = reading({
  path: '/admin/sales-channels',
  singular: 'sales_channel',
  plural: 'sales_channels',
  label: 'Sales channel',
  missing: (wanted) => `Sales channel with id: ${wanted} not found`,
  access: 'settings:read',
  query: z.strictObject({ q, id: ids, name: oneOrMany.optional(), location_id: ids, publishable_key_id: ids }),
  narrowing: { table: 'sales_channel', columns: { name: 'text', description: 'text', is_disabled: 'boolean' } },
  fields,
  limit: 20,
  orderable: ['id', 'created_at', 'updated_at', 'name'],
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listSalesChannelsStatement(
        tenantOf(context),
        {
          id: query.id ?? null,
          name: query.name ?? null,
          q: wordPatterns(query.q),
          locationId: query.location_id ?? null,
          keyId: query.publishable_key_id ?? null,
        },
        page,
      ),
    ),
})

export const routes: Route[] = [
  ...channels.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/sales-channels',
    summary: 'Create a sales channel',
    access: 'settings:write',
    body: z.strictObject({ name, ...columns }),
    fields,
    handle: async (request) => channels.answer(request, await write(request, (unit) => createSalesChannel(unit, request.body))),
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/sales-channels/:id',
    summary: 'Change a sales channel',
    access: 'settings:write',
    body: z.strictObject({ name: name.optional(), ...columns }),
    fields,
    ids: { id: 'sales_channel' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => updateSalesChannel(unit, wanted, request.body))
      request.services.gatekeeper.forget()
      return channels.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/sales-channels/:id/products',
    summary: 'Show products in a sales channel, or no longer',
    access: 'settings:write',
    body: links,
    fields,
    ids: { id: 'sales_channel', add: 'product', remove: 'product' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => changeChannelProducts(unit, wanted, request.body))
      return channels.answer(request, wanted)
    },
  }),
  removal({
    path: '/admin/sales-channels',
    object: 'sales-channel',
    kind: 'sales_channel',
    summary: 'Take a sales channel out of use',
    access: 'settings:write',
    remove: deleteSalesChannel,
    afterwards: (request) => request.services.gatekeeper.forget(),
  }),
]

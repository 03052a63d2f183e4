import { z } from 'zod'
import {
  type Actor,
  type ApiKeyRow,
  changeKeyChannels,
  createApiKey,
  deleteApiKey,
  listApiKeysStatement,
  mayGrant,
  type Permission,
  permissionNames,
  permissions,
  revokeApiKey,
  updateApiKey,
} from '../../access/index.js'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type Route, route } from '../../http/index.js'
import { forbidden, invalidData } from '../../kernel/index.js'
import { deleted, ids, idList, links, name, needWholeStore, q, reading, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'type',
    'title',
    'token',
    'redacted',
    'vendor_id',
    'permissions',
    'created_by',
    'expires_at',
    'last_used_at',
    'revoked_at',
    'revoked_by',
    'created_at',
    'updated_at',
    'deleted_at',
    'sales_channels.*',
  ],
}

const keys = reading({
  path: '/admin/api-keys',
  limit: 20,
  singular: 'api_key',
  plural: 'api_keys',
  label: 'API Key',
  access: 'api_keys:read',
  isOfWholeStore: true,
  query: z.strictObject({ q, id: ids, type: oneOrMany.optional() }),
  narrowing: { table: 'api_key', columns: { title: 'text', token: 'text', type: 'text', revoked_at: 'date', created_by: 'text' } },
  fields,
  orderable: ['id', 'created_at', 'updated_at', 'title'],
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listApiKeysStatement(tenantOf(context), { id: query.id ?? null, type: query.type ?? null, q: wordPatterns(query.q) }, page),
    ),
  // What was shown once is told nowhere again: as in Medusa, a secret key's token is read as nothing.
  render: (row: ApiKeyRow) => ({ ...row, token: row.token ?? '' }),
})

const grantable = permissionNames.filter((permission) => (permissions[permission].scopes as readonly string[]).includes('tenant'))

/** What a secret key may do: what is asked for, or all that its maker may. Throws forbidden: nobody grants what they lack. */
function grantsOf(actor: Actor, wanted: readonly Permission[] | undefined): readonly Permission[] {
  const held = grantable.filter((permission) => mayGrant(actor, { permissions: [permission], vendorId: null }))
  const lacking = wanted?.find((permission) => !held.includes(permission))
  if (lacking !== undefined) throw forbidden(`You cannot grant the permission ${lacking}: you do not have it on the whole store`)
  return wanted ?? held
}

const week_s = 604_800

export const routes: Route[] = [
  ...keys.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/api-keys',
    summary: 'Create a publishable key, or a secret key whose token is shown this once',
    access: 'api_keys:write',
    body: z.strictObject({
      title: name,
      type: z.enum(['publishable', 'secret']),
      permissions: z.array(z.enum(grantable)).max(grantable.length).optional(),
      sales_channel_ids: idList.optional(),
    }),
    fields,
    ids: { sales_channel_ids: 'sales_channel' },
    async handle(request) {
      const { context, actor, body } = request
      needWholeStore(request, 'api_keys:write')
      const secret = body.type === 'secret'
      if (!secret && body.permissions !== undefined) throw invalidData('A publishable key has no permissions: it opens what is public')
      if (secret && body.sales_channel_ids !== undefined) throw invalidData('Sales channels are for publishable keys')
      const granted = secret ? grantsOf(actor as Actor, body.permissions) : []
      // The way from a key to its tenant is a row of the platform.
      const made = await context.db.unitOfWork({ role: 'platform', tenantId: tenantOf(context) }, async (unit) => {
        const key = await createApiKey(unit, { type: body.type, title: body.title, permissions: granted, createdBy: context.actorId })
        if (!secret) await changeKeyChannels(unit, key.id, { add: body.sales_channel_ids ?? [], remove: [] })
        return key
      })
      const answer = await keys.answer(request, made.id)
      return { api_key: { ...(answer.api_key as object), token: made.token } }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/api-keys/:id',
    summary: 'Rename an API key',
    access: 'api_keys:write',
    body: z.strictObject({ title: name }),
    fields,
    ids: { id: 'api_key' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'api_keys:write')
      await write(request, (unit) => updateApiKey(unit, wanted, request.body.title))
      return keys.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/api-keys/:id/revoke',
    summary: 'End an API key, now or some seconds from now',
    access: 'api_keys:write',
    body: z.strictObject({ revoke_in: z.int().min(0).max(week_s).default(0) }),
    fields,
    ids: { id: 'api_key' },
    async handle(request) {
      const { context } = request
      const wanted = request.params.id as string
      needWholeStore(request, 'api_keys:write')
      const now = context.clock.now()
      const at = new Date(now.getTime() + request.body.revoke_in * 1_000)
      await write(request, (unit) => revokeApiKey(unit, wanted, { at, by: context.actorId, now }))
      const answer = await keys.answer(request, wanted)
      request.services.gatekeeper.forget()
      return answer
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/api-keys/:id/sales-channels',
    summary: 'Change the sales channels that a publishable key opens',
    access: 'api_keys:write',
    body: links,
    fields,
    ids: { id: 'api_key', add: 'sales_channel', remove: 'sales_channel' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'api_keys:write')
      await write(request, (unit) => changeKeyChannels(unit, wanted, request.body))
      request.services.gatekeeper.forget()
      return keys.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/api-keys/:id',
    summary: 'Remove an API key that was revoked',
    access: 'api_keys:write',
    ids: { id: 'revoked_api_key' },
    async handle(request) {
      const { context } = request
      const wanted = request.params.id as string
      needWholeStore(request, 'api_keys:write')
      await context.db.unitOfWork({ role: 'platform', tenantId: tenantOf(context) }, (unit) =>
        deleteApiKey(unit, wanted, context.clock.now()),
      )
      return deleted('api_key', wanted)
    },
  }),
]

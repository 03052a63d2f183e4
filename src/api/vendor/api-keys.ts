import { z } from 'zod'
import {
  type Actor,
  createVendorKey,
  deleteApiKey,
  listVendorKeysStatement,
  lockVendorKey,
  revokeApiKey,
  rotateVendorKey,
  updateApiKey,
  vendorKeyPermissions,
} from '../../access/index.js'
import { readPage, type Role, singlePage, tenantOf, type Unit, vendorOf, wordPatterns } from '../../db/index.js'
import { type FieldsPolicy, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { deleted, moment, name, q } from '../admin/shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'title',
    'redacted',
    'permissions',
    'created_by',
    'expires_at',
    'last_used_at',
    'revoked_at',
    'replaced_by',
    'created_at',
    'updated_at',
  ],
}

type AnyRequest = RequestContext<unknown, unknown>

const day_s = 86_400

async function answer({ context, fields: tree }: AnyRequest, id: string) {
  const filter = { id, q: null }
  const [key] = await context.db.read(context.scope, listVendorKeysStatement(tenantOf(context), vendorOf(context), filter, singlePage))
  if (key === undefined) throw notFound(`API Key with id: ${id} was not found`)
  return { api_key: tree.project(key) as object }
}

/** A key as it was made: the one answer that has its token. */
async function answerMade(request: AnyRequest, { id, token }: { id: string; token: string }) {
  return { api_key: { ...(await answer(request, id)).api_key, token } }
}

/**
 * A vendor's role reads its keys and writes none: they are written as the store, and where the way from a key to its store changes
 * with them as the platform, with the vendor of the request in every query.
 */
function write<T>({ context }: AnyRequest, role: Role, fn: (unit: Unit, vendorId: string) => Promise<T>): Promise<T> {
  return context.db.unitOfWork({ ...context.scope, role }, (unit) => fn(unit, vendorOf(context)))
}

const readingRoutes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/api-keys',
    summary: "The vendor's API keys, without their tokens, and when each was last used",
    access: 'api_keys:read',
    query: z.strictObject({ q }),
    fields,
    page: { limit: 50, orderable: ['created_at', 'updated_at', 'id', 'title'], descending: true },
    async handle({ context, query, page, fields: tree }) {
      const filter = { id: null, q: wordPatterns(query.q) }
      const { rows, count } = await readPage(context, page, (part) =>
        listVendorKeysStatement(tenantOf(context), vendorOf(context), filter, part),
      )
      return { api_keys: rows.map((row) => tree.project(row)), count, offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/api-keys/:id',
    summary: 'An API key, without its token',
    access: 'api_keys:read',
    fields,
    ids: { id: 'vendor_api_key' },
    handle: (request) => answer(request, request.params.id as string),
  }),
]

export const routes: Route[] = [
  ...readingRoutes,
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/api-keys',
    summary: 'Create an API key whose token is shown this once, with the permissions that are named or all that you can grant',
    access: 'api_keys:write',
    body: z.strictObject({
      title: name,
      permissions: z.array(z.enum(vendorKeyPermissions)).min(1).max(vendorKeyPermissions.length).optional(),
      expires_at: moment.optional(),
    }),
    fields,
    async handle(request) {
      const { title, permissions, expires_at: expiresAt } = request.body
      const now = request.context.clock.now()
      const made = await write(request, 'platform', (unit, vendorId) =>
        createVendorKey(unit, request.actor as Actor, { vendorId, title, permissions, expiresAt, now }),
      )
      return answerMade(request, made)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/api-keys/:id',
    summary: 'Rename an API key',
    access: 'api_keys:write',
    body: z.strictObject({ title: name }),
    fields,
    ids: { id: 'vendor_api_key' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, 'store', async (unit, vendorId) => {
        await lockVendorKey(unit, vendorId, wanted)
        await updateApiKey(unit, wanted, request.body.title)
      })
      return answer(request, wanted)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/api-keys/:id/rotate',
    summary: 'Replace an API key: the answer is the new one with its token, shown this once; the old one is good until the overlap ends',
    access: 'api_keys:write',
    body: z.strictObject({ overlap_seconds: z.int().min(0).max(limits.keyOverlap_s).default(day_s) }),
    fields,
    ids: { id: 'vendor_api_key' },
    async handle(request) {
      const id = request.params.id as string
      const now = request.context.clock.now()
      const made = await write(request, 'platform', (unit, vendorId) =>
        rotateVendorKey(unit, request.actor as Actor, { vendorId, id, overlap_s: request.body.overlap_seconds, now }),
      )
      request.services.gatekeeper.forget()
      return answerMade(request, made)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/api-keys/:id/revoke',
    summary: 'End an API key now; every process has heard of it within five seconds',
    access: 'api_keys:write',
    fields,
    ids: { id: 'vendor_api_key' },
    async handle(request) {
      const { context, services } = request
      const wanted = request.params.id as string
      const now = context.clock.now()
      await write(request, 'store', async (unit, vendorId) => {
        await lockVendorKey(unit, vendorId, wanted)
        await revokeApiKey(unit, wanted, { at: now, by: context.actorId, now })
      })
      services.gatekeeper.forget()
      return answer(request, wanted)
    },
  }),
  route({
    surface: 'vendor',
    method: 'DELETE',
    path: '/vendor/api-keys/:id',
    summary: 'Remove an API key that was revoked',
    access: 'api_keys:write',
    ids: { id: 'revoked_vendor_api_key' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, 'platform', async (unit, vendorId) => {
        await lockVendorKey(unit, vendorId, wanted)
        await deleteApiKey(unit, wanted, request.context.clock.now())
      })
      return deleted('api_key', wanted)
    },
  }),
]

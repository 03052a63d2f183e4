import { z } from 'zod'
import {
  acceptInvite,
  type Actor,
  createInvite,
  createRole,
  deleteInvite,
  listInvitesStatement,
  listRolesStatement,
  permissionNames,
  resendInvite,
} from '../../access/index.js'
import { containsPattern, tenantOf } from '../../db/index.js'
import { email, type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { id, ids, name, q, reading, removal, write } from './shared.js'

const roleFields: FieldsPolicy = { defaults: ['id', 'name', 'scope', 'permissions', 'created_at'] }
const inviteFields: FieldsPolicy = {
  defaults: ['id', 'email', 'accepted', 'expires_at', 'created_by', 'metadata', 'created_at', 'updated_at', 'deleted_at', 'role.*'],
}

const roles = reading({
  path: '/admin/roles',
  singular: 'role',
  plural: 'roles',
  label: 'Role',
  access: 'staff:write',
  query: z.strictObject({ q, id: ids, scope: oneOrMany.optional() }),
  fields: roleFields,
  orderable: ['id', 'name', 'created_at'],
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listRolesStatement(tenantOf(context), { id: query.id ?? null, q: containsPattern(query.q), scope: query.scope ?? null }, page),
    ),
})

const invites = reading({
  path: '/admin/invites',
  singular: 'invite',
  plural: 'invites',
  label: 'Invite',
  access: 'staff:write',
  query: z.strictObject({ q, id: ids, email: oneOrMany.optional() }),
  narrowing: { table: 'invite', columns: { email: 'text' } },
  fields: inviteFields,
  orderable: ['id', 'created_at', 'updated_at', 'email', 'expires_at'],
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listInvitesStatement(tenantOf(context), { id: query.id ?? null, email: query.email ?? null, q: containsPattern(query.q) }, page),
    ),
})

const roleRoutes: Route[] = [
  ...roles.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/roles',
    summary: 'Create a role of permissions that you have yourself',
    access: 'staff:write',
    body: z.strictObject({
      name,
      scope: z.enum(['tenant', 'vendor']).default('tenant'),
      permissions: z
        .array(z.enum(permissionNames as [string, ...string[]]))
        .min(1)
        .max(permissionNames.length),
    }),
    fields: roleFields,
    async handle(request) {
      const input = { ...request.body, permissions: request.body.permissions as typeof permissionNames }
      return roles.answer(request, await write(request, (unit) => createRole(unit, request.actor as Actor, input)))
    },
  }),
]

const inviteRoutes: Route[] = [
  ...invites.routes,
  // Before /admin/invites/:id/resend and its like: whoever accepts has no sign-in yet, only the token.
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/invites/accept',
    summary: 'Join the staff by the token that was mailed',
    access: 'public',
    limit: 'sign_in',
    body: z.strictObject({
      token: z.string().min(1).max(200),
      password: z.string().min(1).max(200),
      first_name: name.nullish(),
      last_name: name.nullish(),
    }),
    async handle({ context, body }) {
      return { user: { id: await acceptInvite(context, body) } }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/invites',
    summary: "Invite somebody to the store's staff; a mail brings the token",
    access: 'staff:write',
    body: z.strictObject({ email, role_id: id, metadata }),
    fields: inviteFields,
    ids: { role_id: 'role' },
    async handle(request) {
      const { context, services, actor, body } = request
      const made = await write(request, (unit) => createInvite(context, unit, services.accountSealer, actor as Actor, body))
      return invites.answer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/invites/:id/resend',
    summary: 'Send an invitation anew; the token before is good no longer',
    access: 'staff:write',
    fields: inviteFields,
    ids: { id: 'invite' },
    async handle(request) {
      const { context, services, actor } = request
      const wanted = request.params.id as string
      await write(request, (unit) => resendInvite(context, unit, services.accountSealer, actor as Actor, wanted))
      return invites.answer(request, wanted)
    },
  }),
  removal({
    path: '/admin/invites',
    object: 'invite',
    summary: 'Take an invitation back',
    access: 'staff:write',
    remove: deleteInvite,
  }),
]

export const routes: Route[] = [...roleRoutes, ...inviteRoutes]

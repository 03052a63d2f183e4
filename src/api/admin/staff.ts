import { z } from 'zod'
import {
  acceptInvite,
  type Actor,
  createInvite,
  createRole,
  deleteInvite,
  deleteRole,
  type InviteRow,
  listInvitesStatement,
  listRolesStatement,
  permissionNames,
  resendInvite,
  tokenShown,
  updateRole,
} from '../../access/index.js'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { invalidData, unauthorized } from '../../kernel/index.js'
import { email, type FieldsPolicy, metadata, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { userFields, users } from './users.js'
import { id, idList, ids, name, personName, q, reading, removal, write } from './shared.js'

const roleFields: FieldsPolicy = { defaults: ['id', 'name', 'scope', 'permissions', 'created_at'] }
const inviteFields: FieldsPolicy = {
  defaults: [
    'id',
    'email',
    'accepted',
    'token',
    'expires_at',
    'created_by',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
    'role.*',
  ],
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
      listRolesStatement(tenantOf(context), { id: query.id ?? null, q: wordPatterns(query.q), scope: query.scope ?? null }, page),
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
      listInvitesStatement(
        tenantOf(context),
        { id: query.id ?? null, email: query.email ?? null, q: wordPatterns(query.q), vendorId: null },
        page,
      ),
    ),
  render: (row: InviteRow, { services, actor }) => ({ ...row, token: tokenShown(services.accountSealer, actor as Actor, row) }),
})

const rights = z
  .array(z.enum(permissionNames as [string, ...string[]]))
  .min(1)
  .max(permissionNames.length)

const roleRoutes: Route[] = [
  ...roles.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/roles/:id',
    summary: "Change a role of the store's own, for everybody who has it; permissions are a whole set",
    access: 'staff:write',
    body: z.strictObject({ name: name.optional(), permissions: rights.optional() }),
    fields: roleFields,
    ids: { id: 'own_role' },
    async handle(request) {
      const wanted = request.params.id as string
      const patch = { ...request.body, permissions: request.body.permissions as typeof permissionNames | undefined }
      await write(request, (unit) => updateRole(unit, request.actor as Actor, wanted, patch))
      request.services.gatekeeper.forget()
      return roles.answer(request, wanted)
    },
  }),
  removal({
    path: '/admin/roles',
    object: 'role',
    kind: 'own_role',
    summary: "Remove a role of the store's own that nobody has",
    access: 'staff:write',
    remove: (unit, wanted, request) => deleteRole(unit, request.actor as Actor, wanted),
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/roles',
    summary: 'Create a role of permissions that you have yourself',
    access: 'staff:write',
    body: z.strictObject({
      name,
      scope: z.enum(['tenant', 'vendor']).default('tenant'),
      permissions: rights,
    }),
    fields: roleFields,
    async handle(request) {
      const input = { ...request.body, permissions: request.body.permissions as typeof permissionNames }
      return roles.answer(request, await write(request, (unit) => createRole(unit, request.actor as Actor, input)))
    },
  }),
]

interface Accepting {
  token?: string | undefined
  password?: string | undefined
  first_name?: string | null | undefined
  last_name?: string | null | undefined
}

async function answerAcceptance(request: RequestContext<{ token?: string | undefined }, Accepting>): Promise<object> {
  const { context, services, actor, tenant, query, body } = request
  const token = query.token ?? body.token
  if (actor !== null && actor.id !== '') throw invalidData('The user is already authenticated and cannot accept an invite.')
  const identityId = actor?.type === 'user' ? actor.identityId : null
  if (token === undefined || (body.password === undefined && identityId === null)) throw unauthorized()
  const signIn = body.password === undefined ? { identityId: identityId as string } : { password: body.password }
  const id = await acceptInvite(context, { token, signIn, first_name: body.first_name, last_name: body.last_name })
  if (identityId !== null) services.gatekeeper.forgetIdentity(tenant.id, identityId)
  return users.answer(request, id)
}

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
    // By a password for the e-mail that was invited; or, as Medusa's clients do, with the token of a sign-in registered before.
    query: z.strictObject({ token: z.string().min(1).max(200).optional() }),
    body: z.strictObject({
      token: z.string().min(1).max(200).optional(),
      password: z.string().min(1).max(200).optional(),
      // Whose staff somebody is follows from the invitation.
      email: email.nullish(),
      first_name: personName,
      last_name: personName,
    }),
    fields: userFields,
    handle: answerAcceptance,
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/invites',
    summary: "Invite somebody to the store's staff; a mail brings the token",
    access: 'staff:write',
    // As in Medusa, who is invited without a role is one of the owners; only they can invite so.
    body: z.strictObject({ email, role_id: id.optional(), roles: idList.max(1).nullish(), metadata }),
    fields: inviteFields,
    ids: { role_id: 'role', roles: 'role' },
    async handle(request) {
      const { context, services, actor, body } = request
      const { roles: named, ...input } = body
      const role_id = body.role_id ?? named?.[0]
      const made = await write(request, (unit) =>
        createInvite(context, unit, services.accountSealer, actor as Actor, { ...input, role_id }),
      )
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
    remove: (unit, wanted) => deleteInvite(unit, wanted),
  }),
]

export const routes: Route[] = [...roleRoutes, ...inviteRoutes]

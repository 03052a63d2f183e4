import { z } from 'zod'
import { type Actor, deleteUser, listUsersStatement, updateUser } from '../../access/index.js'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { unauthorized } from '../../kernel/index.js'
import { deleted, idList, ids, personName, q, reading, write } from './shared.js'

export const userFields: FieldsPolicy = {
  defaults: ['id', 'email', 'first_name', 'last_name', 'avatar_url', 'metadata', 'roles', 'created_at', 'updated_at', 'deleted_at'],
}

export const users = reading({
  path: '/admin/users',
  singular: 'user',
  plural: 'users',
  label: 'User',
  access: 'staff:write',
  query: z.strictObject({ q, id: ids, email: oneOrMany.optional() }),
  narrowing: { table: 'store_user', columns: { email: 'text', first_name: 'text', last_name: 'text' } },
  fields: userFields,
  orderable: ['id', 'created_at', 'updated_at', 'email'],
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listUsersStatement(tenantOf(context), { id: query.id ?? null, email: query.email ?? null, q: wordPatterns(query.q) }, page),
    ),
})

export const routes: Route[] = [
  // Before /admin/users/:id, which would take "me" for an id.
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/users/me',
    summary: 'Who is signed in',
    access: 'authenticated',
    fields: userFields,
    async handle(request) {
      // Whose sign-in waits for an invitation is nobody yet.
      if (request.actor?.type !== 'user' || request.actor.id === '') throw unauthorized()
      return users.answer(request, request.actor.id)
    },
  }),
  ...users.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/users/:id',
    summary: 'Change a member of the staff; roles are a whole set',
    access: 'staff:write',
    body: z.strictObject({
      first_name: personName,
      last_name: personName,
      avatar_url: z.union([z.url({ protocol: /^https?$/ }).max(2_000), z.literal('')]).nullish(),
      metadata,
      roles: idList.optional(),
    }),
    fields: userFields,
    ids: { id: 'user', roles: 'role' },
    async handle(request) {
      const wanted = request.params.id as string
      const { roles, ...names } = request.body
      await write(request, (unit) => updateUser(unit, request.actor as Actor, wanted, { ...names, role_ids: roles }))
      if (roles !== undefined) request.services.gatekeeper.forget()
      return users.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/users/:id',
    summary: 'Remove a member of the staff with their sign-in',
    access: 'staff:write',
    ids: { id: 'spare_user' },
    async handle(request) {
      const wanted = request.params.id as string
      const identityId = await write(request, (unit) => deleteUser(unit, request.actor as Actor, wanted))
      if (identityId !== null) request.services.gatekeeper.forgetIdentity(tenantOf(request.context), identityId)
      return deleted('user', wanted)
    },
  }),
]

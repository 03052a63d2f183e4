import { z } from 'zod'
import { listUsersStatement } from '../../access/index.js'
import { containsPattern, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type Route, route } from '../../http/index.js'
import { unauthorized } from '../../kernel/index.js'
import { ids, q, reading } from './shared.js'

const fields: FieldsPolicy = {
  defaults: ['id', 'email', 'first_name', 'last_name', 'roles', 'created_at', 'updated_at', 'deleted_at'],
}

const users = reading({
  path: '/admin/users',
  singular: 'user',
  plural: 'users',
  label: 'User',
  access: 'staff:write',
  query: z.strictObject({ q, id: ids, email: oneOrMany.optional() }),
  fields,
  orderable: ['id', 'created_at', 'updated_at', 'email'],
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listUsersStatement(tenantOf(context), { id: query.id ?? null, email: query.email ?? null, q: containsPattern(query.q) }, page),
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
    fields,
    async handle(request) {
      if (request.actor?.type !== 'user') throw unauthorized()
      return users.answer(request, request.actor.id)
    },
  }),
  ...users.routes,
]

import { z } from 'zod'
import {
  changeGroupMembers,
  createCustomerGroup,
  deleteCustomerGroup,
  listCustomerGroupsStatement,
  updateCustomerGroup,
} from '../../customers/index.js'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { membersOf, needCustomers, writeCustomers } from './customers.js'
import { type AnyRequest, deleted, ids, links, name, q, reading } from './shared.js'

const fields: FieldsPolicy = {
  defaults: ['id', 'name', 'metadata', 'created_by', 'created_at', 'updated_at', 'deleted_at', 'customers.*'],
}

const groups = reading({
  path: '/admin/customer-groups',
  singular: 'customer_group',
  plural: 'customer_groups',
  label: 'Customer group',
  missing: (wanted) => `Customer group with id: ${wanted} not found`,
  access: 'customers:read',
  ids: { customers: 'customer' },
  query: z.strictObject({ q, id: ids, name: oneOrMany.optional(), customers: membersOf.optional() }),
  narrowing: { table: 'customer_group', columns: { name: 'text', created_by: 'text' } },
  fields,
  orderable: ['created_at', 'updated_at', 'id', 'name'],
  load: (request, query, page) => {
    needCustomers(request)
    const { context } = request
    const filter = { id: query.id ?? null, name: query.name ?? null, customers: query.customers ?? null, q: wordPatterns(query.q) }
    return context.db.read(context.scope, listCustomerGroupsStatement(tenantOf(context), filter, page))
  },
})

const idOf = (request: AnyRequest) => request.params.id as string

export const routes: Route[] = [
  ...groups.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/customer-groups',
    summary: 'Create a group of customers',
    access: 'customers:write',
    body: z.strictObject({ name, metadata }),
    fields,
    async handle(request) {
      const { context, body } = request
      return groups.answer(request, await writeCustomers(request, (unit) => createCustomerGroup(unit, body, context.actorId)))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/customer-groups/:id',
    summary: 'Change a group of customers',
    access: 'customers:write',
    body: z.strictObject({ name: name.optional(), metadata }),
    fields,
    ids: { id: 'customer_group' },
    async handle(request) {
      await writeCustomers(request, (unit) => updateCustomerGroup(unit, idOf(request), request.body))
      return groups.answer(request, idOf(request))
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/customer-groups/:id',
    summary: 'Remove a group; its customers stay',
    access: 'customers:write',
    ids: { id: 'customer_group' },
    async handle(request) {
      await writeCustomers(request, (unit) => deleteCustomerGroup(unit, idOf(request)))
      return deleted('customer_group', idOf(request))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/customer-groups/:id/customers',
    summary: 'Change who is in a group',
    access: 'customers:write',
    body: links,
    fields,
    ids: { id: 'customer_group', add: 'customer', remove: 'customer' },
    async handle(request) {
      await writeCustomers(request, (unit) => changeGroupMembers(unit, idOf(request), request.body))
      return groups.answer(request, idOf(request))
    },
  }),
]

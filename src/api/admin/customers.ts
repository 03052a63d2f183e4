import { z } from 'zod'
import { permits } from '../../access/index.js'
import {
  addAddress,
  addressStatement,
  changeCustomerGroups,
  createCustomer,
  customerStatement,
  deleteAddress,
  deleteCustomer,
  listAddressesStatement,
  listCustomersStatement,
  unknownAddress,
  unknownCustomer,
  updateAddress,
  updateCustomer,
} from '../../customers/index.js'
import { countBeside, type ListPage, tenantOf, wordPatterns } from '../../db/index.js'
import { address, booleanText, email, type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { limits } from '../../kernel/index.js'
import { type AnyRequest, deleted, ids, links, needWholeStore, q, reach, reading, withAdditional, write } from './shared.js'

const addressFields: FieldsPolicy = { defaults: ['*'] }
const fields: FieldsPolicy = {
  defaults: [
    'id',
    'email',
    'company_name',
    'first_name',
    'last_name',
    'phone',
    'metadata',
    'has_account',
    'created_by',
    'created_at',
    'updated_at',
    'deleted_at',
    'addresses.*',
  ],
  extra: ['groups.*'],
}

const name = z.string().max(limits.name_characters).nullish()
const person = { company_name: name, first_name: name, last_name: name, phone: z.string().max(50).nullish(), metadata }
const addressBody = address.omit({ id: true }).extend({
  address_name: name,
  is_default_shipping: z.boolean().optional(),
  is_default_billing: z.boolean().optional(),
})

/** Shoppers are the whole store's. Throws forbidden for who may see or change those of some vendors only. */
export function needCustomers(request: AnyRequest): void {
  if (permits(request.ability, 'customers:write') && reach(request, 'customers:write') === null) return
  needWholeStore(request, 'customers:read')
}

/** A write, by whoever may change all customers. */
export const writeCustomers: typeof write = (request, fn) => {
  needWholeStore(request, 'customers:write')
  return write(request, fn)
}

/** Ids as they are, or as a part of what is looked for: `groups[id]=…`. */
export const membersOf = z.union([oneOrMany, z.strictObject({ id: oneOrMany }).transform((members) => members.id)])

const customers = reading({
  path: '/admin/customers',
  singular: 'customer',
  plural: 'customers',
  label: 'Customer',
  missing: (wanted) => `Customer with id: ${wanted} not found`,
  access: 'customers:read',
  ids: { groups: 'customer_group' },
  query: z.strictObject({ q, id: ids, email: oneOrMany.optional(), has_account: booleanText.optional(), groups: membersOf.optional() }),
  narrowing: {
    table: 'customer',
    columns: {
      email: 'text',
      company_name: 'text',
      first_name: 'text',
      last_name: 'text',
      phone: 'text',
      created_by: 'text',
      has_account: 'boolean',
    },
  },
  fields,
  orderable: ['created_at', 'updated_at', 'id', 'email', 'first_name', 'last_name'],
  load: (request, query, page) => {
    needCustomers(request)
    const { context } = request
    const filter = {
      id: query.id ?? null,
      email: query.email ?? null,
      groups: query.groups ?? null,
      hasAccount: query.has_account ?? null,
      q: wordPatterns(query.q),
    }
    return context.db.read(context.scope, listCustomersStatement(tenantOf(context), filter, page))
  },
})

const idOf = (request: AnyRequest) => request.params.id as string

const ofCustomer: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/customers',
    summary: 'Enter a customer, without a sign-in',
    access: 'customers:write',
    body: withAdditional(z.strictObject({ email, ...person })),
    fields,
    async handle(request) {
      const { context, body } = request
      return customers.answer(request, await writeCustomers(request, (unit) => createCustomer(unit, body, context.actorId)))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/customers/:id',
    summary: 'Change a customer',
    access: 'customers:write',
    body: withAdditional(z.strictObject({ email: email.optional(), ...person })),
    fields,
    ids: { id: 'customer' },
    async handle(request) {
      await writeCustomers(request, (unit) => updateCustomer(unit, idOf(request), request.body))
      return customers.answer(request, idOf(request))
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/customers/:id',
    summary: 'Remove a customer and the sign-in',
    access: 'customers:write',
    ids: { id: 'customer' },
    async handle(request) {
      await writeCustomers(request, (unit) => deleteCustomer(unit, idOf(request)))
      request.services.gatekeeper.forget()
      return deleted('customer', idOf(request))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/customers/:id/customer-groups',
    summary: 'Change which groups a customer is in',
    access: 'customers:write',
    body: links,
    fields,
    ids: { id: 'customer', add: 'customer_group', remove: 'customer_group' },
    async handle(request) {
      await writeCustomers(request, (unit) => changeCustomerGroups(unit, idOf(request), request.body))
      return customers.answer(request, idOf(request))
    },
  }),
]

const addressIdOf = (request: AnyRequest) => request.params.address_id as string

async function oneAddress(request: AnyRequest): Promise<{ address: unknown }> {
  needCustomers(request)
  const { context } = request
  const [row] = await context.db.read(context.scope, addressStatement(tenantOf(context), idOf(request), addressIdOf(request)))
  if (row === undefined) throw unknownAddress(addressIdOf(request))
  return { address: request.fields.project(row) }
}

const ofAddresses: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/customers/:id/addresses',
    summary: "A customer's addresses",
    access: 'customers:read',
    query: z.strictObject({
      q,
      city: oneOrMany.optional(),
      company: oneOrMany.optional(),
      province: oneOrMany.optional(),
      country_code: oneOrMany.optional(),
      postal_code: oneOrMany.optional(),
    }),
    fields: addressFields,
    page: {
      limit: 50,
      orderable: [
        'created_at',
        'updated_at',
        'id',
        'address_name',
        'company',
        'address_1',
        'city',
        'country_code',
        'province',
        'postal_code',
      ],
    },
    ids: { id: 'customer' },
    async handle(request) {
      needCustomers(request)
      const { context, query, page } = request
      const filter = {
        q: wordPatterns(query.q),
        city: query.city ?? null,
        company: query.company ?? null,
        province: query.province ?? null,
        countryCode: query.country_code ?? null,
        postalCode: query.postal_code ?? null,
      }
      const tenantId = tenantOf(context)
      const ofCustomer = (part: ListPage) => listAddressesStatement(tenantId, idOf(request), filter, part)
      const [[customer], rows] = await context.db.readAll(context.scope, [customerStatement(tenantId, idOf(request)), ofCustomer(page)])
      if (customer === undefined) throw unknownCustomer(idOf(request))
      const addresses = rows.map(({ count: _count, ...row }) => request.fields.project(row))
      return { addresses, count: await countBeside(rows, context, page, ofCustomer), offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/customers/:id/addresses',
    summary: 'Add an address to a customer',
    access: 'customers:write',
    body: withAdditional(addressBody),
    fields,
    ids: { id: 'customer' },
    async handle(request) {
      await writeCustomers(request, (unit) => addAddress(unit, idOf(request), request.body))
      return customers.answer(request, idOf(request))
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/customers/:id/addresses/:address_id',
    summary: 'An address of a customer',
    access: 'customers:read',
    fields: addressFields,
    ids: { id: 'customer', address_id: 'customer_address' },
    handle: oneAddress,
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/customers/:id/addresses/:address_id',
    summary: 'Change an address of a customer',
    access: 'customers:write',
    body: withAdditional(addressBody),
    fields,
    ids: { id: 'customer', address_id: 'customer_address' },
    async handle(request) {
      await writeCustomers(request, (unit) => updateAddress(unit, idOf(request), addressIdOf(request), request.body))
      return customers.answer(request, idOf(request))
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/customers/:id/addresses/:address_id',
    summary: 'Remove an address of a customer',
    access: 'customers:write',
    fields,
    ids: { id: 'customer', address_id: 'customer_address' },
    async handle(request) {
      await writeCustomers(request, (unit) => deleteAddress(unit, idOf(request), addressIdOf(request)))
      const { customer: parent } = await customers.answer(request, idOf(request))
      return { ...deleted('customer_address', addressIdOf(request)), parent }
    },
  }),
]

export const routes: Route[] = [...customers.routes, ...ofCustomer, ...ofAddresses]

import { z } from 'zod'
import {
  addAddress,
  addressStatement,
  deleteAddress,
  listAddressesStatement,
  unknownAddress,
  updateAddress,
} from '../../customers/index.js'
import { readPage, wordPatterns, tenantOf } from '../../db/index.js'
import { address, oneOrMany, type Route, route } from '../../http/index.js'
import { limits } from '../../kernel/index.js'
import { customerAddressFields, customerFields } from './customer-fields.js'
import { answerCustomer, customerIdOf } from './customers.js'
import { listed } from './shared.js'

const body = address.omit({ id: true }).extend({
  address_name: z.string().max(limits.name_characters).nullish(),
  is_default_shipping: z.boolean().optional(),
  is_default_billing: z.boolean().optional(),
})

/** Columns that the list can be in the order of, the default first. */
const orders = [
  'created_at',
  'updated_at',
  'id',
  'address_name',
  'company',
  'first_name',
  'last_name',
  'address_1',
  'address_2',
  'city',
  'province',
  'postal_code',
  'country_code',
  'phone',
  'is_default_shipping',
  'is_default_billing',
] as const

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/customers/me/addresses',
    summary: "The signed-in customer's addresses",
    access: 'customer',
    query: z.strictObject({
      q: z.string().max(limits.search_characters).optional(),
      city: oneOrMany.optional(),
      country_code: oneOrMany.optional(),
      postal_code: oneOrMany.optional(),
    }),
    fields: customerAddressFields,
    page: { limit: 50, orderable: orders },
    async handle(request) {
      const { context, query, page } = request
      const filter = {
        q: wordPatterns(query.q),
        city: query.city ?? null,
        countryCode: query.country_code?.map((code) => code.toLowerCase()) ?? null,
        postalCode: query.postal_code ?? null,
      }
      const customerId = customerIdOf(request)
      const { rows, count } = await readPage(context, page, (wanted) =>
        listAddressesStatement(tenantOf(context), customerId, filter, wanted),
      )
      return listed('addresses', rows, request, count)
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/customers/me/addresses',
    summary: 'Add an address',
    access: 'customer',
    body,
    fields: customerFields,
    async handle(request) {
      const { context } = request
      const id = customerIdOf(request)
      await context.db.unitOfWork(context.scope, (unit) => addAddress(unit, id, request.body))
      return { customer: await answerCustomer(request, id) }
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/customers/me/addresses/:address_id',
    summary: 'An address of the signed-in customer',
    access: 'customer',
    fields: customerAddressFields,
    ids: { address_id: 'customer_address' },
    async handle(request) {
      const { context } = request
      const wanted = request.params.address_id as string
      const [row] = await context.db.read(context.scope, addressStatement(tenantOf(context), customerIdOf(request), wanted))
      if (row === undefined) throw unknownAddress(wanted)
      return { address: request.fields.project(row) }
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/customers/me/addresses/:address_id',
    summary: 'Change an address',
    access: 'customer',
    body,
    fields: customerFields,
    ids: { address_id: 'customer_address' },
    async handle(request) {
      const { context } = request
      const id = customerIdOf(request)
      await context.db.unitOfWork(context.scope, (unit) => updateAddress(unit, id, request.params.address_id as string, request.body))
      return { customer: await answerCustomer(request, id) }
    },
  }),
  route({
    surface: 'store',
    method: 'DELETE',
    path: '/store/customers/me/addresses/:address_id',
    summary: 'Remove an address',
    access: 'customer',
    fields: customerFields,
    ids: { address_id: 'customer_address' },
    async handle(request) {
      const { context } = request
      const id = customerIdOf(request)
      await context.db.unitOfWork(context.scope, (unit) => deleteAddress(unit, id, request.params.address_id as string))
      // The id is the customer's, as clients know this answer.
      return { id, object: 'address', deleted: true, parent: await answerCustomer(request, id) }
    },
  }),
]

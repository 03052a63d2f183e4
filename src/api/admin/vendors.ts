import { z } from 'zod'
import { generatedPassword, hashPassword } from '../../access/index.js'
import { tenantOf } from '../../db/index.js'
import { countryCode, email, type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { notAllowed, notFound } from '../../kernel/index.js'
import {
  addMember,
  createVendor,
  listMembersStatement,
  listVendorsStatement,
  retrieveVendorStatement,
  setVendorStatus,
  updateVendor,
} from '../../vendors/index.js'
import { type AnyRequest, name, needWholeStore, q, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: ['id', 'handle', 'name', 'description', 'email', 'phone', 'logo', 'status', 'is_house', 'metadata', 'created_at', 'updated_at'],
}
const memberFields: FieldsPolicy = { defaults: ['id', 'vendor_id', 'email', 'first_name', 'last_name', 'created_at', 'updated_at'] }

const statuses = z.enum(['pending', 'active', 'suspended', 'terminated'])
const vendorHandle = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'holds lower-case letters, digits and dashes only')
const place = z.string().max(300).nullish()
const location = z.strictObject({
  name,
  address: z
    .strictObject({
      address_1: place,
      address_2: place,
      company: place,
      city: place,
      province: place,
      postal_code: place,
      phone: place,
      country_code: countryCode.nullish(),
    })
    .nullish(),
})
const columns = {
  description: text.nullish(),
  email: email.nullish(),
  phone: z.string().max(50).nullish(),
  logo: z.string().max(2_000).nullish(),
}

/** Leaves out what is undefined: the commands tell "not given" from "set to nothing". */
type Given<T> = { [Name in keyof T]: Exclude<T[Name], undefined> }
const given = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>

async function answer(request: AnyRequest, wanted: string) {
  const [row] = await request.context.db.read(request.context.scope, retrieveVendorStatement(tenantOf(request.context), wanted))
  if (row === undefined) throw notFound(`Vendor with id: ${wanted} was not found`)
  return { vendor: request.fields.project(row) }
}

function statusRoute(verb: 'suspend' | 'resume', summary: string): Route {
  return route({
    surface: 'admin',
    method: 'POST',
    path: `/admin/vendors/:id/${verb}`,
    summary,
    access: 'vendors:write',
    fields,
    ids: { id: 'vendor' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'vendors:write')
      await write(request, async (unit) => {
        const [vendor] = await unit.run(retrieveVendorStatement(tenantOf(request.context), wanted))
        if (vendor?.status === 'terminated') throw notAllowed('The vendor has left the store for good')
        await setVendorStatus(unit, wanted, verb === 'suspend' ? 'suspended' : 'active')
      })
      request.services.gatekeeper.forget()
      return answer(request, wanted)
    },
  })
}

const vendorRoutes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/vendors',
    summary: 'List vendors',
    access: 'vendors:read',
    query: z.strictObject({ q, status: z.union([statuses, z.array(statuses).max(4)]).optional() }),
    fields,
    page: { limit: 50, orderable: ['id', 'created_at', 'updated_at', 'name', 'handle'] },
    async handle({ context, query, page, fields: tree }) {
      const { limit, offset } = page
      const status = query.status === undefined ? null : [query.status].flat()
      const rows = await context.db.read(context.scope, listVendorsStatement(tenantOf(context), { status, q: query.q }, page))
      return { vendors: rows.map((row) => tree.project(row)), count: rows[0]?.count ?? 0, offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/vendors/:id',
    summary: 'A vendor',
    access: 'vendors:read',
    fields,
    ids: { id: 'vendor' },
    handle: (request) => answer(request, request.params.id as string),
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/vendors',
    summary: 'Create a vendor with a stock location and a shipping profile',
    access: 'vendors:write',
    body: z.strictObject({ handle: vendorHandle, name, ...columns, location: location.optional() }),
    fields,
    async handle(request) {
      needWholeStore(request, 'vendors:write')
      const { location: where, ...rest } = request.body
      const input = { ...given(rest), ...(where === undefined ? {} : { location: given(where) }) } as Parameters<typeof createVendor>[1]
      const { vendorId } = await write(request, (unit) => createVendor(unit, input))
      return answer(request, vendorId)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/vendors/:id',
    summary: 'Change a vendor',
    access: 'vendors:write',
    body: z.strictObject({ handle: vendorHandle.optional(), name: name.optional(), ...columns, metadata }),
    fields,
    ids: { id: 'vendor' },
    async handle(request) {
      needWholeStore(request, 'vendors:write')
      const wanted = request.params.id as string
      await write(request, (unit) => updateVendor(unit, wanted, given(request.body) as Parameters<typeof updateVendor>[2]))
      return answer(request, wanted)
    },
  }),
  statusRoute('suspend', 'Close a vendor: its products are not sold, its people and keys are refused'),
  statusRoute('resume', 'Open a vendor, after a suspension or for the first time'),
]

const memberRoutes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/vendors/:id/members',
    summary: "List a vendor's people",
    access: 'vendors:read',
    fields: memberFields,
    page: { limit: 50, orderable: ['id', 'created_at', 'updated_at', 'email'] },
    ids: { id: 'vendor' },
    async handle({ context, params, page, fields: tree }) {
      const wanted = params.id as string
      const [[vendor], rows] = await context.db.readAll(context.scope, [
        retrieveVendorStatement(tenantOf(context), wanted),
        listMembersStatement(tenantOf(context), wanted, page),
      ])
      if (vendor === undefined) throw notFound(`Vendor with id: ${wanted} was not found`)
      return { members: rows.map((row) => tree.project(row)), count: rows[0]?.count ?? 0, offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/vendors/:id/members',
    summary: "Add a person to a vendor's team; the password is shown this once",
    access: 'vendors:write',
    body: z.strictObject({
      email,
      first_name: name.nullish(),
      last_name: name.nullish(),
      role: z.enum(['vendor_owner', 'vendor_packer']).default('vendor_owner'),
    }),
    ids: { id: 'vendor' },
    async handle(request) {
      needWholeStore(request, 'vendors:write')
      const { body } = request
      const vendorId = request.params.id as string
      const password = generatedPassword()
      const passwordHash = await hashPassword(password)
      const person = { email: body.email, first_name: body.first_name ?? null, last_name: body.last_name ?? null }
      const made = await write(request, (unit) =>
        addMember(unit, { ...person, vendor_id: vendorId, role: body.role, password_hash: passwordHash }),
      )
      return { member: { id: made, vendor_id: vendorId, ...person, role: body.role }, password }
    },
  }),
]

export const routes: Route[] = [...vendorRoutes, ...memberRoutes]

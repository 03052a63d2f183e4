import { z } from 'zod'
import { type Actor, generatedPassword, grantableVendorRole, hashPassword } from '../../access/index.js'
import { countBeside, type ListPage, readPage, tenantOf } from '../../db/index.js'
import { email, type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import {
  addMember,
  approveVendor,
  createVendor,
  listMembersStatement,
  listVendorsStatement,
  rejectVendor,
  retrieveVendorForStaffStatement,
  retrieveVendorStatement,
  resumeVendor,
  suspendVendor,
  terminateVendor,
  updateVendor,
} from '../../vendors/index.js'
import { vendorAddress, vendorHandle } from '../vendor-schemas.js'
import { type AnyRequest, deleted, name, needWholeStore, q, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'handle',
    'name',
    'description',
    'email',
    'phone',
    'logo',
    'status',
    'is_house',
    'metadata',
    'created_at',
    'updated_at',
    'application',
  ],
}
const memberFields: FieldsPolicy = { defaults: ['id', 'vendor_id', 'email', 'first_name', 'last_name', 'role', 'created_at', 'updated_at'] }

const statuses = z.enum(['pending', 'active', 'suspended', 'terminated'])
const location = z.strictObject({ name, address: vendorAddress.nullish() })
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
  const [row] = await request.context.db.read(request.context.scope, retrieveVendorForStaffStatement(tenantOf(request.context), wanted))
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
      await write(request, (unit) => (verb === 'suspend' ? suspendVendor : resumeVendor)(unit, wanted))
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
      const { rows, count } = await readPage(context, page, (part) => listVendorsStatement(tenantOf(context), { status, q: query.q }, part))
      return { vendors: rows.map((row) => tree.project(row)), count, offset, limit }
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
  statusRoute('resume', 'Open a vendor again after a suspension'),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/vendors/:id/approve',
    summary: 'Let a vendor sell that applied; a mail invites who applied to be its owner',
    access: 'vendors:write',
    fields,
    ids: { id: 'pending_vendor' },
    async handle(request) {
      const { context, services, actor } = request
      const wanted = request.params.id as string
      needWholeStore(request, 'vendors:write')
      await write(request, (unit) => approveVendor(context, unit, services.accountSealer, actor as Actor, wanted))
      return answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/vendors/:id/reject',
    summary: 'Turn down a vendor that applied; a mail tells why, and its handle is free again',
    access: 'vendors:write',
    body: z.strictObject({ reason: text.trim().min(1) }),
    ids: { id: 'pending_vendor' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'vendors:write')
      await write(request, (unit) => rejectVendor(request.context, unit, request.actor as Actor, wanted, request.body.reason))
      return deleted('vendor', wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/vendors/:id/terminate',
    summary: 'End a vendor for good, once its orders are done; what it is owed is still paid',
    access: 'vendors:write',
    fields,
    ids: { id: 'vendor_to_end' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'vendors:write')
      await write(request, (unit) => terminateVendor(unit, wanted))
      request.services.gatekeeper.forget()
      return answer(request, wanted)
    },
  }),
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
      const members = (part: ListPage) => listMembersStatement(tenantOf(context), wanted, part)
      const [[vendor], rows] = await context.db.readAll(context.scope, [retrieveVendorStatement(tenantOf(context), wanted), members(page)])
      if (vendor === undefined) throw notFound(`Vendor with id: ${wanted} was not found`)
      const count = await countBeside(rows, context, page, members)
      return { members: rows.map((row) => tree.project(row)), count, offset: page.offset, limit: page.limit }
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
      const made = await write(request, async (unit) => {
        await grantableVendorRole(unit, request.actor as Actor, vendorId, body.role)
        return addMember(unit, { ...person, vendor_id: vendorId, role: body.role, password_hash: passwordHash })
      })
      return { member: { id: made, vendor_id: vendorId, ...person, role: body.role }, password }
    },
  }),
]

export const routes: Route[] = [...vendorRoutes, ...memberRoutes]

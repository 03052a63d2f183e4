import { z } from 'zod'
import { absoluteUrl } from '../../catalog/index.js'
import { tenantOf, vendorOf } from '../../db/index.js'
import { email, type FieldsPolicy, metadata, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { retrieveVendorStatement, updateVendor, type VendorPatch } from '../../vendors/index.js'

const fields: FieldsPolicy = {
  defaults: ['id', 'handle', 'name', 'description', 'email', 'phone', 'logo', 'status', 'metadata', 'created_at', 'updated_at'],
}

/** The handle stands in addresses and is the store's to give. */
const patch = z.strictObject({
  name: z.string().trim().min(1).max(limits.name_characters).optional(),
  description: z.string().max(limits.text_characters).nullish(),
  email: email.nullish(),
  phone: z.string().max(50).nullish(),
  logo: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullish(),
  metadata,
})

async function answer(request: RequestContext<unknown, unknown>) {
  const { context, services } = request
  const id = vendorOf(context)
  const [vendor] = await context.db.read(context.scope, retrieveVendorStatement(tenantOf(context), id))
  if (vendor === undefined) throw notFound(`Vendor with id: ${id} was not found`)
  return { vendor: request.fields.project({ ...vendor, logo: absoluteUrl(vendor.logo, services.publicUrl) }) }
}

export const routes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/me',
    summary: "The vendor's own profile",
    access: 'profile:read',
    fields,
    handle: answer,
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/me',
    summary: "Change the vendor's own profile",
    access: 'profile:write',
    body: patch,
    fields,
    async handle(request) {
      const { context } = request
      await context.db.unitOfWork(context.scope, (unit) => updateVendor(unit, vendorOf(context), request.body as VendorPatch))
      return answer(request)
    },
  }),
]

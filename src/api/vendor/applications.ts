import { z } from 'zod'
import { asStore, tenantOf } from '../../db/index.js'
import { email, type FieldsPolicy, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { applicationStatement, applyToSell } from '../../vendors/index.js'
import { vendorAddress, vendorHandle } from '../vendor-schemas.js'

const fields: FieldsPolicy = {
  defaults: ['id', 'vendor_id', 'handle', 'name', 'status', 'reason', 'decided_at', 'created_at'],
}
const name = z.string().trim().min(1).max(limits.name_characters)
const text = z.string().max(limits.text_characters)

/** Whoever asks has no sign-in yet; who has one at another vendor may ask all the same. */
async function answer(request: RequestContext<unknown, unknown>, id: string) {
  const { db, scope } = asStore(request.context)
  const [application] = await db.read(scope, applicationStatement(tenantOf(request.context), id))
  if (application === undefined) throw notFound(`Application with id: ${id} was not found`)
  return { application: request.fields.project(application) }
}

export const routes: Route[] = [
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/applications',
    summary: 'Ask to sell in the store; its staff approve or reject, and a mail brings the answer',
    access: 'public',
    limit: 'application',
    body: z.strictObject({
      handle: vendorHandle,
      name,
      description: text.nullish(),
      email,
      first_name: name.nullish(),
      last_name: name.nullish(),
      phone: z.string().max(50).nullish(),
      address: vendorAddress.nullish(),
      documents: z
        .array(z.strictObject({ name, url: z.url({ protocol: /^https$/ }).max(2_000) }))
        .max(limits.documentsOfApplication)
        .optional(),
      message: text.nullish(),
    }),
    fields,
    async handle(request) {
      const { db, scope } = asStore(request.context)
      return answer(request, await db.unitOfWork(scope, (unit) => applyToSell(unit, request.body)))
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/applications/:id',
    summary: 'How an application stands, for who has its id',
    access: 'public',
    fields,
    ids: { id: 'vendor_application' },
    handle: (request) => answer(request, request.params.id as string),
  }),
]

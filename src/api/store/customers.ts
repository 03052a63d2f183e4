import { z } from 'zod'
import { type Actor, emailVerifiedStatement } from '../../access/index.js'
import { absoluteUrl } from '../../catalog/index.js'
import { alreadyCustomer, createAccount, customerStatement, updateCustomer } from '../../customers/index.js'
import { tenantOf } from '../../db/index.js'
import { email, metadata, type RequestContext, type Route, route } from '../../http/index.js'
import { invalidData, limits, unauthorized } from '../../kernel/index.js'
import { listOrdersStatement, renderOrder } from '../../orders/index.js'
import { customerFields } from './customer-fields.js'
import { shownStatuses } from './orders.js'

const name = z.string().max(limits.name_characters).nullish()
const person = { first_name: name, last_name: name, company_name: name, phone: z.string().max(50).nullish(), metadata }

/** Orders that an answer about a customer shows when it is asked for them; the whole list has a route of its own. */
const ordersShown = 50

type AnyRequest = RequestContext<unknown, unknown>

/** The signed-in customer's id, where a route's access has made sure of one. */
export function customerIdOf(request: AnyRequest): string {
  return (request.actor as Actor).id
}

/** The signed-in customer as they now are, in wire shape. Throws unauthorized for one who was removed a moment ago. */
export async function answerCustomer(request: AnyRequest, id: string): Promise<unknown> {
  const { context, fields, services } = request
  const tenantId = tenantOf(context)
  const page = { limit: ordersShown, offset: 0, order: { field: 'created_at', descending: true } }
  const filter = { id: null, status: shownStatuses, customerId: id, salesChannelId: null, vendorId: null, q: null }
  const [[customer], orders] = fields.has('orders')
    ? await context.db.readAll(context.scope, [customerStatement(tenantId, id), listOrdersStatement(tenantId, { ...filter, ...page })])
    : [await context.db.read(context.scope, customerStatement(tenantId, id)), []]
  if (customer === undefined) throw unauthorized()
  const more = fields.has('email_verified') ? { email_verified: await hasProven(request, customer.email) } : {}
  return fields.project({
    ...customer,
    ...more,
    orders: orders.map((order) => renderOrder(order, (url) => absoluteUrl(url, services.publicUrl))),
  })
}

/** Whether the sender has shown that an e-mail is theirs. */
async function hasProven({ context, actor }: AnyRequest, email: string): Promise<boolean> {
  const identityId = (actor as Actor).identityId as string
  const [row] = await context.db.read(context.scope, emailVerifiedStatement(tenantOf(context), identityId, email))
  return row?.verified === true
}

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/customers',
    summary: 'Open the account of who has just registered',
    // A token that has no actor yet; who has one is told so.
    access: 'authenticated',
    body: z.strictObject({ email: email.nullish(), ...person }),
    fields: customerFields,
    async handle(request) {
      const { actor, context, body, services, tenant } = request
      if (actor === null || actor.type !== 'customer' || actor.identityId === null || actor.secondFactor === 'wanted') throw unauthorized()
      const { identityId } = actor
      if (actor.id !== '') throw alreadyCustomer()
      const { email: address } = body
      if (address == null || address === '') throw invalidData('Email is required to create a customer')
      const id = await context.db.unitOfWork(context.scope, (unit) => createAccount(unit, identityId, { ...body, email: address }))
      services.gatekeeper.forgetIdentity(tenant.id, identityId)
      return { customer: await answerCustomer(request, id) }
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/customers/me',
    summary: 'The signed-in customer',
    access: 'customer',
    fields: customerFields,
    async handle(request) {
      return { customer: await answerCustomer(request, customerIdOf(request)) }
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/customers/me',
    summary: 'Change what the signed-in customer says of themselves',
    access: 'customer',
    body: z.strictObject(person),
    fields: customerFields,
    async handle(request) {
      const { context, body } = request
      const id = customerIdOf(request)
      await context.db.unitOfWork(context.scope, (unit) => updateCustomer(unit, id, body))
      return { customer: await answerCustomer(request, id) }
    },
  }),
]

import { z } from 'zod'
import { asStore, singlePage, tenantOf, vendorOf } from '../../db/index.js'
import { currencyCode, email, type FieldsPolicy, type RequestContext, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { createPayee, listPayeesStatement, onboardingLink } from '../../payouts/index.js'
import { stateSellerIdentity } from '../../reports/index.js'
import { answerSellerIdentity, sellerIdentityBody } from '../seller-identities.js'
import { knownCountry } from '../known-country.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'provider_id',
    'kind',
    'status',
    'requirements',
    'country',
    'currency_code',
    'failure',
    'synced_at',
    'created_at',
    'updated_at',
  ],
}

async function answer(request: RequestContext<unknown, unknown>) {
  const { context } = request
  const [payee] = await context.db.read(context.scope, listPayeesStatement(tenantOf(context), { isReplaced: false }, singlePage))
  if (payee === undefined) throw notFound('The vendor has no payee yet: POST /vendor/payee')
  return { payee: request.fields.project(payee) }
}

const url = z.url({ protocol: /^https?$/ }).max(2_000)

export const routes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/payee',
    summary: 'Who the vendor is to the provider that pays it, and what that still wants to know',
    access: 'payouts:read',
    fields,
    handle: answer,
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/payee',
    summary: 'Be made known to the provider that pays vendors, or begin anew where it has rejected or closed the account',
    access: 'payees:write',
    body: z.strictObject({
      country: knownCountry,
      kind: z.enum(['individual', 'company']),
      currency_code: currencyCode.optional(),
      email: email.optional(),
      provider_id: z.string().min(1).max(64).optional(),
    }),
    fields,
    async handle(request) {
      await createPayee(request.context, request.body)
      return answer(request)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/payee/onboarding-link',
    summary: "A page of the provider's where the vendor says who it is; good once, for minutes",
    access: 'payees:write',
    body: z.strictObject({ return_url: url, refresh_url: url }),
    async handle({ context, body }) {
      return { onboarding_link: await onboardingLink(context, { returnUrl: body.return_url, refreshUrl: body.refresh_url }) }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/seller-identity',
    summary: 'What the vendor states of itself for tax offices, and what is missing; of what is only written, the end',
    access: 'payouts:read',
    handle: ({ context, services }) => answerSellerIdentity(context, services.identitySealer, vendorOf(context)),
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/seller-identity',
    summary: 'State who the vendor is to tax offices; tax_number, birth_date and account_identifier stay as they are when left out',
    access: 'payees:write',
    body: sellerIdentityBody,
    async handle({ context, services, body }) {
      const id = vendorOf(context)
      const store = asStore(context)
      await store.db.unitOfWork(store.scope, (unit) => stateSellerIdentity(unit, store, services.identitySealer, id, body))
      return answerSellerIdentity(context, services.identitySealer, id)
    },
  }),
]

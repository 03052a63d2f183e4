import { z } from 'zod'
import { singlePage, tenantOf } from '../../db/index.js'
import { currencyCode, email, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { createStorePayee, listPayeesStatement, platformFeesStatement, storeBalances, storeOnboardingLink } from '../../payouts/index.js'
import { knownCountry } from '../known-country.js'
import { feesQuery, renderPlatformFees } from '../platform-fees.js'
import { renderStoreBalance } from '../store-balances.js'
import { payeeFields } from './payees.js'
import { type AnyRequest, needWholeStore } from './shared.js'

async function answer(request: AnyRequest) {
  const { context } = request
  const filter = { isOfStore: true, isReplaced: false }
  const page = { ...singlePage, order: { field: 'created_at', descending: true } }
  const [payee] = await context.db.read(context.scope, listPayeesStatement(tenantOf(context), filter, page))
  if (payee === undefined) throw notFound('The store has no payee yet: POST /admin/store-payee')
  return { payee: request.fields.project(payee) }
}

const url = z.url({ protocol: /^https?$/ }).max(2_000)

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/store-payee',
    summary: "Who the store is to the provider that pays it from the operator's account, and what that still wants to know",
    access: 'payouts:read',
    fields: payeeFields,
    handle(request) {
      needWholeStore(request, 'payouts:read')
      return answer(request)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/store-payee',
    summary: "Be made known to the provider that pays the store what of the operator's account is its own",
    access: 'payouts:write',
    body: z.strictObject({
      country: knownCountry,
      kind: z.enum(['individual', 'company']),
      email,
      currency_code: currencyCode.optional(),
      provider_id: z.string().min(1).max(64).optional(),
    }),
    fields: payeeFields,
    async handle(request) {
      needWholeStore(request, 'payouts:write')
      await createStorePayee(request.context, request.body)
      return answer(request)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/store-payee/onboarding-link',
    summary: "A page of the provider's where the store says who it is; good once, for minutes",
    access: 'payouts:write',
    body: z.strictObject({ return_url: url, refresh_url: url }),
    async handle(request) {
      needWholeStore(request, 'payouts:write')
      const { context, body } = request
      return { onboarding_link: await storeOnboardingLink(context, { returnUrl: body.return_url, refreshUrl: body.refresh_url }) }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/store-balances',
    summary: "What of the operator's account is the store's, in each currency: what vendors are owed, what waits, what is to be released",
    access: 'payouts:read',
    async handle(request) {
      needWholeStore(request, 'payouts:read')
      return { store_balances: (await storeBalances(request.context)).map(renderStoreBalance) }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/platform-fees',
    summary: "The platform's fees on what was sold, by month and currency: what the operator keeps of its account, and what the store owes",
    access: 'payouts:read',
    query: feesQuery,
    async handle(request) {
      needWholeStore(request, 'payouts:read')
      const { context, query } = request
      return renderPlatformFees(await context.db.read(context.scope, platformFeesStatement(tenantOf(context), query.period ?? null)))
    },
  }),
]

import { z } from 'zod'
import { type PersonType, register, requestPasswordReset, resetPassword, signIn, type StorePersonType } from '../../access/index.js'
import { email, metadata, Reply, type RequestContext, type Route, route } from '../../http/index.js'
import { limits } from '../../kernel/index.js'

const password = z.string().min(1).max(200)
const credentials = z.strictObject({ email, password })
type Credentials = z.output<typeof credentials>

/** The rates are per account too, so that a spread attack is slowed as well. */
async function answerSignIn(actor: PersonType, request: RequestContext<unknown, unknown>, given: Credentials) {
  const { services, context } = request
  const tenant = actor === 'operator' ? null : request.tenant
  await services.rates.take('account', tenant === null ? `operator:${given.email}` : `${actor}:${tenant.id}:${given.email}`)
  return signIn(context, services.tokens, tenant, actor, given)
}

/** Clients may ask by GET as well; a body is the better place for a password. */
function signInRoutes(actor: PersonType, who: string): Route[] {
  const common = {
    surface: 'auth',
    path: `/auth/${actor}/emailpass`,
    summary: `Sign in ${who}`,
    access: 'public',
    limit: 'sign_in',
    withoutTenant: actor === 'operator',
  } as const
  return [
    route({ ...common, method: 'POST', body: credentials, handle: (request) => answerSignIn(actor, request, request.body) }),
    route({ ...common, method: 'GET', query: credentials, handle: (request) => answerSignIn(actor, request, request.query) }),
  ]
}

function registerRoute(actor: 'customer' | 'user', summary: string): Route {
  return route({
    surface: 'auth',
    method: 'POST',
    path: `/auth/${actor}/emailpass/register`,
    summary,
    access: 'public',
    limit: 'sign_in',
    body: credentials,
    async handle({ services, context, tenant, body }) {
      await services.rates.take('account', `${actor}:${tenant.id}:${body.email}`)
      return { token: await register(context, services.tokens, tenant, body, actor) }
    },
  })
}

/** A forgotten password: a mail with a token, and a new password by it. */
function resetRoutes(actor: StorePersonType, who: string): Route[] {
  return [
    route({
      surface: 'auth',
      method: 'POST',
      path: `/auth/${actor}/emailpass/reset-password`,
      summary: `Mail ${who} a token for a new password`,
      access: 'public',
      limit: 'sign_in',
      body: z.strictObject({ identifier: z.string().trim().toLowerCase().min(1).max(limits.email_characters), metadata }),
      async handle({ services, context, tenant, body }) {
        await services.rates.take('mail', `reset:${actor}:${tenant.id}:${body.identifier}`)
        await requestPasswordReset(context, actor, body.identifier)
        return new Reply('Created', { status: 201 })
      },
    }),
    route({
      surface: 'auth',
      method: 'POST',
      path: `/auth/${actor}/emailpass/update`,
      summary: 'Set a new password by the token that was mailed, sent as bearer',
      access: 'public',
      limit: 'sign_in',
      // Clients send along what their forms hold; only the password counts.
      body: z.looseObject({ password }),
      async handle({ services, context, tenant, body, sent }) {
        const identityId = await resetPassword(context, actor, sent.bearer, body.password)
        services.gatekeeper.forgetIdentity(tenant.id, identityId)
        return { success: true }
      },
    }),
  ]
}

export const routes: Route[] = [
  ...signInRoutes('customer', 'a customer'),
  ...signInRoutes('member', 'a member of a vendor'),
  ...signInRoutes('user', 'a member of the store’s staff'),
  ...signInRoutes('operator', 'an operator of the platform'),
  registerRoute('customer', 'Give a shopper a sign-in; the account follows by POST /store/customers with its token'),
  registerRoute('user', 'Give somebody a sign-in who was invited to the staff; POST /admin/invites/accept follows with its token'),
  ...resetRoutes('customer', 'a customer'),
  ...resetRoutes('member', 'a member of a vendor'),
  ...resetRoutes('user', 'a member of the store’s staff'),
]

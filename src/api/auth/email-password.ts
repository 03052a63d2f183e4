import { z } from 'zod'
import { type PersonType, register, requestPasswordReset, resetPassword, signIn, type StorePersonType } from '../../access/index.js'
import { email, metadata, parseWith, Reply, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, unauthorized } from '../../kernel/index.js'
import { askedAt } from './shared.js'

const password = z.string().min(1).max(200)
const named = z.strictObject({ email: z.string().trim().toLowerCase().max(limits.email_characters), password })
const credentials = z.strictObject({ email, password })
type Credentials = z.output<typeof credentials>

/** Clients send along what their forms hold; only the two count, and what is wrong with them is no sign-in, not a bad request. */
const sent = z.looseObject({ email: z.unknown().meta({ type: 'string' }), password: z.unknown().meta({ type: 'string' }) }).partial()

/** @throws unauthorized for what is no password or no e-mail at all; invalid_data for those that cannot be one */
function credentialsIn(given: z.output<typeof sent>, schema: typeof named | typeof credentials): Credentials {
  const { email: address, password: word } = given
  if (typeof word !== 'string' || word === '') throw unauthorized('Password should be a string')
  if (typeof address !== 'string' || address === '') throw unauthorized('Email should be a string')
  return parseWith(schema, { email: address, password: word })
}

/** The rates are per account too, so that a spread attack is slowed as well. */
async function answerSignIn(actor: PersonType, request: RequestContext<unknown, unknown>, sentBy: z.output<typeof sent>) {
  const given = credentialsIn(sentBy, named)
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
    route({ ...common, method: 'POST', body: sent, handle: (request) => answerSignIn(actor, request, request.body) }),
    route({ ...common, method: 'GET', query: sent, handle: (request) => answerSignIn(actor, request, request.query) }),
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
    body: sent,
    async handle({ services, context, tenant, body: given }) {
      const body = credentialsIn(given, credentials)
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
      async handle({ services, context, tenant, body, locale }) {
        await services.rates.take('mail', `reset:${actor}:${tenant.id}:${body.identifier}`)
        await requestPasswordReset(context, actor, body.identifier, askedAt({ locale, body }))
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
      body: sent.pick({ password: true }).loose(),
      async handle({ services, context, tenant, body, sent: { bearer } }) {
        const { password: word } = body
        const identityId = await resetPassword(context, actor, bearer, typeof word === 'string' ? word : '')
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

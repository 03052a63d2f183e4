import { z } from 'zod'
import { signIn, signInOperator } from '../../access/index.js'
import { email, type Route, route } from '../../http/index.js'

const credentials = z.strictObject({ email, password: z.string().min(1).max(200) })

/** One route for each kind of person of a store. The rates are per account too, so that a spread attack is slowed as well. */
function signInRoute(actor: 'customer' | 'member' | 'user', who: string): Route {
  return route({
    surface: 'auth',
    method: 'POST',
    path: `/auth/${actor}/emailpass`,
    summary: `Sign in ${who}`,
    access: 'public',
    limit: 'sign_in',
    body: credentials,
    async handle({ services, context, tenant, body }) {
      await services.rates.take('account', `${actor}:${tenant.id}:${body.email}`)
      return { token: await signIn(context, services.tokens, tenant, actor, body) }
    },
  })
}

export const routes: Route[] = [
  signInRoute('customer', 'a customer'),
  signInRoute('member', 'a member of a vendor'),
  signInRoute('user', 'a member of the store’s staff'),
  route({
    surface: 'auth',
    method: 'POST',
    path: '/auth/operator/emailpass',
    summary: 'Sign in an operator of the platform',
    access: 'public',
    withoutTenant: true,
    limit: 'sign_in',
    body: credentials,
    async handle({ services, context, body }) {
      await services.rates.take('account', `operator:${body.email}`)
      return { token: await signInOperator(context, services.tokens, body) }
    },
  }),
]

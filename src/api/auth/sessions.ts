import { endSession, sessionCookie, sessionLifetime_s, startSession } from '../../access/index.js'
import { Reply, type RequestContext, type Route, route } from '../../http/index.js'
import { unauthorized } from '../../kernel/index.js'
import { selfOf } from './shared.js'

function cookieOf({ services }: RequestContext<unknown, unknown>, value: string, lifetime_s: number): Record<string, string> {
  const secure = services.config.environment === 'production' ? '; Secure' : ''
  return { 'set-cookie': `${sessionCookie}=${value}; Path=/; Max-Age=${lifetime_s}; HttpOnly; SameSite=Lax${secure}` }
}

/** Ends the session that the browser still has: its value is never taken over by who signs in next. */
async function endSent({ services, context, sent }: RequestContext<unknown, unknown>): Promise<void> {
  if (sent.session === '') return
  await endSession(context, sent.session)
  services.gatekeeper.forgetSession(sent.session)
}

export const routes: Route[] = [
  route({
    surface: 'auth',
    method: 'POST',
    path: '/auth/session',
    summary: 'Begin a session for the bearer of a token: a cookie instead of it',
    access: 'authenticated',
    withoutTenant: true,
    limit: 'sign_in',
    async handle(request) {
      const { tenant, context } = selfOf(request)
      const claims = await request.services.tokens.read(request.sent.bearer)
      if (claims === null) throw unauthorized()
      await endSent(request)
      const value = await startSession(context, tenant?.id ?? null, claims)
      const { actor_id, actor_type, auth_identity_id, auth_provider, app_metadata, user_metadata } = claims
      const user = { actor_id, actor_type, auth_identity_id, auth_provider, app_metadata, user_metadata }
      return new Reply({ user }, { headers: cookieOf(request, value, sessionLifetime_s) })
    },
  }),
  route({
    surface: 'auth',
    method: 'DELETE',
    path: '/auth/session',
    summary: 'End the session',
    access: 'authenticated',
    withoutTenant: true,
    limit: 'sign_in',
    async handle(request) {
      if (request.sent.session === '') throw unauthorized()
      await endSent(request)
      return new Reply({ success: true }, { headers: cookieOf(request, '', 0) })
    },
  }),
]

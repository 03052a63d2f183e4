import { type Actor, refreshToken } from '../../access/index.js'
import { type Route, route } from '../../http/index.js'

export const routes: Route[] = [
  route({
    surface: 'auth',
    method: 'POST',
    path: '/auth/token/refresh',
    summary: 'A new token for the bearer of a good one',
    access: 'authenticated',
    // An operator has no store; the store of everyone else is the token's.
    withoutTenant: true,
    limit: 'sign_in',
    async handle(request) {
      const { services, context } = request
      const actor = request.actor as Actor
      if (actor.type === 'operator') return { token: await refreshToken(context, services.tokens, actor, null) }
      const { tenant } = request
      const scope = { role: 'store', tenantId: tenant.id } as const
      return { token: await refreshToken({ ...context, scope }, services.tokens, actor, tenant) }
    },
  }),
]

import { refreshToken } from '../../access/index.js'
import { type Route, route } from '../../http/index.js'
import { selfOf } from './shared.js'

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
      const { actor, tenant, context } = selfOf(request)
      return refreshToken(context, request.services.tokens, actor, tenant)
    },
  }),
]

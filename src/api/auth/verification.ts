import { z } from 'zod'
import { confirmVerification, requestVerification } from '../../access/index.js'
import { email, metadata, Reply, type Route, route } from '../../http/index.js'
import { invalidData } from '../../kernel/index.js'
import { askedAt, selfOf } from './shared.js'

const codeProvider = z.enum(['token'])

export const routes: Route[] = [
  route({
    surface: 'auth',
    method: 'POST',
    path: '/auth/verification/request',
    summary: 'Mail a code that proves an e-mail',
    access: 'authenticated',
    withoutTenant: true,
    limit: 'sign_in',
    body: z.strictObject({ entity_id: email, entity_type: z.enum(['email']), code_provider: codeProvider.default('token'), metadata }),
    // The sender's own e-mail, of which no row of another store can be meant.
    ids: { entity_id: 'own_email' },
    async handle(request) {
      const { tenant, identityId, context } = selfOf(request)
      if (tenant === null) throw invalidData('An operator’s email needs no verification')
      const { services, body } = request
      await services.rates.take('mail', `verification:${tenant.id}:${identityId}`)
      const { entity_id, code_provider, metadata: more } = body
      const verification = await requestVerification(context, identityId, {
        email: entity_id,
        codeProvider: code_provider,
        metadata: more ?? null,
        at: askedAt(request),
      })
      return new Reply({ verification }, { status: 201 })
    },
  }),
  route({
    surface: 'auth',
    method: 'POST',
    path: '/auth/verification/confirm',
    summary: 'Prove an e-mail by the code that was mailed to it',
    access: 'public',
    limit: 'sign_in',
    body: z.strictObject({ code: z.string().min(1).max(200), code_provider: codeProvider.optional() }),
    async handle({ context, body }) {
      const { entity_id, entity_type, code_provider, verified_at } = await confirmVerification(context, body.code)
      return { entity_id, entity_type, code_provider, verified_at }
    },
  }),
]

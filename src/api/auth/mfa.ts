import { z } from 'zod'
import { disableFactor, generateRecoveryCodes, listFactors, startFactor, verifyChallenge, verifyFactor } from '../../access/index.js'
import { metadata, type RequestContext, type Route, route } from '../../http/index.js'
import { invalidData, limits } from '../../kernel/index.js'
import { type Self, selfOf, wholeSelfOf } from './shared.js'

const code = z.string().min(1).max(64)
const method = z.enum(['totp', 'recovery_code'])
const name = z.string().trim().min(1).max(limits.name_characters)

/** Codes are short: guesses at one account are few, whatever address they come from. */
function guess({ services }: RequestContext<unknown, unknown>, self: Self): Promise<unknown> {
  return services.rates.take('account', `mfa:${self.identityId}`)
}

/** Of anybody who has signed in by password; operators have no store. */
const common = { surface: 'auth', access: 'authenticated', withoutTenant: true, limit: 'sign_in' } as const

export const routes: Route[] = [
  route({
    ...common,
    method: 'GET',
    path: '/auth/mfa/factors',
    summary: "The sender's second factors",
    async handle(request) {
      const self = wholeSelfOf(request)
      return { mfa_factors: await listFactors(self.context, self.identityId) }
    },
  }),
  route({
    ...common,
    method: 'POST',
    path: '/auth/mfa/factors',
    summary: 'Begin a second factor; its secret is shown this once',
    body: z.strictObject({ provider: z.enum(['totp']), label: name.nullish(), issuer: name.optional(), metadata }),
    async handle(request) {
      const self = wholeSelfOf(request)
      const { body, services } = request
      const started = await startFactor(self.context, services.accountSealer, self.identityId, {
        label: body.label ?? null,
        metadata: body.metadata ?? null,
        issuer: body.issuer ?? self.tenant?.name ?? 'Stoa',
      })
      return { mfa_factor: started.factor, secret: started.secret, otpauth_url: started.otpauthUrl }
    },
  }),
  route({
    ...common,
    method: 'POST',
    path: '/auth/mfa/factors/:id/verify',
    summary: 'Turn a second factor on by its first code',
    body: z.strictObject({ code }),
    ids: { id: 'mfa_factor' },
    async handle(request) {
      const self = wholeSelfOf(request)
      await guess(request, self)
      const id = request.params.id as string
      return { mfa_factor: await verifyFactor(self.context, request.services.accountSealer, self.identityId, id, request.body.code) }
    },
  }),
  route({
    ...common,
    method: 'DELETE',
    path: '/auth/mfa/factors/:id',
    summary: 'Remove a second factor',
    body: z.strictObject({ method: method.default('totp'), code: code.optional() }),
    ids: { id: 'mfa_factor' },
    async handle(request) {
      const self = wholeSelfOf(request)
      await guess(request, self)
      const { body, services, params } = request
      const given = body.code === undefined ? null : { method: body.method, code: body.code }
      const gone = await disableFactor(self.context, services.accountSealer, self.actor, params.id as string, given)
      return { mfa_factor: { ...gone, status: 'disabled' } }
    },
  }),
  route({
    ...common,
    method: 'POST',
    path: '/auth/mfa/recovery-codes',
    summary: 'New recovery codes, shown this once',
    body: z.strictObject({ count: z.int().min(1).max(50).default(10) }),
    async handle(request) {
      const self = wholeSelfOf(request)
      return { recovery_codes: await generateRecoveryCodes(self.context, self.actor, request.body.count) }
    },
  }),
  route({
    ...common,
    method: 'POST',
    path: '/auth/mfa/challenges/:id/verify',
    summary: 'Finish a sign-in with the second factor',
    body: z.strictObject({ method: z.string().min(1).max(64), code }),
    ids: { id: 'mfa_challenge' },
    async handle(request) {
      const self = selfOf(request)
      await guess(request, self)
      const tools = { tokens: request.services.tokens, sealer: request.services.accountSealer }
      const known = method.safeParse(request.body.method)
      if (!known.success) throw invalidData(`MFA challenge does not support method "${request.body.method}"`)
      const given = { method: known.data, code: request.body.code }
      return { token: await verifyChallenge(self.context, tools, self, request.params.id as string, given) }
    },
  }),
]

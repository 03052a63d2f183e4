import { z } from 'zod'
import type { PersonType } from '../../access/index.js'
import { type Route, route } from '../../http/index.js'
import { notAllowed } from '../../kernel/index.js'

const actors: readonly PersonType[] = ['customer', 'member', 'user', 'operator']

const emailPassword = { id: 'emailpass', identifier: 'emailpass', display_name: 'Email and password', flow: 'credentials' }

/** Whatever else is asked for of an actor and a provider: which of the two is not there, or what the two do not do. */
function refused(method: 'GET' | 'POST', path: string): Route {
  const common = {
    surface: 'auth',
    path,
    summary: 'Refuse kinds of people and providers that there are not',
    access: 'public',
    withoutTenant: true,
    limit: 'sign_in',
    ids: { actor: 'actor_type', provider: 'auth_provider', ...(path.includes(':step') ? { step: 'auth_step' } : {}) },
  } as const
  const anything = z.record(z.string().max(200), z.unknown())
  const handle = async ({ params }: { params: Readonly<Record<string, string>> }) => {
    const { actor, provider, step } = params as { actor: string; provider: string; step?: string }
    // Where the two are there, it is the step that they do not do.
    const isKnown = provider === emailPassword.id && (actors as readonly string[]).includes(actor)
    const to = isKnown && step !== undefined ? `${step.slice(0, 30)} by` : 'use'
    throw notAllowed(`The actor type ${actor.slice(0, 30)} is not allowed to ${to} the auth provider ${provider.slice(0, 30)}`)
  }
  return method === 'GET' ? route({ ...common, method, query: anything, handle }) : route({ ...common, method, body: anything, handle })
}

export const routes: Route[] = actors.map((actor) =>
  route({
    surface: 'auth',
    method: 'GET',
    path: `/auth/${actor}/providers`,
    summary: 'How one can sign in',
    access: 'public',
    withoutTenant: true,
    handle: async () => ({ providers: [emailPassword] }),
  }),
)

/** Last of all, since they match every path of their length. */
export const refusals: Route[] = [
  refused('GET', '/auth/:actor/:provider'),
  refused('POST', '/auth/:actor/:provider'),
  refused('GET', '/auth/:actor/:provider/:step'),
  refused('POST', '/auth/:actor/:provider/:step'),
]

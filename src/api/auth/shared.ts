import type { Actor, Tenant } from '../../access/index.js'
import type { Context } from '../../db/index.js'
import type { AskedAt } from '../../events/index.js'
import type { RequestContext } from '../../http/index.js'
import { unauthorized } from '../../kernel/index.js'

/** Who is signed in, and where their rows are: a store's people in their store, operators on the platform. */
export interface Self {
  actor: Actor
  identityId: string
  tenant: Tenant | null
  context: Context
}

/** @throws unauthorized for API keys, which are nobody */
export function selfOf(request: RequestContext<unknown, unknown>): Self {
  const { actor } = request
  if (actor === null || actor.identityId === null) throw unauthorized()
  const tenant = actor.type === 'operator' ? null : request.tenant
  const scope = tenant === null ? ({ role: 'platform' } as const) : ({ role: 'store', tenantId: tenant.id } as const)
  return { actor, identityId: actor.identityId, tenant, context: { ...request.context, scope } }
}

/** The same for what a token may only do that has given its second factor. */
export function wholeSelfOf(request: RequestContext<unknown, unknown>): Self {
  const self = selfOf(request)
  if (self.actor.secondFactor === 'wanted') throw unauthorized()
  return self
}

const id_characters = 64

/**
 * The language and the region of the page that a mail is asked from, so that the mail speaks it and leads back to it. A page says
 * its region in `metadata.region_id`; one that is not the store's leads to the store's own.
 */
export function askedAt({ locale, body }: { locale: string | null; body: { metadata?: object | null | undefined } }): AskedAt {
  const region = (body.metadata as { region_id?: unknown } | null | undefined)?.region_id
  return {
    ...(locale === null ? {} : { locale }),
    ...(typeof region === 'string' && region.length <= id_characters ? { region_id: region } : {}),
  }
}

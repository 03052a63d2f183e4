import type { Context } from '../db/index.js'
import type { Visit } from './visit.js'

/** What a page reads with that the Store API has no route for. */
export function contextOf({ services, shop, ctx }: Pick<Visit, 'services' | 'shop' | 'ctx'>): Context {
  return {
    db: services.db,
    clock: services.clock,
    scope: { role: 'store', tenantId: shop.tenant.id },
    requestId: ctx.state.requestId as string,
    actorId: '',
  }
}

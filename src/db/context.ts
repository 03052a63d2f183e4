import type { Clock } from '../kernel/index.js'
import type { Database } from './database.js'
import type { Scope } from './scope.js'

/** What every command and query is given: whose rows, through which door, at what time, on whose behalf. */
export interface Context {
  readonly db: Database
  readonly scope: Scope
  readonly clock: Clock
  readonly requestId: string
  /** Who acts, for `created_by` columns: an actor's or key's id, or 'system'. */
  readonly actorId: string
}

/** The tenant's uuid of a context. Throws outside a tenant: a programming error, never a user's. */
export function tenantOf(context: { readonly scope: Scope }): string {
  if (context.scope.tenantId === undefined) throw new Error('this needs a tenant, and its context has none')
  return context.scope.tenantId
}

/** The same for a unit of work or anything else that carries a scope, with the vendor. */
export function vendorOf(context: { readonly scope: Scope }): string {
  if (context.scope.vendorId === undefined) throw new Error('this needs a vendor, and its context has none')
  return context.scope.vendorId
}

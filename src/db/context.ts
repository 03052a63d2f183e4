import type { Clock } from '../kernel/index.js'
import type { Database, Unit } from './database.js'
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

/**
 * The same context with the rights of the store's role, for what a vendor may do and its role may not: accounts at providers, people and
 * their rights. The vendor's id is then in every query.
 */
export const asStore = (context: Context): Context => ({ ...context, scope: { ...context.scope, role: 'store' } })

/** A context whose reads are those of an open unit of work, in its own scope: they see what it has locked and written. */
export function readingIn(unit: Unit, context: Context): Context {
  const db: Database = {
    ...context.db,
    read: (scope, statement) => inScope(unit, scope).run(statement),
    readAll: async (scope, statements) => (await Promise.all(statements.map((one) => inScope(unit, scope).run(one)))) as never,
  }
  return { ...context, scope: unit.scope, db }
}

function inScope(unit: Unit, scope: Scope): Unit {
  if (scope !== unit.scope) throw new Error('a unit of work reads in its own scope')
  return unit
}

import { createMongoAbility, type MongoAbility } from '@casl/ability'
import { forbidden } from '../kernel/index.js'
import type { Actor } from './actor.js'
import type { Permission } from './permissions.js'

/** CASL's ability; an action is a permission's verb, a subject its noun: `orders:fulfil` is can('fulfil', 'orders'). */
export type Ability = MongoAbility

const nobody = createMongoAbility([])

function actionAndSubject(permission: Permission): [action: string, subject: string] {
  const at = permission.lastIndexOf(':')
  return [permission.slice(at + 1), permission.slice(0, at)]
}

/** What an actor may do, from the grants. A grant on one vendor becomes a condition on the rows' vendor_id. */
export function abilityOf(actor: Actor | null): Ability {
  if (actor === null || actor.grants.length === 0) return nobody
  return createMongoAbility(
    actor.grants.map((grant) => {
      const [action, subject] = actionAndSubject(grant.permission)
      return grant.vendorId === null ? { action, subject } : { action, subject, conditions: { vendor_id: grant.vendorId } }
    }),
  )
}

/** Whether the actor has the permission at all, on some rows or on all. */
export function permits(ability: Ability, permission: Permission): boolean {
  return ability.can(...actionAndSubject(permission))
}

/** The rows that a permission covers: all, or those of some vendors. */
export type Reach = { readonly all: true } | { readonly all: false; readonly vendorIds: readonly string[] }

/**
 * Turns an ability's conditions into what SQL can select by: what the ability allows is what the query finds.
 * @throws forbidden when the permission covers nothing
 */
export function reachOf(ability: Ability, permission: Permission): Reach {
  const [action, subject] = actionAndSubject(permission)
  const rules = ability.rulesFor(action, subject)
  const vendorIds: string[] = []
  for (const rule of rules) {
    if (rule.conditions === undefined) return { all: true }
    vendorIds.push((rule.conditions as { vendor_id: string }).vendor_id)
  }
  if (vendorIds.length === 0) throw forbidden(`This needs the permission ${permission}`)
  return { all: false, vendorIds }
}

/**
 * The same as a parameter for SQL: null selects every vendor's rows, an array those of its vendors.
 * Used as `($n::text[] is null or vendor_id = any($n))`.
 */
export function vendorsWithin(ability: Ability, permission: Permission): string[] | null {
  const reach = reachOf(ability, permission)
  return reach.all ? null : [...reach.vendorIds]
}

/** True when `granter` has every right that is to be granted, as widely: nobody can grant what they lack. */
export function mayGrant(granter: Actor, wanted: { permissions: readonly Permission[]; vendorId: string | null }): boolean {
  return wanted.permissions.every((permission) =>
    granter.grants.some((grant) => grant.permission === permission && (grant.vendorId === null || grant.vendorId === wanted.vendorId)),
  )
}

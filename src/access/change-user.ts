import { mergedMetadata, statement, tenantOf, type Unit } from '../db/index.js'
import { newId, notAllowed, notFound } from '../kernel/index.js'
import type { Actor } from './actor.js'
import type { Permission } from './permissions.js'
import { grantableRoles, refuseLacking } from './roles.js'

export interface UserPatch {
  first_name?: string | null | undefined
  last_name?: string | null | undefined
  avatar_url?: string | null | undefined
  metadata?: object | null | undefined
  /** Ids of roles: a whole set. */
  role_ids?: readonly string[] | undefined
}

/**
 * Changes a member of the staff: what is named is set.
 * @throws not_found for user or role; forbidden for rights that its changer lacks, given or taken; not_allowed where
 *   nobody would be left who may add staff
 */
export async function updateUser(unit: Unit, changer: Actor, id: string, patch: UserPatch): Promise<void> {
  const tenantId = tenantOf(unit)
  const { role_ids, ...names } = patch
  const changes = Object.fromEntries(Object.entries(names).filter(([, value]) => value !== undefined))
  const changed = await unit
    .knex('store_user')
    .where({ tenant_id: tenantId, id })
    .whereNull('deleted_at')
    .update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() })
  if (changed === 0) throw notFound(`User with id "${id}" not found`)
  if (role_ids === undefined) return
  refuseLacking(changer, await lockRights(unit, id))
  const wanted = await grantableRoles(unit, changer, role_ids)
  await unit.knex('role_grant').where({ tenant_id: tenantId, subject_type: 'user', subject_id: id, vendor_id: null }).delete()
  if (wanted.length > 0) {
    await unit.knex('role_grant').insert(wanted.map((role_id) => ({ id: newId('grant'), subject_type: 'user', subject_id: id, role_id })))
  }
  await refuseHeadless(unit)
}

/**
 * Removes a member of the staff with their sign-in.
 * @returns the identity whose tokens have ended, for caches
 * @throws not_found; forbidden for who has rights that the remover lacks; not_allowed for oneself and for the last one
 *   who may add staff
 */
export async function deleteUser(unit: Unit, remover: Actor, id: string): Promise<string | null> {
  const tenantId = tenantOf(unit)
  if (remover.type === 'user' && remover.id === id) throw notAllowed('A user cannot delete itself')
  const gone = await unit
    .knex('store_user')
    .where({ tenant_id: tenantId, id })
    .whereNull('deleted_at')
    .update({ deleted_at: new Date(), updated_at: new Date() })
  if (gone === 0) throw notFound(`User with id: ${id} was not found`)
  refuseLacking(remover, await lockRights(unit, id))
  await unit.knex('role_grant').where({ tenant_id: tenantId, subject_type: 'user', subject_id: id }).delete()
  await refuseHeadless(unit)
  const [identity] = await unit.run(
    statement<{ id: string }>(
      'access.delete_user_identity',
      `delete from auth_identity where tenant_id = $1 and actor_type = 'user' and actor_id = $2 returning id`,
      [tenantId, id],
    ),
  )
  return identity?.id ?? null
}

/** What a user may do on the whole store. */
async function lockRights(unit: Unit, id: string): Promise<Permission[]> {
  const rows = await lockStaffGrants(unit)
  return rows.filter((row) => row.subject_id === id && row.vendor_id === null).flatMap((row) => row.permissions)
}

/** Every grant of the store's staff, locked, so that two changes of what they may do follow one another. */
export function lockStaffGrants(unit: Unit) {
  return unit.run(
    statement<{ subject_id: string; permissions: Permission[]; vendor_id: string | null }>(
      'access.lock_staff_grants',
      `select g.subject_id, g.vendor_id, r.permissions from role_grant g join role r on r.tenant_id = g.tenant_id and r.id = g.role_id
       where g.tenant_id = $1 and g.subject_type = 'user' order by g.id for update of g`,
      [tenantOf(unit)],
    ),
  )
}

/** Throws not_allowed where nobody is left who may add staff. */
export async function refuseHeadless(unit: Unit): Promise<void> {
  const [head] = await unit.run(
    statement<{ id: string }>(
      'access.any_head_of_staff',
      `select g.id from role_grant g join role r on r.tenant_id = g.tenant_id and r.id = g.role_id
       where g.tenant_id = $1 and g.subject_type = 'user' and g.vendor_id is null and 'staff:write' = any(r.permissions) limit 1`,
      [tenantOf(unit)],
    ),
  )
  if (head === undefined) throw notAllowed('Somebody must remain who may add staff')
}

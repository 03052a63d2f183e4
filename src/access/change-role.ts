import { statement, tenantOf, type Unit } from '../db/index.js'
import { duplicate, isDuplicate, notAllowed, notFound } from '../kernel/index.js'
import type { Actor } from './actor.js'
import { lockStaffGrants, refuseHeadless } from './change-user.js'
import { builtInRoles, type Permission } from './permissions.js'
import { refuseElsewhere, refuseLacking } from './roles.js'

interface LockedRole {
  name: string
  scope: 'tenant' | 'vendor'
  permissions: Permission[]
}

/**
 * Changes a role of a store's own, for everybody who has it, within seconds.
 * @throws not_found; forbidden for permissions that its changer lacks, given or taken; invalid_data for one that cannot be granted there;
 *   duplicate_error for a name that is taken; not_allowed for the roles that every store has, and where nobody would be left who may add
 *   staff, or change a vendor's team
 */
export async function updateRole(
  unit: Unit,
  changer: Actor,
  id: string,
  patch: { name?: string | undefined; permissions?: readonly Permission[] | undefined },
): Promise<void> {
  await lockStaffGrants(unit)
  await lockMembersWith(unit, id)
  const role = await lockOwnRole(unit, changer, id)
  if (patch.permissions !== undefined) {
    refuseElsewhere(role.scope, patch.permissions)
    refuseLacking(changer, patch.permissions)
  }
  const changes = {
    ...(patch.name === undefined ? {} : { name: patch.name }),
    ...(patch.permissions === undefined ? {} : { permissions: [...new Set(patch.permissions)] }),
  }
  if (Object.keys(changes).length === 0) return
  try {
    await unit
      .knex('role')
      .where({ tenant_id: tenantOf(unit), id })
      .update(changes)
  } catch (error) {
    if (isDuplicate(error)) throw duplicate(`Role with name: ${patch.name}, already exists.`)
    throw error
  }
  if (role.scope === 'tenant') await refuseHeadless(unit)
  else await refuseHeadlessTeams(unit, id)
}

/**
 * Removes a role of a store's own that nobody has. What is left of invitations to it that are over goes with it.
 * @throws not_found; forbidden for permissions that its remover lacks; not_allowed for the roles that every store has, and for one that
 *   somebody has or is invited to
 */
export async function deleteRole(unit: Unit, remover: Actor, id: string): Promise<void> {
  const role = await lockOwnRole(unit, remover, id)
  const values = [tenantOf(unit), id]
  const [used] = await unit.run(
    statement<{ count: number }>(
      'access.uses_of_role',
      `select ((select count(*) from role_grant where tenant_id = $1 and role_id = $2)
             + (select count(*) from invite where tenant_id = $1 and role_id = $2 and accepted_at is null and deleted_at is null))::int as count`,
      values,
    ),
  )
  if (used !== undefined && used.count > 0) {
    const people = used.count === 1 ? '1 person' : `${used.count} people`
    throw notAllowed(`${role.name} is the role of ${people}, with those who are invited: give them another, then remove it`)
  }
  await unit.run(statement('access.delete_invites_of_role', 'delete from invite where tenant_id = $1 and role_id = $2', values))
  await unit.run(statement('access.delete_role', 'delete from role where tenant_id = $1 and id = $2', values))
}

/** The people of every vendor in which somebody has the role, locked as a change of its team locks them. */
async function lockMembersWith(unit: Unit, id: string): Promise<void> {
  await unit.run(
    statement(
      'access.lock_members_with_role',
      `select m.id from vendor_member m
       where m.tenant_id = $1 and m.deleted_at is null and m.vendor_id = any(array(
         select g.vendor_id from role_grant g where g.tenant_id = $1 and g.role_id = $2 and g.subject_type = 'member'))
       order by m.vendor_id, m.id for update`,
      [tenantOf(unit), id],
    ),
  )
}

/** Grants only point at the role, so they are waited for by a removal alone. */
async function lockOwnRole(unit: Unit, actor: Actor, id: string): Promise<LockedRole> {
  const [role] = await unit.run(
    statement<LockedRole>(
      'access.lock_role',
      'select name, scope, permissions from role where tenant_id = $1 and id = $2 for no key update',
      [tenantOf(unit), id],
    ),
  )
  if (role === undefined) throw notFound(`Role with id: ${id} was not found`)
  if (Object.hasOwn(builtInRoles, role.name)) throw notAllowed(`Every store has the role ${role.name} as it is: make one of your own`)
  refuseLacking(actor, role.permissions)
  return role
}

/** For a role of vendors' people that was changed: each vendor in which somebody has it keeps somebody who may change its team. */
async function refuseHeadlessTeams(unit: Unit, id: string): Promise<void> {
  const [headless] = await unit.run(
    statement<{ name: string }>(
      'access.headless_team',
      `select v.name from role_grant g join vendor v on v.tenant_id = g.tenant_id and v.id = g.vendor_id
       where g.tenant_id = $1 and g.role_id = $2 and g.subject_type = 'member' and not exists (
         select 1 from role_grant h join role r on r.tenant_id = h.tenant_id and r.id = h.role_id
         where h.tenant_id = $1 and h.subject_type = 'member' and h.vendor_id = g.vendor_id and 'team:write' = any(r.permissions))
       limit 1`,
      [tenantOf(unit), id],
    ),
  )
  if (headless !== undefined) throw notAllowed(`Somebody of ${headless.name} must remain who may change its team`)
}

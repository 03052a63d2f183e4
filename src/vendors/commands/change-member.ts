import { type Actor, grantableVendorRole, type Permission, refuseLacking } from '../../access/index.js'
import { statement, tenantOf, type Unit } from '../../db/index.js'
import { newId, notAllowed, notFound } from '../../kernel/index.js'
import { lockTeam } from '../locks.js'

/**
 * Gives a member another role, by its name.
 * @throws not_found for member or role; forbidden for rights that the changer lacks, given or taken; not_allowed where nobody would
 *   be left who may change the team
 */
export async function changeMemberRole(unit: Unit, changer: Actor, vendorId: string, id: string, role: string): Promise<void> {
  refuseLacking(changer, await lockedRights(unit, vendorId, id), vendorId)
  const roleId = await grantableVendorRole(unit, changer, vendorId, role)
  await unit
    .knex('role_grant')
    .where({ tenant_id: tenantOf(unit), subject_type: 'member', subject_id: id })
    .delete()
  await unit.knex('role_grant').insert({ id: newId('grant'), subject_type: 'member', subject_id: id, role_id: roleId, vendor_id: vendorId })
  await refuseHeadless(unit, vendorId)
}

/**
 * Removes a member with their sign-in.
 * @returns the identity whose tokens have ended, for caches
 * @throws not_found; forbidden for who has rights that the remover lacks; not_allowed for oneself and for the last one who may change
 *   the team
 */
export async function removeMember(unit: Unit, remover: Actor, vendorId: string, id: string): Promise<string | null> {
  if (remover.type === 'member' && remover.id === id) throw notAllowed('A member cannot remove themselves')
  refuseLacking(remover, await lockedRights(unit, vendorId, id), vendorId)
  const [identityId] = await endMembers(unit, [id])
  await refuseHeadless(unit, vendorId)
  return identityId ?? null
}

/** Ends places in a team, with the sign-ins: their e-mails may be others' then. Returns the identities whose tokens have ended. */
export async function endMembers(unit: Unit, ids: readonly string[]): Promise<string[]> {
  const values = [tenantOf(unit), ids]
  await unit.run(
    statement(
      'vendors.end_members',
      'update vendor_member set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = any($2)',
      values,
    ),
  )
  await unit.run(
    statement(
      'vendors.end_grants',
      `delete from role_grant where tenant_id = $1 and subject_type = 'member' and subject_id = any($2)`,
      values,
    ),
  )
  const identities = await unit.run(
    statement<{ id: string }>(
      'vendors.end_identities',
      `delete from auth_identity where tenant_id = $1 and actor_type = 'member' and actor_id = any($2) returning id`,
      values,
    ),
  )
  return identities.map(({ id }) => id)
}

async function lockedRights(unit: Unit, vendorId: string, id: string): Promise<Permission[]> {
  const member = (await lockTeam(unit, vendorId)).find((one) => one.id === id)
  if (member === undefined) throw notFound(`Member with id: ${id} was not found`)
  return member.permissions
}

async function refuseHeadless(unit: Unit, vendorId: string): Promise<void> {
  const [head] = await unit.run(
    statement<{ id: string }>(
      'vendors.any_head_of_team',
      `select g.id from role_grant g join role r on r.tenant_id = g.tenant_id and r.id = g.role_id
       where g.tenant_id = $1 and g.subject_type = 'member' and g.vendor_id = $2 and 'team:write' = any(r.permissions) limit 1`,
      [tenantOf(unit), vendorId],
    ),
  )
  if (head === undefined) throw notAllowed('Somebody must remain who may change the team')
}

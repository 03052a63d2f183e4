import {
  type Actor,
  grantableVendorRole,
  hashPassword,
  inviteToVendor,
  needOpenInvite,
  type Permission,
  refuseLacking,
  useInvite,
} from '../../access/index.js'
import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { limits, newId, notAllowed, notFound, type Sealer } from '../../kernel/index.js'
import { addMember } from './add-member.js'

/** Invites somebody to a vendor's team. Throws as `inviteToVendor` does, and not_allowed for a team that is full. */
export async function inviteToTeam(
  context: Context,
  unit: Unit,
  sealer: Sealer,
  inviter: Actor,
  input: { vendor_id: string; email: string; role: string },
): Promise<string> {
  const [team] = await unit.run(
    statement<{ size: number }>(
      'vendors.size_of_team',
      `select ((select count(*) from vendor_member where tenant_id = $1 and vendor_id = $2 and deleted_at is null)
             + (select count(*) from invite where tenant_id = $1 and vendor_id = $2 and deleted_at is null and accepted_at is null))::int as size`,
      [tenantOf(unit), input.vendor_id],
    ),
  )
  if ((team?.size ?? 0) >= limits.teamOfVendor) {
    throw notAllowed(
      `A team has no more than ${limits.teamOfVendor} people, with those who are invited: remove somebody, or take an invitation back`,
    )
  }
  return inviteToVendor(context, unit, sealer, inviter, input)
}

/**
 * Makes who was invited a member of the vendor's team, with a sign-in. Of two who use a token at once one does.
 * @returns the member's id and vendor
 * @throws unauthorized for a token that is wrong, used, over or replaced; invalid_data for passwords too short or too long
 */
export async function joinTeam(
  context: Context,
  given: { token: string; password: string; first_name?: string | null | undefined; last_name?: string | null | undefined },
): Promise<{ id: string; vendorId: string }> {
  await needOpenInvite(context, given.token, 'member')
  const password_hash = await hashPassword(given.password)
  return context.db.unitOfWork(context.scope, async (unit) => {
    const { email, role, vendor_id } = await useInvite(unit, given.token, 'member', context.clock.now())
    const vendorId = vendor_id as string
    const person = { first_name: given.first_name ?? null, last_name: given.last_name ?? null }
    return { id: await addMember(unit, { vendor_id: vendorId, email, ...person, role, password_hash }), vendorId }
  })
}

/**
 * Gives a member another role, by its name.
 * @throws not_found for member or role; forbidden for rights that the changer lacks, given or taken; not_allowed where nobody would
 *   be left who may change the team
 */
export async function changeMemberRole(unit: Unit, changer: Actor, vendorId: string, id: string, role: string): Promise<void> {
  refuseLacking(changer, await lockRights(unit, vendorId, id), vendorId)
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
  const tenantId = tenantOf(unit)
  if (remover.type === 'member' && remover.id === id) throw notAllowed('A member cannot remove themselves')
  refuseLacking(remover, await lockRights(unit, vendorId, id), vendorId)
  await unit.knex('vendor_member').where({ tenant_id: tenantId, id }).update({ deleted_at: new Date(), updated_at: new Date() })
  await unit.knex('role_grant').where({ tenant_id: tenantId, subject_type: 'member', subject_id: id }).delete()
  await refuseHeadless(unit, vendorId)
  const [identity] = await unit.run(
    statement<{ id: string }>(
      'vendors.delete_member_identity',
      `delete from auth_identity where tenant_id = $1 and actor_type = 'member' and actor_id = $2 returning id`,
      [tenantId, id],
    ),
  )
  return identity?.id ?? null
}

/** What a member may do. Every member of the vendor is locked, so that two changes of a team follow one another. Throws not_found. */
async function lockRights(unit: Unit, vendorId: string, id: string): Promise<Permission[]> {
  const rows = await unit.run(
    statement<{ id: string; permissions: Permission[] }>(
      'vendors.lock_team',
      `select m.id, array(select unnest(r.permissions) from role_grant g join role r on r.tenant_id = g.tenant_id and r.id = g.role_id
         where g.tenant_id = $1 and g.subject_type = 'member' and g.subject_id = m.id) as permissions
       from vendor_member m where m.tenant_id = $1 and m.vendor_id = $2 and m.deleted_at is null order by m.id for update of m`,
      [tenantOf(unit), vendorId],
    ),
  )
  const member = rows.find((row) => row.id === id)
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

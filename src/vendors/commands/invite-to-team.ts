import { type Actor, inviteToVendor } from '../../access/index.js'
import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { limits, notAllowed, notFound, type Sealer } from '../../kernel/index.js'
import { lockVendor } from '../locks.js'

/**
 * Invites somebody to a vendor's team.
 * @throws not_found for the vendor; not_allowed for one that has ended, and for a team that is full; else as `inviteToVendor` does
 */
export async function inviteToTeam(
  context: Context,
  unit: Unit,
  sealer: Sealer,
  inviter: Actor,
  input: { vendor_id: string; email: string; role: string },
): Promise<string> {
  const vendor = await lockVendor(unit, input.vendor_id)
  if (vendor === undefined) throw notFound(`Vendor with id: ${input.vendor_id} was not found`)
  if (vendor.status === 'terminated') throw notAllowed('The vendor has left the store for good')
  // With those that were invited today and are not any more: each was sent a mail.
  const [team] = await unit.run(
    statement<{ size: number }>(
      'vendors.size_of_team',
      `select ((select count(*) from vendor_member where tenant_id = $1 and vendor_id = $2 and deleted_at is null)
             + (select count(*) from invite where tenant_id = $1 and vendor_id = $2 and accepted_at is null
                and (deleted_at is null or created_at > now() - interval '1 day')))::int as size`,
      [tenantOf(unit), input.vendor_id],
    ),
  )
  if ((team?.size ?? 0) >= limits.teamOfVendor) {
    throw notAllowed(
      `A team has no more than ${limits.teamOfVendor} people, with those who are invited: remove somebody, or take an invitation back and wait a day`,
    )
  }
  return inviteToVendor(context, unit, sealer, inviter, input)
}

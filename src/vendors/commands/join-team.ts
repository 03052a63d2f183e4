import { hashPassword, needOpenInvite, useInvite } from '../../access/index.js'
import type { Context } from '../../db/index.js'
import { addMember } from './add-member.js'

/**
 * Makes who was invited a member of the vendor's team, with a sign-in. Of two who use a token at once one does.
 * @returns the member's id and vendor
 * @throws unauthorized for a token that is wrong, used, over or replaced; duplicate_error for a member of another vendor, and the
 *   invitation stays open; invalid_data for passwords too short or too long
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

import { type Actor, inviteToVendor } from '../../access/index.js'
import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import type { Sealer } from '../../kernel/index.js'
import { lockWaiting, noteDecision } from '../applications.js'
import { setVendorStatus } from './change-vendor.js'
import { equipVendor } from './create-vendor.js'

/**
 * Lets a vendor that waits sell: it gets a stock location and a shipping profile, and who applied an invitation to be its owner, unless
 * they were made a member meanwhile.
 * @throws not_found; not_allowed for one that does not wait; forbidden for who lacks rights that an owner has
 */
export async function approveVendor(context: Context, unit: Unit, sealer: Sealer, approver: Actor, vendorId: string): Promise<void> {
  const vendor = await lockWaiting(unit, vendorId)
  await setVendorStatus(unit, vendorId, 'active')
  const application = await noteDecision(context, unit, approver, vendorId, { status: 'approved', reason: null })
  await equipVendor(unit, vendorId, { name: vendor.name, address: application?.address ?? null })
  if (application === undefined || (await isMember(unit, vendorId, application.email))) return
  await inviteToVendor(context, unit, sealer, approver, { vendor_id: vendorId, email: application.email, role: 'vendor_owner' })
}

async function isMember(unit: Unit, vendorId: string, email: string): Promise<boolean> {
  const rows = await unit.run(
    statement(
      'vendors.member_by_email',
      'select id from vendor_member where tenant_id = $1 and vendor_id = $2 and email = $3 and deleted_at is null',
      [tenantOf(unit), vendorId, email],
    ),
  )
  return rows.length > 0
}

import { type Actor, inviteToVendor } from '../../access/index.js'
import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { notAllowed, notFound, type Sealer } from '../../kernel/index.js'
import { lockVendor } from '../locks.js'
import { setVendorStatus } from './change-vendor.js'
import { equipVendor } from './create-vendor.js'

interface ApplicationRow {
  id: string
  email: string
  address: Record<string, string | null> | null
}

/**
 * Lets a vendor that waits sell: it gets a stock location and a shipping profile, and who applied an invitation to be its owner.
 * @throws not_found; not_allowed for one that does not wait; invalid_data where the applicant cannot be invited, with the reason
 */
export async function approveVendor(context: Context, unit: Unit, sealer: Sealer, approver: Actor, vendorId: string): Promise<void> {
  const vendor = await lockWaiting(unit, vendorId)
  await setVendorStatus(unit, vendorId, 'active')
  const application = await decide(context, unit, approver, vendorId, { status: 'approved', reason: null })
  const address = application?.address ?? null
  await equipVendor(unit, vendorId, { name: vendor.name, address })
  if (application === undefined) return
  await inviteToVendor(context, unit, sealer, approver, { vendor_id: vendorId, email: application.email, role: 'vendor_owner' })
}

/**
 * Turns down a vendor that waits; a mail tells who applied why. Its handle is free again, and the same person may apply anew.
 * @throws not_found; not_allowed for one that does not wait
 */
export async function rejectVendor(context: Context, unit: Unit, rejecter: Actor, vendorId: string, reason: string): Promise<void> {
  await lockWaiting(unit, vendorId)
  await unit.run(
    statement(
      'vendors.reject',
      `update vendor set status = 'terminated', deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2`,
      [tenantOf(unit), vendorId],
    ),
  )
  const application = await decide(context, unit, rejecter, vendorId, { status: 'rejected', reason })
  if (application === undefined) return
  await emit(unit, 'vendor.rejected', { vendor_application_id: application.id }, { requestId: context.requestId })
}

async function lockWaiting(unit: Unit, vendorId: string) {
  const vendor = await lockVendor(unit, vendorId)
  if (vendor === undefined) throw notFound(`Vendor with id: ${vendorId} was not found`)
  if (vendor.status !== 'pending')
    throw notAllowed(`Only a vendor that waits for approval is approved or rejected: this one is ${vendor.status}`)
  return vendor
}

async function decide(
  context: Context,
  unit: Unit,
  decider: Actor,
  vendorId: string,
  decision: { status: 'approved' | 'rejected'; reason: string | null },
): Promise<ApplicationRow | undefined> {
  const [application] = await unit.run(
    statement<ApplicationRow>(
      'vendors.decide_application',
      `update vendor_application set status = $3, reason = $4, decided_by = $5, decided_at = $6, updated_at = now()
       where tenant_id = $1 and vendor_id = $2 returning id, email, address`,
      [tenantOf(unit), vendorId, decision.status, decision.reason, decider.id, context.clock.now()],
    ),
  )
  return application
}

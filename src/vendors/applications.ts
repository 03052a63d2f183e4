import type { Actor } from '../access/index.js'
import { type Context, statement, tenantOf, type Unit } from '../db/index.js'
import { notAllowed, notFound } from '../kernel/index.js'
import { type LockedVendor, lockVendor } from './locks.js'

// What approving and rejecting have in common.

/** Locks a vendor that waits for an answer. Throws not_found; not_allowed for one that does not wait. */
export async function lockWaiting(unit: Unit, vendorId: string): Promise<LockedVendor> {
  const vendor = await lockVendor(unit, vendorId)
  if (vendor === undefined) throw notFound(`Vendor with id: ${vendorId} was not found`)
  if (vendor.status !== 'pending')
    throw notAllowed(`Only a vendor that waits for approval is approved or rejected: this one is ${vendor.status}`)
  return vendor
}

/** Notes the answer; undefined where nobody applied. */
export async function noteDecision(
  context: Context,
  unit: Unit,
  decider: Actor,
  vendorId: string,
  decision: { status: 'approved' | 'rejected'; reason: string | null },
): Promise<{ id: string; email: string; address: Record<string, string | null> | null } | undefined> {
  const [application] = await unit.run(
    statement<{ id: string; email: string; address: Record<string, string | null> | null }>(
      'vendors.decide_application',
      `update vendor_application set status = $3, reason = $4, decided_by = $5, decided_at = $6, updated_at = now()
       where tenant_id = $1 and vendor_id = $2 returning id, email, address`,
      [tenantOf(unit), vendorId, decision.status, decision.reason, decider.id, context.clock.now()],
    ),
  )
  return application
}

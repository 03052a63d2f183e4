import type { Actor } from '../../access/index.js'
import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { lockWaiting, noteDecision } from '../applications.js'

/**
 * Turns down a vendor that waits; a mail tells who applied why. Its handle is free again, and the same person may apply anew.
 * @throws not_found; not_allowed for one that does not wait
 */
export async function rejectVendor(context: Context, unit: Unit, rejecter: Actor, vendorId: string, reason: string): Promise<void> {
  await lockWaiting(unit, vendorId)
  await unit.run(
    statement(
      'vendors.reject',
      `update vendor set status = 'terminated', email = null, phone = null, deleted_at = now(), updated_at = now()
       where tenant_id = $1 and id = $2`,
      [tenantOf(unit), vendorId],
    ),
  )
  const application = await noteDecision(context, unit, rejecter, vendorId, { status: 'rejected', reason })
  if (application === undefined) return
  await emit(unit, 'vendor.rejected', { vendor_application_id: application.id }, { requestId: context.requestId })
}

import { statement, tenantOf, type Unit } from '../../db/index.js'
import { notAllowed, notFound } from '../../kernel/index.js'
import { lockVendor } from '../locks.js'
import { setVendorStatus } from './change-vendor.js'

/**
 * Ends a vendor for good: nothing of it is sold, its people and keys are refused, open invitations to its team are void. What it is
 * still owed is paid, and its orders can be refunded.
 * @throws not_found; not_allowed for the store's own vendor, for one that waits for approval or has ended, and while it has orders to pack
 */
export async function terminateVendor(unit: Unit, vendorId: string): Promise<void> {
  const vendor = await lockVendor(unit, vendorId)
  if (vendor === undefined) throw notFound(`Vendor with id: ${vendorId} was not found`)
  if (vendor.is_house) throw notAllowed("The store's own vendor stays as long as the store does")
  if (vendor.status === 'pending') throw notAllowed('The vendor waits for approval: reject it')
  if (vendor.status === 'terminated') throw notAllowed('The vendor has left the store for good')
  const [open] = await unit.run(
    statement<{ count: number }>(
      'vendors.open_orders',
      `select count(*)::int as count from vendor_order where tenant_id = $1 and vendor_id = $2 and status = 'pending'`,
      [tenantOf(unit), vendorId],
    ),
  )
  if (open !== undefined && open.count > 0) {
    throw notAllowed(
      `The vendor has ${open.count} order${open.count === 1 ? '' : 's'} to pack, deliver or cancel. Suspend it, so that nothing more is sold, and terminate it when they are done.`,
    )
  }
  await setVendorStatus(unit, vendorId, 'terminated')
  await unit
    .knex('invite')
    .where({ tenant_id: tenantOf(unit), vendor_id: vendorId, accepted_at: null })
    .whereNull('deleted_at')
    .update({ deleted_at: new Date(), updated_at: new Date() })
}

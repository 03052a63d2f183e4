import { statement, tenantOf, type Unit } from '../db/index.js'
import type { VendorStatus } from './commands/change-vendor.js'

/** Locks a vendor before what it may do changes. Who holds it takes no order's lock: payouts take an order's first, then its vendor's. */
export async function lockVendor(unit: Unit, id: string): Promise<{ name: string; status: VendorStatus; is_house: boolean } | undefined> {
  const [vendor] = await unit.run(
    statement<{ name: string; status: VendorStatus; is_house: boolean }>(
      'vendors.lock',
      'select name, status, is_house from vendor where tenant_id = $1 and id = $2 and deleted_at is null for no key update',
      [tenantOf(unit), id],
    ),
  )
  return vendor
}

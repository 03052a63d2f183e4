import type { Permission } from '../access/index.js'
import { statement, tenantOf, type Unit } from '../db/index.js'

export type VendorStatus = 'pending' | 'active' | 'suspended' | 'terminated'

export interface LockedVendor {
  name: string
  status: VendorStatus
  is_house: boolean
}

/**
 * Locks a vendor before what it may do, or its team, changes. Who holds it takes no order's lock: payouts take an order's first, then
 * its vendor's.
 */
export async function lockVendor(unit: Unit, id: string): Promise<LockedVendor | undefined> {
  const [vendor] = await unit.run(
    statement<LockedVendor>(
      'vendors.lock',
      'select name, status, is_house from vendor where tenant_id = $1 and id = $2 and deleted_at is null for no key update',
      [tenantOf(unit), id],
    ),
  )
  return vendor
}

/** What each of a vendor's people may do, with all of them locked, so that two changes of a team follow one another. */
export async function lockTeam(unit: Unit, vendorId: string): Promise<{ id: string; permissions: Permission[] }[]> {
  const values = [tenantOf(unit), vendorId]
  await unit.run(
    statement(
      'vendors.lock_team',
      'select id from vendor_member where tenant_id = $1 and vendor_id = $2 and deleted_at is null order by id for update',
      values,
    ),
  )
  // Read in a statement of its own, which sees what whoever held the locks has changed.
  return unit.run(
    statement(
      'vendors.rights_of_team',
      `select m.id, array(select unnest(r.permissions) from role_grant g join role r on r.tenant_id = g.tenant_id and r.id = g.role_id
         where g.tenant_id = $1 and g.subject_type = 'member' and g.subject_id = m.id) as permissions
       from vendor_member m where m.tenant_id = $1 and m.vendor_id = $2 and m.deleted_at is null`,
      values,
    ),
  )
}

import { statement, tenantOf, type Unit } from '../../db/index.js'
import { duplicate, isDuplicate, notFound } from '../../kernel/index.js'

export type VendorStatus = 'pending' | 'active' | 'suspended' | 'terminated'

/** Opens or closes a vendor. A suspended one sells nothing and its people and keys are refused; its orders stay. */
export async function setVendorStatus(unit: Unit, id: string, status: VendorStatus): Promise<void> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'vendors.set_status',
      'update vendor set status = $3, updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null returning id',
      [tenantOf(unit), id, status],
    ),
  )
  if (rows.length === 0) throw notFound(`Vendor with id: ${id} was not found`)
}

export interface VendorPatch {
  handle?: string
  name?: string
  description?: string | null
  email?: string | null
  phone?: string | null
  logo?: string | null
  metadata?: Record<string, unknown> | null
}

/**
 * Changes a vendor's profile: what is named is set, the rest stays.
 * @throws not_found for a vendor that the caller cannot see; duplicate_error for a taken handle
 */
export async function updateVendor(unit: Unit, id: string, patch: VendorPatch): Promise<void> {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  if (given.metadata != null) given.metadata = JSON.stringify(given.metadata)
  try {
    const changed = await unit
      .knex('vendor')
      .where({ tenant_id: tenantOf(unit), id })
      .whereNull('deleted_at')
      .update({ ...given, updated_at: new Date() })
    if (changed === 0) throw notFound(`Vendor with id: ${id} was not found`)
  } catch (error) {
    if (isDuplicate(error)) throw duplicate(`Vendor with handle: ${patch.handle}, already exists.`)
    throw error
  }
}

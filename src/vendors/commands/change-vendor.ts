import { statement, tenantOf, type Unit } from '../../db/index.js'
import { duplicate, isDuplicate, notAllowed, notFound } from '../../kernel/index.js'
import { lockVendor, type VendorStatus } from '../locks.js'

/**
 * Closes a vendor: it sells nothing, and its people and keys are refused; its orders stay.
 * @throws not_found; not_allowed for one that waits for approval or has ended
 */
export async function suspendVendor(unit: Unit, id: string): Promise<void> {
  await lockKnown(unit, id)
  await setVendorStatus(unit, id, 'suspended')
}

/** Opens a vendor again. Throws as `suspendVendor` does. */
export async function resumeVendor(unit: Unit, id: string): Promise<void> {
  await lockKnown(unit, id)
  await setVendorStatus(unit, id, 'active')
}

async function lockKnown(unit: Unit, id: string): Promise<void> {
  const vendor = await lockVendor(unit, id)
  if (vendor === undefined) throw notFound(`Vendor with id: ${id} was not found`)
  if (vendor.status === 'terminated') throw notAllowed('The vendor has left the store for good')
  if (vendor.status === 'pending') throw notAllowed('The vendor waits for approval: approve or reject it')
}

/** For who holds the vendor's lock. */
export async function setVendorStatus(unit: Unit, id: string, status: VendorStatus): Promise<void> {
  await unit.run(
    statement('vendors.set_status', 'update vendor set status = $3, updated_at = now() where tenant_id = $1 and id = $2', [
      tenantOf(unit),
      id,
      status,
    ]),
  )
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

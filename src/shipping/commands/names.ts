import { statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists } from '../../kernel/index.js'

/** What a vendor has one of a name of, as a store of Medusa's has. */
const labels = { shipping_profile: 'Shipping profile', fulfillment_set: 'Fulfillment set', service_zone: 'Service zone' } as const

/**
 * Two that take one name at once follow one another by their vendor's row. Its keys are left to others.
 * @param owner a row of the vendor's: that which is renamed, or what the new one is made in
 * @throws invalid_data for a name that another of the vendor's has
 */
export async function refuseTakenName(
  unit: Unit,
  table: keyof typeof labels,
  name: string,
  owner: { table: keyof typeof labels | 'stock_location' | 'vendor'; id: string },
): Promise<void> {
  const tenant_id = tenantOf(unit)
  const row = owner.table === 'vendor' ? { vendor_id: owner.id } : await vendorOf(unit, owner.table, owner.id)
  // Whoever writes says that there is no such row.
  if (row === undefined) return
  const { vendor_id } = row
  await unit.run(
    statement('shipping.lock_vendor', 'select id from vendor where tenant_id = $1 and id = $2 for no key update', [tenant_id, vendor_id]),
  )
  const taken = await unit.knex(table).where({ tenant_id, vendor_id, name }).whereNull('deleted_at').whereNot({ id: owner.id }).first('id')
  if (taken !== undefined) throw alreadyExists(`${labels[table]} with name: ${name}, already exists.`)
}

async function vendorOf(unit: Unit, table: keyof typeof labels | 'stock_location', id: string): Promise<{ vendor_id: string } | undefined> {
  return unit
    .knex(table)
    .where({ tenant_id: tenantOf(unit), id })
    .whereNull('deleted_at')
    .first('vendor_id')
}

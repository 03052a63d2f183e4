import { mergedMetadata, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, newId, notFound } from '../../kernel/index.js'
import { refuseTakenName } from './names.js'

/** Adds a profile: products and options of one profile belong together. Throws not_found for the vendor, invalid_data for a taken name. */
export async function createShippingProfile(
  unit: Unit,
  input: { vendor_id: string; name: string; type: string; metadata?: object | null | undefined },
): Promise<string> {
  const id = newId('sp')
  const { vendor_id, name, type } = input
  await refuseTakenName(unit, 'shipping_profile', name, { table: 'vendor', id: vendor_id })
  await unit.knex('shipping_profile').insert({ id, vendor_id, name, type, metadata: input.metadata ?? null })
  return id
}

/** Changes a profile: what is named is set. Throws not_found, invalid_data for a taken name. */
export async function updateShippingProfile(
  unit: Unit,
  id: string,
  patch: { name?: string | undefined; type?: string | undefined; metadata?: object | null | undefined },
): Promise<void> {
  if (patch.name !== undefined) await refuseTakenName(unit, 'shipping_profile', patch.name, { table: 'shipping_profile', id })
  const changes = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  const changed = await unit
    .knex('shipping_profile')
    .where({ tenant_id: tenantOf(unit), id })
    .whereNull('deleted_at')
    .update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() })
  if (changed === 0) throw notFound(`Shipping profile with id: ${id} was not found`)
}

export interface ShippingOptionTypeInput {
  vendor_id: string
  label: string
  code: string
  description?: string | null | undefined
}

/** Adds a kind of delivery, for example `express`. Throws not_found for the vendor. */
export async function createShippingOptionType(unit: Unit, input: ShippingOptionTypeInput): Promise<string> {
  const id = newId('sotype')
  await unit.knex('shipping_option_type').insert({
    id,
    vendor_id: input.vendor_id,
    label: input.label,
    code: input.code,
    description: input.description ?? null,
  })
  return id
}

/** Changes a kind of delivery: what is named is set. Throws not_found. */
export async function updateShippingOptionType(
  unit: Unit,
  id: string,
  patch: { label?: string | undefined; code?: string | undefined; description?: string | null | undefined },
): Promise<void> {
  const changes = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  const changed = await unit
    .knex('shipping_option_type')
    .where({ tenant_id: tenantOf(unit), id })
    .whereNull('deleted_at')
    .update({ ...changes, updated_at: new Date() })
  if (changed === 0) throw unknownType(id)
}

/** Takes a kind of delivery out of use. Throws not_found; invalid_data while options are of it. */
export async function deleteShippingOptionType(unit: Unit, id: string): Promise<void> {
  const where = { tenant_id: tenantOf(unit), id }
  const gone = await unit.knex('shipping_option_type').where(where).whereNull('deleted_at').update({ deleted_at: new Date() })
  if (gone === 0) throw unknownType(id)
  const used = await unit
    .knex('shipping_option')
    .where({ tenant_id: tenantOf(unit), shipping_option_type_id: id })
    .whereNull('deleted_at')
    .first('id')
  if (used !== undefined) throw invalidData('Cannot delete shipping option type because some shipping options are using it.')
}

const unknownType = (id: string) => notFound(`Shipping option type with id: ${id} was not found`)

import { statement, tenantOf, type Unit, withMetadata } from '../../db/index.js'
import { limits, newId, notAllowed, notFound } from '../../kernel/index.js'
import { type AddressRow, addressStatement } from '../queries/addresses.js'
import { unknownCustomer } from './write-customer.js'

/** What is not given is null in a new address, and stays as it is in a known one. */
export type AddressInput = {
  [Name in keyof Omit<AddressRow, 'id' | 'customer_id' | 'created_at' | 'updated_at'>]?: AddressRow[Name] | null | undefined
}

export const unknownAddress = (id: string) => notFound(`Address with id: ${id} was not found`)

/** Locks the customer until the transaction ends: of two that each make their address the default one, one is. */
async function lockCustomer(unit: Unit, customerId: string): Promise<number> {
  const [row] = await unit.run(
    statement<{ id: string }>(
      'customers.lock',
      'select id from customer where tenant_id = $1 and id = $2 and deleted_at is null for update',
      [tenantOf(unit), customerId],
    ),
  )
  if (row === undefined) throw unknownCustomer(customerId)
  const [known] = await unit.run(
    statement<{ addresses: number }>(
      'customers.count_addresses',
      'select count(*)::int as addresses from customer_address where tenant_id = $1 and customer_id = $2',
      [tenantOf(unit), customerId],
    ),
  )
  return known?.addresses ?? 0
}

async function unsetDefaults(unit: Unit, customerId: string, except: string, address: AddressInput): Promise<void> {
  if (address.is_default_shipping !== true && address.is_default_billing !== true) return
  await unit.run(
    statement(
      'customers.unset_defaults',
      `update customer_address set is_default_shipping = is_default_shipping and not $4::boolean,
         is_default_billing = is_default_billing and not $5::boolean, updated_at = now()
       where tenant_id = $1 and customer_id = $2 and id <> $3 and ((is_default_shipping and $4) or (is_default_billing and $5))`,
      [tenantOf(unit), customerId, except, address.is_default_shipping === true, address.is_default_billing === true],
    ),
  )
}

function writeStatement(tenantId: string, customerId: string, id: string, address: AddressInput) {
  return statement(
    'customers.write_address',
    `insert into customer_address (tenant_id, customer_id, id, address_name, is_default_shipping, is_default_billing, company, first_name,
       last_name, address_1, address_2, city, country_code, province, postal_code, phone, metadata)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     on conflict (tenant_id, id) do update set address_name = excluded.address_name,
       is_default_shipping = excluded.is_default_shipping, is_default_billing = excluded.is_default_billing, company = excluded.company,
       first_name = excluded.first_name, last_name = excluded.last_name, address_1 = excluded.address_1, address_2 = excluded.address_2,
       city = excluded.city, country_code = excluded.country_code, province = excluded.province, postal_code = excluded.postal_code,
       phone = excluded.phone, metadata = excluded.metadata, updated_at = now()`,
    [
      tenantId,
      customerId,
      id,
      address.address_name ?? null,
      address.is_default_shipping ?? false,
      address.is_default_billing ?? false,
      address.company ?? null,
      address.first_name ?? null,
      address.last_name ?? null,
      address.address_1 ?? null,
      address.address_2 ?? null,
      address.city ?? null,
      address.country_code ?? null,
      address.province ?? null,
      address.postal_code ?? null,
      address.phone ?? null,
      address.metadata == null ? null : JSON.stringify(address.metadata),
    ],
  )
}

/**
 * Adds an address to a customer's. A default one takes the place of the default before.
 * @throws not_found for the customer; not_allowed for more addresses than anyone needs
 */
export async function addAddress(unit: Unit, customerId: string, address: AddressInput): Promise<string> {
  const known = await lockCustomer(unit, customerId)
  if (known >= limits.addressesOfCustomer) throw notAllowed(`A customer has ${limits.addressesOfCustomer} addresses at most`)
  const id = newId('cuaddr')
  await unsetDefaults(unit, customerId, id, address)
  await unit.run(writeStatement(tenantOf(unit), customerId, id, address))
  return id
}

/** Changes what is given of an address. Throws not_found for the customer, and for an address of somebody else. */
export async function updateAddress(unit: Unit, customerId: string, id: string, address: AddressInput): Promise<void> {
  await lockCustomer(unit, customerId)
  const [known] = await unit.run(addressStatement(tenantOf(unit), customerId, id))
  if (known === undefined) throw unknownAddress(id)
  const given = Object.fromEntries(Object.entries(address).filter(([, value]) => value !== undefined))
  await unsetDefaults(unit, customerId, id, address)
  await unit.run(
    writeStatement(tenantOf(unit), customerId, id, { ...known, ...given, metadata: withMetadata(known.metadata, address.metadata) }),
  )
}

/** Throws not_found for an address of somebody else. */
export async function deleteAddress(unit: Unit, customerId: string, id: string): Promise<void> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'customers.delete_address',
      'delete from customer_address where tenant_id = $1 and customer_id = $2 and id = $3 returning id',
      [tenantOf(unit), customerId, id],
    ),
  )
  if (rows.length === 0) throw unknownAddress(id)
}

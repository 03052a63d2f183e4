import { statement, tenantOf, type Unit } from '../../db/index.js'
import { duplicate, isDuplicate, newId } from '../../kernel/index.js'

/** Where a vendor keeps and sends its goods; the address is shown with its shipping options. */
export interface VendorLocation {
  name: string
  address?: Record<string, string | null> | null
}

export interface NewVendor {
  handle: string
  name: string
  description?: string | null
  email?: string | null
  phone?: string | null
  /** Address of a picture, or a path below /files/. */
  logo?: string | null
  /** Named after the vendor when absent. */
  location?: VendorLocation
  /** The store's own vendor, for what the store sells itself. One per store. */
  isHouse?: boolean
  /** It waits for the store's approval; it is active unless said so. */
  isPending?: boolean
}

/**
 * Creates a vendor that can sell at once: with a stock location that serves the store's default channel, and a
 * shipping profile for its products.
 * @throws duplicate_error for a handle that another vendor of the store has
 */
export async function createVendor(unit: Unit, input: NewVendor): Promise<{ vendorId: string; locationId: string; profileId: string }> {
  const vendorId = await insertVendor(unit, input)
  return { vendorId, ...(await equipVendor(unit, vendorId, input.location ?? { name: input.name })) }
}

/** What a vendor needs to sell: a stock location that serves the store's default channel, and a shipping profile. */
export async function equipVendor(
  unit: Unit,
  vendorId: string,
  location: VendorLocation,
): Promise<{ locationId: string; profileId: string }> {
  const locationId = await addStockLocation(unit, vendorId, location)
  const profileId = newId('sp')
  await unit.run(
    statement('vendors.insert_profile', `insert into shipping_profile (tenant_id, id, vendor_id, name) values ($1, $2, $3, 'Default')`, [
      tenantOf(unit),
      profileId,
      vendorId,
    ]),
  )
  return { locationId, profileId }
}

/** The vendor's row alone, without a place or a profile. Throws duplicate_error for a taken handle. */
export async function insertVendor(unit: Unit, input: Omit<NewVendor, 'location'>): Promise<string> {
  const id = newId('vend')
  try {
    await unit.run(
      statement(
        'vendors.insert',
        `insert into vendor (tenant_id, id, handle, name, description, email, phone, logo, is_house, status)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          tenantOf(unit),
          id,
          input.handle,
          input.name,
          input.description ?? null,
          input.email ?? null,
          input.phone ?? null,
          input.logo ?? null,
          input.isHouse ?? false,
          input.isPending === true ? 'pending' : 'active',
        ],
      ),
    )
  } catch (error) {
    if (isDuplicate(error)) throw duplicate(`Vendor with handle: ${input.handle}, already exists.`)
    throw error
  }
  return id
}

/** Adds a stock location of a vendor and opens it to the store's default sales channel. */
export async function addStockLocation(unit: Unit, vendorId: string, location: VendorLocation): Promise<string> {
  const id = newId('sloc')
  const tenantId = tenantOf(unit)
  await unit.run(
    statement(
      'vendors.insert_location',
      'insert into stock_location (tenant_id, id, vendor_id, name, address) values ($1, $2, $3, $4, $5)',
      [tenantId, id, vendorId, location.name, location.address == null ? null : JSON.stringify(location.address)],
    ),
  )
  await unit.run(
    statement(
      'vendors.open_location',
      `insert into sales_channel_location (tenant_id, sales_channel_id, stock_location_id, vendor_id)
       select $1, s.default_sales_channel_id, $2, $3 from store s
       where s.tenant_id = $1 and s.default_sales_channel_id is not null`,
      [tenantId, id, vendorId],
    ),
  )
  return id
}

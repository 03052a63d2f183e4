import { mergedMetadata, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, newId, notFound } from '../../kernel/index.js'
import { isCountry, provinceSpellings } from '../../regions/index.js'
import { refuseTakenName } from './names.js'

export interface StockLocationInput {
  vendor_id: string
  name: string
  address?: object | null | undefined
  metadata?: object | null | undefined
}

/** Adds a location. It serves no channel until one is linked to it. Throws not_found for the vendor. */
export async function createStockLocation(unit: Unit, input: StockLocationInput): Promise<string> {
  const id = newId('sloc')
  await unit.knex('stock_location').insert({
    id,
    vendor_id: input.vendor_id,
    name: input.name,
    address: input.address ?? null,
    metadata: input.metadata ?? null,
  })
  return id
}

const columns = ['name', 'address', 'metadata'] as const

/** Changes a location: what is named is set. Throws not_found. */
export async function updateStockLocation(unit: Unit, id: string, patch: Partial<Omit<StockLocationInput, 'vendor_id'>>): Promise<void> {
  const changes = Object.fromEntries(columns.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]))
  const changed = await unit
    .knex('stock_location')
    .where({ tenant_id: tenantOf(unit), id })
    .whereNull('deleted_at')
    .update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() })
  if (changed === 0) throw notFound(`Stock location with id: ${id} was not found`)
}

/** Lets a location serve channels, or no longer. Throws not_found for the location or a channel to add. */
export async function changeLocationChannels(
  unit: Unit,
  locationId: string,
  change: { add: readonly string[]; remove: readonly string[] },
): Promise<void> {
  const tenantId = tenantOf(unit)
  const add = [...new Set(change.add)]
  const [location] = await unit.run(
    statement<{ vendor_id: string; known: string[] }>(
      'shipping.lock_location',
      `select l.vendor_id, array(select c.id from sales_channel c where c.tenant_id = $1 and c.id = any($3) and c.deleted_at is null) as known
       from stock_location l where l.tenant_id = $1 and l.id = $2 and l.deleted_at is null for update of l`,
      [tenantId, locationId, add],
    ),
  )
  if (location === undefined) throw notFound(`Stock location with id: ${locationId} was not found`)
  const missing = add.find((id) => !location.known.includes(id))
  if (missing !== undefined) throw notFound(`Sales channel with id: ${missing} was not found`)
  await unit.run(
    statement(
      'shipping.remove_location_channels',
      'delete from sales_channel_location where tenant_id = $1 and stock_location_id = $2 and sales_channel_id = any($3)',
      [tenantId, locationId, change.remove],
    ),
  )
  await unit.run(
    statement(
      'shipping.add_location_channels',
      `insert into sales_channel_location (tenant_id, sales_channel_id, stock_location_id, vendor_id)
       select $1, c, $2, $3 from unnest($4::text[]) as c on conflict do nothing`,
      [tenantId, locationId, location.vendor_id, add],
    ),
  )
}

/** Adds a way of handing over to a location: what is sent, or what is picked up there. Throws not_found, invalid_data for a taken name. */
export async function createFulfillmentSet(unit: Unit, locationId: string, input: { name: string; type: string }): Promise<string> {
  await refuseTakenName(unit, 'fulfillment_set', input.name, { table: 'stock_location', id: locationId })
  const id = newId('fuset')
  const made = await unit.run(
    statement<{ id: string }>(
      'shipping.create_fulfillment_set',
      `insert into fulfillment_set (tenant_id, id, vendor_id, name, type, location_id)
       select $1, $2, l.vendor_id, $4, $5, l.id from stock_location l
       where l.tenant_id = $1 and l.id = $3 and l.deleted_at is null returning id`,
      [tenantOf(unit), id, locationId, input.name, input.type],
    ),
  )
  if (made.length === 0) throw notFound(`Stock location with id: ${locationId} was not found`)
  return id
}

export interface GeoZoneInput {
  /** Of one that the service zone has already, and that stays. */
  id?: string | undefined
  type: 'country' | 'province' | 'city' | 'zip'
  country_code: string
  province_code?: string | undefined
  city?: string | undefined
  postal_expression?: unknown
}

/** Adds a zone that covers countries or parts of them. Throws not_found for the set, invalid_data for a country or a taken name. */
export async function createServiceZone(
  unit: Unit,
  setId: string,
  input: { name: string; geo_zones: readonly GeoZoneInput[] },
): Promise<string> {
  refuseUnknownCountries(input.geo_zones)
  await refuseTakenName(unit, 'service_zone', input.name, { table: 'fulfillment_set', id: setId })
  const id = newId('serzo')
  const tenantId = tenantOf(unit)
  const [made] = await unit.run(
    statement<{ vendor_id: string }>(
      'shipping.create_service_zone',
      `insert into service_zone (tenant_id, id, vendor_id, name, fulfillment_set_id)
       select $1, $2, f.vendor_id, $4, f.id from fulfillment_set f
       where f.tenant_id = $1 and f.id = $3 and f.deleted_at is null returning vendor_id`,
      [tenantId, id, setId, input.name],
    ),
  )
  if (made === undefined) throw notFound(`Fulfillment set with id: ${setId} was not found`)
  await insertGeoZones(unit, { vendor_id: made.vendor_id, service_zone_id: id }, input.geo_zones, [])
  return id
}

/**
 * Renames a zone, or sets what it covers as a whole.
 * @throws not_found for the zone or its set, invalid_data for a country or a taken name
 */
export async function updateServiceZone(
  unit: Unit,
  setId: string,
  id: string,
  patch: { name?: string | undefined; geo_zones?: readonly GeoZoneInput[] | undefined },
): Promise<void> {
  refuseUnknownCountries(patch.geo_zones ?? [])
  if (patch.name !== undefined) await refuseTakenName(unit, 'service_zone', patch.name, { table: 'service_zone', id })
  const tenantId = tenantOf(unit)
  const [zone] = await unit.run(
    statement<{ vendor_id: string }>(
      'shipping.update_zone',
      `update service_zone set name = coalesce($4, name), updated_at = now()
       where tenant_id = $1 and id = $2 and fulfillment_set_id = $3 and deleted_at is null returning vendor_id`,
      [tenantId, id, setId, patch.name ?? null],
    ),
  )
  if (zone === undefined) throw notFound(`Service zone with id: ${id} not found on fulfillment set`)
  if (patch.geo_zones === undefined) return
  const known = await unit.knex('geo_zone').where({ tenant_id: tenantId, service_zone_id: id }).delete().returning('id')
  await insertGeoZones(
    unit,
    { vendor_id: zone.vendor_id, service_zone_id: id },
    patch.geo_zones,
    known.map((row: { id: string }) => row.id),
  )
}

function refuseUnknownCountries(zones: readonly GeoZoneInput[]): void {
  const unknown = zones.find((zone) => !isCountry(zone.country_code))
  if (unknown !== undefined) throw invalidData(`Country with code: ${unknown.country_code} is not known`)
}

async function insertGeoZones(
  unit: Unit,
  owner: { vendor_id: string; service_zone_id: string },
  zones: readonly GeoZoneInput[],
  known: readonly string[],
): Promise<void> {
  const named = zones.flatMap((zone) => zone.id ?? [])
  if (new Set(named).size !== named.length) throw invalidData('A geo zone is named twice')
  const spellings = await Promise.all(
    zones.map((zone) => (zone.province_code === undefined ? [] : provinceSpellings(zone.country_code, zone.province_code))),
  )
  const rows = zones.map((zone, index) => ({
    id: zone.id !== undefined && known.includes(zone.id) ? zone.id : newId('fgz'),
    ...owner,
    type: zone.type,
    country_code: zone.country_code,
    province_code: zone.province_code ?? null,
    province_spellings: spellings[index],
    city: zone.city ?? null,
    postal_expression: zone.postal_expression === undefined ? null : JSON.stringify(zone.postal_expression),
  }))
  // A zone may be named first, and covers nothing until then.
  if (rows.length > 0) await unit.knex('geo_zone').insert(rows)
}

import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, newId, notFound } from '../../kernel/index.js'

export interface NewShippingOption {
  vendor_id: string
  name: string
  /** Two-letter codes of the countries that it is offered for. */
  countries: readonly string[]
  /** Minor units, one per currency. */
  prices: readonly { currency_code: string; amount_minor: bigint }[]
  /** What kind of delivery it is, for example `standard` or `express`. */
  type_code: string
  type_label?: string
  /** The vendor's first location and profile when absent. */
  location_id?: string
  profile_id?: string
  /** Goods come back by it, and are not sent by it. */
  is_return?: boolean
}

/**
 * Offers a way of delivery at a flat price, with the set, zone and kind that it needs.
 * @throws not_found for a location or profile that is not the vendor's; invalid_data without countries
 */
export async function addShippingOption(unit: Unit, input: NewShippingOption): Promise<string> {
  if (input.countries.length === 0) throw invalidData('A shipping option needs at least one country')
  const place = await findPlace(unit, input)
  const zoneId = await insertZone(unit, input, place.location_id)
  const typeId = await ensureType(unit, input)
  const priceSetId = await insertPrices(unit, input)
  const id = newId('so')
  await unit.run(
    statement(
      'vendors.insert_shipping_option',
      `insert into shipping_option (tenant_id, id, vendor_id, name, service_zone_id, shipping_profile_id, shipping_option_type_id, price_set_id, is_return)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [tenantOf(unit), id, input.vendor_id, input.name, zoneId, place.profile_id, typeId, priceSetId, input.is_return === true],
    ),
  )
  return id
}

async function findPlace(unit: Unit, input: NewShippingOption): Promise<{ location_id: string; profile_id: string }> {
  const [place] = await unit.run(
    statement<{ location_id: string | null; profile_id: string | null }>(
      'vendors.place_of_option',
      `select (select l.id from stock_location l where l.tenant_id = $1 and l.vendor_id = $2 and l.deleted_at is null
                 and ($3::text is null or l.id = $3) order by l.id limit 1) as location_id,
              (select p.id from shipping_profile p where p.tenant_id = $1 and p.vendor_id = $2 and p.deleted_at is null
                 and ($4::text is null or p.id = $4) order by p.id limit 1) as profile_id`,
      [tenantOf(unit), input.vendor_id, input.location_id ?? null, input.profile_id ?? null],
    ),
  )
  if (place?.location_id == null) throw notFound(`Stock location with id: ${input.location_id ?? 'of the vendor'} was not found`)
  if (place.profile_id === null) throw notFound(`Shipping profile with id: ${input.profile_id ?? 'of the vendor'} was not found`)
  return { location_id: place.location_id, profile_id: place.profile_id }
}

/** A zone of its own for the option's countries, in the location's shipping set. */
async function insertZone(unit: Unit, input: NewShippingOption, locationId: string): Promise<string> {
  const tenantId = tenantOf(unit)
  const [known] = await unit.run(
    statement<{ id: string }>(
      'vendors.shipping_set',
      `select id from fulfillment_set where tenant_id = $1 and location_id = $2 and type = 'shipping' and deleted_at is null order by id limit 1`,
      [tenantId, locationId],
    ),
  )
  const setId = known?.id ?? newId('fuset')
  if (known === undefined) {
    await unit.run(
      statement(
        'vendors.insert_shipping_set',
        `insert into fulfillment_set (tenant_id, id, vendor_id, name, location_id) values ($1, $2, $3, 'Shipping', $4)`,
        [tenantId, setId, input.vendor_id, locationId],
      ),
    )
  }
  const zoneId = newId('serzo')
  await unit.run(
    statement(
      'vendors.insert_zone',
      'insert into service_zone (tenant_id, id, vendor_id, name, fulfillment_set_id) values ($1, $2, $3, $4, $5)',
      [tenantId, zoneId, input.vendor_id, input.name, setId],
    ),
  )
  const countries = [...new Set(input.countries)]
  await unit.run(
    statement(
      'vendors.insert_geo_zones',
      `insert into geo_zone (tenant_id, id, vendor_id, service_zone_id, country_code)
       select $1, g.id, $2, $3, g.country from unnest($4::text[], $5::text[]) as g (id, country)`,
      [tenantId, input.vendor_id, zoneId, countries.map(() => newId('fgz')), countries],
    ),
  )
  return zoneId
}

async function ensureType(unit: Unit, input: NewShippingOption): Promise<string> {
  const tenantId = tenantOf(unit)
  const [known] = await unit.run(
    statement<{ id: string }>(
      'vendors.option_type',
      'select id from shipping_option_type where tenant_id = $1 and vendor_id = $2 and code = $3 and deleted_at is null order by id limit 1',
      [tenantId, input.vendor_id, input.type_code],
    ),
  )
  if (known !== undefined) return known.id
  const id = newId('sotype')
  const label = input.type_label ?? input.type_code.slice(0, 1).toUpperCase() + input.type_code.slice(1)
  await unit.run(
    statement(
      'vendors.insert_option_type',
      'insert into shipping_option_type (tenant_id, id, vendor_id, label, code) values ($1, $2, $3, $4, $5)',
      [tenantId, id, input.vendor_id, label, input.type_code],
    ),
  )
  return id
}

async function insertPrices(unit: Unit, input: NewShippingOption): Promise<string> {
  const id = newId('pset')
  const tenantId = tenantOf(unit)
  await unit.run(
    statement('vendors.insert_price_set', 'insert into price_set (tenant_id, id, vendor_id) values ($1, $2, $3)', [
      tenantId,
      id,
      input.vendor_id,
    ]),
  )
  await unit.run(
    statement(
      'vendors.insert_option_prices',
      `insert into price (tenant_id, id, price_set_id, vendor_id, currency_code, amount_minor)
       select $1, p.id, $2, $3, p.currency, p.amount from unnest($4::text[], $5::text[], $6::bigint[]) as p (id, currency, amount)`,
      [
        tenantId,
        id,
        input.vendor_id,
        input.prices.map(() => newId('price')),
        input.prices.map((price) => price.currency_code),
        input.prices.map((price) => price.amount_minor),
      ],
    ),
  )
  return id
}

import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, notAllowed, notFound } from '../../kernel/index.js'

const labels = {
  stock_location: 'Stock location',
  fulfillment_set: 'Fulfillment set',
  service_zone: 'Service zone',
  shipping_profile: 'Shipping profile',
} as const

async function retire(unit: Unit, table: keyof typeof labels, id: string): Promise<void> {
  const gone = await unit.run(
    statement<{ id: string }>(
      `shipping.retire_${table}`,
      `update ${table} set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null returning id`,
      [tenantOf(unit), id],
    ),
  )
  if (gone.length === 0) throw notFound(`${labels[table]} with id: ${id} was not found`)
}

/**
 * Takes a location out of use, with its fulfilment sets and what is in them: it serves no channel and offers nothing from then on.
 * @throws not_found; not_allowed while pieces there are promised to orders, or while it is the store's default
 */
export async function deleteStockLocation(unit: Unit, id: string): Promise<void> {
  const tenantId = tenantOf(unit)
  // Whoever makes a set here at the same time holds the vendor, too: it is there to be seen below, or finds no location.
  await unit.run(
    statement(
      'shipping.lock_vendor_of_location',
      `select v.id from vendor v
       where v.tenant_id = $1 and v.id = (select s.vendor_id from stock_location s where s.tenant_id = $1 and s.id = $2) for no key update`,
      [tenantId, id],
    ),
  )
  await retire(unit, 'stock_location', id)
  const [row] = await unit.run(
    statement<{ promised: boolean; is_default: boolean }>(
      'shipping.location_in_use',
      `select exists (select 1 from inventory_level l where l.tenant_id = $1 and l.location_id = $2 and l.reserved_quantity > 0) as promised,
              exists (select 1 from store s where s.tenant_id = $1 and s.default_location_id = $2) as is_default`,
      [tenantId, id],
    ),
  )
  if (row?.promised === true) throw notAllowed('Pieces at this location are promised to orders: send them first')
  if (row?.is_default === true) throw notAllowed("This is the store's default location: name another one first")
  await deleteSetsOf(unit, id)
  await unit.run(
    statement('shipping.close_location', 'delete from sales_channel_location where tenant_id = $1 and stock_location_id = $2', [
      tenantId,
      id,
    ]),
  )
  await unit.run(
    statement(
      'shipping.empty_location',
      'delete from inventory_level where tenant_id = $1 and location_id = $2 and reserved_quantity = 0',
      [tenantId, id],
    ),
  )
}

/** The sets of a location go with it, so that what they are called is free again. */
async function deleteSetsOf(unit: Unit, locationId: string): Promise<void> {
  const sets = await unit.run(
    statement<{ id: string }>(
      'shipping.sets_of_location',
      'select id from fulfillment_set where tenant_id = $1 and location_id = $2 and deleted_at is null order by id',
      [tenantOf(unit), locationId],
    ),
  )
  for (const set of sets) await deleteFulfillmentSet(unit, set.id)
}

/** Takes a fulfilment set out of use, with the zones and options in it. Throws not_found. */
export async function deleteFulfillmentSet(unit: Unit, id: string): Promise<void> {
  await retire(unit, 'fulfillment_set', id)
  const zones = await unit.run(
    statement<{ id: string }>(
      'shipping.zones_of_set',
      'select id from service_zone where tenant_id = $1 and fulfillment_set_id = $2 and deleted_at is null order by id',
      [tenantOf(unit), id],
    ),
  )
  for (const zone of zones) await deleteServiceZone(unit, id, zone.id)
}

/** Takes a zone out of use, with its options. Throws not_found. */
export async function deleteServiceZone(unit: Unit, setId: string, id: string): Promise<void> {
  const gone = await unit.run(
    statement<{ id: string }>(
      'shipping.delete_zone',
      `with zone as (
         update service_zone set deleted_at = now(), updated_at = now()
         where tenant_id = $1 and id = $2 and fulfillment_set_id = $3 and deleted_at is null returning id
       ), options as (
         update shipping_option o set deleted_at = now(), updated_at = now() from zone
         where o.tenant_id = $1 and o.service_zone_id = zone.id and o.deleted_at is null)
       select id from zone`,
      [tenantOf(unit), id, setId],
    ),
  )
  if (gone.length === 0) throw notFound(`Service zone with id: ${id} not found on fulfillment set`)
}

/** Takes a profile out of use. Throws not_found; invalid_data while products, of which it names twenty, or options are of it. */
export async function deleteShippingProfile(unit: Unit, id: string): Promise<void> {
  await retire(unit, 'shipping_profile', id)
  const [row] = await unit.run(
    statement<{ products: string[]; has_options: boolean }>(
      'shipping.profile_in_use',
      `select array(select p.id from product p where p.tenant_id = $1 and p.shipping_profile_id = $2 and p.deleted_at is null
                order by p.id limit 20) as products,
              exists (select 1 from shipping_option o where o.tenant_id = $1 and o.shipping_profile_id = $2 and o.deleted_at is null) as has_options`,
      [tenantOf(unit), id],
    ),
  )
  const { products = [], has_options = false } = row ?? {}
  if (products.length > 0) {
    throw invalidData(`Cannot delete following shipping profiles because they are linked to products: ${products.join(', ')}`)
  }
  if (has_options) {
    throw invalidData(
      `Cannot delete Shipping Profiles ${id} with associated Shipping Options. Delete Shipping Options first and try again.`,
    )
  }
}

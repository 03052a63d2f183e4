import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, notFound } from '../../kernel/index.js'
import { fulfillmentProviderOf } from '../provider.js'

/** Says who carries what is sent from a location. Throws not_found for the location; invalid_data for a provider that is not there. */
export async function changeLocationProviders(
  unit: Unit,
  locationId: string,
  change: { add: readonly string[]; remove: readonly string[] },
): Promise<void> {
  const unknown = change.add.find((id) => fulfillmentProviderOf(id) === undefined)
  if (unknown !== undefined) throw invalidData(`Fulfillment provider with id: ${unknown} is not there`)
  const tenantId = tenantOf(unit)
  const [location] = await unit.run(
    statement<{ vendor_id: string }>(
      'shipping.lock_location_of_providers',
      'select vendor_id from stock_location where tenant_id = $1 and id = $2 and deleted_at is null for update',
      [tenantId, locationId],
    ),
  )
  if (location === undefined) throw notFound(`Stock location with id: ${locationId} was not found`)
  await unit.run(
    statement(
      'shipping.remove_location_providers',
      'delete from stock_location_provider where tenant_id = $1 and stock_location_id = $2 and provider_id = any($3)',
      [tenantId, locationId, change.remove],
    ),
  )
  await unit.run(
    statement(
      'shipping.add_location_providers',
      `insert into stock_location_provider (tenant_id, stock_location_id, provider_id, vendor_id)
       select $1, $2, p, $3 from unnest($4::text[]) as p on conflict do nothing`,
      [tenantId, locationId, location.vendor_id, [...new Set(change.add)]],
    ),
  )
}

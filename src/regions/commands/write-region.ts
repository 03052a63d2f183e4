import { mergedMetadata, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, isCurrency, isDuplicate, newId, notFound } from '../../kernel/index.js'
import { paymentProviderOf } from '../../payments/index.js'
import { isCountry } from '../countries.js'
import { setPricePreference } from '../price-preferences.js'

export interface RegionInput {
  name: string
  currency_code: string
  countries?: string[] | undefined
  automatic_taxes?: boolean | undefined
  is_tax_inclusive?: boolean | undefined
  payment_providers?: string[] | undefined
  metadata?: object | null | undefined
}

/**
 * Adds a region with its countries and payment providers.
 * @throws invalid_data for an unknown currency, country or provider, and for a country of another region
 */
export async function createRegion(unit: Unit, input: RegionInput): Promise<string> {
  const id = newId('reg')
  refuseUnknown(input)
  await unit.run(
    statement(
      'regions.create',
      'insert into region (tenant_id, id, name, currency_code, automatic_taxes, metadata) values ($1, $2, $3, $4, $5, $6)',
      [
        tenantOf(unit),
        id,
        input.name,
        input.currency_code,
        input.automatic_taxes ?? true,
        input.metadata == null ? null : JSON.stringify(input.metadata),
      ],
    ),
  )
  // As in Medusa: whoever names no provider can be paid by hand, an empty list means nobody; and a region says whether tax is in
  // its prices from the beginning, whatever its currency says.
  const { payment_providers = ['pp_system_default'], is_tax_inclusive = false } = input
  await writeParts(unit, id, { ...input, payment_providers, is_tax_inclusive })
  return id
}

const columns = ['name', 'currency_code', 'automatic_taxes', 'metadata'] as const

/**
 * Changes a region: what is named is set. Countries and providers are whole sets. Carts keep the currency they have.
 * @throws not_found, and what createRegion throws
 */
export async function updateRegion(unit: Unit, id: string, patch: Partial<RegionInput>): Promise<void> {
  refuseUnknown(patch)
  const changes = Object.fromEntries(columns.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]))
  const changed = await unit
    .knex('region')
    .where({ tenant_id: tenantOf(unit), id })
    .whereNull('deleted_at')
    .update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() })
  if (changed === 0) throw notFound(`Region with id "${id}" not found`)
  await writeParts(unit, id, patch)
}

/** Takes a region out of use and frees its countries. Carts and orders keep it, and what its prices include. Throws not_found. */
export async function deleteRegion(unit: Unit, id: string): Promise<void> {
  const tenantId = tenantOf(unit)
  const gone = await unit.run(
    statement<{ id: string }>(
      'regions.delete',
      'update region set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null returning id',
      [tenantId, id],
    ),
  )
  if (gone.length === 0) throw notFound(`Region with id: ${id} was not found`)
  await unit.run(
    statement(
      'regions.delete_parts',
      `with countries as (delete from region_country where tenant_id = $1 and region_id = $2),
            providers as (delete from region_payment_provider where tenant_id = $1 and region_id = $2)
       update store set default_region_id = null, updated_at = now() where tenant_id = $1 and default_region_id = $2`,
      [tenantId, id],
    ),
  )
}

function refuseUnknown(input: Partial<RegionInput>): void {
  const { currency_code: currency, countries = [], payment_providers: providers = [] } = input
  if (currency !== undefined && !isCurrency(currency)) throw invalidData(`Currency with code: ${currency} is not known`)
  const twice = countries.filter((code, index) => countries.indexOf(code) !== index)
  if (twice.length > 0) throw assigned([...new Set(twice)])
  const missing = countries.filter((code) => !isCountry(code))
  if (missing.length > 0) throw invalidData(`Countries with codes: "${missing.join(', ')}" do not exist`)
  const unknown = providers.filter((id) => paymentProviderOf(id) === undefined)
  if (unknown.length > 0) throw notFound(`Payment providers with ids ${unknown.join(', ')} not found or not enabled`)
}

async function writeParts(unit: Unit, id: string, input: Partial<RegionInput>): Promise<void> {
  const tenantId = tenantOf(unit)
  if (input.countries !== undefined) await replaceCountries(unit, id, input.countries)
  if (input.payment_providers !== undefined) {
    await unit.run(
      statement(
        'regions.replace_providers',
        `with gone as (delete from region_payment_provider where tenant_id = $1 and region_id = $2 and provider_id <> all($3::text[]))
         insert into region_payment_provider (tenant_id, region_id, provider_id) select $1, $2, p from unnest($3::text[]) as p
         on conflict (tenant_id, region_id, provider_id) do update set is_enabled = true`,
        [tenantId, id, [...new Set(input.payment_providers)]],
      ),
    )
  }
  if (input.is_tax_inclusive !== undefined) {
    await setPricePreference(unit, { attribute: 'region_id', value: id, is_tax_inclusive: input.is_tax_inclusive })
  }
}

async function replaceCountries(unit: Unit, id: string, countries: readonly string[]): Promise<void> {
  const tenantId = tenantOf(unit)
  await unit.run(
    statement(
      'regions.remove_countries',
      'delete from region_country where tenant_id = $1 and region_id = $2 and iso_2 <> all($3::text[])',
      [tenantId, id, countries],
    ),
  )
  const held = await unit.run(
    statement<{ iso_2: string }>(
      'regions.held_countries',
      'select iso_2 from region_country where tenant_id = $1 and iso_2 = any($3::text[]) and region_id <> $2 order by iso_2',
      [tenantId, id, countries],
    ),
  )
  if (held.length > 0) throw assigned(held.map((country) => country.iso_2))
  try {
    await unit.run(
      statement(
        'regions.add_countries',
        `insert into region_country (tenant_id, iso_2, region_id) select $1, c, $2 from unnest($3::text[]) as c
         where not exists (select 1 from region_country x where x.tenant_id = $1 and x.iso_2 = c and x.region_id = $2)`,
        [tenantId, id, countries],
      ),
    )
  } catch (error) {
    // Another region took one of them since.
    if (isDuplicate(error)) throw assigned(countries)
    throw error
  }
}

function assigned(countries: readonly string[]) {
  return invalidData(`Countries with codes: "${countries.join(', ')}" are already assigned to a region`)
}

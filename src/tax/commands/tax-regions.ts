import { mergedMetadata, statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, invalidData, isDuplicate, newId, notFound, unrelated } from '../../kernel/index.js'
import { isCountry, provinceSpellings } from '../../regions/index.js'
import { createTaxRate, type TaxRateInput } from './tax-rates.js'

export interface TaxRegionInput {
  country_code: string
  /** Left out for a province, it is its country's. There is one provider so far. */
  provider_id?: string | null | undefined
  province_code?: string | null | undefined
  /** The country's tax region, for a province. */
  parent_id?: string | null | undefined
  default_tax_rate?: Omit<TaxRateInput, 'tax_region_id' | 'is_default' | 'rules'> | undefined
  metadata?: object | null | undefined
}

/**
 * Adds a country, or a province below its country, with its default rate.
 * @throws not_found for an unknown provider; invalid_data for an unknown country and for a province without its country, and for a second one
 */
export async function createTaxRegion(unit: Unit, input: TaxRegionInput, createdBy: string | null): Promise<string> {
  if (!isCountry(input.country_code)) throw invalidData(`Country with code: ${input.country_code} is not known`)
  refuseProvider(input.provider_id)
  await checkParent(unit, input)
  const id = newId('txreg')
  const province = await provinceOf(unit, { id, country_code: input.country_code }, input.province_code ?? null)
  try {
    await unit.knex('tax_region').insert({
      id,
      country_code: input.country_code,
      ...province,
      parent_id: input.parent_id ?? null,
      provider_id: input.provider_id ?? (input.parent_id == null ? 'tp_system' : null),
      metadata: input.metadata ?? null,
      created_by: createdBy,
    })
  } catch (error) {
    throw isDuplicate(error) ? secondRegion(input.country_code, input.province_code) : error
  }
  if (input.default_tax_rate !== undefined) {
    await createTaxRate(unit, { ...input.default_tax_rate, tax_region_id: id, is_default: true }, createdBy)
  }
  return id
}

function refuseProvider(id: string | null | undefined): void {
  if (id != null && id !== 'tp_system') throw unrelated('provider_id', id)
}

const secondRegion = (country: string, province: string | null | undefined) =>
  alreadyExists(`Tax region with country_code: ${country}${province == null ? '' : `, province_code: ${province}`}, already exists.`)

/**
 * The columns of a region's province: its code as it was given, and how an address may say it. Its country's region is locked.
 * Throws duplicate_error where another region is of the same province, whatever it calls it.
 */
async function provinceOf(unit: Unit, region: { id: string; country_code: string }, given: string | null) {
  if (given === null) return { province_code: null, province_spellings: [] }
  const spellings = await provinceSpellings(region.country_code, given)
  const [other] = await unit.run(
    statement(
      'tax.other_region_of_province',
      `select 1 from tax_region where tenant_id = $1 and id <> $2 and country_code = $3 and deleted_at is null
         and (province_code = any($4::text[]) or province_spellings && $4::text[])`,
      [tenantOf(unit), region.id, region.country_code, spellings],
    ),
  )
  if (other !== undefined) throw secondRegion(region.country_code, given)
  return { province_code: given.toLowerCase(), province_spellings: spellings }
}

async function checkParent(unit: Unit, input: TaxRegionInput): Promise<void> {
  const { parent_id: parentId, province_code: province } = input
  if ((parentId == null) !== (province == null)) throw invalidData('A province needs its country as parent_id, and a country has none')
  if (parentId == null) return
  const [parent] = await unit.run(
    statement<{ country_code: string; province_code: string | null }>(
      'tax.parent',
      `select country_code, province_code from tax_region where tenant_id = $1 and id = $2 and deleted_at is null
       for no key update`,
      [tenantOf(unit), parentId],
    ),
  )
  const wanted = `You are trying to create a province region with (country: ${input.country_code}, province: ${province})`
  if (parent === undefined) {
    throw invalidData(`Province region must belong to a parent region. ${wanted} but parent does not exist`)
  }
  if (parent.country_code !== input.country_code) {
    const rule = 'Province region must belong to a parent region with the same country code'
    throw invalidData(`${rule}. ${wanted} but parent expects (country: ${parent.country_code})`)
  }
  if (parent.province_code !== null) throw invalidData('The parent of a province is the tax region of its country')
}

/** Changes a tax region: what is named is set, but for its provider, of which there is one. Throws not_found; invalid_data where a country would become a province. */
export async function updateTaxRegion(
  unit: Unit,
  id: string,
  patch: Pick<TaxRegionInput, 'province_code' | 'provider_id' | 'metadata'>,
): Promise<void> {
  refuseProvider(patch.provider_id)
  const ofRegion = unit
    .knex('tax_region')
    .where({ tenant_id: tenantOf(unit), id })
    .whereNull('deleted_at')
  // The country before its province, as where one is made and where the country is removed.
  await unit.run(
    statement(
      'tax.lock_parent',
      `select 1 from tax_region r join tax_region p on p.tenant_id = r.tenant_id and p.id = r.parent_id
       where r.tenant_id = $1 and r.id = $2 for no key update of p`,
      [tenantOf(unit), id],
    ),
  )
  const region = await ofRegion.clone().first('parent_id', 'country_code').forUpdate()
  if (region === undefined) throw notFound(`TaxRegion with id "${id}" not found`)
  const { province_code: province } = patch
  if (province !== undefined && (province === null) !== (region.parent_id === null)) {
    throw invalidData('A province needs its country as parent_id, and a country has none')
  }
  try {
    await ofRegion.update({
      ...(province === undefined ? {} : await provinceOf(unit, { id, country_code: region.country_code }, province)),
      ...mergedMetadata(unit, patch),
      updated_at: new Date(),
    })
  } catch (error) {
    throw isDuplicate(error) ? secondRegion(region.country_code, province) : error
  }
}

/** Removes a tax region with its provinces and rates. Lines keep the tax they were priced with. Throws not_found. */
export async function deleteTaxRegion(unit: Unit, id: string): Promise<void> {
  const gone = await unit
    .knex('tax_region')
    .where({ tenant_id: tenantOf(unit), id })
    .delete()
  if (gone === 0) throw notFound(`Tax region with id: ${id} was not found`)
}

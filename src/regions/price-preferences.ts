import { type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { alreadyExists, invalidData, isCurrency, isDuplicate, newId, notFound } from '../kernel/index.js'

export interface PricePreferenceRow {
  id: string
  attribute: 'region_id' | 'currency_code'
  value: string
  is_tax_inclusive: boolean
  created_at: Date
  updated_at: Date
  count: number
}

export function listPricePreferencesStatement(
  tenantId: string,
  filter: { id: string[] | null; attribute: string[] | null; value: string[] | null },
  page: ListPage,
): Statement<PricePreferenceRow> {
  const order = orderBy('p', page.order)
  return statement(
    `regions.list_price_preferences.${order.name}`,
    `select p.id, p.attribute, p.value, p.is_tax_inclusive, p.created_at, p.updated_at, count(*) over ()::int as count
     from price_preference p
     where p.tenant_id = $1 and ($2::text[] is null or p.id = any($2)) and ($3::text[] is null or p.attribute = any($3))
       and ($4::text[] is null or p.value = any($4))
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.attribute, filter.value, page.limit, page.offset],
  )
}

export interface PricePreference {
  attribute: 'region_id' | 'currency_code'
  /** A region's id, or a currency's code. */
  value: string
  is_tax_inclusive: boolean
}

/** Says whether prices of a region or currency include tax, whatever was said before. */
export async function setPricePreference(unit: Unit, preference: PricePreference): Promise<void> {
  await unit.run(
    statement(
      'regions.set_price_preference',
      `insert into price_preference (tenant_id, id, attribute, value, is_tax_inclusive) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, attribute, value) do update
         set is_tax_inclusive = excluded.is_tax_inclusive, updated_at = now()`,
      [tenantOf(unit), newId('prpref'), preference.attribute, preference.value, preference.is_tax_inclusive],
    ),
  )
}

/**
 * Adds a preference.
 * @throws not_found for a region that is not there; invalid_data for an unknown currency; invalid_data for a second one
 */
export async function createPricePreference(unit: Unit, preference: PricePreference): Promise<string> {
  await refuseUnknown(unit, preference)
  const id = newId('prpref')
  await refusingSecond(preference, () => unit.knex('price_preference').insert({ id, ...preference }))
  return id
}

/** Changes what a preference says, and of what: what is named is set. Throws as adding one does; not_found for the preference. */
export async function updatePricePreference(
  unit: Unit,
  id: string,
  patch: { [Name in keyof PricePreference]?: PricePreference[Name] | undefined },
): Promise<void> {
  const [known] = await unit.run(
    statement<PricePreference>(
      'regions.lock_price_preference',
      'select attribute, value, is_tax_inclusive from price_preference where tenant_id = $1 and id = $2 for update',
      [tenantOf(unit), id],
    ),
  )
  if (known === undefined) throw notFound(`Price preference with id: ${id} was not found`)
  const { attribute = known.attribute, value = known.value, is_tax_inclusive = known.is_tax_inclusive } = patch
  const changed = { attribute, value, is_tax_inclusive }
  if (patch.attribute !== undefined || patch.value !== undefined) await refuseUnknown(unit, changed)
  await refusingSecond(changed, () =>
    unit
      .knex('price_preference')
      .where({ tenant_id: tenantOf(unit), id })
      .update({ ...changed, updated_at: new Date() }),
  )
}

async function refuseUnknown(unit: Unit, { attribute, value }: PricePreference): Promise<void> {
  if (attribute === 'currency_code' && !isCurrency(value)) throw invalidData(`Currency with code: ${value} is not known`)
  if (attribute !== 'region_id') return
  const region = await unit
    .knex('region')
    .where({ tenant_id: tenantOf(unit), id: value })
    .whereNull('deleted_at')
    .first('id')
  if (region === undefined) throw notFound(`Region with id: ${value} was not found`)
}

async function refusingSecond({ attribute, value }: PricePreference, write: () => PromiseLike<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (isDuplicate(error)) throw alreadyExists(`Price preference with attribute: ${attribute}, value: ${value}, already exists.`)
    throw error
  }
}

/** Removes a preference: the region follows its currency, a currency's prices are without tax. Throws not_found. */
export async function deletePricePreference(unit: Unit, id: string): Promise<void> {
  const gone = await unit
    .knex('price_preference')
    .where({ tenant_id: tenantOf(unit), id })
    .delete()
  if (gone === 0) throw notFound(`Price preference with id: ${id} was not found`)
}

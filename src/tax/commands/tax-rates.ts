import { mergedMetadata, statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, isDuplicate, newId, notFound, unrelated } from '../../kernel/index.js'

export interface TaxRateRuleInput {
  reference: 'product' | 'product_type' | 'shipping_option'
  reference_id: string
}

export interface TaxRateInput {
  tax_region_id: string
  name: string
  code: string
  /** Parts per million: 20 % is 200 000. */
  rate_ppm: number
  is_default?: boolean | undefined
  is_combinable?: boolean | undefined
  rules?: TaxRateRuleInput[] | undefined
  metadata?: object | null | undefined
}

/**
 * Adds a rate to a tax region.
 * @throws not_found for the region or for what a rule names; invalid_data for a second default
 */
export async function createTaxRate(unit: Unit, input: TaxRateInput, createdBy: string | null): Promise<string> {
  const id = newId('txr')
  const { rules, ...rate } = input
  const tenantId = tenantOf(unit)
  const region = await unit.knex('tax_region').where({ tenant_id: tenantId, id: rate.tax_region_id }).whereNull('deleted_at').first('id')
  if (region === undefined) throw unrelated('tax_region_id', rate.tax_region_id)
  await refuseSecondDefault(rate.tax_region_id, () =>
    unit.knex('tax_rate').insert({
      id,
      tax_region_id: rate.tax_region_id,
      name: rate.name,
      code: rate.code,
      rate_ppm: rate.rate_ppm,
      is_default: rate.is_default ?? false,
      is_combinable: rate.is_combinable ?? false,
      metadata: rate.metadata ?? null,
      created_by: createdBy,
    }),
  )
  await replaceRules(unit, id, rules ?? [], createdBy)
  return id
}

const columns = ['name', 'code', 'rate_ppm', 'is_default', 'is_combinable', 'metadata'] as const

/** Changes a rate: what is named is set, rules are a whole set. Throws what createTaxRate throws. */
export async function updateTaxRate(
  unit: Unit,
  id: string,
  patch: Partial<Omit<TaxRateInput, 'tax_region_id'>>,
  changedBy: string,
): Promise<void> {
  const changes = Object.fromEntries(columns.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]))
  const ofRate = unit
    .knex('tax_rate')
    .where({ tenant_id: tenantOf(unit), id })
    .whereNull('deleted_at')
  const rate = await ofRate.clone().first('tax_region_id').forUpdate()
  if (rate === undefined) throw notFound(`Tax rate with id "${id}" not found`)
  await refuseSecondDefault(rate.tax_region_id, () => ofRate.update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() }))
  if (patch.rules !== undefined) await replaceRules(unit, id, patch.rules, changedBy)
}

/** Adds a rule to a rate. Throws not_found for the rate, and for what the rule names. */
export async function addTaxRateRule(unit: Unit, id: string, rule: TaxRateRuleInput, createdBy: string | null): Promise<void> {
  const known = await rulesOfRate(unit, id)
  await replaceRules(unit, id, [...known, rule], createdBy)
}

/** Takes a rule off a rate. Throws not_found. */
export async function removeTaxRateRule(unit: Unit, id: string, ruleId: string): Promise<void> {
  await rulesOfRate(unit, id)
  const gone = await unit
    .knex('tax_rate_rule')
    .where({ tenant_id: tenantOf(unit), tax_rate_id: id, id: ruleId })
    .delete()
  if (gone === 0) throw notFound(`Tax rate rule with id: ${ruleId} was not found`)
}

/** The rules of a rate, which is locked: two changes of them follow one another. */
async function rulesOfRate(unit: Unit, id: string): Promise<TaxRateRuleInput[]> {
  const tenantId = tenantOf(unit)
  const rate = await unit.knex('tax_rate').where({ tenant_id: tenantId, id }).whereNull('deleted_at').first('id').forUpdate()
  if (rate === undefined) throw notFound(`Tax rate with id: ${id} was not found`)
  return unit.knex('tax_rate_rule').where({ tenant_id: tenantId, tax_rate_id: id }).select('reference', 'reference_id')
}

/** Removes a rate. Lines keep the tax they were priced with. Throws not_found. */
export async function deleteTaxRate(unit: Unit, id: string): Promise<void> {
  const gone = await unit
    .knex('tax_rate')
    .where({ tenant_id: tenantOf(unit), id })
    .delete()
  if (gone === 0) throw notFound(`Tax rate with id: ${id} was not found`)
}

async function refuseSecondDefault(regionId: string, write: () => PromiseLike<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (isDuplicate(error, 'tax_rate_default')) throw alreadyExists(`Tax rate with tax_region_id: ${regionId}, already exists.`)
    throw error
  }
}

/** What a rule names has no foreign key, since it may be of three kinds: it is looked up here. */
async function replaceRules(unit: Unit, id: string, rules: readonly TaxRateRuleInput[], createdBy: string | null): Promise<void> {
  const tenantId = tenantOf(unit)
  const references = rules.map((rule) => rule.reference)
  const ids = rules.map((rule) => rule.reference_id)
  const unknown = await unit.run(
    statement<TaxRateRuleInput>(
      'tax.unknown_references',
      `select w.reference, w.reference_id from unnest($2::text[], $3::text[]) as w (reference, reference_id)
       where not exists (select 1 from product p where w.reference = 'product'
                         and p.tenant_id = $1 and p.id = w.reference_id and p.deleted_at is null)
         and not exists (select 1 from product_type y where w.reference = 'product_type'
                         and y.tenant_id = $1 and y.id = w.reference_id and y.deleted_at is null)
         and not exists (select 1 from shipping_option o where w.reference = 'shipping_option'
                         and o.tenant_id = $1 and o.id = w.reference_id and o.deleted_at is null)`,
      [tenantId, references, ids],
    ),
  )
  if (unknown[0] !== undefined) throw notFound(`${unknown[0].reference} with id: ${unknown[0].reference_id} was not found`)
  await unit.run(statement('tax.delete_rules', 'delete from tax_rate_rule where tenant_id = $1 and tax_rate_id = $2', [tenantId, id]))
  await unit.run(
    statement(
      'tax.insert_rules',
      `insert into tax_rate_rule (tenant_id, id, tax_rate_id, reference, reference_id, created_by)
       select $1, w.id, $2, w.reference, w.reference_id, $6 from unnest($3::text[], $4::text[], $5::text[]) as w (id, reference, reference_id)
       on conflict (tenant_id, tax_rate_id, reference, reference_id) do nothing`,
      [tenantId, id, rules.map(() => newId('txrule')), references, ids, createdBy],
    ),
  )
}

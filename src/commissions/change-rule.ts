import { tenantOf, type Unit } from '../db/index.js'
import { duplicate, isDuplicate, notFound } from '../kernel/index.js'
import type { CommissionRuleInput } from './rules.js'

export interface CommissionRulePatch extends Partial<CommissionRuleInput> {
  is_active?: boolean
}

const columns = [
  'name',
  'vendor_id',
  'product_type_id',
  'product_category_id',
  'rate_ppm',
  'fixed_minor',
  'currency_code',
  'is_active',
] as const

/**
 * Changes a rule for sales from now on: what is named is set. Orders keep the commission they were placed with.
 * @throws not_found for the rule or what it is limited to; duplicate_error when another rule has the same limits
 */
export async function updateCommissionRule(unit: Unit, id: string, patch: CommissionRulePatch): Promise<void> {
  const changes = Object.fromEntries(columns.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]))
  try {
    const changed = await unit
      .knex('commission_rule')
      .where({ tenant_id: tenantOf(unit), id })
      .update({ ...changes, updated_at: new Date() })
    if (changed === 0) throw notFound(`Commission rule with id: ${id} was not found`)
  } catch (error) {
    if (isDuplicate(error)) throw duplicate('There is a commission rule for this vendor, type, category and currency already')
    throw error
  }
}

/** Removes a rule. Orders keep the commission they were placed with. Throws not_found. */
export async function deleteCommissionRule(unit: Unit, id: string): Promise<void> {
  const gone = await unit
    .knex('commission_rule')
    .where({ tenant_id: tenantOf(unit), id })
    .delete()
  if (gone === 0) throw notFound(`Commission rule with id: ${id} was not found`)
}

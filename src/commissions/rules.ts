import { statement, tenantOf, type Unit } from '../db/index.js'
import { duplicate, isDuplicate, newId } from '../kernel/index.js'

export interface CommissionRuleInput {
  name: string
  vendor_id?: string | null
  product_type_id?: string | null
  product_category_id?: string | null
  rate_ppm: number
  fixed_minor: bigint
  currency_code?: string | null
}

/** Adds a rule. Throws duplicate_error when there is one for the same vendor, type, category and currency. */
export async function createCommissionRule(unit: Unit, input: CommissionRuleInput): Promise<string> {
  const id = newId('comr')
  try {
    await unit.run(
      statement(
        'commissions.create_rule',
        `insert into commission_rule (tenant_id, id, name, vendor_id, product_type_id, product_category_id, rate_ppm, fixed_minor, currency_code)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          tenantOf(unit),
          id,
          input.name,
          input.vendor_id ?? null,
          input.product_type_id ?? null,
          input.product_category_id ?? null,
          input.rate_ppm,
          input.fixed_minor,
          input.currency_code ?? null,
        ],
      ),
    )
  } catch (error) {
    if (isDuplicate(error)) throw duplicate('There is a commission rule for this vendor, type, category and currency already')
    throw error
  }
  return id
}

export interface CommissionRuleRow {
  id: string
  name: string
  vendor_id: string | null
  product_type_id: string | null
  product_category_id: string | null
  rate_ppm: number
  fixed_minor: bigint
  currency_code: string | null
  is_active: boolean
  created_at: Date
  updated_at: Date
  count: number
}

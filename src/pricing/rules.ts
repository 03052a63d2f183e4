import { toMajor } from '../kernel/index.js'

export const totalOperators = ['gt', 'gte', 'lt', 'lte', 'eq'] as const
export interface TotalRule {
  operator: (typeof totalOperators)[number]
  value_minor: number
}

/** The conditions of a price as its row holds them; all absent for a plain price. */
export interface PriceRuleRow {
  id: string
  region_id?: string | null
  customer_group_id?: string | null
  item_total_rules?: TotalRule[] | null
}

export interface PriceRule {
  id: string
  attribute: 'region_id' | 'customer.groups.id' | 'item_total'
  operator: string
  value: string
}

/** The conditions of a price as the wire lists them. Totals are in major units of its currency. */
export function priceRules(price: PriceRuleRow, currency: string): PriceRule[] {
  const rules: Omit<PriceRule, 'id'>[] = []
  if (price.region_id != null) rules.push({ attribute: 'region_id', operator: 'eq', value: price.region_id })
  if (price.customer_group_id != null) rules.push({ attribute: 'customer.groups.id', operator: 'eq', value: price.customer_group_id })
  for (const rule of price.item_total_rules ?? []) {
    rules.push({ attribute: 'item_total', operator: rule.operator, value: String(toMajor(rule.value_minor, currency)) })
  }
  return rules.map((rule, index) => ({ id: `${price.id.replace('price_', 'prule_')}_${index + 1}`, ...rule }))
}

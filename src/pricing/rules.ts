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

/** What a variant's price asks for, as its row holds it. */
export interface PriceConditions {
  region_id: string | null
  customer_group_id: string | null
  other_rules: Record<string, string> | null
}

/** The same as the wire holds it: by attribute. */
export function rulesOfPrice({ region_id, customer_group_id, other_rules }: PriceConditions): Record<string, string> {
  return {
    ...(region_id === null ? {} : { region_id }),
    ...(customer_group_id === null ? {} : { 'customer.groups.id': customer_group_id }),
    ...other_rules,
  }
}

/** And back: a region and a group are rows that must be there, any other attribute is taken as it is named. */
export function conditionsOf(rules: Readonly<Record<string, string | undefined>>): PriceConditions {
  const { region_id = null, 'customer.groups.id': customer_group_id = null, ...given } = rules
  const others = Object.entries(given).flatMap(([attribute, value]) => (value === undefined ? [] : [[attribute, value] as const]))
  return { region_id, customer_group_id, other_rules: others.length === 0 ? null : Object.fromEntries(others) }
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

import { invalidData, limits, newId, toMinor } from '../../kernel/index.js'
import type { Operator, Promotion, Rule } from '../promotion.js'
import { attributeOf, ruleAttributes, type RuleType } from '../rules.js'

/** A condition as given. */
export interface RuleInput {
  attribute: string
  operator: Operator
  values: readonly string[]
  description?: string | null | undefined
}

/** How a promotion discounts, as given: the value in major units of the currency, or in per cent. */
export interface MethodInput {
  type: 'fixed' | 'percentage'
  target_type: Promotion['target_type']
  allocation?: Promotion['allocation'] | undefined
  value: number
  currency_code?: string | null | undefined
  max_quantity?: number | null | undefined
  apply_to_quantity?: number | null | undefined
  buy_rules_min_quantity?: number | null | undefined
  description?: string | null | undefined
}

type MethodColumns = Pick<
  Promotion,
  | 'method_type'
  | 'target_type'
  | 'allocation'
  | 'value_ppm'
  | 'currency_code'
  | 'max_quantity'
  | 'apply_to_quantity'
  | 'buy_rules_min_quantity'
> & { value_minor: string | null; description: string | null }

/**
 * The columns of a method that makes sense; a standard promotion keeps the counts of buy X get Y without using them, as in
 * Medusa. Throws invalid_data: a fixed amount without its currency, more than all of it,
 * pieces where one amount is divided, or a purchase that earns nothing.
 */
export function methodColumns(type: Promotion['type'], method: MethodInput): MethodColumns {
  const { target_type, currency_code = null, max_quantity = null } = method
  const allocation = method.allocation ?? (target_type === 'order' ? 'across' : 'each')
  if (target_type === 'order' && allocation === 'once') {
    throw invalidData("application_method.allocation 'once' is not compatible with target_type 'order'")
  }
  if (method.type === 'fixed' && currency_code === null)
    throw invalidData('application_method.currency_code is required for a fixed amount')
  if (method.type === 'percentage' && !(method.value > 0 && method.value <= 100)) {
    throw invalidData('Application Method value should be a percentage number between 0 and 100')
  }
  if (max_quantity !== null && allocation === 'across') {
    throw invalidData('application_method.max_quantity is not allowed to be set for allocation (across)')
  }
  const counts = [method.apply_to_quantity ?? null, method.buy_rules_min_quantity ?? null]
  if (type === 'buyget') {
    if (counts.includes(null)) throw incompletePurchase()
    if (max_quantity !== null && max_quantity < (counts[0] as number)) {
      throw invalidData(
        `max_quantity (${max_quantity}) must be greater than or equal to apply_to_quantity (${counts[0]}) for BUYGET promotions.`,
      )
    }
    if (target_type !== 'items' || allocation !== 'each') throw invalidData('A buyget promotion discounts items, each')
  }
  const isFixed = method.type === 'fixed'
  return {
    method_type: method.type,
    target_type,
    allocation,
    value_minor: isFixed ? String(toMinor(method.value, currency_code as string)) : null,
    value_ppm: isFixed ? null : Math.round(method.value * 10_000),
    currency_code,
    max_quantity: allocation === 'once' ? (max_quantity ?? 1) : max_quantity,
    apply_to_quantity: counts[0] ?? null,
    buy_rules_min_quantity: counts[1] ?? null,
    description: method.description ?? null,
  }
}

/** Rules with ids of their own. */
export function newRules(rules: readonly RuleInput[]): Rule[] {
  return rules.map(({ attribute, operator, values, description }) => ({
    id: newId('prorul'),
    attribute,
    operator,
    values,
    ...(description == null ? {} : { description }),
  }))
}

/**
 * Refuses rules that make no sense. They may ask for anything, as in Medusa: what is known of no cart equals nothing.
 * @throws invalid_data
 */
export function checkRules(type: RuleType, promotion: Pick<Promotion, 'type' | 'target_type'>, rules: readonly RuleInput[]): void {
  if (rules.length > limits.rulesOfPromotion) throw invalidData(`A promotion has at most ${limits.rulesOfPromotion} rules of a kind`)
  if (type === 'buy-rules' && promotion.type !== 'buyget' && rules.length > 0)
    throw invalidData("Can't add buy rules to a standard promotion")
  if (type === 'buy-rules' && promotion.type === 'buyget' && rules.length === 0) throw incompletePurchase()
  const known = ruleAttributes(type, promotion)
  for (const rule of rules) {
    const isNumber = known.some((candidate) => candidate.field_type === 'number' && candidate.value === attributeOf(rule.attribute))
    if (isNumber && !rule.values.every((value) => /^\d{1,15}(?:\.\d{1,6})?$/.test(value))) {
      throw invalidData(`The values of ${rule.attribute} are numbers`)
    }
  }
}

const incompletePurchase = () =>
  invalidData('Invalid request: Buyget promotions require at least one buy rule and quantities to be defined')

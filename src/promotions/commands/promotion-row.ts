import { invalidData, isCurrency, limits, newId, toMinor } from '../../kernel/index.js'
import { anyCurrencyParts, type Operator, type Promotion, type Rule } from '../promotion.js'
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
 * Medusa. Throws invalid_data, mostly in the words and the order of Medusa's promotion module: more than all of it, no allocation, pieces where one amount is divided and none where they are counted, or a
 * purchase that earns nothing. What exists may have lost its count of pieces.
 */
export function methodColumns(type: Promotion['type'], method: MethodInput, isNew: boolean): MethodColumns {
  const { target_type, currency_code = null, allocation = null, max_quantity = null } = method
  if (currency_code !== null && !isCurrency(currency_code)) throw invalidData(`Currency with code: ${currency_code} is not known`)
  if (method.type === 'percentage' && !(method.value > 0 && method.value <= 100)) {
    throw invalidData('Application Method value should be a percentage number between 0 and 100')
  }
  if (type === 'buyget') refusePurchase(method)
  if (max_quantity !== null && allocation === 'across') {
    throw invalidData('application_method.max_quantity is not allowed to be set for allocation (across)')
  }
  if (target_type !== 'order' && allocation === null) {
    throw invalidData(
      "application_method.allocation should be either 'across OR each OR once' when application_method.target_type is either 'shipping_methods OR items'",
    )
  }
  if (isNew && max_quantity === null && (allocation === 'each' || allocation === 'once')) {
    throw invalidData("application_method.max_quantity is required when application_method.allocation is 'each OR once'")
  }
  if (target_type === 'order' && allocation === 'once') {
    throw invalidData("application_method.allocation 'once' is not compatible with target_type 'order'")
  }
  const isFixed = method.type === 'fixed'
  return {
    method_type: method.type,
    target_type,
    allocation,
    value_minor: isFixed ? String(currency_code === null ? partsOf(method.value) : toMinor(method.value, currency_code)) : null,
    value_ppm: isFixed ? null : Math.round(method.value * 10_000),
    currency_code,
    max_quantity,
    apply_to_quantity: method.apply_to_quantity ?? null,
    buy_rules_min_quantity: method.buy_rules_min_quantity ?? null,
    description: method.description ?? null,
  }
}

/** An amount that is taken off in every currency, rounded to what each has when it is taken. Throws invalid_data. */
function partsOf(major: number): bigint {
  if (major * anyCurrencyParts > Number.MAX_SAFE_INTEGER) throw invalidData(`Amount ${major} is too large`)
  return BigInt(Math.round(major * anyCurrencyParts))
}

/** Throws invalid_data for a buy X get Y that does not say how many are bought and come free, or of what is no item. */
function refusePurchase({ target_type, apply_to_quantity, buy_rules_min_quantity, max_quantity }: MethodInput): void {
  const required = (field: string) => invalidData(`${field} is a required field for Promotion type of buyget`)
  if (apply_to_quantity == null) throw required('apply_to_quantity')
  if (buy_rules_min_quantity == null) throw required('buy_rules_min_quantity')
  if (max_quantity == null) throw required('application_method.max_quantity')
  if (max_quantity < apply_to_quantity) {
    throw invalidData(
      `max_quantity (${max_quantity}) must be greater than or equal to apply_to_quantity (${apply_to_quantity}) for BUYGET promotions.`,
    )
  }
  if (target_type !== 'items') throw invalidData('A buyget promotion discounts items')
}

/** Throws invalid_data, as Medusa's validator says it, for a buy X get Y as it is asked for without X, or without a count. */
export function refuseIncompletePurchase(method: MethodInput & { buy_rules: readonly RuleInput[] }): void {
  const { buy_rules, apply_to_quantity, buy_rules_min_quantity } = method
  if (buy_rules.length === 0 || apply_to_quantity === undefined || buy_rules_min_quantity === undefined) throw incompletePurchase()
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
  if (rules.some(({ attribute }) => attribute === '')) throw invalidData('rules[].attribute is a required field')
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

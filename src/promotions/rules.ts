import type { Operator, Promotion, Rule } from './promotion.js'

/** What is known of a cart, a line or a shipping method, as rules ask for it: by dotted paths. */
export type Facts = Readonly<Record<string, unknown>>

/** A kind of condition, as the Admin API offers it. */
export interface RuleAttribute {
  id: string
  /** The name that a rule asks for. */
  value: string
  label: string
  required: boolean
  field_type: 'multiselect' | 'select' | 'number'
  /** Those that a form offers; a rule may have any. */
  operators: readonly Operator[]
  /** It is no condition of the list but a field of how the promotion discounts, which clients show among the conditions. */
  disguised?: boolean
  /** Its values have names that a client has to be told. */
  hydrate?: boolean
}

const oneOf: readonly Operator[] = ['in', 'eq', 'ne']
const figures: readonly Operator[] = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte']
const among = (id: string, value: string, label: string): RuleAttribute => ({
  id,
  value,
  label,
  required: false,
  field_type: 'multiselect',
  operators: oneOf,
})
const figure = (id: string, value: string, label: string): RuleAttribute => ({
  id,
  value,
  label,
  required: false,
  field_type: 'number',
  operators: figures,
})
const field = (id: keyof FieldsOfMethod, label: string, more: Partial<RuleAttribute>): RuleAttribute => ({
  id,
  value: id,
  label,
  required: true,
  disguised: true,
  field_type: 'number',
  operators: ['eq'],
  ...more,
})
/** What of a promotion's method is shown among its conditions. */
export type FieldsOfMethod = Pick<Promotion, 'currency_code' | 'apply_to_quantity' | 'buy_rules_min_quantity'>

const cartAttributes = [
  among('customer_group', 'customer.groups.id', 'Customer Group'),
  among('region', 'region.id', 'Region'),
  among('country', 'shipping_address.country_code', 'Country'),
  among('sales_channel', 'sales_channel_id', 'Sales Channel'),
]
const cartFigures = [
  figure('item_total', 'item_total', 'Items before discounts, in major units'),
  figure('item_quantity', 'item_quantity', 'Pieces'),
]
const itemAttributes = [
  among('product', 'items.product.id', 'Product'),
  among('product_category', 'items.product.categories.id', 'Product Category'),
  among('product_collection', 'items.product.collection_id', 'Product Collection'),
  among('product_type', 'items.product.type_id', 'Product Type'),
  among('product_tag', 'items.product.tags.id', 'Product Tag'),
  among('variant', 'items.variant_id', 'Variant'),
  among('vendor', 'items.vendor_id', 'Vendor'),
]
const methodAttributes = [
  among('shipping_option_type', 'shipping_methods.shipping_option.shipping_option_type_id', 'Shipping Option Type'),
  among('shipping_option', 'shipping_methods.shipping_option_id', 'Shipping Option'),
  among('shipping_profile', 'shipping_methods.shipping_profile_id', 'Shipping Profile'),
  among('shipping_vendor', 'shipping_methods.vendor_id', 'Vendor'),
]
const operatorLabels: Partial<Record<Operator, string>> = { in: 'In', eq: 'Equals', ne: 'Not In' }
export const operatorLabel = (operator: Operator): string => operatorLabels[operator] ?? operator

/** Other names for the same, which Medusa's clients use. A rule keeps the one that it was written with. */
const synonyms: Readonly<Record<string, string>> = {
  customer_group_id: 'customer.groups.id',
  'customer.customer_group.id': 'customer.groups.id',
  region_id: 'region.id',
  'sales_channel.id': 'sales_channel_id',
  subtotal: 'item_total',
  product_id: 'items.product.id',
  'product.id': 'items.product.id',
  'items.product_id': 'items.product.id',
  'items.product.collection.id': 'items.product.collection_id',
  'items.product.type.id': 'items.product.type_id',
  'items.product_category_id': 'items.product.categories.id',
  'items.product_collection_id': 'items.product.collection_id',
  'items.product_type_id': 'items.product.type_id',
  'items.variant.id': 'items.variant_id',
  'shipping_methods.shipping_option.id': 'shipping_methods.shipping_option_id',
  'shipping_option.id': 'shipping_methods.shipping_option_id',
  shipping_option_id: 'shipping_methods.shipping_option_id',
}

/** The name under which a cart, a line or a method knows what a rule asks for. */
export const attributeOf = (name: string): string => (Object.hasOwn(synonyms, name) ? (synonyms[name] as string) : name)

export const ruleTypes = ['rules', 'target-rules', 'buy-rules'] as const
/** Conditions on the cart, on what is discounted, and on what must be bought. */
export type RuleType = (typeof ruleTypes)[number]

/** What the conditions that are offered depend on; all absent for what is not known yet. */
export interface RuledPromotion {
  type?: Promotion['type'] | undefined
  method_type?: Promotion['method_type'] | undefined
  target_type?: Promotion['target_type'] | undefined
}

/** The conditions that rules of a type are offered to ask for. */
export function ruleAttributes(type: RuleType, promotion: RuledPromotion): readonly RuleAttribute[] {
  if (type === 'rules') {
    const currency = { required: promotion.method_type === 'fixed', hydrate: true, field_type: 'select' } as const
    return [...cartAttributes, field('currency_code', 'Currency Code', currency), ...cartFigures]
  }
  const isBuyget = promotion.type === 'buyget'
  if (type === 'buy-rules') {
    return isBuyget ? [...itemAttributes, field('buy_rules_min_quantity', 'Minimum quantity of items', {})] : itemAttributes
  }
  const targets = promotion.target_type === 'shipping_methods' ? methodAttributes : itemAttributes
  return isBuyget ? [...targets, field('apply_to_quantity', 'Quantity of items promotion will apply to', {})] : targets
}

/** What rules are held against: the cart, one of its lines, or one of its shipping methods. */
export type RuleScope = 'cart' | 'items' | 'shipping_methods'

/**
 * Whether all rules hold. They may ask for anything (as in Medusa's): what nothing is known of is none of the values,
 * and a rule without values holds for nothing.
 * Of a line or method, paths may begin with what lines or methods are called in a cart.
 */
export function allHold(rules: readonly Rule[], facts: Facts, scope: RuleScope): boolean {
  return rules.every((rule) => {
    if (rule.values.length === 0) return false
    const path = attributeOf(rule.attribute)
    const inner = scope !== 'cart' && path.startsWith(`${scope}.`) ? path.slice(scope.length + 1) : path
    return holds(rule, valuesAt(inner.split('.'), facts))
  })
}

/** What stands at the end of a path, through every element of the lists that it meets. */
function valuesAt(path: readonly string[], known: unknown): string[] {
  if (known == null) return []
  if (Array.isArray(known)) return known.flatMap((one) => valuesAt(path, one))
  const [key, ...rest] = path
  if (key === undefined) return typeof known === 'object' ? [] : [String(known)]
  if (typeof known !== 'object' || !Object.hasOwn(known, key)) return []
  return valuesAt(rest, (known as Record<string, unknown>)[key])
}

function holds({ operator, values }: Rule, known: readonly string[]): boolean {
  const isAmong = (one: string) => values.some((value) => same(value, one))
  const compares = (test: (one: number, value: number) => boolean) =>
    known.length > 0 && known.every((one) => values.some((value) => test(Number(one), Number(value))))
  switch (operator) {
    case 'in':
      return known.some(isAmong)
    case 'eq':
      return known.length > 0 && known.every(isAmong)
    case 'ne':
      return !known.some(isAmong)
    case 'gt':
      return compares((one, value) => one > value)
    case 'gte':
      return compares((one, value) => one >= value)
    case 'lt':
      return compares((one, value) => one < value)
    case 'lte':
      return compares((one, value) => one <= value)
  }
}

const numeric = /^\d{1,15}(?:\.\d{1,6})?$/

/** Figures by their value, so that 50 and 50.00 are the same; everything else to the letter. */
function same(value: string, one: string): boolean {
  return value === one || (numeric.test(value) && numeric.test(one) && Number(value) === Number(one))
}

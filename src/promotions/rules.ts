import type { Operator, Rule } from './promotion.js'

/** What is known of a cart, a line or a shipping method, as rules ask for it: by dotted paths. */
export type Facts = Readonly<Record<string, unknown>>

/** A kind of condition, as the Admin API offers it. */
export interface RuleAttribute {
  id: string
  /** The name that a rule asks for. */
  value: string
  label: string
  field_type: 'multiselect' | 'number'
  /** Those that a form offers; a rule may have any. */
  operators: readonly Operator[]
}

const oneOf: readonly Operator[] = ['in', 'eq', 'ne']
const figures: readonly Operator[] = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte']
const among = (id: string, value: string, label: string): RuleAttribute => ({
  id,
  value,
  label,
  field_type: 'multiselect',
  operators: oneOf,
})
const figure = (id: string, value: string, label: string): RuleAttribute => ({ id, value, label, field_type: 'number', operators: figures })

const cartAttributes = [
  among('currency_code', 'currency_code', 'Currency code'),
  among('customer_group', 'customer.groups.id', 'Customer group'),
  among('region', 'region.id', 'Region'),
  among('country', 'shipping_address.country_code', 'Country'),
  among('sales_channel', 'sales_channel_id', 'Sales channel'),
  figure('item_total', 'item_total', 'Items before discounts, in major units'),
  figure('item_quantity', 'item_quantity', 'Pieces'),
]
const itemAttributes = [
  among('product', 'items.product.id', 'Product'),
  among('product_category', 'items.product.categories.id', 'Product category'),
  among('product_collection', 'items.product.collection_id', 'Product collection'),
  among('product_type', 'items.product.type_id', 'Product type'),
  among('product_tag', 'items.product.tags.id', 'Product tag'),
  among('variant', 'items.variant_id', 'Variant'),
  among('vendor', 'items.vendor_id', 'Vendor'),
]
const methodAttributes = [
  among('shipping_option_type', 'shipping_methods.shipping_option.shipping_option_type_id', 'Shipping option type'),
  among('shipping_option', 'shipping_methods.shipping_option_id', 'Shipping option'),
  among('shipping_profile', 'shipping_methods.shipping_profile_id', 'Shipping profile'),
  among('shipping_vendor', 'shipping_methods.vendor_id', 'Vendor'),
]

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

/** The conditions that rules of a type can ask for. */
export function ruleAttributes(type: RuleType, targetType: 'items' | 'shipping_methods' | 'order'): readonly RuleAttribute[] {
  if (type === 'rules') return cartAttributes
  return type === 'target-rules' && targetType === 'shipping_methods' ? methodAttributes : itemAttributes
}

/** What rules are held against: the cart, one of its lines, or one of its shipping methods. */
export type RuleScope = 'cart' | 'items' | 'shipping_methods'

/**
 * Whether all rules hold. They may ask for anything (as in Medusa's): what nothing is known of is none of the values.
 * Of a line or method, paths may begin with what lines or methods are called in a cart.
 */
export function allHold(rules: readonly Rule[], facts: Facts, scope: RuleScope): boolean {
  return rules.every((rule) => {
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

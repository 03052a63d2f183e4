import type { Operator, Rule } from './promotion.js'

/** What a cart, a line or a shipping method is, by the names that rules ask for. */
export type Attributes = Readonly<Record<string, readonly string[]>>

/** A kind of condition, as the Admin API offers it. */
export interface RuleAttribute {
  id: string
  /** The name that a rule asks for. */
  value: string
  label: string
  field_type: 'multiselect' | 'number'
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
export const attributeOf = (name: string): string => synonyms[name] ?? name

export const ruleTypes = ['rules', 'target-rules', 'buy-rules'] as const
/** Conditions on the cart, on what is discounted, and on what must be bought. */
export type RuleType = (typeof ruleTypes)[number]

/** The conditions that rules of a type can ask for. */
export function ruleAttributes(type: RuleType, targetType: 'items' | 'shipping_methods' | 'order'): readonly RuleAttribute[] {
  if (type === 'rules') return cartAttributes
  return type === 'target-rules' && targetType === 'shipping_methods' ? methodAttributes : itemAttributes
}

/** Whether all rules hold. What nothing is known of is none of the values. */
export function allHold(rules: readonly Rule[], attributes: Attributes): boolean {
  return rules.every((rule) => holds(rule, attributes[attributeOf(rule.attribute)] ?? []))
}

function holds({ operator, values }: Rule, known: readonly string[]): boolean {
  switch (operator) {
    case 'in':
    case 'eq':
      return known.some((one) => values.some((value) => same(value, one)))
    case 'ne':
      return !known.some((one) => values.some((value) => same(value, one)))
    case 'gt':
      return compares(known, values, (one, value) => one > value)
    case 'gte':
      return compares(known, values, (one, value) => one >= value)
    case 'lt':
      return compares(known, values, (one, value) => one < value)
    case 'lte':
      return compares(known, values, (one, value) => one <= value)
  }
}

const numeric = /^\d{1,15}(?:\.\d{1,6})?$/

/** Figures by their value, so that 50 and 50.00 are the same; everything else to the letter. */
function same(value: string, one: string): boolean {
  return value === one || (numeric.test(value) && numeric.test(one) && Number(value) === Number(one))
}

function compares(known: readonly string[], values: readonly string[], test: (one: number, value: number) => boolean): boolean {
  return known.some((one) => values.some((value) => test(Number(one), Number(value))))
}

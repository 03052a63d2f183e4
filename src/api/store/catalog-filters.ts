import { z } from 'zod'
import { facetNames, type ProductFilter, type VariantFilter } from '../../catalog/index.js'
import { booleanText, oneOrMany } from '../../http/index.js'
import { limits } from '../../kernel/index.js'

// Filters of products and variants, as lists take them in their query and the search in its body.

const date = z
  .string()
  .max(40)
  .refine((text) => !Number.isNaN(Date.parse(text)), 'is not a date')
const pattern = z.string().max(limits.search_characters)
const several = <Schema extends z.ZodType>(value: Schema) =>
  z.union([z.array(value).max(limits.idsInFilter), value.transform((one) => [one])])

const patterns = { $like: pattern.optional(), $ilike: pattern.optional(), $contains: pattern.optional() }

export const dates = z.union([
  date,
  z.array(date).max(50),
  z.strictObject({
    $eq: date.optional(),
    $ne: date.optional(),
    $gt: date.optional(),
    $gte: date.optional(),
    $lt: date.optional(),
    $lte: date.optional(),
    $in: several(date).optional(),
    $nin: several(date).optional(),
    ...patterns,
  }),
])

const word = z.string().max(500)
export const texts = z.union([
  oneOrMany,
  z.strictObject({
    $eq: word.optional(),
    $ne: word.optional(),
    $gt: word.optional(),
    $gte: word.optional(),
    $lt: word.optional(),
    $lte: word.optional(),
    $in: several(word).optional(),
    $nin: several(word).optional(),
    ...patterns,
  }),
])

const variantScalars = {
  q: z.string().max(limits.search_characters).optional(),
  id: oneOrMany.optional(),
  sku: texts.optional(),
  ean: texts.optional(),
  upc: texts.optional(),
  barcode: texts.optional(),
  allow_backorder: booleanText.optional(),
  manage_inventory: booleanText.optional(),
  options: z
    .strictObject({ value: oneOrMany.optional(), option_id: oneOrMany.optional(), option_value_id: oneOrMany.optional() })
    .optional(),
  created_at: dates.optional(),
  updated_at: dates.optional(),
  deleted_at: dates.optional(),
}
const variantPart = z.strictObject(variantScalars)
export const variantFilters = {
  ...variantScalars,
  $and: z.array(variantPart).max(10).optional(),
  $or: z.array(variantPart).max(10).optional(),
}

const productScalars = {
  q: z.string().max(limits.search_characters).optional(),
  id: oneOrMany.optional(),
  title: texts.optional(),
  handle: texts.optional(),
  is_giftcard: booleanText.optional(),
  category_id: oneOrMany.optional(),
  collection_id: oneOrMany.optional(),
  tag_id: oneOrMany.optional(),
  type_id: oneOrMany.optional(),
  option_id: oneOrMany.optional(),
  option_value_id: oneOrMany.optional(),
  external_id: texts.optional(),
  vendor_id: oneOrMany.optional(),
  available: booleanText.optional(),
  created_at: dates.optional(),
  updated_at: dates.optional(),
  deleted_at: dates.optional(),
}
const money = z.coerce.number().min(0).max(Number.MAX_SAFE_INTEGER)
/** A window of prices in major units of the region's currency. */
export const priceWindow = z.strictObject({ $gte: money.optional(), $lte: money.optional() })

/** What staff can narrow products by beside what shoppers can. */
export const managedScalars = {
  status: oneOrMany.optional(),
  sales_channel_id: oneOrMany.optional(),
  price_list_id: oneOrMany.optional(),
  shipping_profile_id: oneOrMany.optional(),
  discountable: booleanText.optional(),
  sku: oneOrMany.optional(),
}
const productPart = z.strictObject({ ...productScalars, variants: variantPart.optional() })
export const productFilters = {
  ...productScalars,
  variants: z.strictObject(variantFilters).optional(),
  /** Values by the title of their option, as facets count them. */
  options: z
    .record(z.string().max(limits.name_characters), oneOrMany)
    .refine((value) => Object.keys(value).length <= limits.optionsOfProduct, 'names too many options')
    .optional(),
  price: priceWindow.optional(),
  $and: z.array(productPart).max(10).optional(),
  $or: z.array(productPart).max(10).optional(),
}
const productFilter = z.strictObject(productFilters)
export type ProductFilterInput = z.output<typeof productFilter>

/** Facets as a query names them: separated by commas, or several times. */
export const facetList = z
  .union([z.string().max(200), z.array(z.string().max(200)).max(20)])
  .transform((value) => [...new Set([value].flat().flatMap((text) => text.split(',')))].filter((name) => name !== ''))
  .pipe(z.array(z.enum(facetNames)).max(facetNames.length))

/** A filter without what was not given: its parts are told apart by being there. The price waits for its currency. */
export function filterOf(input: ProductFilterInput): ProductFilter {
  const { price: _price, options, ...filter } = input
  const named = options === undefined ? {} : { option_values: Object.entries(options).map(([title, values]) => ({ title, values })) }
  return { ...given(filter), ...named } as ProductFilter
}

const managedPart = z.strictObject({ ...productScalars, ...managedScalars, variants: variantPart.optional() })
export const managedFilters = {
  ...productScalars,
  ...managedScalars,
  variants: z.strictObject(variantFilters).optional(),
  $and: z.array(managedPart).max(10).optional(),
  $or: z.array(managedPart).max(10).optional(),
}

/** The filter of staff: categories that shoppers do not see are known to them. */
export function managedFilterOf(input: z.output<z.ZodObject<typeof managedFilters>>): ProductFilter {
  const { $and, $or, ...filter } = input
  const parts = (several: typeof $and) => several?.map((part) => managedFilterOf(part))
  return { ...given({ ...filter, $and: parts($and), $or: parts($or) }), hidden_categories: true } as ProductFilter
}

export const variantFilterOf = (input: object): VariantFilter => given(input) as VariantFilter

function given(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

import { wordPatterns, type DateFilter, dateConditions, type TextFilter, textConditions, together, type Values } from '../../db/index.js'
import { inventoryQuantitySql } from './product-json.js'
import { type VariantFilter, variantConditions } from './variant-filter.js'

/** What a product list can be narrowed by. Absent means not narrowed. */
export interface ProductFilter {
  q?: string
  id?: TextFilter
  title?: TextFilter
  handle?: TextFilter
  is_giftcard?: boolean
  category_id?: string[]
  collection_id?: string[]
  tag_id?: string[]
  type_id?: string[]
  option_id?: string[]
  option_value_id?: string[]
  external_id?: TextFilter
  vendor_id?: string[]
  status?: string[]
  sales_channel_id?: string[]
  shipping_profile_id?: string[]
  discountable?: boolean
  /** Price lists that a variant has a price in. */
  price_list_id?: string[]
  /** Categories that shoppers do not see count, too. */
  hidden_categories?: boolean
  /** SKUs of variants: short for the filter of variants. */
  sku?: string[]
  variants?: VariantFilter
  /** Option values by name; every group must be met: sizes M or L, and colour red. */
  option_values?: readonly { title: string; values: readonly string[] }[]
  /** Prices of one piece that lie in a window, in minor units of a currency. */
  price?: { currency_code: string; least_minor: bigint | null; most_minor: bigint | null }
  /** In stock, or not, in the channels that are shown. */
  available?: boolean
  created_at?: DateFilter
  updated_at?: DateFilter
  deleted_at?: DateFilter
  $and?: ProductFilter[]
  $or?: ProductFilter[]
}

/** How a filter becomes SQL, beside the filter itself. */
export interface FilterContext {
  values: Values
  /** SQL of the sales channel that stock is counted for. */
  channel: string
  /** Languages whose words are searched beside the store's own. */
  locales: readonly string[]
  /** The words of `q` are in thousands of products: reading along the list finds a page sooner than the index does. */
  frequentWords: boolean
}

/**
 * SQL: the vendor of product `p` sells at present. Asked once for a statement, as an array: as a join it made the planner
 * start from the vendors (23 ms for a count of 1 030 products against 1.5).
 */
export const soldByActiveVendorSql = `p.vendor_id = any(array(select d.id from vendor d where d.tenant_id = $1 and d.status = 'active'))`

/** Matches found by a search at most; whoever has more has a word that tells nothing. */
export const searchMatches = 20_000

/** Conditions on product `p` for a filter. The text depends only on which filters are given, never on their values. */
export function productConditions(filter: ProductFilter, context: FilterContext): string[] {
  const { values } = context
  const conditions = [
    ...textConditions('p.id', filter.id, values),
    ...textConditions('p.title', filter.title, values),
    ...textConditions('p.handle', filter.handle, values),
    ...textConditions('p.collection_id', filter.collection_id, values),
    ...textConditions('p.type_id', filter.type_id, values),
    ...textConditions('p.external_id', filter.external_id, values),
    ...textConditions('p.vendor_id', filter.vendor_id, values),
    ...textConditions('p.status', filter.status, values),
    ...textConditions('p.shipping_profile_id', filter.shipping_profile_id, values),
    ...placeConditions(filter, values),
  ]
  if (filter.is_giftcard !== undefined) conditions.push(`p.is_giftcard = ${values.add(filter.is_giftcard)}`)
  if (filter.discountable !== undefined) conditions.push(`p.discountable = ${values.add(filter.discountable)}`)
  const words = wordPatterns(filter.q?.toLowerCase())
  if (words !== null) conditions.push(wordsCondition(words, context))
  if (filter.category_id !== undefined) {
    conditions.push(`p.id in (select l.product_id from product_category_product l
      join product_category c on c.tenant_id = l.tenant_id and c.id = l.product_category_id
      where l.tenant_id = $1 and l.product_category_id = any(${values.add(filter.category_id)}::text[])
        ${filter.hidden_categories === true ? '' : 'and c.is_active and not c.is_internal'} and c.deleted_at is null)`)
  }
  if (filter.tag_id !== undefined) {
    conditions.push(`p.id in (select l.product_id from product_tag_product l
      where l.tenant_id = $1 and l.product_tag_id = any(${values.add(filter.tag_id)}::text[]))`)
  }
  conditions.push(...variantsConditions(filter, values), ...priceConditions(filter, values))
  if (filter.available !== undefined) conditions.push(`${filter.available ? '' : 'not '}${availableSql(context.channel)}`)
  conditions.push(
    ...dateConditions('p.created_at', filter.created_at, values),
    ...dateConditions('p.updated_at', filter.updated_at, values),
    ...dateConditions('p.deleted_at', filter.deleted_at, values),
  )
  for (const part of filter.$and ?? []) conditions.push(together(productConditions(part, context), 'and'))
  if (filter.$or !== undefined) {
    conditions.push(
      together(
        filter.$or.map((part) => together(productConditions(part, context), 'and')),
        'or',
      ),
    )
  }
  return conditions
}

function wordsCondition(words: readonly string[], { values, locales, frequentWords }: FilterContext): string {
  const patterns = `${values.add(words)}::text[]`
  const languages = locales.length === 0 ? null : values.add(locales)
  if (frequentWords) {
    const translated =
      languages === null
        ? ''
        : ` or exists (select 1 from translation t where t.tenant_id = $1 and t.reference_id = p.id
             and t.locale_code = any(${languages}::text[]) and t.search_text like all(${patterns}))`
    // A word that the product's own text has not may be a variant's.
    return `(p.search_text like all(${patterns}) or not exists (
      select 1 from unnest(${patterns}) w (pattern) where p.search_text not like w.pattern and not exists (
        select 1 from product_variant v where v.tenant_id = $1 and v.product_id = p.id and v.deleted_at is null
          and concat_ws(' ', v.title, v.sku, v.barcode, v.ean, v.upc) collate "default" ilike w.pattern))${translated})`
  }
  const own = `select s.id from app.search_products(${patterns}, ${searchMatches}) s`
  const translated =
    languages === null ? '' : ` union select t.id from app.search_translations(${patterns}, ${languages}::text[], ${searchMatches}) t`
  // As an array, so that a page by id ends after its last row: joined, the planner reads along the whole list instead.
  return `p.id = any(array(${own}${translated}))`
}

function placeConditions({ sales_channel_id, price_list_id }: ProductFilter, values: Values): string[] {
  const conditions: string[] = []
  if (sales_channel_id !== undefined) {
    conditions.push(`p.id in (select h.product_id from product_sales_channel h
      where h.tenant_id = $1 and h.sales_channel_id = any(${values.add(sales_channel_id)}::text[]))`)
  }
  if (price_list_id !== undefined) {
    conditions.push(`p.id in (select v.product_id from product_variant v
      join conditional_price r on r.tenant_id = v.tenant_id and r.price_set_id = v.price_set_id
      where v.tenant_id = $1 and v.deleted_at is null and r.price_list_id = any(${values.add(price_list_id)}::text[]))`)
  }
  return conditions
}

/** Conditions that one variant must meet together. */
function variantsConditions(filter: ProductFilter, values: Values): string[] {
  const { sku, option_id, option_value_id, variants, option_values: named = [] } = filter
  const wanted: VariantFilter[] = []
  if (variants !== undefined) wanted.push(variants)
  if (sku !== undefined) wanted.push({ sku })
  if (option_id !== undefined) wanted.push({ options: { option_id } })
  const conditions = wanted.flatMap((part) => variantConditions(part, values))
  if (option_value_id !== undefined) {
    // Of one option any of the values, of several options one of each: large or small, and green.
    const given = `${values.add(option_value_id)}::text[]`
    conditions.push(`(select count(distinct l.option_id) from product_variant_option l
      where l.tenant_id = $1 and l.variant_id = v.id and l.option_value_id = any(${given}))
      = (select count(distinct w.option_id) from product_option_value w where w.tenant_id = $1 and w.id = any(${given}))`)
    conditions.push(
      `v.id in (select l.variant_id from product_variant_option l where l.tenant_id = $1 and l.option_value_id = any(${given}))`,
    )
  }
  for (const { title, values: options } of named) {
    conditions.push(`v.id in (select l.variant_id from product_variant_option l
      join product_option o on o.tenant_id = l.tenant_id and o.id = l.option_id
      join product_option_value w on w.tenant_id = l.tenant_id and w.id = l.option_value_id
      where l.tenant_id = $1 and o.title = ${values.add(title)} and w.value = any(${values.add(options)}::text[]))`)
  }
  if (conditions.length === 0) return []
  return [
    `p.id in (select v.product_id from product_variant v where v.tenant_id = $1 and v.deleted_at is null and ${conditions.join(' and ')})`,
  ]
}

function priceConditions(filter: ProductFilter, values: Values): string[] {
  if (filter.price === undefined) return []
  const { currency_code, least_minor, most_minor } = filter.price
  const window = [
    ...(least_minor === null ? [] : [`r.highest_minor >= ${values.add(least_minor)}::bigint`]),
    ...(most_minor === null ? [] : [`r.lowest_minor <= ${values.add(most_minor)}::bigint`]),
  ]
  const ofCurrency = `r.currency_code = ${values.add(currency_code)}`
  return [
    `exists (select 1 from product_price_range r where r.tenant_id = $1 and r.product_id = p.id and ${[ofCurrency, ...window].join(' and ')})`,
  ]
}

/** SQL for "something of product p can be bought in the channel". */
export function availableSql(channel: string): string {
  return `exists (select 1 from product_variant v where v.tenant_id = $1 and v.product_id = p.id and v.deleted_at is null
    and (not v.manage_inventory or v.allow_backorder or coalesce(${inventoryQuantitySql('v', channel)}, 0) > 0))`
}

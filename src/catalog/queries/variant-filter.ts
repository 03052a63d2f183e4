import {
  type DateFilter,
  dateConditions,
  hasWords,
  type TextFilter,
  textConditions,
  together,
  type Values,
  wordPatterns,
} from '../../db/index.js'

/** What variants can be narrowed by. Absent means not narrowed. */
export interface VariantFilter {
  q?: string
  id?: string[]
  sku?: TextFilter
  ean?: TextFilter
  upc?: TextFilter
  barcode?: TextFilter
  product_id?: string[]
  allow_backorder?: boolean
  manage_inventory?: boolean
  options?: { value?: string[]; option_id?: string[]; option_value_id?: string[] }
  created_at?: DateFilter
  updated_at?: DateFilter
  deleted_at?: DateFilter
  $and?: VariantFilter[]
  $or?: VariantFilter[]
}

const searched = ['title', 'sku', 'barcode', 'ean', 'upc'].map((column) => `v.${column}`)
/** SQL: what is searched of the product of variant `v`, which finds all of its variants. */
const textOfProduct = '(select s.search_text from product s where s.tenant_id = $1 and s.id = v.product_id)'

/** Conditions on variant `v`. The text depends only on which filters are given, never on their values. */
export function variantConditions(filter: VariantFilter, values: Values): string[] {
  const conditions = [
    ...textConditions('v.id', filter.id, values),
    ...textConditions('v.sku', filter.sku, values),
    ...textConditions('v.ean', filter.ean, values),
    ...textConditions('v.upc', filter.upc, values),
    ...textConditions('v.barcode', filter.barcode, values),
    ...textConditions('v.product_id', filter.product_id, values),
    ...dateConditions('v.created_at', filter.created_at, values),
    ...dateConditions('v.updated_at', filter.updated_at, values),
    ...dateConditions('v.deleted_at', filter.deleted_at, values),
  ]
  for (const name of ['allow_backorder', 'manage_inventory'] as const) {
    if (filter[name] !== undefined) conditions.push(`v.${name} = ${values.add(filter[name])}`)
  }
  const words = wordPatterns(filter.q)
  if (words !== null) conditions.push(hasWords(values.add(words), ...searched, textOfProduct))
  conditions.push(...optionConditions(filter.options, values))
  for (const part of filter.$and ?? []) conditions.push(together(variantConditions(part, values), 'and'))
  if (filter.$or !== undefined) {
    conditions.push(
      together(
        filter.$or.map((part) => together(variantConditions(part, values), 'and')),
        'or',
      ),
    )
  }
  return conditions
}

function optionConditions(options: VariantFilter['options'], values: Values): string[] {
  if (options === undefined) return []
  const inner = [
    ...textConditions('l.option_id', options.option_id, values),
    ...textConditions('l.option_value_id', options.option_value_id, values),
    ...textConditions('w.value', options.value, values),
  ]
  if (inner.length === 0) return []
  return [
    `v.id in (select l.variant_id from product_variant_option l
      join product_option_value w on w.tenant_id = l.tenant_id and w.id = l.option_value_id
      where l.tenant_id = $1 and ${inner.join(' and ')})`,
  ]
}

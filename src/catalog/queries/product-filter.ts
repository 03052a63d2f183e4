/** Comparison of a date, as Medusa's clients write it: a value, or operators. */
export type DateFilter = string | string[] | Partial<Record<'$eq' | '$ne' | '$gt' | '$gte' | '$lt' | '$lte', string>>

/** What a product list can be narrowed by. Absent means not narrowed. */
export interface ProductFilter {
  q?: string
  id?: string[]
  title?: string[]
  handle?: string[]
  is_giftcard?: boolean
  category_id?: string[]
  collection_id?: string[]
  tag_id?: string[]
  type_id?: string[]
  option_id?: string[]
  option_value_id?: string[]
  external_id?: string[]
  vendor_id?: string[]
  sku?: string[]
  optionValues?: { value?: string[]; option_id?: string[] }
  created_at?: DateFilter
  updated_at?: DateFilter
  $and?: ProductFilter[]
  $or?: ProductFilter[]
}

/** Collects the values of a statement and hands out their placeholders. */
export interface Values {
  add(value: unknown): string
}

export function valuesFrom(values: unknown[]): Values {
  return {
    add(value) {
      values.push(value)
      return `$${values.length}`
    },
  }
}

const operators = { $eq: '=', $ne: '<>', $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' } as const

/** Pattern of LIKE for "contains", with what a person types taken literally. */
export function containing(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
}

/** Matches found by a search at most; more means that the words were too short to tell anything. */
const searchMatches = 2_000

/** Conditions on product `p` for a filter. The text depends only on which filters are given, never on their values. */
export function productConditions(filter: ProductFilter, values: Values): string[] {
  const conditions: string[] = []
  const any = (column: string, wanted: string[] | undefined) => {
    if (wanted !== undefined) conditions.push(`${column} = any(${values.add(wanted)}::text[])`)
  }
  any('p.id', filter.id)
  any('p.title', filter.title)
  any('p.handle', filter.handle)
  any('p.collection_id', filter.collection_id)
  any('p.type_id', filter.type_id)
  any('p.external_id', filter.external_id)
  any('p.vendor_id', filter.vendor_id)
  if (filter.is_giftcard !== undefined) conditions.push(`p.is_giftcard = ${values.add(filter.is_giftcard)}`)
  if (filter.q !== undefined && filter.q.trim() !== '') {
    conditions.push(`p.id in (select s.id from app.search_products(${values.add(containing(filter.q.trim()))}, ${searchMatches}) s)`)
  }
  if (filter.category_id !== undefined) {
    conditions.push(`p.id in (select l.product_id from product_category_product l
      join product_category c on c.tenant_id = l.tenant_id and c.id = l.product_category_id
      where l.tenant_id = $1 and l.product_category_id = any(${values.add(filter.category_id)}::text[])
        and c.is_active and not c.is_internal and c.deleted_at is null)`)
  }
  if (filter.tag_id !== undefined) {
    conditions.push(`p.id in (select l.product_id from product_tag_product l
      where l.tenant_id = $1 and l.product_tag_id = any(${values.add(filter.tag_id)}::text[]))`)
  }
  if (filter.sku !== undefined) {
    conditions.push(`p.id in (select v.product_id from product_variant v
      where v.tenant_id = $1 and v.deleted_at is null and v.sku = any(${values.add(filter.sku)}::text[]))`)
  }
  conditions.push(...optionConditions(filter, values))
  conditions.push(
    ...dateConditions('p.created_at', filter.created_at, values),
    ...dateConditions('p.updated_at', filter.updated_at, values),
  )
  for (const part of filter.$and ?? []) conditions.push(together(productConditions(part, values), 'and'))
  if (filter.$or !== undefined) {
    conditions.push(
      together(
        filter.$or.map((part) => together(productConditions(part, values), 'and')),
        'or',
      ),
    )
  }
  return conditions
}

function together(conditions: string[], word: 'and' | 'or'): string {
  return conditions.length === 0 ? 'true' : `(${conditions.join(` ${word} `)})`
}

function optionConditions(filter: ProductFilter, values: Values): string[] {
  const { option_id: options, option_value_id: ids, optionValues } = filter
  if (options === undefined && ids === undefined && optionValues === undefined) return []
  const inner = ['l.tenant_id = $1']
  if (options !== undefined) inner.push(`l.option_id = any(${values.add(options)}::text[])`)
  if (ids !== undefined) inner.push(`l.option_value_id = any(${values.add(ids)}::text[])`)
  if (optionValues?.option_id !== undefined) inner.push(`l.option_id = any(${values.add(optionValues.option_id)}::text[])`)
  if (optionValues?.value !== undefined) inner.push(`w.value = any(${values.add(optionValues.value)}::text[])`)
  return [
    `p.id in (select v.product_id from product_variant_option l
      join product_option_value w on w.tenant_id = l.tenant_id and w.id = l.option_value_id
      join product_variant v on v.tenant_id = l.tenant_id and v.id = l.variant_id and v.deleted_at is null
      where ${inner.join(' and ')})`,
  ]
}

function dateConditions(column: string, filter: DateFilter | undefined, values: Values): string[] {
  if (filter === undefined) return []
  if (typeof filter === 'string') return [`${column} = ${values.add(filter)}::timestamptz`]
  if (Array.isArray(filter)) return [`${column} = any(${values.add(filter)}::timestamptz[])`]
  return Object.entries(filter).map(
    ([name, value]) => `${column} ${operators[name as keyof typeof operators]} ${values.add(value)}::timestamptz`,
  )
}

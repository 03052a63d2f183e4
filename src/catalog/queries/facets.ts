import { toMajor } from '../../kernel/index.js'
import { availableSql, type ProductFilter } from './product-filter.js'

export const facetNames = ['vendor', 'category', 'collection', 'type', 'tag', 'options', 'price', 'availability'] as const
export type FacetName = (typeof facetNames)[number]

/** The part of a filter that a facet is about: left out when the facet shows what else could be chosen. */
const ownFilters: Record<FacetName, readonly (keyof ProductFilter)[]> = {
  vendor: ['vendor_id'],
  category: ['category_id'],
  collection: ['collection_id'],
  type: ['type_id'],
  tag: ['tag_id'],
  options: ['option_values', 'option_value_id', 'option_id'],
  price: ['price'],
  availability: ['available'],
}

/** The filter without what a facet narrows it by; the same filter when it does not. */
export function withoutFacet(filter: ProductFilter, name: FacetName): ProductFilter {
  if (!ownFilters[name].some((key) => filter[key] !== undefined)) return filter
  const rest = { ...filter }
  for (const key of ownFilters[name]) delete rest[key]
  return rest
}

/** A value that products can be narrowed to, and how many of them have it. */
export interface FacetValue {
  /** Of a value of an option alone. */
  id?: string
  value: string | boolean
  label?: string
  count: number
}

interface PriceFacetRow {
  lowest_minor: number | null
  highest_minor: number | null
  buckets: { number: number; from_minor: number; to_minor: number; count: number }[]
}

export type FacetRows = Partial<Record<Exclude<FacetName, 'price' | 'options'>, FacetValue[]>> & {
  options?: { id: string; title: string; label?: string; values: FacetValue[] }[]
  price?: PriceFacetRow
}

export type Facets = Omit<FacetRows, 'price'> & {
  price?: { currency_code: string; min: number | null; max: number | null; ranges: { from: number; to: number; count: number }[] }
}

/** Values of a facet at most: a list of more is no help in choosing. */
const valuesShown = 100
const priceBuckets = 5

/** What the SQL of facets stands on. */
export interface FacetParameters {
  /** Name of the query whose `id` are the products that a facet counts; p holds what the product is. */
  sourceOf(name: FacetName): string
  /** SQL of the currency of prices; null without one, and then there is no price facet. */
  currency: string | null
  channel: string
}

/** One JSON object of all facets asked for. */
export function facetsSql(names: readonly FacetName[], parameters: FacetParameters): string {
  const parts = names.flatMap((name) => {
    if (name === 'price' && parameters.currency === null) return []
    return [`'${name}', ${facetSql(name, parameters)}`]
  })
  return `json_build_object(${parts.join(', ')})`
}

function facetSql(name: FacetName, parameters: FacetParameters): string {
  const products = `${parameters.sourceOf(name)} m join product p on p.tenant_id = $1 and p.id = m.id`
  switch (name) {
    case 'vendor':
      return grouped(`select p.vendor_id as value from ${products}`, 'vendor', 'name', 'and x.deleted_at is null')
    case 'collection':
      return grouped(`select p.collection_id as value from ${products}`, 'product_collection', 'title', 'and x.deleted_at is null')
    case 'type':
      return grouped(`select p.type_id as value from ${products}`, 'product_type', 'value', 'and x.deleted_at is null')
    case 'tag':
      return grouped(
        linked('product_tag_product', 'product_tag_id', parameters.sourceOf(name)),
        'product_tag',
        'value',
        'and x.deleted_at is null',
      )
    case 'category':
      return grouped(
        linked('product_category_product', 'product_category_id', parameters.sourceOf(name)),
        'product_category',
        'name',
        'and x.deleted_at is null and x.is_active and not x.is_internal',
      )
    case 'options':
      return optionsSql(parameters.sourceOf(name))
    case 'price':
      return priceSql(parameters.sourceOf(name), parameters.currency as string)
    case 'availability':
      return `coalesce((select json_agg(json_build_object('value', g.available, 'count', g.count) order by g.available desc)
        from (select ${availableSql(parameters.channel)} as available, count(*)::int as count from ${products} group by 1) g), '[]')`
  }
}

const linked = (table: string, column: string, source: string) =>
  `select l.${column} as value from ${source} m join ${table} l on l.tenant_id = $1 and l.product_id = m.id`

/** Counts by id, with the name of what the id names; most products first. */
function grouped(values: string, table: string, label: string, more: string): string {
  return `coalesce((select json_agg(json_build_object('value', g.value, 'label', x.${label}, 'count', g.count) order by g.count desc, x.${label}, g.value)
    from (select v.value, count(*)::int as count from (${values}) v where v.value is not null
          group by v.value order by count desc, v.value limit ${valuesShown}) g
    join ${table} x on x.tenant_id = $1 and x.id = g.value ${more}), '[]')`
}

/**
 * Options are the products' own; those of one title are one facet, and their values go by name. The ids are of one of each,
 * whose words in another language are those of all.
 */
function optionsSql(source: string): string {
  return `coalesce((select json_agg(json_build_object('id', t.id, 'title', t.title, 'values', t.values) order by t.title)
    from (select g.title, min(g.option_id) as id,
        json_agg(json_build_object('id', g.id, 'value', g.value, 'count', g.count) order by g.count desc, g.value) as values
      from (select h.title, h.value, count(distinct h.product_id)::int as count, min(h.option_id) as option_id, min(h.id) as id from (
          select m.id as product_id, o.id as option_id, o.title, w.id, w.value from ${source} m
          join product_option o on o.tenant_id = $1 and o.product_id = m.id and o.deleted_at is null
          join product_option_value w on w.tenant_id = $1 and w.option_id = o.id and w.deleted_at is null
          union all select m.id, o.id, o.title, w.id, w.value from ${source} m
          join product_shared_option s on s.tenant_id = $1 and s.product_id = m.id
          join product_option o on o.tenant_id = $1 and o.id = s.option_id and o.deleted_at is null
          join product_option_value w on w.tenant_id = $1 and w.id = s.option_value_id and w.deleted_at is null) h
        group by h.title, h.value order by count desc, h.title, h.value limit ${valuesShown}) g
      group by g.title) t), '[]')`
}

/** The window of lowest prices, in up to five parts of equal width; every product is in the part of its lowest price. */
function priceSql(source: string, currency: string): string {
  return `(with priced as (
      select r.lowest_minor as price from ${source} m
      join product_price_range r on r.tenant_id = $1 and r.product_id = m.id and r.currency_code = ${currency}
    ), edge as (
      select min(price) as lowest, max(price) as highest, (max(price) - min(price)) / ${priceBuckets} + 1 as width from priced
    )
    select json_build_object('lowest_minor', e.lowest, 'highest_minor', e.highest,
      'buckets', coalesce((select json_agg(json_build_object('number', b.number, 'from_minor', e.lowest + b.number * e.width,
          'to_minor', least(e.lowest + (b.number + 1) * e.width - 1, e.highest), 'count', b.count) order by b.number)
        from (select (q.price - e.lowest) / e.width as number, count(*)::int as count from priced q group by 1) b), '[]'))
    from edge e)`
}

/** Facets as answers show them, prices in major units. */
export function renderFacets(rows: FacetRows, currency: string | null): Facets {
  const { price, ...rest } = rows
  if (price === undefined || currency === null) return rest
  const major = (minor: number | null) => (minor === null ? null : toMajor(minor, currency))
  return {
    ...rest,
    price: {
      currency_code: currency,
      min: major(price.lowest_minor),
      max: major(price.highest_minor),
      ranges: price.buckets.map((bucket) => ({
        from: toMajor(bucket.from_minor, currency),
        to: toMajor(bucket.to_minor, currency),
        count: bucket.count,
      })),
    },
  }
}

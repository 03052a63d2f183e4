import { type Context, statement, tenantOf, type Values, valuesFrom, wordPatterns } from '../../db/index.js'
import { limits } from '../../kernel/index.js'
import { type FacetName, type FacetRows, type Facets, facetsSql, renderFacets, withoutFacet } from './facets.js'
import { type ProductFilter, productConditions } from './product-filter.js'
import { type ProductVisibility, visibleConditions } from './product-list.js'

export interface ProductSearch {
  /** Lower-case words; without any the search browses. */
  words: readonly string[]
  typos: boolean
  strategy: 'all' | 'any' | 'last'
  /** Where words are looked for; null for everywhere. */
  attributes: readonly string[] | null
  locales: readonly string[]
  least_score: number
  visibility: ProductVisibility
  filter: ProductFilter
  /** Empty for the best first. */
  order: readonly { field: 'title' | 'created_at' | 'updated_at' | 'price'; descending: boolean }[]
  facets: readonly FacetName[]
  /** Facets that are counted as if nothing had been chosen of them. */
  disjunctiveFacets: readonly FacetName[]
  /** At most one product of each. */
  distinct: 'vendor_id' | 'collection_id' | 'type_id' | null
  /** Of prices in order and facets. */
  currency: string | null
  skip: number
  take: number
}

export interface FoundProducts {
  hits: { id: string; score: number }[]
  count: number
  facets: Facets
}

const orderSql: Record<ProductSearch['order'][number]['field'], (currency: string) => string> = {
  title: () => 'p.title',
  created_at: () => 'p.created_at',
  updated_at: () => 'p.updated_at',
  price: (currency) =>
    `(select r.lowest_minor from product_price_range r where r.tenant_id = $1 and r.product_id = p.id and r.currency_code = ${currency})`,
}

/**
 * A page of products found by words, how many were found, and facets: one statement. Words are matched by the reader's
 * function, which answers ids; everything else is read under the caller's own policies.
 */
export async function findProducts(context: Context, search: ProductSearch): Promise<FoundProducts> {
  const list: unknown[] = [tenantOf(context)]
  const values = valuesFrom(list)
  const channels = values.add(search.visibility.salesChannelIds ?? [])
  const names = [...new Set([...search.facets, ...search.disjunctiveFacets])]
  // PostgreSQL refuses a parameter that its statement does not use.
  const compares = names.includes('price') || search.order.some(({ field }) => field === 'price')
  const currency = search.currency === null || !compares ? null : `${values.add(search.currency)}::text`
  const queries = matchedQueries(search, channels, values)
  const page = pageSql(search, currency, values)
  const facets = facetsSql(names, {
    sourceOf: (name) => (queries.has(`matched_${name}`) ? `matched_${name}` : 'matched'),
    currency,
    channel: `(${channels}::text[])[1]`,
  })
  const [row] = await context.db.read(
    context.scope,
    statement<{ hits: FoundProducts['hits']; count: number; facets: FacetRows }>(
      '',
      `with ${[...queries].map(([name, text]) => `${name} as materialized (${text})`).join(', ')}, page as (${page})
       select coalesce((select json_agg(json_build_object('id', g.id, 'score', g.score) order by g.position) from page g), '[]') as hits,
              (select count(*)::int from matched) as count, ${facets} as facets`,
      list,
    ),
  )
  return { hits: row?.hits ?? [], count: row?.count ?? 0, facets: renderFacets(row?.facets ?? {}, search.currency) }
}

/**
 * Patterns of words that the search for words would not find as they are meant: numbers such as SKUs, which variants have and no text,
 * and words with an apostrophe, of which there are several. Null where there is none, so that each search is one as a rule.
 */
function spelledOtherwise({ words, attributes }: ProductSearch): string[] | null {
  if (attributes !== null || !words.some((word) => /[\d_'’‘ʼ-]/.test(word))) return null
  return wordPatterns(words.join(' '))
}

/** The queries that find: words first, then what of it is visible and fits the filter, and the same for each facet that leaves its own part out. */
function matchedQueries(search: ProductSearch, channels: string, values: Values): Map<string, string> {
  const queries = new Map<string, string>()
  if (search.words.length > 0) {
    const parts = [
      `${values.add(search.words)}::text[]`,
      `${values.add(search.typos)}::boolean`,
      `${values.add(search.strategy)}::text`,
      `${values.add(search.attributes)}::text[]`,
      `${values.add(search.locales)}::text[]`,
      `${limits.searchMatches}`,
    ]
    const least = `${values.add(search.least_score)}::real`
    const patterns = spelledOtherwise(search)
    if (patterns === null) {
      queries.set('ranked', `select s.id, s.score from app.search_products_ranked(${parts.join(', ')}) s where s.score >= ${least}`)
    } else {
      // What has the very number is what was meant: nothing is looked for then that is spelled nearly so.
      parts[1] = `(${parts[1]} and not exists (select 1 from spelled))`
      const score = search.words.length === 1 ? 1 : 0.5
      queries.set('spelled', `select s.id from app.search_products(${values.add(patterns)}::text[], ${limits.searchMatches}) s`)
      queries.set(
        'ranked',
        `select s.id, max(s.score) as score from (
           select r.id, r.score from app.search_products_ranked(${parts.join(', ')}) r
           union all select w.id, ${score}::real from spelled w) s group by s.id having max(s.score) >= ${least}`,
      )
    }
  }
  const visible = visibleConditions(search.visibility, channels, values)
  const context = { values, channel: `(${channels}::text[])[1]`, locales: search.locales, frequentWords: false }
  const matched = (filter: ProductFilter) => {
    const where = [...visible, ...productConditions(filter, context)].join(' and ')
    const source = queries.has('ranked') ? 'ranked k join product p on p.id = k.id' : 'product p'
    const once = search.distinct === null ? '' : `distinct on (coalesce(p.${search.distinct}, p.id))`
    const score = queries.has('ranked') ? 'k.score' : '0::real as score'
    const best = search.distinct === null ? '' : ` order by coalesce(p.${search.distinct}, p.id), score desc, p.id`
    return `select ${once} p.id, ${score} from ${source} where ${where}${best}`
  }
  queries.set('matched', matched(search.filter))
  for (const name of search.disjunctiveFacets) {
    const wider = withoutFacet(search.filter, name)
    if (wider !== search.filter) queries.set(`matched_${name}`, matched(wider))
  }
  return queries
}

function pageSql(search: ProductSearch, currency: string | null, values: Values): string {
  const orders = search.order.map(
    ({ field, descending }) => `${orderSql[field](currency ?? 'null')} ${descending ? 'desc' : 'asc'} nulls last`,
  )
  const order = [...orders, 'm.score desc', 'm.id'].join(', ')
  return `select m.id, m.score, row_number() over (order by ${order}) as position
    from matched m join product p on p.tenant_id = $1 and p.id = m.id
    order by ${order} limit ${values.add(search.take)} offset ${values.add(search.skip)}`
}

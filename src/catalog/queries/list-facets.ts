import { type Context, statement, tenantOf } from '../../db/index.js'
import { costly } from './costly.js'
import { type FacetName, type FacetRows, type Facets, facetsSql, renderFacets } from './facets.js'
import { outlinedFrom, outlineOf } from './outline.js'
import { type ProductSelection, productListSql } from './product-list.js'

const remembered = costly<Facets>(200)

/**
 * What the products of a list could be narrowed by, with counts. One statement; of a list of thousands the answer is
 * some seconds old.
 * @param currency of the price facet; without one there is none
 */
export async function productFacets(
  context: Context,
  selection: ProductSelection,
  names: readonly FacetName[],
  currency: string | null,
): Promise<Facets> {
  const read = () => readFacets(context, selection, names, currency)
  if ((outlineOf(context, selection)?.count ?? 0) < outlinedFrom) return read()
  const parts = [tenantOf(context), selection.filter, selection.visibility, selection.locales ?? [], names, currency]
  const key = JSON.stringify(parts, (_name, value) => (typeof value === 'bigint' ? String(value) : value))
  const known = remembered.recall(key, read)
  if (known !== undefined) return known
  const answer = read()
  remembered.learn(key, () => answer)
  return answer
}

async function readFacets(
  context: Context,
  selection: ProductSelection,
  names: readonly FacetName[],
  currency: string | null,
): Promise<Facets> {
  // In whatever order it is read, a list holds the same; by price it would lose what has none.
  const sql = productListSql(tenantOf(context), { ...selection, order: { field: 'id', descending: false } }, false)
  const ofCurrency = currency === null || !names.includes('price') ? null : sql.values.add(currency)
  const facets = facetsSql(names, { sourceOf: () => 'matched', currency: ofCurrency, channel: `(${sql.channels}::text[])[1]` })
  const [row] = await context.db.read(
    context.scope,
    statement<{ facets: FacetRows }>(
      '',
      `with matched as materialized (select p.id from ${sql.from} where ${sql.where}) select ${facets} as facets`,
      sql.list,
    ),
  )
  return renderFacets(row?.facets ?? {}, currency)
}

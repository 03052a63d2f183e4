import { type Facets, findProducts, listProducts, type ProductJson, type ProductListQuery, type ProductSearch } from '../catalog/index.js'
import type { Context } from '../db/index.js'

export interface SearchedProducts {
  hits: { product: ProductJson; score: number }[]
  count: number
  facets: Facets
}

/**
 * Products by words, filters and facets, best first: one statement finds a page's ids, and one (with prices, two) reads
 * what is shown of them, however many there are.
 */
export async function searchProducts(
  context: Context,
  search: ProductSearch,
  shown: Pick<ProductListQuery, 'relations' | 'pricing' | 'publicUrl'>,
): Promise<SearchedProducts> {
  const { hits, count, facets } = await findProducts(context, search)
  if (hits.length === 0) return { hits: [], count, facets }
  const { products } = await listProducts(context, {
    ...shown,
    visibility: search.visibility,
    filter: { id: hits.map((hit) => hit.id) },
    limit: hits.length,
    offset: 0,
    order: { field: 'id', descending: false },
  })
  const byId = new Map(products.map((product) => [product.id, product]))
  // What was taken out of the store between the two statements is left out.
  const found = hits.flatMap(({ id, score }) => {
    const product = byId.get(id)
    return product === undefined ? [] : [{ product, score }]
  })
  return { hits: found, count, facets }
}

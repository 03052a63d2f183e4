import type { Line, Product, ProductList } from './answers.js'
import { contextOf } from './context.js'
import type { Visit } from './visit.js'
import { translated, variantName } from '../translations/index.js'

const fields = 'id,options.id,variants.id,variants.options.id,variants.options.value,variants.options.option_id'

/**
 * Lines of a cart or an order as the page's language calls them. They were written down in the store's own language; what has no
 * words in the page's keeps those, whatever the product is called by now. A cart has no more lines than a page has products.
 */
export async function inOwnWords<Of extends Line>(visit: Visit, lines: readonly Of[]): Promise<Of[]> {
  const id = [...new Set(lines.flatMap((line) => line.product_id ?? []))]
  if (visit.locale === visit.shop.locales[0] || id.length === 0) return [...lines]
  const titles = lines.map((line) => ({ id: line.product_id ?? '', title: line.product_title }))
  const variants = lines.map((line) => ({ id: line.variant_id ?? '', title: line.variant_title }))
  const [{ products }] = await Promise.all([
    visit.api.get<ProductList>('/store/products', { query: { id, limit: id.length, fields } }),
    translated(contextOf(visit), visit.locale, [...titles, ...variants]),
  ])
  return lines.map((line, index) => ({
    ...line,
    product_title: titles[index]?.title ?? line.product_title,
    variant_title: variantName(line.variant_title, variants[index]?.title ?? null, optionValues(line, products)),
  }))
}

/** The values of the options that the line's variant has, in their order; none where it is not sold any more. */
function optionValues(line: Line, products: readonly Pick<Product, 'id' | 'options' | 'variants'>[]): string[] {
  const product = products.find((candidate) => candidate.id === line.product_id)
  const variant = product?.variants.find((candidate) => candidate.id === line.variant_id)
  if (product === undefined || variant === undefined) return []
  return product.options.flatMap(({ id }) => variant.options.find((option) => option.option_id === id)?.value ?? [])
}

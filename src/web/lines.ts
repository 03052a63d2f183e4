import type { Line, Product, ProductList } from './answers.js'
import type { Visit } from './visit.js'
import { variantName } from '../translations/index.js'

const fields =
  'id,title,options.id,options.title,variants.id,variants.title,variants.options.id,variants.options.value,variants.options.option_id'

/**
 * Lines of a cart or an order as the page's language calls them. They were written down in the store's own language; what
 * is not sold any more keeps that. A cart has no more lines than a page has products.
 */
export async function inOwnWords<Of extends Line>(visit: Visit, lines: readonly Of[]): Promise<Of[]> {
  const id = [...new Set(lines.flatMap((line) => line.product_id ?? []))]
  if (visit.locale === visit.shop.locales[0] || id.length === 0) return [...lines]
  const query = { id, limit: id.length, fields }
  const { products } = await visit.api.get<ProductList>('/store/products', { query })
  return lines.map((line) => named(line, products))
}

function named<Of extends Line>(line: Of, products: readonly Product[]): Of {
  const product = products.find((candidate) => candidate.id === line.product_id)
  if (product === undefined) return line
  const variant = product.variants.find((candidate) => candidate.id === line.variant_id)
  return { ...line, product_title: product.title, variant_title: variantTitle(line, product, variant) }
}

function variantTitle(line: Line, product: Product, variant: Product['variants'][number] | undefined): string | null {
  if (variant === undefined) return line.variant_title
  const values = product.options.flatMap(({ id }) => variant.options.find((option) => option.option_id === id)?.value ?? [])
  return variantName(line.variant_title, variant.title, values)
}

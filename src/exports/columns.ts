import type { CsvCell } from '../kernel/index.js'

/** Cells of a row by the names of their columns. A column that a row does not name is empty in it. */
export type Cells = Record<string, CsvCell>

/** Rows with what they have in common, said once: a product's description stands before each of its variants. */
export interface RowGroup {
  shared: Cells
  rows: Cells[]
}

/** Medusa's order of the columns of products, and of those of variants behind them; the others follow by name. */
const first = [
  'Product Id',
  'Product Handle',
  'Product Title',
  'Product Subtitle',
  'Product Description',
  'Product Status',
  'Product Thumbnail',
  'Product Weight',
  'Product Length',
  'Product Width',
  'Product Height',
  'Product Origin Country',
  'Product Material',
  'Product Collection Id',
  'Product Type Id',
  'Product Discountable',
  'Product External Id',
  'Variant Id',
  'Variant Title',
  'Variant Sku',
  'Variant Upc',
  'Variant Ean',
  'Variant Hs Code',
  'Variant Mid Code',
  'Variant Manage Inventory',
  'Variant Allow Backorder',
]

/** Columns that Medusa does not write come behind its own. */
const ours = /^(?:Product Vendor|Product Metadata|Variant Compare At Price .*)$/

/** Numbers in names are compared as numbers: pictures are read in the order of their columns. */
const byName = new Intl.Collator('en', { numeric: true })

export function sortedProductColumns(names: Iterable<string>): string[] {
  const rankOf = (name: string) => {
    const place = first.indexOf(name)
    return place < 0 ? first.length : place
  }
  const groupOf = (name: string) => (ours.test(name) ? 3 : name.startsWith('Product') ? 0 : name.startsWith('Variant') ? 2 : 1)
  return [...names].sort((a, b) => groupOf(a) - groupOf(b) || rankOf(a) - rankOf(b) || byName.compare(a, b))
}

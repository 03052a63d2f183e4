import type { ProductJson, ProductPlaces, VariantJson } from '../catalog/index.js'
import type { CsvCell } from '../kernel/index.js'
import type { Cells, RowGroup } from './columns.js'

interface Price {
  currency_code: string
  amount: number
  compare_at_amount: number | null
  min_quantity: number | null
  max_quantity: number | null
  rules: Record<string, unknown>
}

type Scalars = Record<string, string | number | boolean | object | null>

/** A product as staff see it, with where it is sold and the handle of whose it is. */
export type ExportedProduct = ProductJson & ProductPlaces & { vendor_handle: string; tags?: { value: string }[] }

export interface NamedRegion {
  id: string
  name: string
  currency_code: string
}

const productColumns = {
  id: 'Id',
  handle: 'Handle',
  title: 'Title',
  subtitle: 'Subtitle',
  description: 'Description',
  status: 'Status',
  thumbnail: 'Thumbnail',
  weight: 'Weight',
  length: 'Length',
  width: 'Width',
  height: 'Height',
  hs_code: 'Hs Code',
  origin_country: 'Origin Country',
  mid_code: 'Mid Code',
  material: 'Material',
  collection_id: 'Collection Id',
  type_id: 'Type Id',
  discountable: 'Discountable',
  external_id: 'External Id',
  is_giftcard: 'Is Giftcard',
  metadata: 'Metadata',
  created_at: 'Created At',
  updated_at: 'Updated At',
  deleted_at: 'Deleted At',
}
const variantColumns = {
  id: 'Id',
  title: 'Title',
  sku: 'Sku',
  upc: 'Upc',
  ean: 'Ean',
  hs_code: 'Hs Code',
  mid_code: 'Mid Code',
  manage_inventory: 'Manage Inventory',
  allow_backorder: 'Allow Backorder',
  barcode: 'Barcode',
  weight: 'Weight',
  length: 'Length',
  width: 'Width',
  height: 'Height',
  material: 'Material',
  origin_country: 'Origin Country',
  variant_rank: 'Variant Rank',
  thumbnail: 'Thumbnail',
  metadata: 'Metadata',
  product_id: 'Product Id',
  created_at: 'Created At',
  updated_at: 'Updated At',
  deleted_at: 'Deleted At',
}

/** A product's rows: one for each variant with the product's cells before it, or one without any. */
export function productRows(product: ExportedProduct, regions: readonly NamedRegion[]): RowGroup {
  const shared: Cells = {
    ...scalars('Product', productColumns, product as unknown as Scalars),
    ...numbered('Product Category', product.categories),
    ...numbered('Product Image', product.images ?? [], 'url'),
    ...numbered('Product Tag', product.tags ?? [], 'value'),
    ...numbered('Product Sales Channel', product.sales_channels),
    'Shipping Profile Id': product.shipping_profile_id,
    'Product Vendor': product.vendor_handle,
  }
  const variants = product.variants ?? []
  return { shared, rows: variants.length === 0 ? [{}] : variants.map((variant) => variantCells(variant, regions)) }
}

interface Option {
  value: string
  option: { id: string; title: string }
}

function variantCells(variant: VariantJson, regions: readonly NamedRegion[]): Cells {
  const { options = [], prices = [] } = variant as unknown as { options?: Option[]; prices?: Price[] }
  const cells = scalars('Variant', variantColumns, variant as unknown as Scalars)
  for (const [index, { value, option }] of options.entries()) {
    cells[`Variant Option ${index + 1} Id`] = option.id
    cells[`Variant Option ${index + 1} Name`] = option.title
    cells[`Variant Option ${index + 1} Value`] = value
  }
  for (const price of prices) {
    const suffix = suffixOf(price, regions)
    if (suffix === null) continue
    cells[`Variant Price ${suffix}`] = price.amount
    if (price.compare_at_amount !== null) cells[`Variant Compare At Price ${suffix}`] = price.compare_at_amount
  }
  return cells
}

/** What a price's column is called by; null for one that no column says: of a number of pieces, of a group of customers. */
function suffixOf(price: Price, regions: readonly NamedRegion[]): string | null {
  if (price.min_quantity !== null || price.max_quantity !== null) return null
  const rules = Object.entries(price.rules)
  if (rules.length === 0) return price.currency_code.toUpperCase()
  const region = rules.length === 1 ? regions.find(({ id }) => id === price.rules.region_id) : undefined
  if (region === undefined) return null
  const suffix = `${capitals(region.name)} [${price.currency_code.toUpperCase()}]`
  // Two regions that are called alike cannot be told apart when the file comes back.
  const namesakes = regions.filter(
    (other) => other.currency_code === region.currency_code && capitals(other.name) === capitals(region.name),
  )
  return namesakes.length > 1 ? null : suffix
}

const capitals = (name: string) =>
  name
    .toLowerCase()
    .split(' ')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ')

function scalars(noun: string, columns: Readonly<Record<string, string>>, values: Scalars): Cells {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [`${noun} ${column}`, cellOf(values[name] ?? null)]))
}

function cellOf(value: Scalars[string]): CsvCell {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as CsvCell)
}

function numbered(name: string, values: readonly object[], key = 'id'): Cells {
  return Object.fromEntries(values.map((value, index) => [`${name} ${index + 1}`, (value as Record<string, string>)[key] as string]))
}

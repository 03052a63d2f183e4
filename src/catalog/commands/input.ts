import { invalidData } from '../../kernel/index.js'

/** A price as commands take it: minor units, lower-case currency code. */
export interface PriceInput {
  currency_code: string
  amount_minor: bigint
  compare_at_minor?: bigint | null
  min_quantity?: number | null
  max_quantity?: number | null
  /** Where given, the price holds in that region alone. */
  region_id?: string | null
  /** Where given, the price holds for that group alone. */
  customer_group_id?: string | null
  /** What else it asks for: text that each attribute of the cart must be. */
  other_rules?: Record<string, string> | null
}

/**
 * Throws invalid_data for a price that no quantity has, and for one that costs more than before; in major units.
 * @param price as it was given
 */
export function refuseSenselessPrice(price: {
  amount: number
  compare_at_amount?: number | null | undefined
  min_quantity?: number | null | undefined
  max_quantity?: number | null | undefined
}): void {
  const { amount, compare_at_amount: before, min_quantity: least, max_quantity: most } = price
  if (least != null && most != null && most < least) throw invalidData('The max_quantity of a price is below its min_quantity')
  if (before != null && before < amount) throw invalidData('The compare_at_amount of a price is below its amount')
}

export interface VariantInput {
  title: string
  sku?: string | null
  barcode?: string | null
  ean?: string | null
  upc?: string | null
  allow_backorder?: boolean
  manage_inventory?: boolean
  weight?: number | null
  length?: number | null
  height?: number | null
  width?: number | null
  hs_code?: string | null
  mid_code?: string | null
  origin_country?: string | null
  material?: string | null
  thumbnail?: string | null
  metadata?: Record<string, unknown> | null
  /** Place among the product's variants; behind the others when absent. */
  variant_rank?: number
  /** Option title → value, one for each option of the product. */
  options?: Record<string, string>
  prices: PriceInput[]
  /** Pieces at the vendor's first location. */
  stock?: number
  /** What a piece is made of; an item of its own where this is left out and stock is managed. */
  inventory_items?: { inventory_item_id: string; required_quantity: number }[]
}

/** An option that comes with its product: its own, unless it says that others may share it. */
export interface NewOption {
  title: string
  values: string[]
  ranks?: Record<string, number>
  is_exclusive?: boolean
  metadata?: Record<string, unknown> | null
}

export type ProductStatus = 'draft' | 'proposed' | 'published' | 'rejected'

export interface ProductInput {
  vendor_id: string
  title: string
  /** Made from the title when absent. */
  handle?: string
  subtitle?: string | null
  description?: string | null
  status?: ProductStatus
  thumbnail?: string | null
  /** In their order. One that is there already keeps its id, and its variants. */
  images?: { url: string; id?: string }[]
  collection_id?: string | null
  type_id?: string | null
  shipping_profile_id?: string | null
  external_id?: string | null
  discountable?: boolean
  is_giftcard?: boolean
  weight?: number | null
  length?: number | null
  height?: number | null
  width?: number | null
  hs_code?: string | null
  mid_code?: string | null
  origin_country?: string | null
  material?: string | null
  metadata?: Record<string, unknown> | null
  options?: NewOption[]
  /** Options that it shares with other products of its vendor. */
  option_links?: { id: string; value_ids?: string[] | undefined }[]
  variants?: VariantInput[]
  tag_ids?: string[]
  category_ids?: string[]
  /** The store's default channel when absent. */
  sales_channel_ids?: string[]
}

const slugMaximum = 80

/** A title as it stands in an address: `Ocean Blue Shirt` → `ocean-blue-shirt`. */
export function slugOf(title: string): string {
  const slug = title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, slugMaximum)
    .replace(/-$/, '')
  return slug === '' ? 'product' : slug
}

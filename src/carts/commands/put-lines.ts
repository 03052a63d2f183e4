import type { CartVariant, PurchasableVariant } from '../../catalog/index.js'
import { withMetadata } from '../../db/index.js'
import { invalidData, limits, newId, toMinor } from '../../kernel/index.js'
import { isTaxInclusive } from '../../pricing/index.js'
import { type CartChange, checkStock, reprice } from '../change.js'
import type { CartLine } from '../queries/load-cart.js'
import { lineOf, newLine, refuseTooManyCards, refuseUnknown } from './line-items.js'

/** A price that staff set by hand, in major units of the cart's currency; null for the one that the variant has. */
interface SetPrice {
  unit_price?: number | string | null | undefined
  compare_at_unit_price?: number | null | undefined
}

/** A line as the store's staff put it: of a variant, or of a thing that the store does not list. */
export interface PutLine extends SetPrice {
  id?: string | undefined
  variant_id?: string | null | undefined
  /** Who sells a thing that is no variant. */
  vendor_id?: string | undefined
  title?: string | null | undefined
  variant_sku?: string | null | undefined
  variant_barcode?: string | null | undefined
  quantity: number
  metadata?: Record<string, unknown> | null | undefined
}

export interface LineChange extends SetPrice {
  quantity: number
  metadata?: Record<string, unknown> | null | undefined
}

/**
 * The change by which staff add lines, each a line of its own, whatever the cart holds already.
 * @throws as addLines; invalid_data for a thing that is no variant and lacks title, price or vendor
 */
export function putLines(work: CartChange, lines: readonly PutLine[]): void {
  const { cart } = work
  const variantIds = lines.flatMap((line) => line.variant_id ?? [])
  refuseUnknown(work, variantIds)
  for (const wanted of lines) {
    // The change has named it: it was read whole.
    const variant = work.variants.get(wanted.variant_id ?? '') as PurchasableVariant | undefined
    const line = variant === undefined ? unlisted(wanted) : newLine(variant, { ...wanted, variant_id: variant.variant_id })
    if (wanted.id !== undefined) line.id = wanted.id
    cart.lines.push(line)
    setPrice(work, line, variant, wanted)
  }
  if (cart.lines.length > limits.cartLines) throw invalidData(`A cart has at most ${limits.cartLines} lines`)
  refuseTooManyCards(cart)
  checkStock(work, new Set(variantIds))
}

/**
 * The change by which staff set a line’s quantity, 0 to remove it, and its price.
 * @throws not_found for a line that the cart does not have; otherwise as putLines
 */
export function changeLine(work: CartChange, lineId: string, change: LineChange): void {
  const { cart, variants } = work
  const line = lineOf(cart, lineId)
  if (change.quantity === 0) {
    cart.lines = cart.lines.filter((candidate) => candidate !== line)
    return
  }
  const variant = variants.get(line.variant_id ?? '')
  if (variant === undefined && !line.is_custom_item) refuseUnknown(work, [line.variant_id ?? ''])
  const grows = change.quantity > line.quantity
  line.quantity = change.quantity
  line.metadata = withMetadata(line.metadata, change.metadata)
  setPrice(work, line, variant, change)
  refuseTooManyCards(cart)
  if (grows && variant !== undefined) checkStock(work, new Set([variant.variant_id]))
}

/** A line of a thing that no catalogue holds. It is not counted, and is sent with nothing of its own. */
function unlisted(wanted: PutLine): CartLine {
  const { title, vendor_id } = wanted
  if (title == null || wanted.unit_price == null) throw invalidData('An item without a variant needs a title and a unit_price')
  if (vendor_id === undefined) {
    throw invalidData(`The item ${title} has no variant, and the store has no vendor of its own to sell it: name a vendor_id`)
  }
  const now = new Date().toISOString()
  return {
    id: newId('cali'),
    vendor_id,
    product_id: null,
    variant_id: null,
    shipping_profile_id: null,
    quantity: wanted.quantity,
    unit_price_minor: 0,
    compare_at_unit_price_minor: null,
    is_tax_inclusive: false,
    is_custom_price: true,
    is_custom_item: true,
    is_discountable: true,
    is_giftcard: false,
    requires_shipping: false,
    title,
    subtitle: null,
    thumbnail: null,
    snapshot: { variant_sku: wanted.variant_sku ?? null, variant_barcode: wanted.variant_barcode ?? null },
    tax_lines: [],
    adjustments: [],
    metadata: wanted.metadata ?? {},
    created_at: now,
    updated_at: now,
    vendor: { id: vendor_id, name: '', handle: '' },
    product: null,
    variant: null,
  }
}

/** Puts a line at the price that is set by hand; without one, leaves one that was set before, or takes the variant’s. */
function setPrice({ cart }: CartChange, line: CartLine, variant: CartVariant | undefined, wanted: SetPrice): void {
  const minor = (amount: number | string) => {
    const value = toMinor(amount, cart.currency_code)
    if (value < 0n) throw invalidData('unit_price is nothing or more')
    return Number(value)
  }
  if (wanted.unit_price != null) {
    // What a gift card costs is what it holds: one for less would be money for nothing.
    if (line.is_giftcard) throw invalidData('A gift card is sold at its own price')
    line.is_custom_price = true
    line.unit_price_minor = minor(wanted.unit_price)
    line.compare_at_unit_price_minor = null
    line.is_tax_inclusive = isTaxInclusive({ is_regional: true }, cart.region)
  } else if (variant !== undefined) {
    if (wanted.unit_price === null) line.is_custom_price = false
    reprice(line, variant, cart)
  }
  if (wanted.compare_at_unit_price !== undefined && line.is_custom_price) {
    line.compare_at_unit_price_minor = wanted.compare_at_unit_price === null ? null : minor(wanted.compare_at_unit_price)
  }
}

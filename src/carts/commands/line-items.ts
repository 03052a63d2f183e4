import { isDeepStrictEqual } from 'node:util'
import type { CartVariant, PurchasableVariant } from '../../catalog/index.js'
import { type Context, withMetadata } from '../../db/index.js'
import { invalidData, limits, newId, notFound } from '../../kernel/index.js'
import { type CartChange, changeCart, checkStock, reprice } from '../change.js'
import type { CartLine, LoadedCart } from '../queries/load-cart.js'

export interface NewLine {
  variant_id: string
  quantity: number
  metadata?: Record<string, unknown> | null | undefined
}

/**
 * Adds pieces of variants. The same variant with equal metadata is one line; its price is that of the merged quantity.
 * @throws invalid_data for variants that cannot be bought or have no price; not_allowed with code
 *   `insufficient_inventory`
 */
export function addToCart(context: Context, cartId: string, lines: readonly NewLine[]): Promise<LoadedCart> {
  const variantIds = lines.map((line) => line.variant_id)
  return changeCart(context, cartId, { variantIds }, (work) => addLines(work, lines))
}

/** The change that adds lines, for whoever changes a cart. */
export function addLines(work: CartChange, lines: readonly NewLine[]): void {
  const variantIds = lines.map((line) => line.variant_id)
  refuseUnknown(work, variantIds)
  for (const wanted of lines) addLine(work, wanted)
  if (work.cart.lines.length > limits.cartLines) throw invalidData(`A cart has at most ${limits.cartLines} lines`)
  refuseTooManyCards(work.cart)
  checkStock(work, new Set(variantIds))
}

/** Throws invalid_data for variants that cannot be bought. */
export function refuseUnknown(work: CartChange, variantIds: readonly string[]): void {
  const missing = [...new Set(variantIds)].filter((id) => !work.variants.has(id))
  if (missing.length > 0) {
    throw invalidData(`Variants ${missing.join(', ')} do not exist or belong to a product that is not published`)
  }
}

/** Throws invalid_data for more gift cards than a cart may hold. */
export function refuseTooManyCards(cart: LoadedCart): void {
  const cards = cart.lines.reduce((sum, line) => (line.is_giftcard ? sum + line.quantity : sum), 0)
  if (cards > limits.giftCardsSold) throw invalidData(`A cart has at most ${limits.giftCardsSold} gift cards to buy`)
}

function addLine(work: CartChange, wanted: NewLine): void {
  // The change has named it: it was read whole.
  const variant = work.variants.get(wanted.variant_id) as PurchasableVariant
  const same = work.cart.lines.find(
    (line) =>
      line.variant_id === wanted.variant_id && !line.is_custom_price && isDeepStrictEqual(line.metadata ?? {}, wanted.metadata ?? {}),
  )
  const line = same ?? newLine(variant, wanted)
  if (same !== undefined) same.quantity += wanted.quantity
  else work.cart.lines.push(line)
  if (line.quantity > limits.quantity) throw invalidData(`A line has at most ${limits.quantity} pieces`)
  reprice(line, variant, work.cart)
}

/** A line of a variant, to be priced and taxed. */
export function newLine(variant: PurchasableVariant, wanted: NewLine): CartLine {
  const now = new Date().toISOString()
  return {
    id: newId('cali'),
    vendor_id: variant.vendor_id,
    product_id: variant.product_id,
    variant_id: variant.variant_id,
    shipping_profile_id: variant.shipping_profile_id,
    quantity: wanted.quantity,
    unit_price_minor: 0,
    compare_at_unit_price_minor: null,
    is_tax_inclusive: false,
    is_custom_price: false,
    is_custom_item: false,
    // What a gift card costs is what it holds.
    is_discountable: variant.is_discountable && !variant.is_giftcard,
    is_giftcard: variant.is_giftcard,
    requires_shipping: variant.shipping_profile_id !== null && !variant.is_giftcard,
    title: variant.title,
    subtitle: variant.subtitle,
    thumbnail: variant.thumbnail,
    snapshot: variant.snapshot,
    tax_lines: [],
    adjustments: [],
    metadata: wanted.metadata ?? {},
    created_at: now,
    updated_at: now,
    vendor: { id: variant.vendor_id, name: '', handle: '' },
    product: variant.product,
    variant: null,
  }
}

/**
 * Sets a line's quantity; 0 removes it.
 * @throws not_found for a line that the cart does not have; otherwise as addToCart
 */
export function updateLineItem(
  context: Context,
  cartId: string,
  lineId: string,
  change: { quantity: number; metadata?: Record<string, unknown> | null | undefined },
): Promise<LoadedCart> {
  return changeCart(context, cartId, { variantIds: [] }, (work) => {
    const line = lineOf(work.cart, lineId)
    if (change.quantity === 0) {
      work.cart.lines = work.cart.lines.filter((candidate) => candidate !== line)
      return
    }
    const grows = change.quantity > line.quantity
    line.quantity = change.quantity
    refuseTooManyCards(work.cart)
    line.metadata = withMetadata(line.metadata, change.metadata)
    if (!line.variant_id || !work.variants.has(line.variant_id)) {
      throw invalidData(`Variants ${line.variant_id} do not exist or belong to a product that is not published`)
    }
    reprice(line, work.variants.get(line.variant_id) as CartVariant, work.cart)
    if (grows) checkStock(work, new Set([line.variant_id]))
  })
}

/** Removes a line. Throws not_found for a line that the cart does not have. */
export function deleteLineItem(context: Context, cartId: string, lineId: string): Promise<LoadedCart> {
  return updateLineItem(context, cartId, lineId, { quantity: 0 })
}

/** A line of a cart. Throws not_found. */
export function lineOf(cart: LoadedCart, lineId: string): CartLine {
  const line = cart.lines.find((candidate) => candidate.id === lineId)
  if (line === undefined) throw notFound(`Line item with id: ${lineId} was not found`)
  return line
}

import { newId, toMajor } from '../kernel/index.js'
import {
  type Adjustment,
  type Adjustments,
  type Attributes,
  computeAdjustments,
  type Discountable,
  type NewAdjustment,
  type Promotion,
  withoutLimits,
} from '../promotions/index.js'
import type { CartLine, CartMethod, LoadedCart } from './queries/load-cart.js'
import { pricedLineOf, pricedMethodOf } from './render.js'
import { undiscountedLine } from './totals.js'

/** What the promotions of a cart take off its lines and methods as they are in memory. */
export function adjustmentsOf(cart: LoadedCart, now: Date, promotions: readonly Promotion[] = cart.promotions): Adjustments {
  return computeAdjustments({
    currency: cart.currency_code,
    now,
    attributes: attributesOf(cart),
    lines: promotions.length === 0 ? [] : cart.lines.map(discountableLine),
    methods: promotions.length === 0 ? [] : cart.methods.map(discountableMethod),
    promotions,
  })
}

/** Puts all discounts of a cart where its promotions want them now. */
export function promote(cart: LoadedCart, now: Date): void {
  const adjustments = adjustmentsOf(cart, now)
  adjustLines(cart, adjustments)
  adjustMethods(cart, adjustments)
}

/**
 * The same when a cart is about to be paid: no promotion joins those that it shows, and one that others have used up
 * meanwhile stays, and is refused when the cart is completed. Whoever pays is told, instead of paying more than was shown;
 * and who then starts to pay again, pays what holds now.
 */
export function promoteToPay(cart: LoadedCart, now: Date): void {
  if ((cart.collection?.payment_sessions ?? []).length > 0) return promote(cart, now)
  const taken = promotionsInUse(cart)
  cart.promotions = cart.promotions.filter((promotion) => taken.has(promotion.id)).map(withoutLimits)
  promote(cart, now)
}

/** Puts the adjustments of the lines where the promotions want them. Those that stay keep their ids. */
export function adjustLines(cart: LoadedCart, adjustments: Adjustments): void {
  for (const line of cart.lines) line.adjustments = withIds(line.adjustments, adjustments.items.get(line.id) ?? [], 'caliadj')
}

/** The same for the shipping methods. */
export function adjustMethods(cart: LoadedCart, adjustments: Adjustments): void {
  for (const method of cart.methods) method.adjustments = withIds(method.adjustments, adjustments.methods.get(method.id) ?? [], 'casmadj')
}

function withIds(known: readonly Adjustment[], wanted: readonly NewAdjustment[], prefix: 'caliadj' | 'casmadj'): Adjustment[] {
  return wanted.map((adjustment) => {
    const same = known.find((candidate) => candidate.promotion_id === adjustment.promotion_id)
    return { id: same?.id ?? newId(prefix), ...adjustment }
  })
}

/** The promotions that discount something of a cart, with what each takes off. */
export function promotionsInUse(cart: LoadedCart): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const { adjustments } of [...cart.lines, ...cart.methods]) {
    for (const { promotion_id, amount_minor } of adjustments) {
      sums.set(promotion_id, (sums.get(promotion_id) ?? 0n) + BigInt(amount_minor))
    }
  }
  return sums
}

const known = (...values: unknown[]): string[] => values.filter((value): value is string => typeof value === 'string')
const idsOf = (list: unknown) => known(...((list ?? []) as { id: string }[]).map((one) => one.id))

function attributesOf(cart: LoadedCart): Attributes {
  const itemTotal = cart.lines.reduce((sum, line) => sum + BigInt(line.unit_price_minor) * BigInt(line.quantity), 0n)
  return {
    currency_code: [cart.currency_code],
    // A guest's e-mail proves nothing.
    'customer.groups.id': cart.customer?.has_account === true ? idsOf(cart.customer.groups) : [],
    'region.id': [cart.region_id],
    'shipping_address.country_code': known(cart.shipping_address?.country_code),
    sales_channel_id: [cart.sales_channel_id],
    item_total: [String(toMajor(itemTotal, cart.currency_code))],
    item_quantity: [String(cart.lines.reduce((sum, line) => sum + line.quantity, 0))],
  }
}

function discountableLine(line: CartLine): Discountable {
  return {
    id: line.id,
    vendorId: line.vendor_id,
    quantity: line.quantity,
    isDiscountable: line.is_discountable,
    ...undiscountedLine(pricedLineOf(line)),
    attributes: {
      'items.product.id': known(line.product_id),
      'items.product.categories.id': idsOf(line.product?.categories),
      'items.product.collection_id': known(line.product?.collection_id),
      'items.product.type_id': known(line.product?.type_id),
      'items.product.tags.id': idsOf(line.product?.tags),
      'items.variant_id': known(line.variant_id),
      'items.vendor_id': [line.vendor_id],
    },
  }
}

function discountableMethod(method: CartMethod): Discountable {
  return {
    id: method.id,
    vendorId: method.vendor_id,
    quantity: 1,
    isDiscountable: true,
    ...undiscountedLine(pricedMethodOf(method)),
    attributes: {
      'shipping_methods.shipping_option_id': [method.shipping_option_id],
      'shipping_methods.shipping_profile_id': [method.shipping_profile_id],
      'shipping_methods.vendor_id': [method.vendor_id],
    },
  }
}

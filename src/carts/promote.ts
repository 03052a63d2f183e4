import { newId, toMajor } from '../kernel/index.js'
import {
  type Adjustment,
  type Adjustments,
  computeAdjustments,
  type Discountable,
  type Facts,
  type NewAdjustment,
  type Promotion,
  withoutLimits,
} from '../promotions/index.js'
import type { CartLine, CartMethod, LoadedCart } from './queries/load-cart.js'
import { pricedLineOf, pricedMethodOf } from './render.js'
import { undiscountedLine } from './totals.js'

/** What the promotions of a cart take off its lines and methods as they are in memory. */
export function adjustmentsOf(cart: LoadedCart, now: Date, promotions: readonly Promotion[] = cart.promotions): Adjustments {
  const lines = promotions.length === 0 ? [] : cart.lines.map((line) => discountableLine(line, cart.currency_code))
  const methods = promotions.length === 0 ? [] : cart.methods.map((method) => discountableMethod(method, cart.currency_code))
  const facts = promotions.length === 0 ? {} : factsOf(cart, lines, methods)
  return computeAdjustments({ currency: cart.currency_code, now, facts, lines, methods, promotions })
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

/** What promotions may ask of a cart, by Medusa's names. */
function factsOf(cart: LoadedCart, lines: readonly Discountable[], methods: readonly Discountable[]): Facts {
  const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n)
  const major = (amounts: readonly bigint[]) => toMajor(sum(amounts), cart.currency_code)
  const net = lines.map((line) => line.netMinor)
  const gross = lines.map((line) => line.netMinor + line.taxMinor)
  const { id, email, currency_code, region_id, region, sales_channel_id, customer_id, customer, locale, metadata } = cart
  return {
    id,
    email,
    currency_code,
    region_id,
    region,
    sales_channel_id,
    customer_id,
    // A guest's e-mail proves nothing.
    customer: customer === null ? null : { ...customer, groups: customer.has_account ? customer.groups : [] },
    locale,
    metadata,
    shipping_address: cart.shipping_address,
    billing_address: cart.billing_address,
    items: lines.map((line) => line.facts),
    shipping_methods: methods.map((method) => method.facts),
    shipping_subtotal: major(methods.map((method) => method.netMinor)),
    // By price tags, before discounts: one must not end what it follows from.
    item_total: major(cart.lines.map((line) => BigInt(line.unit_price_minor) * BigInt(line.quantity))),
    item_subtotal: major(net),
    original_item_subtotal: major(net),
    original_item_total: major(gross),
    item_quantity: cart.lines.reduce((pieces, line) => pieces + line.quantity, 0),
  }
}

function factsOfLine(line: CartLine, currency: string): Facts {
  const { snapshot, tax_lines: _taxes, adjustments: _adjustments, unit_price_minor, compare_at_unit_price_minor, ...facts } = line
  const unit_price = toMajor(unit_price_minor, currency)
  const compare_at_unit_price = compare_at_unit_price_minor === null ? null : toMajor(compare_at_unit_price_minor, currency)
  return { ...snapshot, ...facts, unit_price, compare_at_unit_price, variant: { id: line.variant_id, ...line.variant } }
}

function factsOfMethod(method: CartMethod, currency: string): Facts {
  const { id, name, vendor_id, shipping_option_id, shipping_profile_id, shipping_option_type_id, data, metadata } = method
  const shipping_option = { id: shipping_option_id, shipping_profile_id, shipping_option_type_id }
  const amount = toMajor(method.amount_minor, currency)
  return { id, name, amount, vendor_id, shipping_option_id, shipping_profile_id, shipping_option, data, metadata }
}

function discountableLine(line: CartLine, currency: string): Discountable {
  return {
    id: line.id,
    vendorId: line.vendor_id,
    quantity: line.quantity,
    isDiscountable: line.is_discountable,
    ...undiscountedLine(pricedLineOf(line)),
    facts: factsOfLine(line, currency),
  }
}

function discountableMethod(method: CartMethod, currency: string): Discountable {
  return {
    id: method.id,
    vendorId: method.vendor_id,
    quantity: 1,
    isDiscountable: true,
    ...undiscountedLine(pricedMethodOf(method)),
    facts: factsOfMethod(method, currency),
  }
}

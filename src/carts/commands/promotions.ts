import type { Context } from '../../db/index.js'
import { invalidData, limits } from '../../kernel/index.js'
import { candidatesStatement, refuseUnknownCodes } from '../../promotions/index.js'
import { type CartChange, changeCart } from '../change.js'
import type { LoadedCart } from '../queries/load-cart.js'

/** Codes as a shopper gives them. */
export type PromoCodes = readonly string[]

/**
 * Adds codes to a cart; no codes at all take away those that it has. What starts by itself stays.
 * @throws invalid_data for a code of no promotion
 */
export function addPromotions(context: Context, cartId: string, codes: PromoCodes): Promise<LoadedCart> {
  return changeCart(context, cartId, { variantIds: [] }, (work) =>
    replaceCodes(work, codes.length === 0 ? [] : [...work.cart.promo_codes, ...codes], codes),
  )
}

/** Takes codes away from a cart; those that it does not have change nothing. */
export function removePromotions(context: Context, cartId: string, codes: PromoCodes): Promise<LoadedCart> {
  return changeCart(context, cartId, { variantIds: [] }, (work) =>
    replaceCodes(
      work,
      work.cart.promo_codes.filter((code) => !codes.includes(code)),
      [],
    ),
  )
}

/** The change that makes a cart's codes these, of which `given` must be known, for whoever changes a cart. */
export async function replaceCodes(work: CartChange, codes: PromoCodes, given: PromoCodes): Promise<void> {
  const { cart, unit, tenantId } = work
  cart.promo_codes = [...new Set(codes)]
  if (cart.promo_codes.length > limits.promotionCodes) throw invalidData(`A cart has at most ${limits.promotionCodes} promotion codes`)
  const buyer = { customerId: cart.customer_id, email: cart.email }
  const [found] = await unit.run(candidatesStatement(tenantId, cart.promo_codes, buyer))
  const promotions = found?.promotions ?? []
  cart.promotions = promotions
  // Staff are told of one that is not active, instead of finding that it takes nothing off.
  refuseUnknownCodes(cart.is_draft ? { promotions, known: promotions.map((promotion) => promotion.code) } : found, given, buyer)
}

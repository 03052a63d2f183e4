import { invalidData } from '../kernel/index.js'
import { type CartChange, methodOf, neededProfiles, readChoices, withoutUnused } from './change.js'
import type { LoadedCart } from './queries/load-cart.js'

/** Shipping profiles of the cart for which nothing is chosen yet. */
export function openProfiles(cart: LoadedCart): string[] {
  return [...neededProfiles(cart)].filter((profile) => !cart.methods.some((method) => method.shipping_profile_id === profile))
}

/**
 * Every profile of the cart needs a method. Storefronts that know one choice only leave the other vendors' open: for
 * those the cheapest valid option is chosen, where the store has that setting on and the shopper has chosen at least one.
 * @returns whether the cart's methods are others now
 * @throws invalid_data where nothing was chosen, or nothing may be or can be chosen for a profile
 */
export async function chooseShipping(
  work: Pick<CartChange, 'unit' | 'tenantId' | 'cart' | 'now' | 'choices'>,
  isAllowed: boolean,
): Promise<boolean> {
  const { cart } = work
  const open = openProfiles(cart)
  if (open.length === 0) return false
  if (cart.methods.length === 0) {
    throw invalidData('No shipping method selected but the cart contains items that require shipping.')
  }
  const unsatisfied = () => invalidData('The cart items require shipping profiles that are not satisfied by the current shipping methods')
  if (!isAllowed) throw unsatisfied()
  const choices = work.choices ?? (await readChoices({ ...work, cartId: cart.id }))
  for (const profile of open) {
    const [cheapest] = choices
      .filter((option) => option.shipping_profile_id === profile && option.price !== null)
      .sort((a, b) => (a.price?.amount_minor ?? 0) - (b.price?.amount_minor ?? 0))
    if (cheapest === undefined) throw unsatisfied()
    cart.methods.push(methodOf(cheapest, cart, cart.region.automatic_taxes || cart.taxes_calculated))
  }
  // One that was chosen alone may carry nothing: beside those that are needed it would be paid for nothing.
  cart.methods = withoutUnused(cart, cart.methods)
  return true
}

import type { Context } from '../../db/index.js'
import { notAllowed } from '../../kernel/index.js'
import { type CartChange, changeCart, loadVariantsAnew } from '../change.js'
import type { LoadedCart } from '../queries/load-cart.js'

/**
 * Makes a cart a signed-in customer's: the guest who filled it has signed in.
 * @throws not_found; not_allowed for a cart of another account, and for a completed one; conflict while it is completed
 */
export function transferCart(context: Context, cartId: string, customer: { id: string; email: string }): Promise<LoadedCart> {
  return changeCart(context, cartId, {}, async (work) => {
    const { cart } = work
    if (cart.customer?.has_account === true && cart.customer.id !== customer.id) {
      throw notAllowed(`Cart ${cartId} belongs to another customer.`)
    }
    // Whose it is already may have given another address for this purchase.
    if (cart.customer_id !== customer.id) await giveTo(work, customer)
  })
}

/** The change that makes a cart somebody's, for whoever changes one. */
export async function giveTo(work: CartChange, customer: { id: string; email: string }): Promise<void> {
  work.cart.customer_id = customer.id
  work.cart.email = customer.email
  // Prices may be agreed with the groups of a customer.
  await loadVariantsAnew(work)
}

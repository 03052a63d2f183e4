import type { Context } from '../../db/index.js'
import { invalidData } from '../../kernel/index.js'
import { changeCart, methodOf, readOptions } from '../change.js'
import type { LoadedCart } from '../queries/load-cart.js'

export interface MethodChoice {
  option_id: string
  data?: Record<string, unknown> | undefined
}

/**
 * Chooses how parts of a cart are sent. A method takes the place of the one with the same shipping profile; methods of
 * other profiles stay, so that a cart of several vendors collects one for each.
 * @throws invalid_data for options that are not valid for the cart, or have no price in its currency
 */
export function addShippingMethods(context: Context, cartId: string, choices: readonly MethodChoice[]): Promise<LoadedCart> {
  return changeCart(context, cartId, {}, async (work) => {
    const { cart } = work
    const options = await readOptions(work)
    for (const choice of choices) {
      const option = options.find((candidate) => candidate.id === choice.option_id)
      if (option === undefined) throw invalidData('Shipping Options are invalid for cart.')
      if (option.price === null) throw invalidData(`Shipping options with IDs ${option.id} do not have a price`)
      cart.methods = cart.methods.filter((method) => method.shipping_profile_id !== option.shipping_profile_id)
      cart.methods.push(methodOf(option, cart, cart.region.automatic_taxes || cart.taxes_calculated, { data: choice.data ?? {} }))
    }
    work.shippingOptions = options
  })
}

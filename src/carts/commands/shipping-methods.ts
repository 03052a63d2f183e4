import type { Context } from '../../db/index.js'
import { invalidData, toMinor } from '../../kernel/index.js'
import { type CartChange, changeCart, methodOf, readChoices } from '../change.js'
import type { LoadedCart } from '../queries/load-cart.js'

export interface MethodChoice {
  option_id: string
  data?: Record<string, unknown> | undefined
}

/** A choice of the store's staff, who may set what it costs. */
export interface SetMethod extends MethodChoice {
  id?: string | undefined
  /** Major units of the cart's currency. */
  custom_amount?: number | null | undefined
  description?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

/**
 * Chooses how parts of a cart are sent. A method takes the place of the one with the same shipping profile; methods of
 * other profiles stay, so that a cart of several vendors collects one for each.
 * @throws invalid_data for options that are not valid for the cart, or have no price in its currency
 */
export function addShippingMethods(context: Context, cartId: string, choices: readonly MethodChoice[]): Promise<LoadedCart> {
  return changeCart(context, cartId, { looksAtShipping: true }, (work) => chooseMethods(work, choices))
}

/** The change that chooses methods, for whoever changes a cart. */
export async function chooseMethods(work: CartChange, choices: readonly SetMethod[]): Promise<void> {
  const { cart } = work
  work.choices ??= await readChoices({ ...work, cartId: cart.id })
  for (const choice of choices) {
    const option = work.choices.find((candidate) => candidate.id === choice.option_id)
    if (option === undefined) throw invalidData('Shipping Options are invalid for cart.')
    const isSet = choice.custom_amount != null
    if (option.price === null && !isSet) throw invalidData(`Shipping options with IDs ${option.id} do not have a price`)
    cart.methods = cart.methods.filter((method) => method.shipping_profile_id !== option.shipping_profile_id)
    const known = {
      ...(choice.id === undefined ? {} : { id: choice.id }),
      data: choice.data ?? {},
      description: choice.description ?? null,
      metadata: choice.metadata ?? null,
      is_custom_amount: isSet,
      ...(isSet ? { amount_minor: Number(toMinor(choice.custom_amount as number, cart.currency_code)) } : {}),
    }
    cart.methods.push(methodOf(option, cart, cart.region.automatic_taxes || cart.taxes_calculated, known))
  }
}

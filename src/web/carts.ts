import { StoaError } from '../kernel/index.js'
import type { Cart, Line, Product, ProductList, ShippingOption } from './answers.js'
import { cartOf, forgetCart, keepCart } from './cookies.js'
import { type Redirect, seeOther } from './page.js'
import { isInStock } from './parts/price.js'
import type { Visit } from './visit.js'

const fields = '+gift_cards.*,+items.subtitle,+shipping_methods.id,+shipping_methods.name'

/** The cart that the browser has and that can still be filled; null when there is none. */
export async function readCart(visit: Visit): Promise<Cart | null> {
  const cookie = cartOf(visit)
  if (cookie === null) return null
  try {
    const { cart } = await visit.api.get<{ cart: Cart }>('/store/carts/:id', { params: { id: cookie.id }, query: { fields } })
    return cart
  } catch (error) {
    if (!(error instanceof StoaError) || error.type !== 'not_found') throw error
    forgetCart(visit)
    return null
  }
}

/** Puts pieces into the cart, or into a new one where there is none to fill. */
export async function fillCart(visit: Visit, variantId: string, quantity: number): Promise<void> {
  const { api, market } = visit
  const item = { variant_id: variantId, quantity }
  const known = await readCart(visit)
  const cookie = cartOf(visit)
  if (known === null || known.completed_at !== null || cookie === null) {
    const { cart } = await api.post<{ cart: Cart }>('/store/carts', { body: { region_id: market.id, locale: visit.locale, items: [item] } })
    return keepCart(visit, cart.id)
  }
  const params = { id: known.id }
  if (known.region_id !== market.id) await api.post('/store/carts/:id', { params, body: { region_id: market.id } })
  const idempotencyKey = `add ${known.id} ${cookie.mark}`
  try {
    await api.post('/store/carts/:id/line-items', { params, body: item, idempotencyKey })
  } catch (error) {
    // The first click is still at it, or has put in something else.
    if (!(error instanceof StoaError) || error.code !== 'idempotency_key_in_use') throw error
  }
  keepCart(visit, known.id)
}

type Completed = { type: 'order'; order: { id: string } } | { type: 'cart'; error: { message: string } }

/** Completes the cart, or finds what it was completed to: any number of clicks end in the one order. */
export async function finished(visit: Visit, cartId: string): Promise<Redirect> {
  const answer = await visit.api.post<Completed>('/store/carts/:id/complete', { params: { id: cartId } })
  if (answer.type !== 'order') throw new StoaError('payment_authorization_error', 422, answer.error.message)
  // The browser keeps the cart until it has the order's page: an answer that was lost on the way is found by coming again.
  return seeOther(`${visit.to(`/orders/${answer.order.id}`)}?placed=true`)
}

/** What has become of a line since it was put in. */
export type LineState = 'good' | 'gone' | { left: number }

/** Looks at each line's variant: whether it is still sold, and how many are left. */
export async function statesOf(visit: Visit, cart: Cart): Promise<Map<string, LineState>> {
  const id = [...new Set(cart.items.flatMap((line) => line.product_id ?? []))]
  if (id.length === 0) return new Map()
  const query = {
    id,
    limit: id.length,
    fields: 'id,variants.id,variants.manage_inventory,variants.allow_backorder,variants.inventory_quantity',
  }
  const { products } = await visit.api.get<ProductList>('/store/products', { query })
  return new Map(cart.items.map((line) => [line.id, stateOf(line, products)]))
}

function stateOf(line: Line, products: readonly Product[]): LineState {
  const product = products.find((candidate) => candidate.id === line.product_id)
  const variant = product?.variants.find((candidate) => candidate.id === line.variant_id)
  if (variant === undefined) return 'gone'
  return isInStock(variant, line.quantity) ? 'good' : { left: Math.max(0, variant.inventory_quantity ?? 0) }
}

export interface VendorPart {
  vendor: Line['vendor']
  lines: readonly Line[]
  /** Ways of delivery by what must be sent together; most vendors have one. */
  deliveries: readonly Delivery[]
}

export interface Delivery {
  profileId: string
  options: readonly ShippingOption[]
  /** The option that is chosen in the cart, if it still can be. */
  chosen: ShippingOption | undefined
}

export async function readOptions(visit: Visit, cart: Cart): Promise<readonly ShippingOption[]> {
  if (cart.items.length === 0) return []
  const query = { cart_id: cart.id }
  const { shipping_options: listed } = await visit.api.get<{ shipping_options: ListedOption[] }>('/store/shipping-options', { query })
  const options = await Promise.all(listed.filter((option) => option.carries_items).map((option) => withPrice(visit, cart, option)))
  // What costs nothing that is known, as in another currency alone, cannot be chosen.
  return options.filter((option): option is ShippingOption => option.calculated_price !== null)
}

type ListedOption = Omit<ShippingOption, 'calculated_price'> & { calculated_price: ShippingOption['calculated_price'] | null }

/** An option with its price: lists leave out those that are calculated. */
async function withPrice(visit: Visit, cart: Cart, option: ListedOption): Promise<ListedOption> {
  if (option.price_type !== 'calculated') return option
  const call = { params: { id: option.id }, body: { cart_id: cart.id } }
  const { shipping_option } = await visit.api.post<{ shipping_option: ListedOption }>('/store/shipping-options/:id/calculate', call)
  return shipping_option
}

/** A cart by vendor: what is bought of each, and how it can be sent. */
export function partsOf(cart: Cart, options: readonly ShippingOption[]): VendorPart[] {
  const vendors = new Map(cart.items.map((line) => [line.vendor.id, line.vendor]))
  return [...vendors.values()].map((vendor) => {
    const own = options.filter((option) => option.vendor_id === vendor.id)
    const profiles = [...new Set(own.map((option) => option.shipping_profile_id))]
    return {
      vendor,
      lines: cart.items.filter((line) => line.vendor.id === vendor.id),
      deliveries: profiles.map((profileId) => {
        const choices = own.filter((option) => option.shipping_profile_id === profileId).sort((a, b) => a.amount - b.amount)
        const isChosen = (option: ShippingOption) => cart.shipping_methods.some((method) => method.shipping_option_id === option.id)
        return { profileId, options: choices, chosen: choices.find(isChosen) }
      }),
    }
  })
}

/**
 * Chooses the way of each delivery: as wished, else as it is, else the cheapest.
 * @returns the cart, changed or as it was
 */
export async function chooseDeliveries(
  visit: Visit,
  cart: Cart,
  options: readonly ShippingOption[],
  wished: (profileId: string) => string | null,
): Promise<Cart> {
  const choices = partsOf(cart, options).flatMap((part) =>
    part.deliveries.flatMap(({ profileId, options: possible, chosen }) => {
      const wanted = possible.find((option) => option.id === wished(profileId)) ?? chosen ?? possible[0]
      return wanted === undefined || wanted.id === chosen?.id ? [] : [{ option_id: wanted.id }]
    }),
  )
  if (choices.length === 0) return cart
  const call = { params: { id: cart.id }, query: { fields }, body: choices }
  return (await visit.api.post<{ cart: Cart }>('/store/carts/:id/shipping-methods', call)).cart
}

export const cartFields = fields

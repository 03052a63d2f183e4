import { ensureGuestStatement } from '../../customers/index.js'
import { type Context, withMetadata } from '../../db/index.js'
import { invalidData, notFound } from '../../kernel/index.js'
import { regionStatement } from '../../regions/index.js'
import { type CartChange, changeCart, loadVariantsAnew, reprice } from '../change.js'
import type { Address, LoadedCart } from '../queries/load-cart.js'
import { channelStatement } from '../queries/write-cart.js'
import { openChannel, refuseForeignCountry, withId } from './create-cart.js'
import { replaceCodes } from './promotions.js'

export interface UpdateCartInput {
  region_id?: string | undefined
  email?: string | null | undefined
  shipping_address?: Address | null | undefined
  billing_address?: Address | null | undefined
  sales_channel_id?: string | undefined
  locale?: string | null | undefined
  /** The codes that the cart has from now on. */
  promo_codes?: readonly string[] | undefined
  metadata?: Record<string, unknown> | null | undefined
}

/**
 * Changes what a cart says of its buyer and destination (Store API contract, update).
 * @throws invalid_data for a country outside the region and for an unknown promotion code; not_found for an unknown region
 */
export function updateCart(context: Context, cartId: string, input: UpdateCartInput): Promise<LoadedCart> {
  return changeCart(context, cartId, {}, (work) => changeRoot(work, input))
}

/** The change that updates a cart, for whoever changes one. */
export async function changeRoot(work: CartChange, input: UpdateCartInput): Promise<void> {
  const { cart } = work
  const moves = input.region_id !== undefined && input.region_id !== cart.region_id
  if (moves) await enterRegion(work, input.region_id as string)
  if (input.sales_channel_id !== undefined) await enterChannel(work, input.sales_channel_id)
  if (input.shipping_address !== undefined) cart.shipping_address = changed(input.shipping_address, cart.shipping_address, cart)
  if (input.billing_address !== undefined) cart.billing_address = changed(input.billing_address, cart.billing_address, cart)
  // What does not say in which of the region's countries it is says nothing of where the cart goes now.
  if (moves && cart.shipping_address?.country_code == null) cart.shipping_address = null
  refuseForeignCountry(cart.shipping_address, cart.region.countries, cart.region.name)
  if (input.locale !== undefined) cart.locale = input.locale
  cart.metadata = withMetadata(cart.metadata, input.metadata)
  if (input.promo_codes !== undefined) await replaceCodes(work, input.promo_codes, input.promo_codes)
  if (input.email != null && input.email !== cart.email) await changeEmail(work, input.email)
  if (moves) await repriceAll(work)
}

/**
 * An address that comes with the id of the one that the cart has changes that one, and keeps what it does not name; any
 * other takes its place. Staff change the one that there is.
 */
function changed(given: Address | null, known: Address | null, { is_draft }: Pick<LoadedCart, 'is_draft'>): Address | null {
  if (given === null || known === null) return withId(given)
  const isSame = is_draft || given.id === known.id
  return isSame ? withId({ ...known, ...given }, known) : withId(given)
}

/** Another channel: other stock counts, and other shipping. */
async function enterChannel({ cart, unit, tenantId }: CartChange, id: string): Promise<void> {
  const [channel] = await unit.run(channelStatement(tenantId, id))
  cart.sales_channel_id = openChannel(channel, id)
}

async function changeEmail(work: CartChange, email: string): Promise<void> {
  work.cart.email = email
  if (work.cart.customer?.has_account === true) return
  const [guest] = await work.unit.run(ensureGuestStatement(work.tenantId, email))
  work.cart.customer_id = guest?.id ?? null
}

/** Another region means another currency, and an address that fits or goes. */
async function enterRegion({ cart, unit, tenantId }: CartChange, regionId: string): Promise<void> {
  const [region] = await unit.run(regionStatement(tenantId, regionId))
  if (region === undefined) throw notFound(`Region id not found: ${regionId}`)
  cart.region_id = region.id
  cart.currency_code = region.currency_code
  cart.region = { ...cart.region, id: region.id, name: region.name, countries: region.countries }
  const sole = region.countries.length === 1 ? (region.countries[0] as string) : null
  cart.shipping_address = sole === null ? null : withId({ country_code: sole })
}

/** Every line at the price of the region that the cart is in now; prices that somebody set for the old one go. */
async function repriceAll(work: CartChange): Promise<void> {
  const { cart } = work
  cart.lines = cart.lines.filter((line) => !line.is_custom_price)
  await loadVariantsAnew(work)
  for (const line of cart.lines) {
    const variant = work.variants.get(line.variant_id ?? '')
    if (variant === undefined) throw invalidData(`Variants ${line.variant_id} do not exist or belong to a product that is not published`)
    reprice(line, variant, cart)
  }
}

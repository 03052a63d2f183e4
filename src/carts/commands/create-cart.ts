import { type Context, tenantOf, type Unit } from '../../db/index.js'
import { ensureGuestStatement } from '../../customers/index.js'
import { invalidData, newId, notFound } from '../../kernel/index.js'
import { type Buyer, candidatesStatement, refuseUnknownCodes } from '../../promotions/index.js'
import { changeCart, changeInUnit } from '../change.js'
import { type Address, type LoadedCart, loadCartStatement } from '../queries/load-cart.js'
import { cartSettingStatement, type ChannelOfCart, insertCartStatement } from '../queries/write-cart.js'
import { addLines, type NewLine } from './line-items.js'

export interface CreateCartInput {
  region_id?: string | undefined
  currency_code?: string | undefined
  sales_channel_id: string | null
  email?: string | null | undefined
  /** A signed-in customer. */
  customer?: { id: string } | undefined
  locale?: string | null | undefined
  shipping_address?: Address | null | undefined
  billing_address?: Address | null | undefined
  items?: NewLine[] | undefined
  promo_codes?: readonly string[] | undefined
  metadata?: Record<string, unknown> | null | undefined
}

/**
 * Creates a cart (Store API contract, create), with its first lines or not at all. Without a region the store's
 * default, or any.
 * @throws not_found without any region; invalid_data for a currency or country that the region does not have, and for a
 *   promotion code that is not known
 */
export function createCart(context: Context, input: CreateCartInput): Promise<LoadedCart> {
  return context.db.unitOfWork(context.scope, (unit) => createInUnit(context, unit, input))
}

/** The same in the caller's unit of work, which it ends. */
export async function createInUnit(context: Pick<Context, 'clock'>, unit: Unit, input: CreateCartInput): Promise<LoadedCart> {
  const tenantId = tenantOf(unit)
  const id = newId('cart')
  const [setting] = await unit.run(cartSettingStatement(tenantId, input.region_id ?? null, input.sales_channel_id))
  if (setting?.region_id == null || setting.currency_code === null) {
    throw notFound('No regions found')
  }
  const channel = openChannel(setting.channel ?? undefined, input.sales_channel_id)
  if (input.currency_code !== undefined && input.currency_code !== setting.currency_code) {
    throw invalidData(`Currency code ${input.currency_code} does not match the region's currency code ${setting.currency_code}`)
  }
  const shippingAddress = withId(input.shipping_address ?? soleCountry(setting.countries))
  refuseForeignCountry(shippingAddress, setting.countries, setting.region_name)
  const guest =
    input.email == null || input.customer !== undefined ? undefined : (await unit.run(ensureGuestStatement(tenantId, input.email)))[0]
  const customerId = input.customer?.id ?? guest?.id ?? null
  await checkCodes(unit, input.promo_codes ?? [], { customerId, email: input.email ?? null })
  const inserted = unit.run(
    insertCartStatement(tenantId, id, {
      region_id: setting.region_id,
      currency_code: setting.currency_code,
      sales_channel_id: channel,
      customer_id: customerId,
      email: input.email ?? null,
      locale: input.locale ?? null,
      shipping_address: shippingAddress,
      billing_address: withId(input.billing_address ?? null),
      taxes_calculated: false,
      promo_codes: [...new Set(input.promo_codes ?? [])],
      metadata: input.metadata ?? null,
    }),
  )
  const { items } = input
  if (items !== undefined && items.length > 0) {
    const variantIds = items.map((item) => item.variant_id)
    const [cart] = await Promise.all([changeInUnit(context, unit, id, { variantIds }, (work) => addLines(work, items)), inserted])
    return cart
  }
  const loaded = unit.run(loadCartStatement(tenantId, id))
  unit.commitAlong()
  const [[cart]] = await Promise.all([loaded, inserted])
  return cart as LoadedCart
}

async function checkCodes(unit: Unit, codes: readonly string[], buyer: Buyer): Promise<void> {
  if (codes.length === 0) return
  const [found] = await unit.run(candidatesStatement(tenantOf(unit), codes, buyer))
  refuseUnknownCodes(found, codes, buyer)
}

/**
 * The id of a channel that carts can be in.
 * @param asked the one that the client names; null where it is the store's default
 * @throws not_found for one that the store does not have; invalid_data for none at all and for one that is disabled
 */
export function openChannel(channel: ChannelOfCart | undefined, asked: string | null): string {
  if (channel === undefined && asked !== null) throw notFound(`SalesChannel with id: ${asked} was not found`)
  if (channel === undefined) {
    throw invalidData(
      'Sales channel is required when creating a cart. Either provide a sales channel ID or set the default sales channel for the store.',
    )
  }
  if (channel.is_disabled) throw invalidData(`Unable to assign cart to disabled Sales Channel: ${channel.name}`)
  return channel.id
}

function soleCountry(countries: readonly string[]): Address | null {
  return countries.length === 1 ? { country_code: countries[0] as string } : null
}

const addressKeys = [
  'first_name',
  'last_name',
  'phone',
  'company',
  'address_1',
  'address_2',
  'city',
  'country_code',
  'province',
  'postal_code',
  'metadata',
] as const

/** An address as a snapshot with an id of its own; keys that are not given are null. */
export function withId(address: Address | null, known?: Address | null): Address | null {
  if (address === null) return null
  const now = new Date().toISOString()
  const values = Object.fromEntries(addressKeys.map((key) => [key, address[key] ?? null]))
  // A form sends an empty text for a country that nobody has chosen yet.
  const country_code = address.country_code || null
  return { id: known?.id ?? newId('caaddr'), ...values, country_code, created_at: now, updated_at: now } as Address
}

/** A region without countries says nothing of where it is, and takes every address. Throws invalid_data. */
export function refuseForeignCountry(address: Address | null, countries: readonly string[], regionName: string): void {
  const code = address?.country_code
  if (!code || countries.length === 0) return
  if (!countries.includes(code)) throw invalidData(`Country with code ${code} is not within region ${regionName}`)
}

/**
 * Brings a cart's taxes up to date, also where the region does not compute them by itself.
 * @throws invalid_data where nobody knows in which country the cart is taxed; otherwise as every change
 */
export function calculateTaxes(context: Context, cartId: string): Promise<LoadedCart> {
  return changeCart(context, cartId, { forceTaxes: true }, ({ cart }) => {
    if (cart.shipping_address?.country_code == null) throw invalidData('country code is required to calculate taxes')
  })
}

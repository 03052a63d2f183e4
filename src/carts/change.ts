import { isDeepStrictEqual } from 'node:util'
import { purchasableVariantsStatement, type PurchasableVariant } from '../catalog/index.js'
import { type Context, tenantOf, type Unit } from '../db/index.js'
import { conflict, invalidData, newId, notAllowed, notFound } from '../kernel/index.js'
import { changeAmountStatement } from '../payments/index.js'
import { type ShippingOptionRow, validShippingOptionsStatement } from '../shipping/index.js'
import { type TaxLine, type Taxed, type TaxRate, taxLinesOf } from '../tax/index.js'
import { lockCartStatement } from './locks.js'
import { type CartLine, type CartMethod, type LoadedCart, loadCartStatement } from './queries/load-cart.js'
import { deleteLinesStatement, updateCartStatement, writeLinesStatement, writeMethodsStatement } from './queries/write-cart.js'
import { totalsOfCart } from './render.js'

/** What a change of a cart works with: the locked cart, and the variants that can be bought. */
export interface CartChange {
  unit: Unit
  tenantId: string
  cart: LoadedCart
  /** By variant id: those in the cart, and those that the change names. Empty for a change that names none. */
  variants: Map<string, PurchasableVariant>
  /** Set by a change that has written the cart's columns, and loaded region and tax rates anew. */
  isWritten: boolean
}

export interface ChangeOptions {
  /** Variants that the change brings, for a change that looks at variants; those in the cart come with them. */
  variantIds?: readonly string[]
  /** Taxes are computed even where the region does not do so by itself. */
  forceTaxes?: boolean
}

type Change = (work: CartChange) => Promise<void> | void

/**
 * Changes a cart: locks it, loads it in the same round trip, lets `change` alter the loaded lines and methods in
 * memory, brings prices of shipping, taxes and payment up to date, and writes what differs, a statement for each kind.
 * @returns the cart as it now is
 * @throws not_found, not_allowed for a completed cart, conflict while it is being completed
 */
export function changeCart(context: Context, cartId: string, options: ChangeOptions, change: Change): Promise<LoadedCart> {
  return context.db.unitOfWork(context.scope, (unit) => changeInUnit(unit, cartId, options, change))
}

/** The same in the caller's unit of work. */
export async function changeInUnit(unit: Unit, cartId: string, options: ChangeOptions, change: Change): Promise<LoadedCart> {
  const tenantId = tenantOf(unit)
  const { variantIds } = options
  const [[lock], [cart], variants] = await Promise.all([
    unit.run(lockCartStatement(tenantId, cartId)),
    unit.run(loadCartStatement(tenantId, cartId)),
    variantIds === undefined ? [] : unit.run(purchasableVariantsStatement(tenantId, { variantIds, cartId })),
  ])
  if (lock === undefined || cart === undefined) throw notFound(`Cart id not found: ${cartId}`)
  if (cart.completed_at !== null) throw notAllowed(`Cart ${cartId} is already completed.`)
  if (cart.checkout !== null) throw conflict('The cart is being completed. Try again in a moment.', 'cart_being_completed')
  const before = structuredClone(cart)
  const byId = new Map(variants.map((variant) => [variant.variant_id, variant]))
  const work: CartChange = { unit, tenantId, cart, variants: byId, isWritten: false }
  await change(work)
  return writeChanges(work, before, options.forceTaxes === true)
}

async function writeChanges(work: CartChange, before: LoadedCart, forceTaxes: boolean): Promise<LoadedCart> {
  const { unit, tenantId, cart } = work
  if (forceTaxes) cart.taxes_calculated = true
  if (!work.isWritten && taxAddress(before) !== taxAddress(cart)) await writeAndLoadRates(work)
  const taxed = cart.region.automatic_taxes || cart.taxes_calculated
  for (const line of cart.lines) {
    line.tax_lines = taxed
      ? taxesOf(
          cart.rates,
          line.tax_lines,
          { productId: line.product_id, productTypeId: line.snapshot.product_type_id as string | null },
          'calitxl',
        )
      : []
  }
  await writeLines(unit, tenantId, before, cart)
  if (cart.methods.length > 0 || before.methods.length > 0) {
    const options = await unit.run(validShippingOptionsStatement(tenantId, cart.id))
    cart.methods = refreshedMethods(cart, options, taxed)
    if (differs(before.methods, cart.methods)) await unit.run(writeMethodsStatement(tenantId, cart.id, cart.methods))
  }
  const { collection } = cart
  const total = totalsOfCart(cart).total
  const sends: Promise<unknown>[] = []
  if (!work.isWritten) sends.push(unit.run(updateCartStatement(tenantId, cart.id, cart)))
  if (collection !== null && (BigInt(collection.amount_minor) !== total || collection.currency_code !== cart.currency_code)) {
    sends.push(unit.run(changeAmountStatement(tenantId, collection.id, { currencyCode: cart.currency_code, totalMinor: total })))
  }
  const reload = unit.run(loadCartStatement(tenantId, cart.id))
  await Promise.all([...sends, reload])
  return (await reload)[0] as LoadedCart
}

/** Tax rates belong to an address, and tax-inclusive prices to a region: they are read for the cart as it is written. */
export async function writeAndLoadRates(work: CartChange): Promise<void> {
  const { unit, tenantId, cart } = work
  const [, [fresh]] = await Promise.all([
    unit.run(updateCartStatement(tenantId, cart.id, cart)),
    unit.run(loadCartStatement(tenantId, cart.id)),
  ])
  cart.rates = (fresh as LoadedCart).rates
  cart.region = (fresh as LoadedCart).region
  work.isWritten = true
}

async function writeLines(unit: Unit, tenantId: string, before: LoadedCart, cart: LoadedCart): Promise<void> {
  const old = new Map(before.lines.map((line) => [line.id, line]))
  const changed = cart.lines.filter((line) => differs(old.get(line.id), line))
  const kept = new Set(cart.lines.map((line) => line.id))
  const gone = before.lines.filter((line) => !kept.has(line.id)).map((line) => line.id)
  const sends: Promise<unknown>[] = []
  if (gone.length > 0) sends.push(unit.run(deleteLinesStatement(tenantId, cart.id, gone)))
  if (changed.length > 0) sends.push(unit.run(writeLinesStatement(tenantId, cart.id, changed)))
  await Promise.all(sends)
}

/** What taxes depend on of an address. */
function taxAddress(cart: LoadedCart): string {
  const { country_code, province, postal_code, city } = cart.shipping_address ?? {}
  return JSON.stringify([country_code ?? null, province ?? null, postal_code ?? null, city ?? null])
}

/** By value: what comes out of a jsonb column has its keys in an order of its own. */
function differs(a: unknown, b: unknown): boolean {
  return !isDeepStrictEqual(a, b)
}

/** Tax lines keep their ids while their rate stays. */
function taxesOf(rates: readonly TaxRate[], known: readonly TaxLine[], taxed: Taxed, prefix: 'calitxl' | 'casmtxl'): TaxLine[] {
  return taxLinesOf(rates, taxed).map((line) => {
    const same = known.find((candidate) => candidate.tax_rate_id === line.tax_rate_id)
    return { id: same?.id ?? newId(prefix), ...line }
  })
}

/** Methods as the options now are: priced anew, without those that no longer suit the cart. */
export function refreshedMethods(cart: LoadedCart, options: readonly ShippingOptionRow[], taxed: boolean): CartMethod[] {
  return cart.methods.flatMap((method) => {
    const option = options.find((candidate) => candidate.id === method.shipping_option_id)
    if (option?.price == null) return []
    return [methodOf(option, cart, taxed, method)]
  })
}

/** A cart's method for an option; `known` keeps its id and data. */
export function methodOf(option: ShippingOptionRow, cart: LoadedCart, taxed: boolean, known?: Partial<CartMethod>): CartMethod {
  const now = new Date().toISOString()
  return {
    id: known?.id ?? newId('casm'),
    vendor_id: option.vendor_id,
    shipping_option_id: option.id,
    shipping_profile_id: option.shipping_profile_id,
    name: option.name,
    description: null,
    amount_minor: option.price?.amount_minor ?? 0,
    is_tax_inclusive: cart.region.is_tax_inclusive,
    data: known?.data ?? {},
    tax_lines: taxed ? taxesOf(cart.rates, known?.tax_lines ?? [], { shippingOptionId: option.id }, 'casmtxl') : [],
    metadata: known?.metadata ?? null,
    created_at: known?.created_at ?? now,
    updated_at: known?.updated_at ?? now,
  }
}

/** The price of one piece when `quantity` are bought: the window with the highest lower bound that holds it. */
export function priceFor(variant: PurchasableVariant, quantity: number) {
  return variant.prices.find(
    (price) => (price.min_quantity ?? 1) <= quantity && (price.max_quantity === null || quantity <= price.max_quantity),
  )
}

/** Puts a line's price where its quantity or region wants it. Throws invalid_data for a variant without a price. */
export function reprice(line: CartLine, variant: PurchasableVariant, cart: LoadedCart): void {
  if (line.is_custom_price) return
  const price = priceFor(variant, line.quantity)
  if (price === undefined) throw invalidData(`Variants with IDs ${variant.variant_id} do not have a price`)
  line.unit_price_minor = price.amount_minor
  const isSale = price.compare_at_minor !== null && price.compare_at_minor > price.amount_minor
  line.compare_at_unit_price_minor = isSale ? price.compare_at_minor : null
  line.is_tax_inclusive = cart.region.is_tax_inclusive
}

/**
 * Refuses quantities that the stock does not hold, summed over all lines that draw on the same inventory item.
 * Nothing is reserved here: what counts is decided when the cart is completed.
 */
export function checkStock(work: CartChange, touched: ReadonlySet<string>): void {
  const wanted = new Map<string, number>()
  const availableOf = new Map<string, number>()
  for (const line of work.cart.lines) {
    const variant = work.variants.get(line.variant_id ?? '')
    if (variant === undefined || !variant.manage_inventory || variant.allow_backorder) continue
    if (touched.has(variant.variant_id) && !variant.has_location) {
      throw invalidData(
        `Sales channel ${work.cart.sales_channel_id} is not associated with any stock location for variant ${variant.variant_id}.`,
      )
    }
    for (const item of variant.inventory_items) {
      const sum = (wanted.get(item.inventory_item_id) ?? 0) + item.required_quantity * line.quantity
      wanted.set(item.inventory_item_id, sum)
      availableOf.set(item.inventory_item_id, item.available)
      if (touched.has(variant.variant_id) && sum > (availableOf.get(item.inventory_item_id) as number)) throw outOfStock()
    }
  }
  for (const variantId of touched) {
    for (const item of work.variants.get(variantId)?.inventory_items ?? []) {
      if ((wanted.get(item.inventory_item_id) ?? 0) > item.available) throw outOfStock()
    }
  }
}

export function outOfStock() {
  return notAllowed('Some variant does not have the required inventory', 'insufficient_inventory')
}

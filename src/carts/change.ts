import { isDeepStrictEqual } from 'node:util'
import { cartVariantsStatement, type CartVariant, purchasableVariantsStatement } from '../catalog/index.js'
import { type Context, tenantOf, type Unit } from '../db/index.js'
import { conflict, invalidData, newId, notAllowed, notFound } from '../kernel/index.js'
import { changeAmountStatement, collectionOfCartStatement, ensureCollectionStatement } from '../payments/index.js'
import { isTaxInclusive, selectPrice } from '../pricing/index.js'
import { pricedOptions, type ShippingChoice, shippingChoicesStatement } from '../shipping/index.js'
import type { Adjustments } from '../promotions/index.js'
import { type TaxLine, type Taxed, type TaxRate, taxLinesOf } from '../tax/index.js'
import { lockCartStatement } from './locks.js'
import { adjustLines, adjustMethods, adjustmentsOf, promote, promoteToPay } from './promote.js'
import {
  type CartLine,
  type CartMethod,
  type CartRoot,
  type LoadedCart,
  loadCartRootStatement,
  loadCartStatement,
} from './queries/load-cart.js'
import {
  deleteLinesStatement,
  isSameCart,
  touchCartStatement,
  updateCartStatement,
  writeCreditLinesStatement,
  writeLinesStatement,
  writeMethodsStatement,
} from './queries/write-cart.js'
import { applyCredit, dueOf } from './render.js'

/** What a change of a cart works with: the locked cart, and the variants that can be bought. */
export interface CartChange {
  unit: Unit
  tenantId: string
  cart: LoadedCart
  /** The moment at which prices must hold. */
  now: Date
  /**
   * By variant id: those in the cart, and those that the change names, whole (PurchasableVariant) where it names some.
   * Empty for a change that does not look at variants.
   */
  variants: Map<string, CartVariant>
  /** The shipping that is valid for the cart, where it has been read and nothing that it depends on has changed since. */
  choices: readonly ShippingChoice[] | null
  /** Set by a change that has written to the cart's payment collection. */
  isCollectionWritten: boolean
  /** The cart as it was read again after its columns were written: region, customer and tax rates are others. */
  rewritten: CartRoot | null
}

export interface ChangeOptions {
  /** Variants that the change brings, for a change that looks at variants; those in the cart come with them. */
  variantIds?: readonly string[]
  /** Taxes are computed even where the region does not do so by itself. */
  forceTaxes?: boolean
  /** The cart is about to be paid: see promoteToPay. */
  toPay?: boolean
  /** The cart gets a payment collection, where it has none. */
  opensPayment?: boolean
  /** The change looks at shipping: what is valid is read with the cart. */
  looksAtShipping?: boolean
  /** Staff’s own change: the only one that a draft order’s cart knows. */
  isStaffs?: boolean
}

type Change = (work: CartChange) => Promise<void> | void

/**
 * Changes a cart: locks it, loads it in the same round trip, lets `change` alter the loaded lines and methods in
 * memory, brings prices of shipping, taxes and payment up to date, and writes what differs, a statement for each kind.
 * What is written answers itself as it is loaded; of the rest, only what the change can have made different is read again.
 * @returns the cart as it now is
 * @throws not_found, invalid_data for a completed cart, conflict while it is being completed
 */
export function changeCart(context: Context, cartId: string, options: ChangeOptions, change: Change): Promise<LoadedCart> {
  return context.db.unitOfWork(context.scope, (unit) => changeInUnit(context, unit, cartId, options, change))
}

/** The same in the caller's unit of work, which it ends. */
export async function changeInUnit(
  context: Pick<Context, 'clock'>,
  unit: Unit,
  cartId: string,
  options: ChangeOptions,
  change: Change,
): Promise<LoadedCart> {
  const tenantId = tenantOf(unit)
  const now = context.clock.now()
  const { variantIds } = options
  const [[lock], [cart], variants, choices] = await Promise.all([
    unit.run(lockCartStatement(tenantId, cartId)),
    unit.run(loadCartStatement(tenantId, cartId)),
    variantIds === undefined ? [] : readVariants(unit, { variantIds, cartId, now }),
    // A cart that is paid for has shipping, as a rule.
    options.looksAtShipping === true || options.toPay === true ? readChoices({ unit, tenantId, cartId, now }) : null,
  ])
  if (lock === undefined || cart === undefined || (cart.is_draft && options.isStaffs !== true)) {
    throw notFound(`Cart id not found: ${cartId}`)
  }
  if (cart.completed_at !== null) throw invalidData(`Cart ${cartId} is already completed.`)
  if (cart.checkout !== null) throw conflict('The cart is being completed. Try again in a moment.', 'cart_being_completed')
  const before = structuredClone(cart)
  const byId = new Map(variants.map((variant) => [variant.variant_id, variant]))
  const work: CartChange = { unit, tenantId, cart, now, variants: byId, choices, isCollectionWritten: false, rewritten: null }
  refreshPrices(work)
  if (options.toPay === true) promoteToPay(cart, now)
  else promote(cart, now)
  // What a vendor's shipping costs may depend on what its goods do.
  if (cart.lines.some((line, index) => costsOther(line, before.lines[index] as CartLine))) work.choices = null
  await change(work)
  return writeChanges(work, before, options)
}

function readVariants(unit: Unit, wanted: { variantIds: readonly string[]; cartId: string; now: Date }): Promise<CartVariant[]> {
  const tenantId = tenantOf(unit)
  if (wanted.variantIds.length > 0) return unit.run(purchasableVariantsStatement(tenantId, wanted))
  return unit.run(cartVariantsStatement(tenantId, wanted.cartId, wanted.now))
}

async function writeChanges(work: CartChange, before: LoadedCart, options: ChangeOptions): Promise<LoadedCart> {
  const { unit, tenantId, cart } = work
  if (options.forceTaxes === true) cart.taxes_calculated = true
  if (work.rewritten === null && isElsewhere(before, cart)) await writeAndLoadRates(work)
  const taxed = cart.region.automatic_taxes || cart.taxes_calculated
  for (const line of cart.lines) {
    // A gift card is paid for now and taxed when it buys something.
    line.tax_lines =
      taxed && !line.is_giftcard
        ? taxesOf(
            cart.rates,
            line.tax_lines,
            { productId: line.product_id, productTypeId: line.snapshot.product_type_id as string | null },
            'calitxl',
          )
        : []
  }
  // The lines are written while prices of shipping are read, which few discounts on lines depend on.
  adjustLines(cart, adjustmentsOf(cart, work.now))
  let linesWritten = writeLines(unit, tenantId, before, cart)
  let methodsWritten: Promise<CartMethod[]> | undefined
  if (cart.methods.length > 0 || before.methods.length > 0) {
    const [choices, lines] = await Promise.all([work.choices ?? readChoices({ ...work, cartId: cart.id }), linesWritten])
    cart.methods = withoutUnused(cart, refreshedMethods(cart, choices, taxed))
    const adjustments = adjustmentsOf(cart, work.now)
    adjustMethods(cart, adjustments)
    if (cart.promotions.length > 0) linesWritten = readjustLines(work, lines, adjustments)
    if (differs(before.methods, cart.methods)) methodsWritten = writeMethods(unit, tenantId, cart)
  }
  applyCredit(cart)
  const rootWritten = writeRoot(work, before, options.opensPayment === true)
  unit.commitAlong()
  const [lines, methods, root] = await Promise.all([linesWritten, methodsWritten ?? cart.methods, rootWritten])
  return { ...root, lines, methods }
}

/** Takes discounts on lines away, or gives them, where they ask for shipping that has become another just now. */
function readjustLines({ unit, tenantId, cart }: CartChange, written: CartLine[], adjustments: Adjustments): Promise<CartLine[]> {
  cart.lines = structuredClone(written)
  adjustLines(cart, adjustments)
  return writeLines(unit, tenantId, { ...cart, lines: written }, cart)
}

/** Writes the rest of the cart, and what is to be paid for it. What the change has left as it was is not read again. */
async function writeRoot(work: CartChange, before: LoadedCart, opensPayment: boolean): Promise<CartRoot> {
  const { unit, tenantId, cart, rewritten } = work
  const { collection } = cart
  const money = { currencyCode: cart.currency_code, totalMinor: dueOf(cart) }
  const isOther = rewritten === null && !isSameCart(before, cart)
  const isOtherCredit = differs(before.credit_lines, cart.credit_lines)
  const isOpened = opensPayment && collection === null
  const isOtherAmount =
    collection !== null && (BigInt(collection.amount_minor) !== money.totalMinor || collection.currency_code !== money.currencyCode)
  const sends: Promise<unknown>[] = []
  if (isOther) sends.push(unit.run(updateCartStatement(tenantId, cart.id, cart)))
  if (isOtherCredit) sends.push(unit.run(writeCreditLinesStatement(tenantId, cart.id, cart.credit_lines)))
  if (isOpened) sends.push(unit.run(ensureCollectionStatement(tenantId, { id: cart.id, ...money })))
  if (isOtherAmount) sends.push(unit.run(changeAmountStatement(tenantId, collection.id, money)))
  if (isOther || isOtherCredit) {
    const [[root]] = await Promise.all([unit.run(loadCartRootStatement(tenantId, cart.id)), ...sends])
    // The row is locked: it is there.
    return root as CartRoot
  }
  const [[touched], [paid]] = await Promise.all([
    rewritten === null ? unit.run(touchCartStatement(tenantId, cart.id)) : [rewritten],
    work.isCollectionWritten || isOpened || isOtherAmount ? unit.run(collectionOfCartStatement(tenantId, cart.id)) : [{ collection }],
    ...sends,
  ])
  return { ...(rewritten ?? before), updated_at: (touched as CartRoot).updated_at, collection: paid?.collection ?? null }
}

/**
 * The methods that carry something, where there are several: as in Medusa a single one stays, whatever the cart holds now,
 * so that who chooses shipping first need not choose again.
 */
export function withoutUnused(cart: LoadedCart, methods: readonly CartMethod[]): CartMethod[] {
  if (cart.methods.length <= 1) return [...methods]
  const needed = neededProfiles(cart)
  return methods.filter((method) => needed.has(method.shipping_profile_id))
}

/** Shipping profiles of what the cart holds that is sent: as a rule, vendors. */
export function neededProfiles(cart: LoadedCart): Set<string> {
  return new Set(cart.lines.filter((line) => line.requires_shipping).map((line) => line.shipping_profile_id as string))
}

/** Tax rates belong to an address, and tax-inclusive prices to a region: they are read for the cart as it is written. */
export async function writeAndLoadRates(work: CartChange): Promise<void> {
  const { unit, tenantId, cart } = work
  const [, [fresh]] = await Promise.all([
    unit.run(updateCartStatement(tenantId, cart.id, cart)),
    unit.run(loadCartRootStatement(tenantId, cart.id)),
  ])
  if (fresh === undefined) throw notFound(`Cart id not found: ${cart.id}`)
  cart.rates = fresh.rates
  cart.region = fresh.region
  cart.customer = fresh.customer
  work.rewritten = fresh
}

/** Writes what differs. Answers the lines as they are loaded. */
async function writeLines(unit: Unit, tenantId: string, before: LoadedCart, cart: LoadedCart): Promise<CartLine[]> {
  const old = new Map(before.lines.map((line) => [line.id, line]))
  const changed = cart.lines.filter((line) => differs(old.get(line.id), line))
  const kept = new Set(cart.lines.map((line) => line.id))
  const gone = before.lines.filter((line) => !kept.has(line.id)).map((line) => line.id)
  const [rows] = await Promise.all([
    changed.length === 0 ? [] : unit.run(writeLinesStatement(tenantId, cart.id, changed)),
    gone.length === 0 ? [] : unit.run(deleteLinesStatement(tenantId, cart.id, gone)),
  ])
  const written = new Map(rows.map(({ line }) => [line.id, line]))
  // In the order that they are loaded in: two who add at once are not always written in the order in which they began.
  return cart.lines
    .map((line) => written.get(line.id) ?? line)
    .sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at) || (a.id < b.id ? -1 : 1))
}

async function writeMethods(unit: Unit, tenantId: string, cart: LoadedCart): Promise<CartMethod[]> {
  const rows = await unit.run(writeMethodsStatement(tenantId, cart.id, cart.methods))
  return rows.map(({ method }) => method)
}

/** What taxes depend on of an address. */
function taxAddress(cart: LoadedCart): string {
  const { country_code, province, postal_code, city } = cart.shipping_address ?? {}
  return JSON.stringify([country_code ?? null, province ?? null, postal_code ?? null, city ?? null])
}

/** Whether what is read for the cart as it is written (tax rates, groups, shipping) is to be read for other things now. */
function isElsewhere(before: LoadedCart, cart: LoadedCart): boolean {
  const isInOtherChannel = cart.methods.length > 0 && before.sales_channel_id !== cart.sales_channel_id
  return isInOtherChannel || taxAddress(before) !== taxAddress(cart) || hasOtherGroups(cart)
}

/** Whether the cart is another customer's now, whose groups promotions may ask for. */
function hasOtherGroups(cart: LoadedCart): boolean {
  return cart.promotions.length > 0 && cart.customer_id !== (cart.customer?.id ?? null)
}

const costsOther = (line: CartLine, before: CartLine) =>
  line.unit_price_minor !== before.unit_price_minor || differs(line.adjustments, before.adjustments)

/** By value: what comes out of a jsonb column has its keys in an order of its own. */
function differs(a: unknown, b: unknown): boolean {
  return !isDeepStrictEqual(a, b)
}

/** Tax lines keep their ids while their rate stays. */
export function taxesOf(rates: readonly TaxRate[], known: readonly TaxLine[], taxed: Taxed, prefix: 'calitxl' | 'casmtxl'): TaxLine[] {
  return taxLinesOf(rates, taxed).map((line) => {
    const same = known.find((candidate) => candidate.tax_rate_id === line.tax_rate_id)
    return { id: same?.id ?? newId(prefix), ...line }
  })
}

/** Methods as the options now are: priced anew, without those that no longer suit the cart. */
export function refreshedMethods(cart: LoadedCart, choices: readonly ShippingChoice[], taxed: boolean): CartMethod[] {
  return cart.methods.flatMap((method) => {
    const option = choices.find((candidate) => candidate.id === method.shipping_option_id)
    if (option === undefined || (option.price === null && !method.is_custom_amount)) return []
    return [methodOf(option, cart, taxed, method)]
  })
}

/** A cart's method for an option; `known` keeps its id, its data, and an amount that staff have set. */
export function methodOf(option: ShippingChoice, cart: LoadedCart, taxed: boolean, known?: Partial<CartMethod>): CartMethod {
  const now = new Date().toISOString()
  return {
    id: known?.id ?? newId('casm'),
    vendor_id: option.vendor_id,
    shipping_option_id: option.id,
    shipping_option_type_id: option.shipping_option_type_id,
    shipping_profile_id: option.shipping_profile_id,
    name: option.name,
    description: known?.description ?? null,
    amount_minor: known?.is_custom_amount === true ? (known.amount_minor ?? 0) : (option.price?.amount_minor ?? 0),
    is_custom_amount: known?.is_custom_amount ?? false,
    // A calculated price has no candidate: it is the region's.
    is_tax_inclusive: isTaxInclusive(option.price?.selected?.calculated ?? { is_regional: true }, cart.region),
    data: known?.data ?? {},
    tax_lines: taxed ? taxesOf(cart.rates, known?.tax_lines ?? [], { shippingOptionId: option.id }, 'casmtxl') : [],
    adjustments: known?.adjustments ?? [],
    metadata: known?.metadata ?? null,
    created_at: known?.created_at ?? now,
    updated_at: known?.updated_at ?? now,
  }
}

/** The lines whose variants were read at the prices that hold now: lists begin and end while a cart waits. */
function refreshPrices({ cart, variants }: CartChange): void {
  for (const line of cart.lines) {
    const variant = variants.get(line.variant_id ?? '')
    if (variant !== undefined && selectPrice(variant.prices, line.quantity) !== null) reprice(line, variant, cart)
  }
}

/** Writes a cart that has another region or customer, and reads its variants at the prices that hold for those. */
export async function loadVariantsAnew(work: CartChange): Promise<void> {
  const { unit, tenantId, cart, now } = work
  const [, variants] = await Promise.all([writeAndLoadRates(work), unit.run(cartVariantsStatement(tenantId, cart.id, now))])
  work.variants = new Map(variants.map((variant) => [variant.variant_id, variant]))
  refreshPrices(work)
}

/** The shipping that is valid for a cart as it is written, with its prices. */
export async function readChoices(wanted: { unit: Unit; tenantId: string; cartId: string; now: Date }): Promise<ShippingChoice[]> {
  return pricedOptions(await wanted.unit.run(shippingChoicesStatement(wanted.tenantId, wanted.cartId, wanted.now)))
}

/** Puts a line's price where its quantity, region or customer wants it. Throws invalid_data for a variant without a price. */
export function reprice(line: CartLine, variant: CartVariant, cart: LoadedCart): void {
  if (line.is_custom_price) return
  const price = selectPrice(variant.prices, line.quantity)
  if (price === null) throw invalidData(`Variants with IDs ${variant.variant_id} do not have a price`)
  line.unit_price_minor = price.calculated.amount_minor
  line.compare_at_unit_price_minor = price.original_minor > price.calculated.amount_minor ? price.original_minor : null
  line.is_tax_inclusive = isTaxInclusive(price.calculated, cart.region)
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

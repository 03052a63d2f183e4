import { allocateCredit, renderCreditLines, sumCredit } from '../credit/index.js'
import { renderCountries } from '../regions/index.js'
import { toMajor } from '../kernel/index.js'
import type { Collection } from '../payments/index.js'
import { type Adjustment, renderApplied } from '../promotions/index.js'
import type { TaxLine } from '../tax/index.js'
import type { CartLine, CartMethod, LoadedCart } from './queries/load-cart.js'
import {
  type LineTotals,
  lineTotals,
  type PricedLine,
  renderItemTotals,
  renderLineTotals,
  renderRootTotals,
  type RootTotals,
  sumTotals,
} from './totals.js'

/** What a line's totals follow from, its adjustments aside. */
export function pricedLineOf(line: CartLine): PricedLine {
  return {
    quantity: line.quantity,
    unitPriceMinor: BigInt(line.unit_price_minor),
    isTaxInclusive: line.is_tax_inclusive,
    ratesPpm: line.tax_lines.map((tax) => tax.rate_ppm),
  }
}

/** The same for a shipping method. */
export function pricedMethodOf(method: CartMethod): PricedLine {
  return {
    quantity: 1,
    unitPriceMinor: BigInt(method.amount_minor),
    isTaxInclusive: method.is_tax_inclusive,
    ratesPpm: method.tax_lines.map((tax) => tax.rate_ppm),
  }
}

export function totalsOfLine(line: CartLine): LineTotals {
  return lineTotals({ ...pricedLineOf(line), adjustments: line.adjustments })
}

export function totalsOfMethod(method: CartMethod): LineTotals {
  return lineTotals({ ...pricedMethodOf(method), adjustments: method.adjustments })
}

export function totalsOfCart(cart: LoadedCart): RootTotals {
  return sumTotals(cart.lines.map(totalsOfLine), cart.methods.map(totalsOfMethod))
}

/** What is left to be paid of a cart when gift cards and store credit have paid their part. */
export function dueOf(cart: LoadedCart): bigint {
  return totalsOfCart(cart).total - sumCredit(cart.credit_lines).total
}

/** Puts what gift cards and store credit pay where the cart's total wants it now. */
export function applyCredit(cart: LoadedCart): void {
  if (cart.credit_lines.length > 0) cart.credit_lines = allocateCredit(cart, cart.credit_lines, totalsOfCart(cart).total)
}

/** Tax lines on the wire: per cent, and this line's part of the tax in major units. */
export function renderTaxLines(lines: readonly TaxLine[], totals: LineTotals, currency: string, owner: object): object[] {
  return lines.map(({ rate_ppm, ...line }, index) => {
    return {
      ...line,
      rate: rate_ppm / 10_000,
      data: null,
      metadata: null,
      ...owner,
      total: toMajor(totals.taxParts[index] ?? 0n, currency),
      subtotal: toMajor(totals.originalTaxParts[index] ?? 0n, currency),
    }
  })
}

/** Adjustments on the wire, in major units. Who pays for them is not the shopper's business. */
export function renderAdjustments(
  adjustments: readonly Adjustment[],
  totals: Pick<LineTotals, 'adjustmentParts'>,
  currency: string,
  owner: object,
): object[] {
  return adjustments.map(({ amount_minor, funder: _funder, ...adjustment }, index) => ({
    ...adjustment,
    ...owner,
    amount: toMajor(amount_minor, currency),
    description: null,
    provider_id: null,
    subtotal: toMajor(totals.adjustmentParts[index]?.subtotal ?? 0n, currency),
    total: toMajor(totals.adjustmentParts[index]?.total ?? 0n, currency),
  }))
}

/** A region is told by its province here: an address has no code of one beside it. */
const renderAddress = (address: LoadedCart['shipping_address']) =>
  address && { region_code: null, customer_id: null, metadata: null, ...address }

/** Taxes and discounts are kept with what they are of, and are as old. */
const timesOf = ({ created_at, updated_at }: CartLine | CartMethod) => ({ created_at, updated_at })

function renderLine(line: CartLine, cart: LoadedCart, pictures: (url: string | null) => string | null): Record<string, unknown> {
  const totals = totalsOfLine(line)
  const currency = cart.currency_code
  const {
    unit_price_minor,
    compare_at_unit_price_minor,
    snapshot,
    tax_lines,
    adjustments,
    vendor_id: _vendor,
    shipping_profile_id: _profile,
    ...rest
  } = line
  return {
    ...rest,
    ...snapshot,
    cart_id: cart.id,
    thumbnail: pictures(line.thumbnail),
    unit_price: toMajor(unit_price_minor, currency),
    compare_at_unit_price: compare_at_unit_price_minor === null ? null : toMajor(compare_at_unit_price_minor, currency),
    product: line.product === null ? null : { ...line.product, thumbnail: pictures(line.product.thumbnail as string | null) },
    variant: line.variant === null ? null : { ...line.variant, thumbnail: pictures(line.variant.thumbnail as string | null) },
    tax_lines: renderTaxLines(tax_lines, totals, currency, { item_id: line.id, ...timesOf(line) }),
    adjustments: renderAdjustments(adjustments, totals, currency, { cart_id: cart.id, item_id: line.id, ...timesOf(line) }),
    ...renderItemTotals(totals, currency),
  }
}

function renderMethod(method: CartMethod, cart: LoadedCart): Record<string, unknown> {
  const totals = totalsOfMethod(method)
  const { amount_minor, tax_lines, adjustments, vendor_id: _vendor, shipping_profile_id: _profile, ...rest } = method
  return {
    ...rest,
    cart_id: cart.id,
    amount: toMajor(amount_minor, cart.currency_code),
    tax_lines: renderTaxLines(tax_lines, totals, cart.currency_code, { shipping_method_id: method.id, ...timesOf(method) }),
    adjustments: renderAdjustments(adjustments, totals, cart.currency_code, {
      cart_id: cart.id,
      shipping_method_id: method.id,
      ...timesOf(method),
    }),
    ...renderLineTotals(totals, cart.currency_code),
  }
}

/** A payment collection in wire shape, amounts in major units; what became of it is null until something of it was agreed to. */
export function renderCollection(collection: Collection, providers: readonly string[]): Record<string, unknown> {
  const { amount_minor, authorized_minor, captured_minor, refunded_minor, payment_sessions, ...rest } = collection
  const moved = (minor: number) => (authorized_minor + captured_minor === 0 ? null : toMajor(minor, collection.currency_code))
  return {
    ...rest,
    amount: toMajor(amount_minor, collection.currency_code),
    authorized_amount: moved(authorized_minor),
    captured_amount: moved(captured_minor),
    refunded_amount: moved(refunded_minor),
    deleted_at: null,
    payment_providers: providers.map((id) => ({ id, is_enabled: true })),
    payment_sessions: payment_sessions.map((session) => ({
      ...session,
      amount_minor: undefined,
      payment_account_id: undefined,
      amount: toMajor(session.amount_minor, session.currency_code),
      payment_collection_id: collection.id,
      deleted_at: null,
    })),
  }
}

/** The gift cards that a cart pays with. Whoever has the cart has given their codes. */
function renderGiftCards(cart: LoadedCart, codeOf: (sealed: string) => string): object[] {
  return cart.credit_lines.flatMap((line) => {
    const card = cart.credit_accounts.find((account) => account.id === line.account_id)?.gift_card
    if (card == null) return []
    const major = (minor: number) => toMajor(minor, cart.currency_code)
    const { code_sealed, value_minor, balance_minor, ...rest } = card
    return [
      { ...rest, code: codeOf(code_sealed), value: major(value_minor), balance: major(balance_minor), currency_code: cart.currency_code },
    ]
  })
}

/**
 * A cart in wire shape (Store API contract, cart JSON) with all its totals. `payment_collection` is absent until made.
 * @param codeOf the code of a gift card, from how it is kept
 */
export function renderCart(
  cart: LoadedCart,
  pictures: (url: string | null) => string | null,
  codeOf: (sealed: string) => string,
): Record<string, unknown> {
  const { lines, methods, collection, region, promotions, credit_lines, credit_accounts: _accounts, ...rest } = cart
  const { checkout: _checkout, rates: _rates, taxes_calculated: _taxes, order_id: _order, promo_codes: _codes, ...root } = rest
  const inUse = new Set([...lines, ...methods].flatMap((part) => part.adjustments.map((adjustment) => adjustment.promotion_id)))
  return {
    ...root,
    shipping_address: renderAddress(cart.shipping_address),
    billing_address: renderAddress(cart.billing_address),
    shipping_address_id: cart.shipping_address?.id ?? null,
    billing_address_id: cart.billing_address?.id ?? null,
    customer: cart.customer === null ? null : { id: cart.customer.id, email: cart.customer.email, groups: cart.customer.groups },
    region: {
      id: region.id,
      name: region.name,
      currency_code: region.currency_code,
      automatic_taxes: region.automatic_taxes,
      metadata: region.metadata,
      created_at: region.created_at,
      updated_at: region.updated_at,
      deleted_at: null,
      countries: renderCountries(region.countries, region),
    },
    promotions: promotions.filter((promotion) => inUse.has(promotion.id)).map(renderApplied),
    credit_lines: renderCreditLines(credit_lines, cart.currency_code),
    gift_cards: renderGiftCards(cart, codeOf),
    items: lines.map((line) => renderLine(line, cart, pictures)),
    shipping_methods: methods.map((method) => renderMethod(method, cart)),
    ...(collection === null ? {} : { payment_collection: renderCollection(collection, region.payment_providers) }),
    ...renderRootTotals(totalsOfCart(cart), cart.currency_code, sumCredit(credit_lines)),
  }
}

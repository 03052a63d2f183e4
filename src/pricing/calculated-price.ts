import { taxInGross, taxOnNet, toMajor } from '../kernel/index.js'
import { taxLinesOf } from '../tax/index.js'
import type { PriceCandidate } from './candidates.js'
import { isTaxInclusive, type PricingContext } from './context.js'
import type { SelectedPrice } from './select-price.js'

interface Priced {
  priceSetId: string
  productId: string
  productTypeId: string | null
}

/** A price in the shape of the Store API (`calculated_price`), amounts in major units; null when there is none. */
export function calculatedPrice(price: SelectedPrice | null, context: PricingContext, priced: Priced): object | null {
  if (price === null) return null
  const currency = context.currency_code
  const { calculated, original, original_minor: originalMinor } = price
  const calculatedMajor = toMajor(calculated.amount_minor, currency)
  const originalMajor = toMajor(originalMinor, currency)
  // A price with a former price of its own is the short form of a sale.
  const isReduced = calculated.price_list_id === null && originalMinor > calculated.amount_minor
  return {
    id: priced.priceSetId,
    is_calculated_price_price_list: calculated.price_list_id !== null,
    is_calculated_price_tax_inclusive: isTaxInclusive(calculated, context),
    calculated_amount: calculatedMajor,
    raw_calculated_amount: { value: String(calculatedMajor), precision: 20 },
    is_original_price_price_list: original.price_list_id !== null,
    is_original_price_tax_inclusive: isTaxInclusive(original, context),
    original_amount: originalMajor,
    raw_original_amount: { value: String(originalMajor), precision: 20 },
    currency_code: currency,
    calculated_price: inner(calculated, isReduced ? 'sale' : calculated.price_list_type),
    original_price: inner(original, original.price_list_type),
    ...taxAmounts(price, context, priced),
  }
}

function inner(price: PriceCandidate, type: string | null): object {
  const { id, price_list_id, min_quantity, max_quantity } = price
  return { id, price_list_id, price_list_type: type, min_quantity, max_quantity }
}

/** With and without tax; absent unless taxes are automatic and the country is known. */
function taxAmounts({ calculated: of, original: from, original_minor }: SelectedPrice, context: PricingContext, priced: Priced): object {
  if (!context.automatic_taxes || context.country_code === null) return {}
  const rates = taxLinesOf(context.rates, { productId: priced.productId, productTypeId: priced.productTypeId }).map((line) => line.rate_ppm)
  const split = (price: PriceCandidate, minor: number) =>
    isTaxInclusive(price, context) ? taxInGross(BigInt(minor), rates) : taxOnNet(BigInt(minor), rates)
  const calculated = split(of, of.amount_minor)
  const original = split(from, original_minor)
  const major = (minor: bigint) => toMajor(minor, context.currency_code)
  return {
    calculated_amount_with_tax: major(calculated.net + calculated.tax),
    calculated_amount_without_tax: major(calculated.net),
    original_amount_with_tax: major(original.net + original.tax),
    original_amount_without_tax: major(original.net),
  }
}

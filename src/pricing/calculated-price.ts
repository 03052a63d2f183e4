import { taxInGross, taxOnNet, toMajor } from '../kernel/index.js'
import { taxLinesOf } from '../tax/index.js'
import type { PricingContext } from './context.js'

/** A price row as SQL hands it out; amounts in minor units. */
export interface PriceJson {
  id: string
  amount_minor: number
  compare_at_minor: number | null
  min_quantity: number | null
  max_quantity: number | null
}

/** SQL for the price of one piece out of a price set, as JSON. `priceSet` and `currency` are SQL expressions. */
export function priceJsonSql(priceSet: string, currency: string): string {
  return `(select json_build_object('id', pr.id, 'amount_minor', pr.amount_minor, 'compare_at_minor', pr.compare_at_minor,
      'min_quantity', pr.min_quantity, 'max_quantity', pr.max_quantity)
    from price pr where pr.tenant_id = $1 and pr.price_set_id = ${priceSet} and pr.currency_code = ${currency}
      and coalesce(pr.min_quantity, 1) <= 1 order by pr.min_quantity desc nulls last limit 1)`
}

interface Priced {
  priceSetId: string
  productId: string
  productTypeId: string | null
}

/** A price in the shape of the Store API (`calculated_price`), amounts in major units; null when there is none. */
export function calculatedPrice(price: PriceJson | null, context: PricingContext, priced: Priced): object | null {
  if (price === null) return null
  const currency = context.currency_code
  const isSale = price.compare_at_minor !== null && price.compare_at_minor > price.amount_minor
  const originalMinor = isSale ? (price.compare_at_minor as number) : price.amount_minor
  const calculated = toMajor(price.amount_minor, currency)
  const original = toMajor(originalMinor, currency)
  const inner = (type: string | null) => ({
    id: price.id,
    price_list_id: null,
    price_list_type: type,
    min_quantity: price.min_quantity,
    max_quantity: price.max_quantity,
  })
  return {
    id: priced.priceSetId,
    is_calculated_price_price_list: false,
    is_calculated_price_tax_inclusive: context.is_tax_inclusive,
    calculated_amount: calculated,
    raw_calculated_amount: { value: String(calculated), precision: 20 },
    is_original_price_price_list: false,
    is_original_price_tax_inclusive: context.is_tax_inclusive,
    original_amount: original,
    raw_original_amount: { value: String(original), precision: 20 },
    currency_code: currency,
    calculated_price: inner(isSale ? 'sale' : null),
    original_price: inner(null),
    ...taxAmounts(price.amount_minor, originalMinor, context, priced),
  }
}

/** With and without tax; absent unless taxes are automatic and the country is known. */
function taxAmounts(calculatedMinor: number, originalMinor: number, context: PricingContext, priced: Priced): object {
  if (!context.automatic_taxes || context.country_code === null) return {}
  const rates = taxLinesOf(context.rates, { productId: priced.productId, productTypeId: priced.productTypeId }).map((line) => line.rate_ppm)
  const split = (minor: number) => (context.is_tax_inclusive ? taxInGross(BigInt(minor), rates) : taxOnNet(BigInt(minor), rates))
  const calculated = split(calculatedMinor)
  const original = split(originalMinor)
  const major = (minor: bigint) => toMajor(minor, context.currency_code)
  return {
    calculated_amount_with_tax: major(calculated.net + calculated.tax),
    calculated_amount_without_tax: major(calculated.net),
    original_amount_with_tax: major(original.net + original.tax),
    original_amount_without_tax: major(original.net),
  }
}

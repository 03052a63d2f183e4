import type { CalculatedPrice, Product, Variant } from '../answers.js'
import { showsTax, type Visit } from '../visit.js'

interface ShownPrice {
  amount: number
  original: number
  currency: string
  withTax: boolean
}

/** A price as the law of the region wants it shown: with the tax in it, or without. */
export function shownPrice(visit: Visit, price: CalculatedPrice): ShownPrice {
  const { calculated_amount, original_amount, is_calculated_price_tax_inclusive: inclusive, currency_code: currency } = price
  const gross = price.calculated_amount_with_tax
  if (inclusive || !showsTax(visit.market) || gross === undefined) {
    return { amount: calculated_amount, original: original_amount, currency, withTax: inclusive }
  }
  return { amount: gross, original: price.original_amount_with_tax ?? gross, currency, withTax: true }
}

export function isInStock(variant: Variant, quantity = 1): boolean {
  return !variant.manage_inventory || variant.allow_backorder || (variant.inventory_quantity ?? 0) >= quantity
}

const pricesOf = (visit: Visit, product: Product) =>
  product.variants.flatMap((variant) => (variant.calculated_price == null ? [] : [shownPrice(visit, variant.calculated_price)]))

/** The lowest price of a product, and what it was before. */
export function Price({ visit, product }: { visit: Visit; product: Product }) {
  const prices = pricesOf(visit, product).sort((a, b) => a.amount - b.amount)
  const lowest = prices[0]
  if (lowest === undefined) return <p class="price">{visit.words.noPrice}</p>
  const highest = prices.at(-1) as ShownPrice
  const amount = visit.money(lowest.amount, lowest.currency)
  return (
    <p class="price">
      <span>{highest.amount > lowest.amount ? visit.words.from(amount) : amount}</span>
      <Former visit={visit} price={lowest} />
    </p>
  )
}

export function Former({ visit, price }: { visit: Visit; price: ShownPrice }) {
  if (price.original <= price.amount) return null
  return (
    <s class="former">
      <span class="unseen">{visit.words.before} </span>
      {visit.money(price.original, price.currency)}
    </s>
  )
}

export function TaxNote({ visit, withTax }: { visit: Visit; withTax: boolean }) {
  return <p class="note">{withTax ? visit.words.taxIncluded : visit.words.taxAdded}</p>
}

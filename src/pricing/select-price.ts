import type { PriceCandidate } from './candidates.js'

/** The price that applies, and the one that it is compared with. */
export interface SelectedPrice {
  calculated: PriceCandidate
  original: PriceCandidate
  /** In minor units; the former price where the original has one. */
  original_minor: number
}

/**
 * Chooses among the prices that hold in a context (Store API contract, calculated_price). Of the prices outside lists
 * the one with the most conditions met applies, and so within each list; the quantity window is a condition. A list that
 * overrides always wins, the lowest of several; a sale wins where it is no dearer than the price outside lists.
 * @returns null when there is no price for that quantity
 */
export function selectPrice(candidates: readonly PriceCandidate[], quantity: number): SelectedPrice | null {
  const holding = candidates.filter(
    (price) => (price.min_quantity ?? 1) <= quantity && (price.max_quantity === null || quantity <= price.max_quantity),
  )
  const byList = new Map<string | null, PriceCandidate>()
  for (const price of holding) {
    const best = byList.get(price.price_list_id)
    if (best === undefined || isBetter(price, best)) byList.set(price.price_list_id, price)
  }
  const standard = byList.get(null)
  byList.delete(null)
  const override = lowest([...byList.values()].filter((price) => price.price_list_type === 'override'))
  if (override !== undefined) return { calculated: override, original: override, original_minor: override.amount_minor }
  const sale = lowest([...byList.values()].filter((price) => price.price_list_type === 'sale'))
  const original = standard ?? sale
  if (original === undefined) return null
  const calculated = sale !== undefined && sale.amount_minor <= original.amount_minor ? sale : original
  return { calculated, original, original_minor: Math.max(original.amount_minor, original.compare_at_minor ?? 0) }
}

const conditions = (price: PriceCandidate) => price.rules_count + (price.min_quantity === null && price.max_quantity === null ? 0 : 1)

/** More conditions before fewer, the narrower window before the wider, the lower price before the higher. */
function isBetter(a: PriceCandidate, b: PriceCandidate): boolean {
  if (conditions(a) !== conditions(b)) return conditions(a) > conditions(b)
  if ((a.min_quantity ?? 0) !== (b.min_quantity ?? 0)) return (a.min_quantity ?? 0) > (b.min_quantity ?? 0)
  if (a.amount_minor !== b.amount_minor) return a.amount_minor < b.amount_minor
  return a.id < b.id
}

function lowest(prices: readonly PriceCandidate[]): PriceCandidate | undefined {
  return prices.reduce<PriceCandidate | undefined>(
    (least, price) =>
      least === undefined || price.amount_minor < least.amount_minor || (price.amount_minor === least.amount_minor && price.id < least.id)
        ? price
        : least,
    undefined,
  )
}

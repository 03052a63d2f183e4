import { taxInGross, taxOnNet, toMajor } from '../kernel/index.js'

/** What a line's totals follow from. A shipping method is a line of quantity one. */
export interface PricedLine {
  quantity: number
  unitPriceMinor: bigint
  isTaxInclusive: boolean
  /** Rates of its tax lines, parts per million. */
  ratesPpm: readonly number[]
}

/** Totals of one line in minor units, rounded once. `total` = `subtotal` + `tax`, always. */
export interface LineTotals {
  subtotal: bigint
  tax: bigint
  total: bigint
  /** `tax` divided among the line's rates. */
  taxParts: bigint[]
}

/** Totals of a line (Store API contract, totals): tax on top of, or contained in, price × quantity. */
export function lineTotals(line: PricedLine): LineTotals {
  const amount = line.unitPriceMinor * BigInt(line.quantity)
  const split = line.isTaxInclusive ? taxInGross(amount, line.ratesPpm) : taxOnNet(amount, line.ratesPpm)
  return { subtotal: split.net, tax: split.tax, total: split.net + split.tax, taxParts: split.parts }
}

export interface RootTotals {
  items: LineTotals
  shipping: LineTotals
  subtotal: bigint
  tax: bigint
  total: bigint
}

const zero: LineTotals = { subtotal: 0n, tax: 0n, total: 0n, taxParts: [] }

export function sumLines(lines: readonly LineTotals[]): LineTotals {
  return lines.reduce(
    (sum, line) => ({
      subtotal: sum.subtotal + line.subtotal,
      tax: sum.tax + line.tax,
      total: sum.total + line.total,
      taxParts: [],
    }),
    zero,
  )
}

/** Totals of a cart or order: sums of its lines and methods, nothing rounded again. */
export function sumTotals(items: readonly LineTotals[], methods: readonly LineTotals[]): RootTotals {
  const itemSum = sumLines(items)
  const shipping = sumLines(methods)
  return {
    items: itemSum,
    shipping,
    subtotal: itemSum.subtotal + shipping.subtotal,
    tax: itemSum.tax + shipping.tax,
    total: itemSum.total + shipping.total,
  }
}

/** The totals of a line or shipping method on the wire, in major units. Without promotions the originals are the same. */
export function renderLineTotals(totals: LineTotals, currency: string): Record<string, number> {
  const subtotal = toMajor(totals.subtotal, currency)
  const tax = toMajor(totals.tax, currency)
  const total = toMajor(totals.total, currency)
  return {
    subtotal,
    total,
    tax_total: tax,
    original_subtotal: subtotal,
    original_total: total,
    original_tax_total: tax,
    discount_total: 0,
    discount_subtotal: 0,
    discount_tax_total: 0,
  }
}

/** The totals of a cart or order on the wire, in major units. */
export function renderRootTotals(totals: RootTotals, currency: string): Record<string, number> {
  const major = (minor: bigint) => toMajor(minor, currency)
  return {
    total: major(totals.total),
    subtotal: major(totals.subtotal),
    tax_total: major(totals.tax),
    original_total: major(totals.total),
    original_subtotal: major(totals.subtotal),
    original_tax_total: major(totals.tax),
    discount_total: 0,
    discount_subtotal: 0,
    discount_tax_total: 0,
    item_total: major(totals.items.total),
    item_subtotal: major(totals.items.subtotal),
    item_tax_total: major(totals.items.tax),
    item_discount_total: 0,
    original_item_total: major(totals.items.total),
    original_item_subtotal: major(totals.items.subtotal),
    original_item_tax_total: major(totals.items.tax),
    shipping_total: major(totals.shipping.total),
    shipping_subtotal: major(totals.shipping.subtotal),
    shipping_tax_total: major(totals.shipping.tax),
    shipping_discount_total: 0,
    original_shipping_total: major(totals.shipping.total),
    original_shipping_subtotal: major(totals.shipping.subtotal),
    original_shipping_tax_total: major(totals.shipping.tax),
    credit_line_total: 0,
    credit_line_subtotal: 0,
    credit_line_tax_total: 0,
    gift_card_total: 0,
    gift_card_tax_total: 0,
  }
}

const rootNames = Object.keys(renderRootTotals(sumTotals([], []), 'usd'))
const lineNames = Object.keys(renderLineTotals(zero, 'usd'))

/** Every path of a total: they are answered all together or not at all (Store API contract, totals). */
export const totalPaths: readonly string[] = [
  ...rootNames,
  ...['items', 'shipping_methods'].flatMap((relation) => lineNames.map((name) => `${relation}.${name}`)),
]

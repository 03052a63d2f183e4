import type { CreditTotals } from '../credit/index.js'
import { allocate, taxInGross, taxOnNet, toMajor } from '../kernel/index.js'
import {
  type Adjustment,
  type AdjustmentParts,
  afterDiscount,
  divideDiscount,
  type FundedDiscount,
  sumByFunder,
  type Undiscounted,
} from '../promotions/index.js'

/** What a line's totals follow from. A shipping method is a line of quantity one. */
export interface PricedLine {
  quantity: number
  unitPriceMinor: bigint
  isTaxInclusive: boolean
  /** Rates of its tax lines, parts per million. */
  ratesPpm: readonly number[]
  adjustments?: readonly Pick<Adjustment, 'amount_minor' | 'is_tax_inclusive' | 'funder'>[]
}

/**
 * Totals of a line, or sums of such; minor units. `total` = `subtotal` − `discountSubtotal` + `tax`, always; what it was
 * before discounts is `subtotal` + `originalTax`.
 */
export interface Totals {
  /** Before discounts, without tax. */
  subtotal: bigint
  discountSubtotal: bigint
  /** Of what is left. */
  tax: bigint
  originalTax: bigint
  total: bigint
}

/** Totals of one line, rounded once. */
export interface LineTotals extends Totals {
  /** `tax`, and `originalTax`, divided among the line's rates. */
  taxParts: bigint[]
  originalTaxParts: bigint[]
  /** What each adjustment comes to. */
  adjustmentParts: AdjustmentParts[]
  /** `discountSubtotal` by who pays for it. */
  funded: FundedDiscount
}

/** A line before its discounts: tax on top of, or contained in, price × quantity. */
export function undiscountedLine(line: PricedLine): Undiscounted & { taxParts: bigint[] } {
  const amount = line.unitPriceMinor * BigInt(line.quantity)
  const split = line.isTaxInclusive ? taxInGross(amount, line.ratesPpm) : taxOnNet(amount, line.ratesPpm)
  return { netMinor: split.net, taxMinor: split.tax, ratesPpm: line.ratesPpm, taxParts: split.parts }
}

/** Totals of a line (Store API contract, totals), its discounts taken off. */
export function lineTotals(line: PricedLine): LineTotals {
  const adjustments = line.adjustments ?? []
  const before = undiscountedLine(line)
  const after = adjustments.length === 0 ? before : afterDiscount(before, adjustments)
  const discount = {
    subtotal: before.netMinor - after.netMinor,
    total: before.netMinor + before.taxMinor - after.netMinor - after.taxMinor,
  }
  const adjustmentParts = divideDiscount(before, adjustments, discount)
  return {
    subtotal: before.netMinor,
    discountSubtotal: discount.subtotal,
    tax: after.taxMinor,
    originalTax: before.taxMinor,
    total: after.netMinor + after.taxMinor,
    taxParts: after.taxMinor === before.taxMinor ? before.taxParts : divideTax(after.taxMinor, before),
    originalTaxParts: before.taxParts,
    adjustmentParts,
    funded: sumByFunder(adjustments, adjustmentParts),
  }
}

/** In the proportions of the tax before discounts, which has some: it is never less than what is left. */
function divideTax(tax: bigint, before: { taxParts: bigint[] }): bigint[] {
  return allocate(tax, before.taxParts)
}

export interface RootTotals extends Totals {
  items: Totals
  shipping: Totals
}

const noCredit: CreditTotals = { total: 0n, giftCards: 0n }
const zero: Totals = { subtotal: 0n, discountSubtotal: 0n, tax: 0n, originalTax: 0n, total: 0n }

export function sumLines(lines: readonly Totals[]): Totals {
  return lines.reduce<Totals>(
    (sum, line) => ({
      subtotal: sum.subtotal + line.subtotal,
      discountSubtotal: sum.discountSubtotal + line.discountSubtotal,
      tax: sum.tax + line.tax,
      originalTax: sum.originalTax + line.originalTax,
      total: sum.total + line.total,
    }),
    zero,
  )
}

/** Totals of a cart or order: sums of its lines and methods, nothing rounded again. */
export function sumTotals(lines: readonly Totals[], methods: readonly Totals[]): RootTotals {
  const items = sumLines(lines)
  const shipping = sumLines(methods)
  return { items, shipping, ...sumLines([items, shipping]) }
}

/** The totals of a line or shipping method on the wire, in major units. */
export function renderLineTotals(totals: Totals, currency: string): Record<string, number> {
  const major = (minor: bigint) => toMajor(minor, currency)
  const originalTotal = totals.subtotal + totals.originalTax
  return {
    subtotal: major(totals.subtotal),
    total: major(totals.total),
    tax_total: major(totals.tax),
    original_subtotal: major(totals.subtotal),
    original_total: major(originalTotal),
    original_tax_total: major(totals.originalTax),
    discount_total: major(originalTotal - totals.total),
    discount_subtotal: major(totals.discountSubtotal),
    discount_tax_total: major(totals.originalTax - totals.tax),
  }
}

/** The same of an item, under the names that carts and orders sum them by, too. */
export function renderItemTotals(totals: Totals, currency: string): Record<string, number> {
  const line = renderLineTotals(totals, currency)
  const { total, subtotal, tax_total } = line as Record<'total' | 'subtotal' | 'tax_total', number>
  return { ...line, item_total: total, item_subtotal: subtotal, item_tax_total: tax_total }
}

/** The totals of a cart or order on the wire, in major units. `total` is what is left when credit has paid its part. */
export function renderRootTotals(totals: RootTotals, currency: string, credit: CreditTotals = noCredit): Record<string, number> {
  const root = renderLineTotals(totals, currency)
  const items = renderLineTotals(totals.items, currency)
  const shipping = renderLineTotals(totals.shipping, currency)
  return {
    ...root,
    total: toMajor(totals.total - credit.total, currency),
    item_total: items.total as number,
    item_subtotal: items.subtotal as number,
    item_tax_total: items.tax_total as number,
    item_discount_total: items.discount_total as number,
    original_item_total: items.original_total as number,
    original_item_subtotal: items.original_subtotal as number,
    original_item_tax_total: items.original_tax_total as number,
    shipping_total: shipping.total as number,
    shipping_subtotal: shipping.subtotal as number,
    shipping_tax_total: shipping.tax_total as number,
    shipping_discount_total: shipping.discount_total as number,
    original_shipping_total: shipping.original_total as number,
    original_shipping_subtotal: shipping.original_subtotal as number,
    original_shipping_tax_total: shipping.original_tax_total as number,
    credit_line_total: toMajor(credit.total, currency),
    credit_line_subtotal: toMajor(credit.total, currency),
    credit_line_tax_total: 0,
    gift_card_total: toMajor(credit.giftCards, currency),
    gift_card_tax_total: 0,
  }
}

const rootNames = Object.keys(renderRootTotals(sumTotals([], []), 'usd'))
const lineNames = Object.keys(renderLineTotals(zero, 'usd'))
const itemNames = Object.keys(renderItemTotals(zero, 'usd'))

/** Every path of a total: they are answered all together or not at all (Store API contract, totals). */
export const totalPaths: readonly string[] = [
  ...rootNames,
  ...itemNames.map((name) => `items.${name}`),
  ...lineNames.map((name) => `shipping_methods.${name}`),
]

import { allocate, applyRate, divideRounded, ratePpmWhole } from '../kernel/index.js'
import type { Adjustment, Funder } from './promotion.js'

/** A line before any discount, rounded once; minor units. */
export interface Undiscounted {
  netMinor: bigint
  taxMinor: bigint
  /** Rates of its tax lines, parts per million. */
  ratesPpm: readonly number[]
}

type Reduction = Pick<Adjustment, 'amount_minor' | 'is_tax_inclusive'>

/**
 * What is left of a line: net amount and tax, rounded once, never below zero nor above what they were. Discounts
 * without tax lower the net amount, and the tax follows it; discounts with tax lower the gross amount, and net and tax
 * divide what is left.
 */
export function afterDiscount(line: Undiscounted, reductions: readonly Reduction[]): { netMinor: bigint; taxMinor: bigint } {
  const sum = (inclusive: boolean) =>
    reductions.reduce(
      (total, { amount_minor, is_tax_inclusive }) => (is_tax_inclusive === inclusive ? total + BigInt(amount_minor) : total),
      0n,
    )
  const offNet = sum(false)
  const offGross = sum(true)
  const ratePpm = line.ratesPpm.reduce((total, rate) => total + rate, 0)
  let net = line.netMinor
  let tax = line.taxMinor
  if (offNet > 0n) {
    net = most(0n, net - offNet)
    tax = least(applyRate(net, ratePpm), tax)
  }
  if (offGross > 0n) {
    const gross = most(0n, net + tax - offGross)
    const exact = divideRounded(gross * ratePpmWhole, ratePpmWhole + BigInt(ratePpm))
    const remaining = most(least(exact, net), gross - tax)
    net = remaining
    tax = gross - remaining
  }
  return { netMinor: net, taxMinor: tax }
}

/** A discount's parts: `subtotal` without tax, `total` with it. Those of all adjustments sum to the line's. */
export interface AdjustmentParts {
  subtotal: bigint
  total: bigint
}

/** Divides what a line is discounted by among its adjustments, by their amounts without tax. */
export function divideDiscount(line: Undiscounted, adjustments: readonly Reduction[], discount: AdjustmentParts): AdjustmentParts[] {
  const ratePpm = BigInt(line.ratesPpm.reduce((total, rate) => total + rate, 0))
  const weights = adjustments.map(({ amount_minor, is_tax_inclusive }) => {
    const amount = BigInt(amount_minor)
    // Weights are compared, not paid: a fraction of a minor unit more is nobody's money.
    return is_tax_inclusive ? (amount * ratePpmWhole * ratePpmWhole) / (ratePpmWhole + ratePpm) : amount * ratePpmWhole
  })
  if (weights.every((weight) => weight === 0n)) return adjustments.map(() => ({ subtotal: 0n, total: 0n }))
  const subtotals = allocate(discount.subtotal, weights)
  const totals = allocate(discount.total, weights)
  return adjustments.map((_adjustment, index) => ({ subtotal: subtotals[index] as bigint, total: totals[index] as bigint }))
}

/** Discounts without tax by who pays for them; minor units. */
export interface FundedDiscount {
  vendorMinor: bigint
  storeMinor: bigint
  platformMinor: bigint
}

/** The sums of adjustments' parts without tax, by funder. */
export function sumByFunder(adjustments: readonly Pick<Adjustment, 'funder'>[], parts: readonly AdjustmentParts[]): FundedDiscount {
  const sum = (funder: Funder) =>
    adjustments.reduce(
      (total, adjustment, index) => (adjustment.funder === funder ? total + (parts[index] as AdjustmentParts).subtotal : total),
      0n,
    )
  return { vendorMinor: sum('vendor'), storeMinor: sum('store'), platformMinor: sum('platform') }
}

const least = (one: bigint, other: bigint) => (one < other ? one : other)
const most = (one: bigint, other: bigint) => (one > other ? one : other)

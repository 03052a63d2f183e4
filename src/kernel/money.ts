import { allocate } from './allocate.js'
import { exponentOf } from './currencies.js'
import { invalidData } from './errors.js'
import { limits } from './limits.js'

/** Parts per million in a whole: rates are integers, 20 % is 200 000. */
export const ratePpmWhole = 1_000_000n

const decimalPattern = /^-?\d{1,16}(?:\.\d{1,20})?$/

/**
 * An amount from the wire (major units, 10.5) in minor units of its currency.
 * @throws invalid_data when it is no plain number, too large, or finer than the currency
 */
export function toMinor(major: number | string, currency: string): bigint {
  const exponent = exponentOf(currency)
  const text = typeof major === 'number' ? numberText(major) : major.trim()
  // A number this large has no form without an exponent.
  if (typeof major === 'number' && Number.isFinite(major) && Math.abs(major) >= 1e21) throw invalidData(`Amount ${major} is too large`)
  if (!decimalPattern.test(text)) throw invalidData(`Amount ${JSON.stringify(major)} is not a number`)
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.')
  const exact = fraction.replace(/0+$/, '')
  if (exact.length > exponent) {
    const decimals = exponent === 0 ? 'no decimals' : `at most ${exponent} decimals`
    throw invalidData(`Amount ${text} is finer than ${currency.toUpperCase()} allows: ${decimals}`)
  }
  const minor = BigInt(whole + exact.padEnd(exponent, '0'))
  if (minor > limits.amount_minor) throw invalidData(`Amount ${text} is too large`)
  return negative ? -minor : minor
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return 'not finite'
  const text = String(value)
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text
}

/** Minor units as the wire's number in major units. Exact up to the largest amount that limits.ts allows. */
export function toMajor(minor: bigint | number, currency: string): number {
  const exponent = exponentOf(currency)
  if (exponent === 0) return Number(minor)
  const whole = BigInt(minor)
  const magnitude = whole < 0n ? -whole : whole
  if (magnitude < 1_000_000_000_000n) return Number(whole) / 10 ** exponent
  const digits = magnitude.toString().padStart(exponent + 1, '0')
  const value = Number(`${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`)
  return whole < 0n ? -value : value
}

/** numerator / denominator, half away from zero: the rounding of tax laws and of price tags. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n
  const n = numerator < 0n ? -numerator : numerator
  const d = denominator < 0n ? -denominator : denominator
  const rounded = (2n * n + d) / (2n * d)
  return negative ? -rounded : rounded
}

/**
 * What some of a lot's pieces come to, where so many others went before: all that went less those before, each rounded once. So pieces
 * that go one after another come to all of it exactly, however they are divided.
 */
export function worthOfPieces(lot: { total: bigint; quantity: number }, pieces: number, before = 0): bigint {
  if (lot.quantity === 0) return 0n
  const first = (count: number) => divideRounded(lot.total * BigInt(count), BigInt(lot.quantity))
  return first(before + pieces) - first(before)
}

/** A share of an amount, rounded once. `rate_ppm` 200 000 is 20 %. */
export function applyRate(minor: bigint, ratePpm: number): bigint {
  return divideRounded(minor * BigInt(ratePpm), ratePpmWhole)
}

/** The same, rounded down: for what one party takes of another's money. */
export function applyRateFloor(minor: bigint, ratePpm: number): bigint {
  return (minor * BigInt(ratePpm)) / ratePpmWhole
}

export interface TaxSplit {
  net: bigint
  tax: bigint
  /** `tax` divided among the rates; sums to it. */
  parts: bigint[]
}

/** Tax on top of a net amount. Rounded once over all rates together, then divided. */
export function taxOnNet(net: bigint, ratesPpm: readonly number[]): TaxSplit {
  const sum = ratesPpm.reduce((total, rate) => total + rate, 0)
  const tax = applyRate(net, sum)
  return { net, tax, parts: divideByRates(tax, ratesPpm) }
}

/** Tax contained in a gross amount: gross = net + tax exactly. */
export function taxInGross(gross: bigint, ratesPpm: readonly number[]): TaxSplit {
  const sum = BigInt(ratesPpm.reduce((total, rate) => total + rate, 0))
  const net = divideRounded(gross * ratePpmWhole, ratePpmWhole + sum)
  const tax = gross - net
  return { net, tax, parts: divideByRates(tax, ratesPpm) }
}

function divideByRates(tax: bigint, ratesPpm: readonly number[]): bigint[] {
  if (ratesPpm.length === 0) return []
  if (ratesPpm.length === 1) return [tax]
  if (ratesPpm.every((rate) => rate === 0)) return ratesPpm.map(() => 0n)
  return allocate(tax, ratesPpm.map(BigInt))
}

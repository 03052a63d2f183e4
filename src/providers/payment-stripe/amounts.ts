import { exponentOf } from '../../kernel/index.js'
import type { Money } from '../../payments/index.js'

/** Amounts that Stripe charges without decimals (docs.stripe.com/currencies). ISK and UGX stand in that list and are charged with two. */
const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '))
/** Steps in which Stripe charges, in its own minor units: the last digits must be nothing. */
const steps: Readonly<Record<string, number>> = { isk: 100, ugx: 100, bhd: 10, jod: 10, kwd: 10, omr: 10, tnd: 10 }
/** What Stripe charges at least, in its own minor units of the settlement currency, where it is not 50. */
const minimums: Readonly<Record<string, number>> = {
  gbp: 30,
  czk: 1500,
  huf: 17500,
  jpy: 50,
  sek: 300,
  nok: 300,
  dkk: 250,
  pln: 200,
  mxn: 1000,
}

/** An amount that Stripe cannot charge; `message` says what it could. */
export class UnchargeableAmount extends Error {}

function stripeExponentOf(currency: string): number {
  if (zeroDecimal.has(currency)) return 0
  return threeDecimal.has(currency) ? 3 : 2
}

/**
 * Money as Stripe counts it.
 * @throws UnchargeableAmount for what Stripe's steps do not reach
 */
export function toStripeAmount({ amountMinor, currency }: Money): number {
  const shift = stripeExponentOf(currency) - exponentOf(currency)
  const unit = 10n ** BigInt(Math.abs(shift))
  if (shift < 0 && amountMinor % unit !== 0n) throw new UnchargeableAmount(`Stripe charges ${currency.toUpperCase()} in whole units only`)
  const amount = Number(shift < 0 ? amountMinor / unit : amountMinor * unit)
  const step = steps[currency] ?? 1
  if (!Number.isSafeInteger(amount)) throw new UnchargeableAmount('The amount is larger than Stripe takes')
  if (amount % step !== 0) throw new UnchargeableAmount(`Stripe charges ${currency.toUpperCase()} in steps of ${step} of its minor units`)
  return amount
}

/** The smallest amount that Stripe moves of a currency, of which every other is a multiple; in minor units after ISO 4217. */
export function stepMinorOf(currency: string): bigint {
  const shift = stripeExponentOf(currency) - exponentOf(currency)
  const step = BigInt(steps[currency] ?? 1)
  if (shift < 0) return step * 10n ** BigInt(-shift)
  const unit = 10n ** BigInt(shift)
  return step > unit ? step / unit : 1n
}

/** The least that Stripe charges. Throws UnchargeableAmount below it. */
export function refuseTooLittle(amount: number, currency: string): void {
  const least = minimums[currency] ?? (zeroDecimal.has(currency) || steps[currency] !== undefined ? 0 : 50)
  if (amount < least) throw new UnchargeableAmount(`Stripe charges no less than ${least} minor units of ${currency.toUpperCase()}`)
}

/** What Stripe counts, in minor units after ISO 4217. */
export function fromStripeAmount(amount: number, currency: string): bigint {
  const shift = stripeExponentOf(currency) - exponentOf(currency)
  const unit = 10n ** BigInt(Math.abs(shift))
  return shift < 0 ? BigInt(amount) * unit : BigInt(amount) / unit
}

import { refused } from './errors.js'

const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '))
/** Charged in hundredths, but only in whole units. */
const wholeUnits = new Set(['isk', 'ugx'])
const twoDecimal = new Set(
  (
    'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc cve czk dkk dop ' +
    'dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl ' +
    'mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp ' +
    'sle sos srd std szl thb tjs top try ttd twd tzs uah uyu uzs wst xcd yer zar zmw'
  ).split(' '),
)
/** The least that can be charged, in minor units; elsewhere about half a dollar, which is not checked. */
const minimum: Record<string, number> = {
  usd: 50,
  eur: 50,
  gbp: 30,
  jpy: 50,
  aud: 50,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1_500,
  dkk: 250,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  mxn: 1_000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1_000,
}
const amountMax = 99_999_999

export function decimalsOf(currency: string): 0 | 2 | 3 {
  return zeroDecimal.has(currency) ? 0 : threeDecimal.has(currency) ? 3 : 2
}

/** As Stripe writes it in messages: $10.00, or 10.00 eur. */
export function written(amount: number, currency: string): string {
  const decimals = decimalsOf(currency)
  const text = (amount / 10 ** decimals).toFixed(decimals)
  return currency === 'usd' ? `$${text}` : `${text} ${currency}`
}

export function currencyOf(value: string): string {
  const currency = value.toLowerCase()
  if (!zeroDecimal.has(currency) && !threeDecimal.has(currency) && !wholeUnits.has(currency) && !twoDecimal.has(currency)) {
    throw refused(`Invalid currency: ${value}.`, { param: 'currency' })
  }
  return currency
}

/** Whole minor units above zero, in steps that the currency has. */
export function checkAmount(amount: number, currency: string, param = 'amount'): void {
  if (!Number.isInteger(amount)) throw refused(`Invalid integer: ${amount}`, { code: 'parameter_invalid_integer', param })
  if (amount < 1) throw refused('This value must be greater than or equal to 1.', { code: 'parameter_invalid_integer', param })
  if (amount > amountMax) {
    throw refused(`Amount must be no more than ${written(amountMax, currency)}`, { code: 'amount_too_large', param })
  }
  if (wholeUnits.has(currency) && amount % 100 !== 0) {
    throw refused(`Amounts in ${currency} must be a multiple of 100.`, { code: 'invalid_charge_amount_no_decimal_compatible', param })
  }
  if (threeDecimal.has(currency) && amount % 10 !== 0) {
    throw refused(`Amounts in ${currency} must end with a zero.`, { code: 'invalid_charge_amount', param })
  }
}

export function checkChargeable(amount: number, currency: string): void {
  checkAmount(amount, currency)
  const least = minimum[currency]
  if (least !== undefined && amount < least) {
    throw refused(`Amount must be at least ${written(least, currency)}`, { code: 'amount_too_small', param: 'amount' })
  }
}

import { invalidData } from './errors.js'

/**
 * ISO 4217, list one (currencies in use, without funds codes and metals), as of 2026-01: the bulgarian lev has left,
 * the Caribbean guilder has replaced the Antillean. Exponents are the standard's. What a payment provider charges
 * differently is that provider's table, not this one.
 */
export const currenciesListed_at = '2026-01-01T00:00:00.000Z'
const twoDecimals =
  'aed afn all amd aoa ars aud awg azn bam bbd bdt bmd bnd bob brl bsd btn bwp byn bzd cad cdf chf cny cop crc cup ' +
  'cve czk dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gtq gyd hkd hnl htg huf idr ils inr irr jmd kes ' +
  'kgs khr kpw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn myr mzn nad ngn nio nok ' +
  'npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sdg sek sgd shp sle sos srd ssp stn svc syp szl thb ' +
  'tjs tmt top try ttd twd tzs uah usd uyu uzs ves wst xcd xcg yer zar zmw zwg'
const noDecimals = 'bif clp djf gnf isk jpy kmf krw pyg rwf ugx vnd vuv xaf xof xpf'
const threeDecimals = 'bhd iqd jod kwd lyd omr tnd'

const exponents = new Map<string, number>()
for (const [codes, exponent] of [
  [twoDecimals, 2],
  [noDecimals, 0],
  [threeDecimals, 3],
] as const) {
  for (const code of codes.split(' ')) exponents.set(code, exponent)
}

export function isCurrency(code: string): boolean {
  return exponents.has(code)
}

/** Decimals of a currency by its lower-case code. Throws invalid_data for what is no currency. */
export function exponentOf(code: string): number {
  const exponent = exponents.get(code)
  if (exponent === undefined) throw invalidData(`Currency with code: ${code} is not known`)
  return exponent
}

/** A currency as the Store API shows it. */
export interface Currency {
  code: string
  name: string
  symbol: string
  symbol_native: string
  decimal_digits: number
  rounding: number
}

/** Signs that clients of Medusa know, where what Node says is the code itself or another sign. */
const signs = new Map(
  (
    'afn Af,ars AR$,aud AU$,bam KM,bdt Tk,bnd BN$,bob Bs,byn Br,bzd BZ$,clp CL$,cop CO$,crc ₡,czk Kč,dkk Dkr,dop RD$,huf Ft,idr Rp,' +
    'inr Rs,isk Ikr,jmd J$,kes Ksh,mop MOP$,myr RM,nad N$,ngn ₦,nio C$,nok Nkr,pen S/.,pkr PKRs,pln zł,pyg ₲,qar QR,rsd din.,' +
    'sar SR,sek Skr,sgd S$,thb ฿,top T$,try ₺,ttd TT$,tzs TSh,uah ₴,ugx USh,uyu $U,zar R'
  )
    .split(',')
    .map((pair) => pair.split(' ') as [string, string]),
)
/** The same for names. */
const called: Readonly<Record<string, string>> = { gbp: 'British Pound Sterling', czk: 'Czech Republic Koruna', ils: 'Israeli New Sheqel' }

const names = new Intl.DisplayNames('en', { type: 'currency' })

function symbolOf(code: string, currencyDisplay: 'symbol' | 'narrowSymbol'): string {
  const parts = new Intl.NumberFormat('en', { style: 'currency', currency: code, currencyDisplay }).formatToParts(0)
  return parts.find((part) => part.type === 'currency')?.value ?? code
}

export function currencyOf(code: string): Currency {
  const upper = code.toUpperCase()
  return {
    code,
    name: called[code] ?? names.of(upper) ?? upper,
    symbol: signs.get(code) ?? symbolOf(upper, 'symbol'),
    symbol_native: symbolOf(upper, 'narrowSymbol'),
    decimal_digits: exponentOf(code),
    rounding: 0,
  }
}

export const currencyCodes: readonly string[] = [...exponents.keys()].sort()

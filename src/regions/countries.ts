// Not the package's own entry, which reads the names of countries in eighty languages at each start: 30 ms and 7 MB.
import countries from 'i18n-iso-countries/index.js'

/** A country as the Store API shows it; keyed by its lower-case two-letter code. */
export interface Country {
  iso_2: string
  iso_3: string
  num_code: string
  name: string
  display_name: string
}

const displayNames = new Intl.DisplayNames('en', { type: 'region' })

/** Lower-case two-letter codes of all countries. */
export const everyCountry: readonly string[] = Object.keys(countries.getAlpha2Codes()).map((code) => code.toLowerCase())

export function isCountry(iso2: string): boolean {
  return countries.alpha2ToAlpha3(iso2.toUpperCase()) !== undefined
}

export function countryOf(iso2: string): Country {
  const upper = iso2.toUpperCase()
  const displayName = displayNames.of(upper) ?? upper
  return {
    iso_2: iso2,
    iso_3: (countries.alpha2ToAlpha3(upper) ?? '').toLowerCase(),
    num_code: countries.alpha2ToNumeric(upper) ?? '',
    name: displayName.toUpperCase(),
    display_name: displayName,
  }
}

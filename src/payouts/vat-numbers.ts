import { invalidData } from '../kernel/index.js'

/**
 * What follows the two letters of the member state in a VAT number, and in words. Source: European Commission, VIES, "VAT identification
 * number structure"; the letters are those of Directive 2006/112/EC, art. 215 (ISO 3166 alpha-2, and EL for Greece). Belgian numbers
 * begin with 1 as well since 2024. Whether a number was issued, and to whom, only VIES knows: nothing here asks it. Northern Ireland's
 * XI is for goods alone, and no member state's for the service that a commission pays for.
 */
const structures: Record<string, readonly [RegExp, string]> = {
  AT: [/^U\d{8}$/, 'U and 8 digits'],
  BE: [/^[01]\d{9}$/, '10 digits, the first of them 0 or 1'],
  BG: [/^\d{9,10}$/, '9 or 10 digits'],
  CY: [/^\d{8}[A-Z]$/, '8 digits and a letter'],
  CZ: [/^\d{8,10}$/, '8, 9 or 10 digits'],
  DE: [/^\d{9}$/, '9 digits'],
  DK: [/^\d{8}$/, '8 digits'],
  EE: [/^\d{9}$/, '9 digits'],
  EL: [/^\d{9}$/, '9 digits'],
  ES: [/^([A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z])$/, '9 characters, the first or the last of them a letter and the others digits'],
  FI: [/^\d{8}$/, '8 digits'],
  FR: [/^[A-Z0-9]{2}\d{9}$/, '2 letters or digits and 9 digits'],
  HR: [/^\d{11}$/, '11 digits'],
  HU: [/^\d{8}$/, '8 digits'],
  IE: [/^(\d[A-Z0-9+*]\d{5}[A-Z]|\d{7}[A-Z]{2})$/, '7 digits and one or two letters'],
  IT: [/^\d{11}$/, '11 digits'],
  LT: [/^(\d{9}|\d{12})$/, '9 or 12 digits'],
  LU: [/^\d{8}$/, '8 digits'],
  LV: [/^\d{11}$/, '11 digits'],
  MT: [/^\d{8}$/, '8 digits'],
  NL: [/^\d{9}B\d{2}$/, '9 digits, B and 2 digits'],
  PL: [/^\d{10}$/, '10 digits'],
  PT: [/^\d{9}$/, '9 digits'],
  RO: [/^\d{2,10}$/, '2 to 10 digits'],
  SE: [/^\d{12}$/, '12 digits'],
  SI: [/^\d{8}$/, '8 digits'],
  SK: [/^\d{10}$/, '10 digits'],
}

const isMemberState = (letters: string) => letters in structures

/** The member state whose number this is, by its letters and the form of the rest; null for one of elsewhere, whatever it begins with. */
export function memberStateOf(vatNumber: string): string | null {
  const number = compact(vatNumber)
  const letters = number.slice(0, 2)
  return structures[letters]?.[0].test(number.slice(2)) === true ? letters : null
}

/** A regular expression, of SQL too, that the numbers of a member state match and no others do. */
export function formOfNumbers(state: string): string {
  const structure = structures[state]
  if (structure === undefined) throw new TypeError('a member state is named by the letters of its numbers')
  return structure[0].source.replace('^', `^${state}`)
}

const compact = (text: string) => text.replace(/[\s./-]/g, '').toUpperCase()

/**
 * A VAT number as it is kept: without what people put between its digits, in capitals. Numbers of elsewhere than the EU have no form
 * that is known here, and are kept as they are said, whatever letters they begin with.
 * @param country where whoever has it is, in ISO's letters, null where that is not known; not every country's numbers name it
 * @throws invalid_data for one that its member state gives out to nobody, unless its owner is outside the EU, and where somebody in the
 * EU does not say which issued it
 */
export function vatNumberOf(text: string, country: string | null): string {
  const number = compact(text)
  const letters = number.slice(0, 2)
  const home = country === null ? null : lettersOf(country)
  if (home !== null && !isMemberState(home)) return number
  if (letters === 'GR') throw invalidData(`The VAT number: ${number} begins with GR; those of Greece begin with EL`)
  if (home !== null && isMemberState(home) && !/^[A-Z]{2}/.test(number)) {
    throw invalidData(`Begin the VAT number: ${number} with the letters of the country that issued it, such as ${home}`)
  }
  const structure = structures[letters]
  if (structure !== undefined && !structure[0].test(number.slice(2))) {
    throw invalidData(`The VAT number: ${number} is none of ${letters}, whose numbers have ${structure[1]} after ${letters}`)
  }
  return number
}

const lettersOf = (country: string) => (country.toUpperCase() === 'GR' ? 'EL' : country.toUpperCase())

/**
 * Reverse charge is for businesses of another member state than the store's (Directive 2006/112/EC, art. 44 and 196), and its invoices name
 * the recipient's VAT number (art. 226 (4)).
 * @param of the store's own number, where it has said it
 * @throws invalid_data that says what is in the way
 */
export function refuseReverseCharge(vendorNumber: string | null, of: string | null): void {
  if (vendorNumber === null) {
    throw invalidData(
      'An invoice under reverse charge names the VAT number of its recipient: state vat_number first, by POST /vendor/seller-identity or POST /admin/vendors/:id/seller-identity',
    )
  }
  const state = memberStateOf(vendorNumber)
  if (state === null) {
    throw invalidData(`Reverse charge is for vendors with a VAT number of another country of the EU: ${vendorNumber} is none of the EU`)
  }
  if (of !== null && state === memberStateOf(of)) {
    throw invalidData(
      `Reverse charge is for vendors with a VAT number of another country of the EU than the store's: ${vendorNumber} is of the same as ${of}`,
    )
  }
}

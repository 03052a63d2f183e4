/** Countries whose law lets a shop show prices to shoppers without the tax. */
const netCountries = new Set(['us', 'ca'])

/** Whether shoppers of countries must be shown prices with the tax in them: where only one of them says so, too. */
export function showsTaxIn(countries: readonly string[]): boolean {
  return countries.every((country) => !netCountries.has(country))
}

export { createRegion, deleteRegion, type RegionInput, updateRegion } from './commands/write-region.js'
export { type Country, countryOf, everyCountry, isCountry } from './countries.js'
export { type ListedRegion, regionsOfStoreStatement } from './list.js'
export {
  createPricePreference,
  deletePricePreference,
  listPricePreferencesStatement,
  type PricePreference,
  type PricePreferenceRow,
  setPricePreference,
  updatePricePreference,
} from './price-preferences.js'
export { showsTaxIn } from './showing-tax.js'
export { isProvinceSql, provinceSpellings } from './provinces.js'
export { pagePrefix, regionSlugs } from './slugs.js'
export {
  listRegionsStatement,
  type RegionFilter,
  type RegionRow,
  regionStatement,
  renderCountries,
  renderRegion,
  storeCurrenciesStatement,
} from './queries.js'

export { type Country, countryOf, isCountry } from './countries.js'
export {
  listRegionsStatement,
  type RegionFilter,
  type RegionRow,
  regionStatement,
  renderRegion,
  storeCurrenciesStatement,
} from './queries.js'

export {
  addTaxRateRule,
  createTaxRate,
  deleteTaxRate,
  removeTaxRateRule,
  type TaxRateInput,
  type TaxRateRuleInput,
  updateTaxRate,
} from './commands/tax-rates.js'
export { createTaxRegion, deleteTaxRegion, type TaxRegionInput, updateTaxRegion } from './commands/tax-regions.js'
export { listTaxRatesStatement, listTaxRegionsStatement, type TaxRateView, type TaxRegionView } from './list.js'
export { type Taxed, type TaxLine, type TaxRate, taxLinesOf, taxRatesJson, taxRatesStatement } from './rates.js'

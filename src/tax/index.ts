export { type Taxed, type TaxLine, type TaxRate, taxLinesOf, taxRatesJson, taxRatesStatement } from './rates.js'

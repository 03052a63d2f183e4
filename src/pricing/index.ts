export { calculatedPrice } from './calculated-price.js'
export {
  cartFactsSql,
  groupsOfCustomerSql,
  type PriceCandidate,
  type PriceParameters,
  priceCandidatesSql,
  priceCandidatesStatement,
} from './candidates.js'
export {
  isTaxInclusive,
  plainTaxInclusiveSql,
  type PricingContext,
  type PricingQuery,
  pricingContextStatement,
  regionIdSql,
  type TaxInclusion,
  taxInclusiveSql,
} from './context.js'
export {
  conditionsOf,
  type PriceConditions,
  type PriceRule,
  type PriceRuleRow,
  priceRules,
  rulesOfPrice,
  type TotalRule,
  totalOperators,
} from './rules.js'
export { type SelectedPrice, selectPrice } from './select-price.js'
export {
  clearConditionalPrices,
  type ConditionalPriceInput,
  insertConditionalPrices,
  isConditional,
} from './commands/conditional-prices.js'
export {
  changeListPrices,
  createPriceList,
  deletePriceList,
  type ListPriceInput,
  type ListPricePatch,
  type PriceListInput,
  removeProductsFromList,
  updatePriceList,
} from './commands/price-lists.js'
export {
  listPriceListsStatement,
  type ListPriceRow,
  listPricesStatement,
  type PriceListRow,
  renderListPrice,
  renderPriceList,
} from './price-lists.js'

export { calculatedPrice, type PriceJson, priceJsonSql } from './calculated-price.js'
export { type PricingContext, type PricingQuery, pricingContextStatement, regionIdSql, taxInclusiveSql } from './context.js'

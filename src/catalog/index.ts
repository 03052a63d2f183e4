export * from './commands/index.js'
export type { ProductFilter } from './queries/product-filter.js'
export { type ProductRelation, productRelations } from './queries/product-json.js'
export {
  absoluteUrl,
  listProducts,
  type ProductJson,
  type ProductListQuery,
  type ProductVisibility,
  productOrders,
  retrieveProduct,
} from './queries/products.js'
export {
  listVariants,
  type PurchasableVariant,
  purchasableVariantsStatement,
  retrieveVariant,
} from './queries/variants.js'
export {
  type CategoryRow,
  categoriesStatement,
  type ListedVendor,
  listOptionsStatement,
  listVendorsStatement,
  listVocabularyStatement,
  type VocabularyFilter,
  type VocabularyNoun,
} from './queries/vocabulary.js'

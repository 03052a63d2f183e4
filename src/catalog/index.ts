export * from './commands/index.js'
export { listManagedProducts, type ManagedProductQuery, retrieveManagedProduct } from './queries/managed-products.js'
export type { ProductFilter } from './queries/product-filter.js'
export { type ProductRelation, productRelations } from './queries/product-json.js'
export { type ProductPlaces, productPlacesStatement } from './queries/product-places.js'
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
export {
  categoriesOfStoreStatement,
  collectionsOfStoreStatement,
  type WordFilter,
  wordsOfStoreStatement,
} from './queries/words-of-store.js'

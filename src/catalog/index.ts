export * from './commands/index.js'
export { groupedProductsStatement, type ProductsUnder } from './queries/grouped-products.js'
export { listManagedProducts, type ManagedProductQuery, retrieveManagedProduct } from './queries/managed-products.js'
export { findManagedVariants, managedVariantOrders, variantsOfItemsStatement } from './queries/managed-variants.js'
export { type ManagedOptionFilter, managedOptionOrders, managedOptionsStatement, optionValuesStatement } from './queries/managed-options.js'
export { type FacetName, facetNames, type Facets, type FacetValue } from './queries/facets.js'
export { type ProductReview, productReviewStatuses, productReviewsStatement } from './queries/product-reviews.js'
export { productFacets } from './queries/list-facets.js'
export type { ProductFilter } from './queries/product-filter.js'
export {
  describedPairs,
  productColumns,
  type ProductRelation,
  productRelations,
  variantColumns,
  variantOptionsSql,
} from './queries/product-json.js'
export { knownProductStatement, type ProductPlaces, productPlacesStatement } from './queries/product-places.js'
export { type ProductSelection, type ProductVisibility, productOrders } from './queries/product-list.js'
export {
  absoluteUrl,
  picturesOfMembers,
  listProducts,
  type ProductJson,
  type ProductListQuery,
  readPricing,
  retrieveProduct,
  type VariantJson,
} from './queries/products.js'
export { type FoundProducts, findProducts, type ProductSearch } from './queries/search-products.js'
export type { VariantFilter } from './queries/variant-filter.js'
export {
  type CartVariant,
  cartVariantsStatement,
  listVariants,
  type PurchasableVariant,
  purchasableVariantsStatement,
  retrieveVariant,
  type VariantListQuery,
  variantOrders,
  variantsForSaleStatement,
} from './queries/variants.js'
export {
  type CategoryRow,
  categoriesStatement,
  type ListedVendor,
  listOptionsStatement,
  listVendorsStatement,
  listVocabularyStatement,
  type MemberPart,
  memberParts,
  type VocabularyFilter,
  type VocabularyNoun,
} from './queries/vocabulary.js'
export { type SoldParts, soldPartsStatement, variantValuesStatement } from './queries/sold-parts.js'
export {
  allCategoriesStatement,
  type CategoryOfTree,
  categoriesOfStoreStatement,
  columnsOfCategory,
  collectionsOfStoreStatement,
  type WordFilter,
  wordsOfStoreStatement,
} from './queries/words-of-store.js'

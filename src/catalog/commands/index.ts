export { createProduct } from './create-product.js'
export { deleteProduct } from './delete-product.js'
export { deleteVariant } from './delete-variant.js'
export { type PriceInput, type ProductInput, refuseSenselessPrice, slugOf, type VariantInput } from './input.js'
export { changeInventoryLink, type InventoryLink, linkInventory, vendorOfVariant } from './link-inventory.js'
export { groupProducts, type ProductGroup } from './group-products.js'
export { lockProduct, lockProducts } from './lock-product.js'
export { type ProductDecision, reviewProduct } from './review-product.js'
export { ensureOptionValues, optionsOfProduct } from './option-values.js'
export { type ProductPatch, updateProduct, type VariantPatch } from './update-product.js'
export { addCategory, type CategoryInput, createCategory, createCollection, ensureWords } from './vocabulary.js'
export { bringNumbers, lockNumbers } from './variant-numbers.js'
export { changeVariantImages, type VariantImage } from './variant-images.js'
export { type CollectionPatch, createWord, updateCategory, updateCollection } from './words.js'
export {
  createSharedOption,
  deleteOptionValue,
  deleteSharedOption,
  type SharedOptionInput,
  type SharedOptionPatch,
  updateOptionValue,
  updateSharedOption,
  valueMissing,
} from './shared-options.js'
export { changeProductOptions, createOption, deleteOption, type OptionInput, updateOption } from './options.js'
export { deleteCategory, deleteCollection, deleteWord, updateWord, type WordPatch } from './retire-words.js'

export { type Highlight, highlighted } from './highlight.js'
export { type SearchedProducts, searchProducts } from './search-products.js'
export { wordsOf } from './words.js'

export { storefront } from './storefront.js'
export { pages } from './pages/index.js'

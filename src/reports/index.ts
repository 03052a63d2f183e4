export { type Dac7Quarter, type Dac7Seller, dac7Report } from './dac7.js'
export { type Form1099kPayee, form1099kReport } from './form-1099k.js'
export { deedOf, remindSellers, remindSellersNightly, sellerReminders } from './remind-sellers.js'
export {
  reportedOf,
  type SellerIdentityRow,
  type SellerStatement,
  sellerIdentitiesStatement,
  stateSellerIdentity,
  viewOfIdentity,
} from './seller-identity.js'

export {
  addToWishList,
  createWishList,
  deleteWishList,
  removeFromWishList,
  renameWishList,
  shareWishList,
  unshareWishList,
} from './commands.js'
export { listWishListsStatement, type WishList, type WishListItem } from './queries.js'

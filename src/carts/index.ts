export { type CartChange, changeInUnit, methodOf, outOfStock, readChoices, reprice, taxesOf } from './change.js'
export { chooseShipping } from './choose-shipping.js'
export { calculateTaxes, type CreateCartInput, createCart, createInUnit } from './commands/create-cart.js'
export { addToCart, deleteLineItem, newLine, type NewLine, updateLineItem } from './commands/line-items.js'
export { createPaymentCollection, createPaymentSession, type CollectionOfCart } from './commands/payment-sessions.js'
export { changeLine, type LineChange, putLines, type PutLine } from './commands/put-lines.js'
export { addShippingMethods, chooseMethods, type MethodChoice, type SetMethod } from './commands/shipping-methods.js'
export { giveTo, transferCart } from './commands/transfer-cart.js'
export { changeRoot, type UpdateCartInput, updateCart } from './commands/update-cart.js'
export { type CartLock, lockCartStatement } from './locks.js'
export {
  type Address,
  type CartLine,
  type CartMethod,
  type LoadedCart,
  loadCartStatement,
  loadCartsStatement,
} from './queries/load-cart.js'
export { addPromotions, type PromoCodes, removePromotions, replaceCodes } from './commands/promotions.js'
export { writeCreditLinesStatement, writeMethodsStatement } from './queries/write-cart.js'
export { adjustLines, adjustMethods, adjustmentsOf, promotionsInUse } from './promote.js'
export { addGiftCard, removeGiftCard, useStoreCredit } from './commands/credit.js'
export {
  applyCredit,
  dueOf,
  renderAdjustments,
  renderCart,
  renderCollection,
  renderTaxLines,
  totalsOfCart,
  totalsOfLine,
  totalsOfMethod,
} from './render.js'
export {
  type LineTotals,
  lineTotals,
  type PricedLine,
  renderItemTotals,
  renderLineTotals,
  renderRootTotals,
  type RootTotals,
  sumTotals,
  type Totals,
  totalPaths,
} from './totals.js'

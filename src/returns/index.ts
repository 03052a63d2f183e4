export { beginReturn, insertReturn, moveReturn, type ReturnInput, updateReturn } from './commands/begin-return.js'
export { createReason, deleteReason, type RefundReasonInput, type ReturnReasonInput, updateReason } from './commands/reasons.js'
export {
  beginReceiving,
  callOff,
  cancelReceiving,
  cancelReturn,
  changeCount,
  confirmReceiving,
  type Count,
  countReturn,
} from './commands/receive-return.js'
export {
  changeReturnItem,
  chooseReturnShipping,
  confirmReturn,
  createReturn,
  dropReturn,
  removeReturn,
  requestReturn,
  requestReturnItems,
  type ReturnedItem,
} from './commands/request-return.js'
export { type LockedReturn, lockReturn } from './locks.js'
export { type ReturnPlace, returnPlacesSql, returnPlacesStatement } from './queries/places.js'
export {
  listRefundReasonsStatement,
  listReturnReasonsStatement,
  type RefundReasonRow,
  type ReturnReasonRow,
} from './queries/reasons.js'
export { afterReturn, isPlanned, plannedReturn, renderReturnChange, returnActions, returnShippingActions } from './queries/preview.js'
export { listReturnsStatement, renderReturn, returnOrders, type ReturnRow } from './queries/returns.js'

export { beginReturn, type ReturnInput, updateReturn } from './commands/begin-return.js'
export { createReason, deleteReason, type RefundReasonInput, type ReturnReasonInput, updateReason } from './commands/reasons.js'
export {
  beginReceiving,
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
  createReturn,
  dropReturn,
  requestReturn,
  requestReturnItems,
  type ReturnedItem,
} from './commands/request-return.js'
export {
  listRefundReasonsStatement,
  listReturnReasonsStatement,
  type RefundReasonRow,
  type ReturnReasonRow,
} from './queries/reasons.js'
export { listReturnsStatement, renderReturn, returnActions, returnOrders, type ReturnRow, returnShipping } from './queries/returns.js'

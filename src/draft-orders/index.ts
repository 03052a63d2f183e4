export { convertDraftOrder } from './commands/convert-draft-order.js'
export { createDraftOrder } from './commands/create-draft-order.js'
export { deleteDraftOrder } from './commands/delete-draft-order.js'
export {
  addEditItems,
  addEditMethod,
  beginEdit,
  cancelEdit,
  changeEditAction,
  changeEditItem,
  changeEditMethod,
  changeEditPromotions,
  confirmEdit,
  type DraftPreview,
  previewEdit,
  removeEditAction,
  removeEditMethod,
  requestEdit,
} from './commands/edit-draft-order.js'
export { updateDraftOrder } from './commands/update-draft-order.js'
export { unknownDraftOrder } from './locks.js'
export { type DraftOrderFilter, draftOrderOrders, type DraftOrderRow, listDraftOrdersStatement } from './queries/draft-orders.js'
export { renderDraftOrder, renderPreview } from './render.js'

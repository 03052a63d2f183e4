export { beginEdit, cancelEdit, type EditInput, insertEdit, requestEdit, setStatus } from './commands/begin-edit.js'
export { changeOrder, confirmEdit } from './commands/confirm-edit.js'
export {
  type AddedItem,
  addItems,
  addShipping,
  changeItem,
  changeItemAction,
  changeShippingAction,
  type ChosenShipping,
  removeItemAction,
  removeShippingAction,
} from './commands/stage.js'
export { type EditTarget, lockEdit, lockOrderToEdit, openEditOf } from './locks.js'
export { type EditAction, type OrderEdit, openEditStatement, renderEdit } from './queries/edits.js'
export { type ComingBack, previewOrder } from './queries/preview.js'

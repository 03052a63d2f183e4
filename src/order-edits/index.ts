export { beginEdit, cancelEdit, type EditInput, requestEdit } from './commands/begin-edit.js'
export { confirmEdit } from './commands/confirm-edit.js'
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
export { type OrderEdit, openEditStatement, renderEdit } from './queries/edits.js'
export { previewOrder } from './queries/preview.js'

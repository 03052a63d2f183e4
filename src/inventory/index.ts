export { changeOrderStock } from './change-order-lines.js'
export type { WantedPieces } from './locks.js'
export {
  createInventoryLevel,
  itemDescription,
  type InventoryItemRow,
  type InventoryLevelRow,
  type LevelInput,
  levelsOfItemStatement,
  listInventoryItemsStatement,
  updateInventoryLevel,
} from './items.js'
export { findItemStatement, listLocationsStatement, type LocationRow } from './find-item.js'
export { consumeForOrder, type LevelView, listLevelsStatement, setStock, type TakenPieces } from './levels.js'
export { putBack, releaseOrderStatement } from './put-back.js'
export { attachToOrderStatement, chooseLevels, releaseStatement, reserveForCart } from './reservations.js'
export {
  changeInventoryLevels,
  createInventoryItem,
  deleteInventoryItem,
  deleteInventoryLevel,
  type InventoryItemInput,
  itemsOfLevels,
  type LevelChanges,
  updateInventoryItem,
} from './manage-items.js'
export {
  createReservation,
  deleteReservation,
  listReservationsStatement,
  type ReservationInput,
  type ReservationRow,
  updateReservation,
} from './manage-reservations.js'

export { releaseVendorOrder } from './commands/release-vendor-order.js'
export { settleVendor, settleVendorOrder, settleVendorOrders } from './commands/settle-vendor-order.js'
export { type HoldFilter, type HoldRow, holdReasons, liftHold, listHoldsStatement, type NewHold, placeHold } from './holds.js'
export {
  asStore,
  createPayee,
  listPayeesStatement,
  type NewPayee,
  onboardingLink,
  type PayeeFilter,
  type PayeeRow,
  syncPayee,
} from './payees.js'
export { anyRelease, listReleasesStatement, type ReleaseFilter, type ReleaseRow } from './queries/releases.js'
export { payoutTouches } from './touches.js'

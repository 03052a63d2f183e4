export { creditInvoice, issueInvoices } from './commands/issue-invoices.js'
export { cancelPayout, markPaid } from './commands/pay-by-hand.js'
export { releaseVendorOrder } from './commands/release-vendor-order.js'
export { runDuePayouts, runPayouts, schedulePayouts } from './commands/run-payouts.js'
export { settleVendor, settleVendorOrder, settleVendorOrders, settleVendors } from './commands/settle-vendor-order.js'
export { writeOffDebt } from './commands/write-off-debt.js'
export { type HoldRow, holdReasons, liftHold, listHoldsStatement, placeHold } from './holds.js'
export {
  asStore,
  createPayee,
  listPayeesStatement,
  onboardingLink,
  syncPayee,
} from './payees.js'
export { type BalanceOfVendor, balanceStatement } from './queries/balance.js'
export { type InvoiceRow, invoiceFileStatement, listInvoicesStatement } from './queries/invoices.js'
export { type ExportRow, exportStatement, listPayoutsStatement, type PayoutFilter, type PayoutRow } from './queries/payouts.js'
export { listPayablesStatement, type PayableRow } from './queries/payables.js'
export { anyRelease, listReleasesStatement, type ReleaseRow } from './queries/releases.js'
export { statementOfVendor } from './queries/statement-of-vendor.js'
export { renderStatement, statementCsv, statementPdf } from './render-statement.js'
export { payoutTouches } from './touches.js'

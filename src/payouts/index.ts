export { creditInvoice, issueInvoices } from './commands/issue-invoices.js'
export {
  issuerStatement,
  lockStoreVatNumber,
  setCommissionTax,
  taxTreatments,
  treatedVendorsStatement,
  treatVendor,
} from './commission-tax.js'
export { cancelPayout, markPaid } from './commands/pay-by-hand.js'
export { releaseVendorOrder } from './commands/release-vendor-order.js'
export { runDuePayouts, runPayouts, schedulePayouts } from './commands/run-payouts.js'
export { settleStoreBalance } from './commands/settle-store-balance.js'
export { settleVendor, settleVendorOrder, settleVendorOrders, settleVendors } from './commands/settle-vendor-order.js'
export { writeOffDebt } from './commands/write-off-debt.js'
export { type HoldRow, holdReasons, liftHold, listHoldsStatement, placeHold } from './holds.js'
export {
  createPayee,
  createStorePayee,
  onboardingLink,
  storeOnboardingLink,
  syncPayee,
} from './payees.js'
export { type BalanceOfVendor, balanceStatement } from './queries/balance.js'
export { type InvoiceRow, invoiceFileStatement, listInvoicesStatement } from './queries/invoices.js'
export { type ExportRow, exportStatement, listPayoutsStatement, type PayoutFilter, type PayoutRow } from './queries/payouts.js'
export { listPayeesStatement } from './queries/payees.js'
export { type PlatformFees, platformFeesStatement } from './queries/platform-fees.js'
export { listPayablesStatement, type PayableRow } from './queries/payables.js'
export { anyRelease, listReleasesStatement, type ReleaseRow } from './queries/releases.js'
export { statementOfVendor } from './queries/statement-of-vendor.js'
export { invoiceCsv } from './render-invoice.js'
export { renderStatement, statementCsv, statementPdf } from './render-statement.js'
export { holdStorePayee, type StoreBalance, storeBalances } from './store-balance.js'
export { payoutTouches } from './touches.js'
export { refuseReverseCharge, vatNumberOf } from './vat-numbers.js'

export { type AccountCode, type AccountRef, chart, type LedgerEntry, type Posting, post } from './post.js'
export { type BalanceRow, balancesStatement, type EntryRow, journalStatement, trialBalanceStatement } from './queries.js'
export {
  bankEntry,
  type CreditCounterpart,
  conversionEntries,
  creditEntry,
  disputeHoldEntry,
  disputeLostEntry,
  disputeWonEntry,
  feeEntry,
  paymentEntry,
  platformFeeEntry,
  refundEntry,
  refundFailedEntry,
  type Sale,
  saleEntry,
  storeCreditEntry,
} from './templates.js'

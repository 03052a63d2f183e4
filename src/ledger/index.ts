export { type AccountCode, type AccountRef, chart, type LedgerEntry, type Posting, post } from './post.js'
export { type BalanceRow, balancesStatement, type EntryRow, journalStatement, trialBalanceStatement } from './queries.js'
export {
  bankEntry,
  type CreditCounterpart,
  clawbackEntry,
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
  releaseEntry,
  reserveEntry,
  reserveReleaseEntry,
  type Sale,
  saleEntry,
  storeCreditEntry,
  writeOffEntry,
} from './templates.js'

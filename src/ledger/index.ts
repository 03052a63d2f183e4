export { type AccountCode, type AccountRef, chart, type LedgerEntry, type Posting, post } from './post.js'
export { type BalanceRow, balancesStatement, type EntryRow, journalStatement, trialBalanceStatement } from './queries.js'
export {
  type CreditCounterpart,
  clawbackEntry,
  conversionEntries,
  creditEntry,
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

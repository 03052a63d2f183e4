export { type AccountCode, type AccountRef, chart, type LedgerEntry, type Posting, post } from './post.js'
export { type BalanceRow, balancesStatement, type EntryRow, journalStatement, trialBalanceStatement } from './queries.js'
export {
  type CreditCounterpart,
  creditEntry,
  creditReversalEntry,
  paymentEntry,
  platformFeeEntry,
  refundEntry,
  type Sale,
  saleEntry,
  storeCreditEntry,
} from './templates.js'

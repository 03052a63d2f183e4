export { type DisputeView, listDisputesStatement } from './list.js'
export { settleDispute } from './settle-dispute.js'
export { type Evidence, submitEvidence } from './submit-evidence.js'

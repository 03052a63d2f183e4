export { reconcile } from './commands/reconcile.js'
export { acknowledgeException, listExceptionsStatement, type ReconciliationException } from './exceptions.js'
export { reconciliationTouches } from './touches.js'
export { listRunsStatement, requestReconciliation, startNightlyReconciliation } from './runs.js'

export { type FailedJob, failedJobsStatement, retryFailedStatement } from './queries.js'
export { attemptsMaximum, type Handler, type Handlers, type JobLog, workerScope } from './run.js'
export { openSharedRedis, type SharedRedis } from './redis.js'
export { type Chore, startWorker, type Worker, type WorkerOptions } from './worker.js'

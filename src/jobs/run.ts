import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../kernel/index.js'
import type { Context, Database, Scope } from '../db/index.js'
import type { HandlerName } from '../events/index.js'
import { doneStatement, failedStatement, type Job, stillLeasedStatement } from './queries.js'

/** What a handler may do: anything that may be done twice. It throws to be tried again. `eventId` is the outbox row's that it handles. */
export type Handler = (context: Context, payload: Record<string, unknown>, eventId: string) => Promise<void>
export type Handlers = Record<HandlerName, Handler>

export interface JobLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface RunnerOptions {
  db: Database
  clock: Clock
  handlers: Handlers
  log: JobLog
}

/** Tries before a job is set aside for a person to look at; with the delays below that is about two hours. */
export const attemptsMaximum = 10
const handlerTimeout_ms = 120_000
const firstDelay_ms = 1_000
const delayMaximum_ms = 3_600_000
const errorLengthMaximum = 500
/** Waited between tries to note an outcome: an outcome that is not noted leaves its job to the end of its lease, minutes. */
const noteDelays_ms = [100, 500, 2_000]

export const workerScope: Scope = { role: 'worker' }

/** Waiting before the next try: three times as long each time, an hour at most. Spread by a tenth so that what failed together does not return together. */
export function delayBefore(attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(firstDelay_ms * 3 ** (attempt - 1), delayMaximum_ms)
  return Math.round(delay * (0.9 + 0.2 * random()))
}

/**
 * Runs one leased job in the context of the tenant that its row names, and notes the outcome. Never throws for a
 * handler's failure. A job whose lease has gone to another worker is left alone.
 */
export async function runJob(options: RunnerOptions, job: Job): Promise<void> {
  const { db, clock, log } = options
  if ((await insistently(() => db.read(workerScope, stillLeasedStatement(job)))).length === 0) return
  const fields = { job: job.id, event: job.name, handler: job.handler, tenant: job.tenant_id, attempt: job.attempts }
  const context: Context = {
    db,
    clock,
    scope: { role: 'store', tenantId: job.tenant_id },
    requestId: job.request_id ?? job.id,
    actorId: 'system',
  }
  try {
    const handler = options.handlers[job.handler as HandlerName]
    if (handler === undefined) throw new Error(`no handler named ${job.handler}`)
    // A job that takes its process down never gets to the catch below, and would take down one after the other.
    if (job.attempts > attemptsMaximum) throw new Error(`${attemptsMaximum} tries ended without an outcome`)
    await withinTime(handler(context, job.payload, job.id))
    await insistently(() => db.unitOfWork(workerScope, (unit) => unit.run(doneStatement(job))))
    log.info(fields, 'job done')
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).slice(0, errorLengthMaximum)
    const last = job.attempts >= attemptsMaximum
    const delay_ms = last ? null : delayBefore(job.attempts)
    await insistently(() => db.unitOfWork(workerScope, (unit) => unit.run(failedStatement(job, message, delay_ms))))
    log[last ? 'error' : 'warn']({ ...fields, error: message }, last ? 'job failed for good' : 'job failed, will be tried again')
  }
}

/** Asks the database again where it did not answer: a connection may be lost at any moment, and the next one is good. */
async function insistently<T>(ask: () => Promise<T>): Promise<T> {
  for (const delay_ms of noteDelays_ms) {
    try {
      return await ask()
    } catch {
      await pause(delay_ms)
    }
  }
  return ask()
}

async function withinTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`handler took longer than ${handlerTimeout_ms} ms`)), handlerTimeout_ms)
  })
  try {
    await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

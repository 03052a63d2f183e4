import type { Database } from '../db/index.js'
import { onEmit } from '../events/index.js'
import { claimStatement, type Job, sweepStatement } from './queries.js'
import { type RunnerOptions, runJob, workerScope } from './run.js'
import { bullTransport, inProcessTransport, type Transport } from './transports.js'

export interface WorkerOptions extends RunnerOptions {
  /** Absent: jobs run in this process. */
  redisUrl?: string
  redisPrefix?: string
  pollInterval_ms: number
  chores?: readonly Chore[]
}

/** What is the deployment's to do, and no store's: in each worker now and then, beside the jobs. */
export interface Chore {
  name: string
  every_ms: number
  run(): Promise<void>
}

export interface Worker {
  readonly transport: Transport['kind']
  /** Resolves when the queue can be reached. */
  ping(): Promise<void>
  /** Looks for due events now instead of at the next interval. */
  nudge(): void
  /** Stops taking, finishes what runs. */
  stop(): Promise<void>
}

const lease_ms = 300_000
const mostPerTenant = 4
const sweepInterval_ms = 600_000
const retention_days = 7
const sweepBatch = 1_000
/** A look takes as many batches as that at most: three million rows of a day, and two seconds in which nothing is dispatched. */
const sweepBatches = 20
const noTenant = '00000000-0000-0000-0000-000000000000'

/**
 * Starts the dispatcher: takes due outbox rows fairly across tenants and hands them to Bull, or runs them here where
 * there is no Redis. Several workers may run; rows are leased with SKIP LOCKED.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const run = (job: Job) =>
    runJob(options, job)
      .catch((error: Error) => options.log.error({ error: error.message, job: job.id }, 'job outcome not noted'))
      .finally(() => loop.nudge())
  const transport =
    options.redisUrl === undefined
      ? inProcessTransport(run)
      : await bullTransport({
          redisUrl: options.redisUrl,
          prefix: options.redisPrefix ?? 'stoa',
          consume: true,
          run,
          onError: (error) => options.log.warn({ error: error.message }, 'queue'),
        })
  const loop = dispatchLoop(options, transport)
  onEmit(() => loop.nudge())
  return {
    transport: transport.kind,
    ping: () => transport.ping(),
    nudge: () => loop.nudge(),
    async stop() {
      onEmit(() => undefined)
      await loop.stop()
      await transport.close()
    },
  }
}

/** Removes what was finished seven days ago, as long as there is more: a batch of a time would fall behind a busy deployment for ever. */
export async function sweepFinished(db: Database): Promise<void> {
  for (let batch = 0; batch < sweepBatches; batch += 1) {
    const gone = await db.unitOfWork(workerScope, (unit) => unit.run(sweepStatement(retention_days, sweepBatch)))
    if (gone.length < sweepBatch) return
  }
}

function dispatchLoop(options: WorkerOptions, transport: Transport) {
  let afterTenant = noTenant
  let stopping = false
  let wake: () => void = () => undefined
  let nudged = false
  let sweepAt = Date.now() + sweepInterval_ms

  async function takeSome(): Promise<number> {
    const most = transport.room()
    if (most === 0) return 0
    const claim = claimStatement({ most, mostPerTenant, lease_ms, afterTenant })
    const jobs = await options.db.unitOfWork(workerScope, (unit) => unit.run(claim))
    const last = jobs.map((job) => job.tenant_id).at(-1)
    if (last !== undefined) afterTenant = last
    if (jobs.length > 0) await transport.deliver(jobs)
    return jobs.length
  }

  async function sweepNowAndThen(): Promise<void> {
    if (Date.now() < sweepAt) return
    sweepAt = Date.now() + sweepInterval_ms
    await sweepFinished(options.db)
  }

  const chores = (options.chores ?? []).map((chore) => choreOf(chore, options.log))

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, options.pollInterval_ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const finished = (async () => {
    while (!stopping) {
      nudged = false
      let taken = 0
      try {
        taken = await takeSome()
        await sweepNowAndThen()
        for (const chore of chores) chore.beginIfDue()
      } catch (error) {
        options.log.warn({ error: (error as Error).message }, 'events could not be dispatched, will look again')
      }
      if (taken === 0 && !nudged && !stopping) await pause()
    }
  })()

  return {
    nudge() {
      nudged = true
      wake()
    },
    async stop() {
      stopping = true
      wake()
      await finished
      await Promise.all(chores.map((chore) => chore.finished()))
    },
  }
}

/** One that takes long holds up no job, and is not begun again before it has ended. */
function choreOf({ name, every_ms, run }: Chore, log: WorkerOptions['log']) {
  let dueAt = Date.now() + every_ms
  let running: Promise<void> | null = null
  return {
    beginIfDue() {
      if (running !== null || Date.now() < dueAt) return
      dueAt = Date.now() + every_ms
      running = run()
        .catch((error: Error) => log.warn({ error: error.message, chore: name }, 'a chore failed and will be tried again'))
        .finally(() => {
          running = null
        })
    },
    finished: () => running ?? Promise.resolve(),
  }
}

import { assertNoUnit } from '../db/index.js'
import type { Job } from './queries.js'

/** Carries leased jobs to whoever runs them. The rows stay the truth: a job lost on the way is leased again. */
export interface Transport {
  readonly kind: 'bull' | 'in-process'
  deliver(jobs: Job[]): Promise<void>
  /** Jobs that this process can still take now. */
  room(): number
  /** Waits for what runs here, then closes. */
  close(): Promise<void>
  ping(): Promise<void>
}

const concurrency = 4
const answerTimeout_ms = 5_000

/** Runs jobs in this process, a few at a time: for machines without Redis. */
export function inProcessTransport(run: (job: Job) => Promise<void>): Transport {
  const running = new Set<Promise<void>>()
  return {
    kind: 'in-process',
    async deliver(jobs) {
      for (const job of jobs) {
        const work = run(job).finally(() => running.delete(work))
        running.add(work)
      }
    },
    room: () => Math.max(0, concurrency - running.size),
    async close() {
      await Promise.allSettled(running)
    },
    ping: async () => undefined,
  }
}

export interface BullOptions {
  redisUrl: string
  /** Keeps deployments apart that share a Redis. */
  prefix: string
  /** False in a process that only dispatches. */
  consume: boolean
  run: (job: Job) => Promise<void>
  onError: (error: Error) => void
}

/** Hands jobs to Bull on Redis, for any worker process to run. Retries stay with the rows, so Bull tries once. */
export async function bullTransport(options: BullOptions): Promise<Transport> {
  // Loaded where there is a Redis to talk to: it takes a tenth of the time until a process is ready.
  const { default: Bull } = await import('bull')
  const queue = new Bull<Job>('stoa-jobs', options.redisUrl, {
    prefix: options.prefix,
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  })
  queue.on('error', options.onError)
  // Asked outright: Bull calls itself ready while it still tries to connect.
  await answered(queue.client.ping()).catch((error: Error) => {
    for (const client of queue.clients) client.disconnect()
    throw error
  })
  if (options.consume) {
    void queue.process(concurrency, (message) => options.run(message.data))
  }
  return {
    kind: 'bull',
    async deliver(jobs) {
      assertNoUnit('handing jobs to Redis')
      await queue.addBulk(jobs.map((job) => ({ data: job, opts: { jobId: `${job.id}:${job.attempts}` } })))
    },
    room: () => concurrency * 8,
    close: () => queue.close(),
    async ping() {
      await answered(queue.client.ping())
    },
  }
}

/** Bull waits for a lost Redis for ever, which is right for jobs; whoever asks for it is told in time. */
async function answered<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis does not answer within ${answerTimeout_ms} ms`)), answerTimeout_ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

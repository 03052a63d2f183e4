import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { loadConfig } from '../../src/config.js'
import type { Database } from '../../src/db/index.js'
import type { Clock } from '../../src/kernel/index.js'
import { type Stoa, startStoa } from '../../src/main.js'
import type { Mail } from '../../src/notifications/index.js'
import { asAdmin, type TestDatabase, testDatabase } from './database.js'

/** A running Stoa with a database of its own; jobs run in the process, mails are kept. */
export interface TestApp {
  readonly url: string
  readonly stoa: Stoa
  readonly db: Database
  readonly adminUrl: string
  readonly mails: readonly Mail[]
  /** Waits until no event is due any more; `retrying`: what fails is tried again at once. Throws for a job that failed for good, or where nothing moves. */
  drain(options?: { retrying?: boolean }): Promise<void>
  stop(): Promise<void>
}

export interface TestAppOptions {
  clock?: Clock
  /** Settings by their names in src/config.ts. */
  settings?: Record<string, string>
  /** A mailer that refuses the first so many mails. */
  refuseMails?: number
}

/** After so long without an end of any job it is told what is stuck: a machine that does other things takes long over what it usually does in a second. */
const told_ms = 25_000
/** So long nothing may come of waiting: a handler that hangs is given up after two minutes, and tried again. */
const drain_ms = 130_000

/** Of an app of which much is asked at once. */
export const manyConnections = { DATABASE_POOL_MAX: '10' }

/** What failed and waits for its next try has it now. */
const retriesNow = `update app.outbox_event set available_at = now() where state = 'queued' and attempts > 0 and available_at > now()`

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = await testDatabase()
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-home-'))
  const mails: Mail[] = []
  let refusals = options.refuseMails ?? 0
  const mailer = {
    async send(mail: Mail) {
      if (refusals > 0) {
        refusals -= 1
        throw new Error('mail server is busy')
      }
      mails.push(mail)
    },
    close: () => undefined,
  }
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: '0',
    HOST: '127.0.0.1',
    STOA_HOME: home,
    DATABASE_APP_URL: database.appUrl,
    TOKEN_SECRET: 'a secret for tests, of no use elsewhere',
    RATE_LIMIT_SCALE: '0',
    LOG_LEVEL: 'silent',
    JOB_POLL_INTERVAL_MS: '200',
    // Each connection reads the catalogue and plans its statements anew: with ten, tests take a twentieth longer.
    DATABASE_POOL_MAX: '4',
    ...options.settings,
  })
  const stoa = await startStoa(config, { mailer, ...(options.clock === undefined ? {} : { clock: options.clock }) }).catch(
    async (error) => {
      await database.close()
      throw error
    },
  )
  return appOf(stoa, database, mails, home)
}

function appOf(stoa: Stoa, database: TestDatabase, mails: readonly Mail[], home: string): TestApp {
  return {
    url: stoa.url,
    stoa,
    db: stoa.services.db,
    adminUrl: database.adminUrl,
    mails,
    async drain({ retrying = false } = {}) {
      let moved_ms = Date.now()
      let finishedBefore = -1
      let told = 0
      for (;;) {
        if (retrying) await asAdmin(database.adminUrl, retriesNow)
        stoa.worker?.nudge()
        const [row] = await asAdmin<{ due: number; finished: number; failed: string | null }>(
          database.adminUrl,
          // Not now(), which is before the snapshot: what is committed between would be seen, and not be due yet.
          `select count(*) filter (where (state = 'queued' and (available_at <= clock_timestamp() or ($1 and attempts > 0)))
                                    or state = 'leased')::int as due,
                  count(*) filter (where state = 'done')::int as finished,
                  max(handler || ': ' || last_error) filter (where state = 'failed') as failed from app.outbox_event`,
          [retrying],
        )
        if (row?.failed != null) throw new Error(`a job failed: ${row.failed}`)
        if (row === undefined || row.due === 0) return
        if (row.finished !== finishedBefore) moved_ms = Date.now()
        finishedBefore = row.finished
        const still_ms = Date.now() - moved_ms
        if (still_ms > told_ms && told !== moved_ms) {
          told = moved_ms
          console.log(`      no job has ended for ${told_ms} ms: ${await whatIsStuck(database.adminUrl)}`)
        }
        if (still_ms > drain_ms)
          throw new Error(`${row.due} events are still due, and none was done in ${drain_ms} ms: ${await whatIsStuck(database.adminUrl)}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async stop() {
      await stoa.stop()
      await database.close()
      fs.rmSync(home, { recursive: true, force: true })
    },
  }
}

/** What is not done, and what each connection to the database is at. */
async function whatIsStuck(adminUrl: string): Promise<string> {
  const stuck = await asAdmin(
    adminUrl,
    `select handler as what, state, attempts || ' tries, ' || coalesce(last_error, 'no error') as more
     from app.outbox_event where state = 'leased' or (state = 'queued' and available_at <= clock_timestamp())
     union all select application_name, state, concat_ws(', ', wait_event, 'for ' || extract(epoch from now() - state_change)::int || ' s', left(query, 100))
     from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  )
  return JSON.stringify({ stuck, open: process.getActiveResourcesInfo() })
}

/** Starts an app before the tests of the describe block that calls it, and stops it after them. */
export function useApp(options: TestAppOptions = {}): () => TestApp {
  let app: TestApp | undefined
  before(async function () {
    this.timeout(60_000)
    app = await startTestApp(options)
  })
  after(async () => app?.stop())
  return () => app as TestApp
}

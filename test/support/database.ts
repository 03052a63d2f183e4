import pg from 'pg'
import { type Database, openDatabase } from '../../src/db/index.js'

export interface TestDatabase {
  readonly db: Database
  readonly name: string
  /** Superuser: for looking at rows and for breaking things on purpose. Never used by the code under test. */
  readonly adminUrl: string
  /** The run-time login. */
  readonly appUrl: string
  close(): Promise<void>
}

let counter = 0

function environment(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: run tests through npm test`)
  return value
}

/** Superusers' connections by database: making one costs more than what most tests ask over it. */
const adminPools = new Map<string, pg.Pool>()

function adminPool(adminUrl: string): pg.Pool {
  const kept = adminPools.get(adminUrl)
  if (kept !== undefined) return kept
  const pool = new pg.Pool({ connectionString: adminUrl, max: 8, idleTimeoutMillis: 2_000, allowExitOnIdle: true })
  // The server may end, or the database be dropped, under a connection that nobody uses: the next one says so.
  pool.on('error', () => undefined)
  adminPools.set(adminUrl, pool)
  return pool
}

/**
 * Runs one statement as superuser outside any tenant, in a database of the test cluster. Connections are kept for the
 * next: what a statement sets for its session must be gone with its transaction.
 */
export async function asAdmin<Row extends pg.QueryResultRow>(adminUrl: string, text: string, values: unknown[] = []): Promise<Row[]> {
  return (await adminPool(adminUrl).query<Row>(text, values)).rows
}

/** A database of this test file alone: a copy of the migrated template. */
export async function testDatabase(options: { poolMax?: number } = {}): Promise<TestDatabase> {
  const server = environment('STOA_TEST_DATABASE')
  counter += 1
  const name = `test_${process.pid}_${counter}`
  await asAdmin(server, `create database ${name} template stoa_template`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const adminUrl = url.href
  url.username = 'app_login'
  url.password = environment('STOA_TEST_APP_PASSWORD')
  const db = openDatabase({ url: url.href, poolMax: options.poolMax ?? 10, preparedStatements: true })
  open.add(name)
  return {
    db,
    name,
    adminUrl,
    appUrl: url.href,
    async close() {
      await db.close()
      open.delete(name)
      await adminPools.get(adminUrl)?.end()
      adminPools.delete(adminUrl)
      await asAdmin(server, `drop database if exists ${name} with (force)`)
    },
  }
}

/** Databases of suites that run now; looked at after each test for transactions left open. */
const open = new Set<string>()

/** Connections of open test databases that hold a transaction open while doing nothing. */
export async function openTransactions(): Promise<string[]> {
  if (open.size === 0) return []
  const rows = await asAdmin<{ query: string }>(
    environment('STOA_TEST_DATABASE'),
    `select query from pg_stat_activity where datname = any($1) and usename = 'app_login' and state like 'idle in transaction%'
       and state_change < now() - interval '250 milliseconds'`,
    [[...open]],
  )
  return rows.map((row) => row.query)
}

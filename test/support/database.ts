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

/** Runs one statement as superuser outside any tenant, in a database of the test cluster. */
export async function asAdmin<Row extends pg.QueryResultRow>(adminUrl: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
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

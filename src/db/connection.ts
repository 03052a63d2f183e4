import pg from 'pg'
import pgUtils from 'pg/lib/utils.js'
import type { Statement } from './statement.js'
import { currentStatistics, type StatementObserver, type Statistics } from './statistics.js'

/** What we use of a `pg` client taken from Knex's pool, in pipeline mode. */
export interface Connection {
  query(config: string | { name?: string; text: string; values?: unknown[] }): Promise<{ rows: unknown[]; command?: string }>
  /** What the last answer said: I(dle), in a T(ransaction), or in one that has E(rred). */
  getTransactionStatus(): string | null
  /** Knex's mark: its pool ends this connection where it would hand it out. */
  __knex__disposed?: unknown
}

export interface Meter {
  total: Statistics
  observer: StatementObserver | undefined
}

const controlPattern = /^\s*(begin|commit|rollback)\b/i
const int8 = 20

/** bigint columns (money, counters) arrive as JavaScript bigint; everything else as `pg` has it. */
export const columnTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === int8) return (value: string) => BigInt(value)
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text')
  },
}

type Callback = (error: unknown, result: unknown) => void
type Query = (config: unknown, values?: unknown, callback?: unknown) => unknown

/** What `instrument` uses of a `pg` client: how it asks, and the socket that its messages go through. */
export interface RawConnection {
  query: Query
  readonly connection: { readonly stream: { cork(): void; uncork(): void } }
}

/**
 * Counts every message that a new connection sends, whoever sends it (our statements, Knex, Objection): one place,
 * so that a statement budget cannot be passed by. What is asked for in one go is handed to the socket in one write:
 * `pg` by itself writes for each statement (measured for a checkout: 23 of 100 ms were spent in the kernel's writes).
 */
export function instrument(connection: RawConnection, meter: Meter): void {
  const original = connection.query.bind(connection) as Query
  const { stream } = connection.connection
  let inFlight = 0
  let isCorked = false
  const send = () => {
    isCorked = false
    stream.uncork()
  }
  connection.query = (config, values, callback) => {
    const text = typeof config === 'string' ? config : (config as { text: string }).text
    noteSent(meter, text, inFlight === 0)
    if (!isCorked) {
      isCorked = true
      stream.cork()
      // After the microtasks: BEGIN waits for the statement that comes a few promises later.
      process.nextTick(send)
    }
    inFlight += 1
    const answered = () => {
      inFlight -= 1
      meter.observer?.('answered', text)
    }
    const given = (typeof values === 'function' ? values : callback) as Callback | undefined
    if (given === undefined) return answerOf((answer) => original(config, values, answer), answered)
    const counted: Callback = (error, result) => {
      answered()
      given(error, result)
    }
    return typeof values === 'function' ? original(config, counted) : original(config, values, counted)
  }
}

/**
 * What a query answers, as a promise. Not the promise that `pg` makes itself: with that, four tenths of what units of work make
 * are promoted to the old generation though nobody holds them any more (scavenges of 10 ms instead of 3; the API's part of a
 * checkout is a tenth less without), and its errors name no caller.
 */
function answerOf(ask: (answer: Callback) => unknown, answered: () => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    ask((error, result) => {
      answered()
      if (error) reject(error)
      else resolve(result)
    })
  }).catch((error) => {
    Error.captureStackTrace(error)
    throw error
  })
}

function noteSent(meter: Meter, text: string, startsRoundTrip: boolean): void {
  const control = controlPattern.test(text)
  const begins = control && /^\s*begin/i.test(text)
  for (const statistics of [meter.total, currentStatistics()]) {
    if (statistics === undefined) continue
    if (control) statistics.control += 1
    else statistics.statements += 1
    if (begins) statistics.transactions += 1
    if (startsRoundTrip) statistics.roundTrips += 1
  }
  meter.observer?.('sent', text)
}

/**
 * A statement as `pg` wants it; without its name behind a pooler that cannot keep prepared statements.
 * @throws TypeError for a value that cannot be sent. Found by `pg` itself, between Parse and Bind, it would be told of well,
 * but leave a name that `pg` takes for a prepared statement and the database does not know.
 */
export function messageOf<Row>(statement: Statement<Row>, prepared: boolean) {
  const values = statement.values.map((value) => pgUtils.prepareValue(value))
  return prepared && statement.name !== '' ? { name: statement.name, text: statement.text, values } : { text: statement.text, values }
}

import { AsyncLocalStorage } from 'node:async_hooks'
import knexFactory, { type Knex } from 'knex'
import { knexOn, StoaClient } from './client.js'
import { type Connection, columnTypes, type Meter, messageOf } from './connection.js'
import { openingOf, type Scope } from './scope.js'
import type { Statement } from './statement.js'
import { newStatistics, type StatementObserver, type Statistics } from './statistics.js'

/** An open transaction in the context of one tenant (and vendor). */
export interface Unit {
  readonly scope: Scope
  /** For Knex builders and Objection; bound to this transaction. */
  readonly knex: Knex
  /** Runs a statement. Statements started together (`Promise.all`) travel in one round trip, and run in order. */
  run<Row>(statement: Statement<Row>): Promise<Row[]>
  /**
   * Sends COMMIT behind the statements that have just been started, in their round trip. It is the last thing of a unit:
   * nothing can be asked after it, and nothing may throw but those statements, which then have not been committed.
   */
  commitAlong(): void
  /** Called once after the commit was acknowledged; not after a rollback. For nudges only, never for what must happen. */
  afterCommit(fn: () => void): void
}

type RowsOf<Statements extends readonly Statement<unknown>[]> = {
  -readonly [Index in keyof Statements]: Statements[Index] extends Statement<infer Row> ? Row[] : never
}

/** The only door to PostgreSQL. */
export interface Database {
  /** One statement in a read-only transaction: one round trip. */
  read<Row>(scope: Scope, statement: Statement<Row>): Promise<Row[]>
  /** Several statements in one read-only transaction, still one round trip. */
  readAll<const Statements extends readonly Statement<unknown>[]>(scope: Scope, statements: Statements): Promise<RowsOf<Statements>>
  /**
   * A transaction in the scope's context; commits when `fn` resolves, rolls back when it throws. Refuses to nest:
   * a unit inside a unit would either lie about its tenant or wait for itself.
   */
  unitOfWork<T>(scope: Scope, fn: (unit: Unit) => Promise<T>): Promise<T>
  /** Throws when the database does not answer. */
  ping(): Promise<void>
  /** Everything asked since start, for metrics. */
  readonly statistics: Readonly<Statistics>
  /** Sets the one observer of every message; undefined removes it. */
  observe(observer: StatementObserver | undefined): void
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Connection string of the run-time login, which has no grants of its own. */
  url: string
  poolMax: number
  /** False behind a PgBouncer older than 1.21, which cannot carry named statements. */
  preparedStatements: boolean
  /** How long a request waits for a free connection before it is refused. */
  acquireTimeout_ms?: number
}

const units = new AsyncLocalStorage<Unit>()

/** The unit of work that this code runs in. Throws outside one. */
export function currentUnit(): Unit {
  const unit = units.getStore()
  if (unit === undefined) throw new Error('no unit of work: open one with database.unitOfWork(scope, …)')
  return unit
}

/** Adapters to the outside call this first: a network call inside a transaction would hold its locks for the network. */
export function assertNoUnit(what: string): void {
  if (units.getStore() !== undefined) throw new Error(`${what} inside a transaction: call it before or after the unit of work`)
}

/** The same unit for a part of its work, which does not end it. Not a copy: that would ask for Knex, and have it made. */
export function keptOpen(unit: Unit): Unit {
  return Object.create(unit, { commitAlong: { value: () => undefined } }) as Unit
}

/** Opens the pool. Connections are made on first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const meter: Meter = { total: newStatistics(), observer: undefined }
  const prepared = options.preparedStatements
  const knex = openKnex(options, meter)
  const acquire = () => knex.client.acquireConnection() as Promise<Connection>
  // One whose transaction has not ended is not handed on: it is being lost, which the pool does not know yet, or still in it.
  const release = (connection: Connection) => {
    if (connection.getTransactionStatus() !== 'I') connection.__knex__disposed ??= 'its transaction has not ended'
    return knex.client.releaseConnection(connection) as Promise<void>
  }

  async function readTogether(scope: Scope, statements: readonly Statement<unknown>[]): Promise<unknown[][]> {
    if (units.getStore() !== undefined) throw new Error('a read of its own inside a unit of work: use unit.run')
    const opening = openingOf(scope, statements.every((statement) => statement.isPlannedOnce) ? 'read planned once' : 'read')
    const messages = statements.map((statement) => messageOf(statement, prepared))
    const connection = await acquire()
    try {
      const answers = [connection.query(opening)]
      for (const message of messages) answers.push(connection.query(message))
      answers.push(connection.query('commit'))
      const settled = await Promise.allSettled(answers)
      const rows: unknown[][] = []
      for (const answer of settled) {
        if (answer.status === 'rejected') throw answer.reason
        rows.push(answer.value.rows)
      }
      return rows.slice(1, -1)
    } finally {
      await release(connection)
    }
  }

  async function unitOfWork<T>(scope: Scope, fn: (unit: Unit) => Promise<T>): Promise<T> {
    if (units.getStore() !== undefined) throw new Error('a unit of work inside a unit of work')
    const opening = openingOf(scope, 'write')
    const connection = await acquire()
    const opened = openUnit(scope, opening, connection, { knex, prepared })
    let result: T
    try {
      result = await units.run(opened.unit, fn, opened.unit)
      await opened.commit()
    } catch (error) {
      await opened.rollback()
      // A failed opening shows in the statements behind it as "transaction is aborted": report what went wrong first.
      throw opened.failure() ?? error
    } finally {
      await release(connection)
    }
    for (const callback of opened.callbacks) callback()
    return result
  }

  return {
    statistics: meter.total,
    read: async <Row>(scope: Scope, statement: Statement<Row>) => (await readTogether(scope, [statement]))[0] as Row[],
    readAll: async (scope, statements) => (await readTogether(scope, statements)) as never,
    unitOfWork,
    async ping() {
      const connection = await acquire()
      try {
        await connection.query('select 1')
      } finally {
        await release(connection)
      }
    },
    observe(observer) {
      meter.observer = observer
    },
    close: () => knex.destroy(),
  }
}

/**
 * Opens a transaction and does not wait for the answer: BEGIN and the context travel with the first statement (in pipeline
 * mode they are answered in order, so a context that fails aborts the transaction before anything else runs in it).
 */
function openUnit(scope: Scope, opening: string, connection: Connection, { knex, prepared }: { knex: Knex; prepared: boolean }) {
  const callbacks: (() => void)[] = []
  let failure: unknown
  let committing: ReturnType<Connection['query']> | undefined
  let over = false
  let isSpoilt = false
  let built: Knex | undefined
  connection.query(opening).catch((error: unknown) => {
    failure = error
  })
  // The connection is soon another tenant's: what comes late must not run in that one's transaction.
  const refuseLate = () => {
    if (over) throw new Error('the unit of work is over: await every statement inside it')
  }
  // The database knows nothing of what could not be sent, and would commit what was sent beside it.
  const sendable = (statement: Statement<unknown>) => {
    try {
      return messageOf(statement, prepared)
    } catch (error) {
      isSpoilt = true
      throw error
    }
  }
  const end = () => {
    over = true
    return connection.query(isSpoilt ? 'ROLLBACK;' : 'COMMIT;')
  }
  const unit: Unit = {
    scope,
    get knex() {
      built ??= knexOn(connection, knex, refuseLate)
      return built
    },
    run: async (statement) => {
      refuseLate()
      return (await connection.query(sendable(statement))).rows as never
    },
    commitAlong() {
      refuseLate()
      committing = end()
      // Looked at when the unit ends; a unit whose statement failed ends without it.
      committing.catch(() => undefined)
    },
    afterCommit: (callback) => callbacks.push(callback),
  }
  return {
    unit,
    callbacks,
    /** Why the opening failed, if it did. */
    failure: () => failure,
    /** PostgreSQL answers the COMMIT of an aborted transaction with ROLLBACK, and no error: that is no success. */
    async commit(): Promise<void> {
      const { command } = await (committing ?? end())
      if (command !== 'COMMIT') throw new Error('the unit of work could not commit: a statement in it failed, and the failure was caught')
    },
    /** Does not throw: on a lost connection there is nothing to roll back, what went wrong is known, and `release` sees to the rest. */
    async rollback(): Promise<void> {
      over = true
      await connection.query('ROLLBACK;').catch(() => undefined)
    },
  }
}

function openKnex(options: DatabaseOptions, meter: Meter): Knex {
  return knexFactory({
    client: StoaClient as unknown as typeof Knex.Client,
    connection: { connectionString: options.url, pipeline: true, types: columnTypes, application_name: 'stoa' } as object,
    version: '18',
    pool: { min: 0, max: options.poolMax, idleTimeoutMillis: 30_000 },
    // A lost connection fails the request that had it, which is logged; Knex would print it beside the log.
    log: { warn: () => undefined },
    acquireConnectionTimeout: options.acquireTimeout_ms ?? 10_000,
    // Read by StoaClient; Knex hands its whole configuration on.
    ...({ meter } as object),
  })
}

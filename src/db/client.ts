import ClientPG from 'knex/lib/dialects/postgres/index.js'
import TransactionPG from 'knex/lib/dialects/postgres/execution/pg-transaction.js'
import { type Connection, instrument, type Meter, type RawConnection } from './connection.js'

/** Handed through `knex.transaction(…, config)` to the transaction class below. */
export interface OpeningConfig {
  /** Sends BEGIN with the context on the connection, without waiting for the answer. */
  open(connection: Connection): void
  /** The answer to a COMMIT that was sent already, along with the last statements. */
  committing(): ReturnType<Connection['query']> | undefined
}

/**
 * A transaction that opens with its tenant context, and does not wait for the answer: BEGIN and the context travel
 * with the first statement (in pipeline mode they are answered in order, so a context that fails aborts the
 * transaction before anything else runs in it).
 */
class ContextTransaction extends TransactionPG {
  readonly #opening: OpeningConfig

  constructor(client: unknown, container: unknown, config: OpeningConfig, outerTx: unknown) {
    super(client, container, config, outerTx)
    this.#opening = config
  }

  override begin(connection: unknown): Promise<unknown> {
    this.#opening.open(connection as Connection)
    return Promise.resolve()
  }

  /** PostgreSQL answers the COMMIT of an aborted transaction with ROLLBACK, and no error: that is no success. */
  override async commit(connection: unknown, value: unknown): Promise<void> {
    const sent = this.#opening.committing()
    const answer = sent === undefined ? this.query(connection, 'COMMIT;') : sent.then((response) => ({ response }), this._rejecter)
    this._completed = true
    const committed = await answer
    // A refused COMMIT has already been reported.
    if (committed === undefined) return
    if (committed.response.command === 'COMMIT') this._resolver(value)
    else this._rejecter(new Error('the unit of work could not commit: a statement in it failed, and the failure was caught'))
  }
}

/** Knex's PostgreSQL client with the transactions above. Nested Knex transactions are refused: a unit is flat. */
export class StoaClient extends ClientPG {
  readonly #meter: Meter

  constructor(config: object) {
    super(config)
    this.#meter = (config as { meter: Meter }).meter
  }

  override async acquireRawConnection(): Promise<unknown> {
    const connection = await super.acquireRawConnection()
    instrument(connection as RawConnection, this.#meter)
    return connection
  }

  override transaction(container: unknown, config: OpeningConfig, outerTx: unknown): unknown {
    if (outerTx) throw new Error('a unit of work is flat: no transaction inside a transaction')
    if (typeof config?.open !== 'function') throw new Error('transactions are opened by unitOfWork only')
    return new ContextTransaction(this, container, config, outerTx)
  }
}

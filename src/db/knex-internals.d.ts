// Knex publishes no types for the two classes below; this says only what src/db/client.ts uses of them.
declare module 'knex/lib/dialects/postgres/index.js' {
  import type { Knex } from 'knex'
  export default class ClientPG {
    constructor(config: Knex.Config)
    acquireRawConnection(): Promise<unknown>
    transaction(container: unknown, config: unknown, outerTx: unknown): unknown
    on(event: string, listener: (...args: never[]) => void): void
  }
}
declare module 'knex/lib/dialects/postgres/execution/pg-transaction.js' {
  export default class TransactionPG {
    constructor(client: unknown, container: unknown, config: unknown, outerTx: unknown)
    _completed: boolean
    _resolver: (value: unknown) => void
    _rejecter: (error: unknown) => void
    begin(connection: unknown): Promise<unknown>
    commit(connection: unknown, value: unknown): Promise<void>
    /** Undefined after a failure, of which the transaction's promise tells. */
    query(connection: unknown, sql: string): Promise<{ response: { command: string } } | undefined>
  }
}

// Knex publishes no types for the two modules below; this says only what src/db/client.ts uses of them.
declare module 'knex/lib/dialects/postgres/index.js' {
  import type { Knex } from 'knex'
  export default class ClientPG {
    constructor(config: Knex.Config)
    acquireRawConnection(): Promise<unknown>
    transaction(container: unknown, config: unknown, outerTx: unknown): unknown
    query(connection: unknown, asked: unknown): Promise<unknown>
    on(event: string, listener: (...args: never[]) => void): void
  }
}
declare module 'knex/lib/knex-builder/make-knex.js' {
  import type { Knex } from 'knex'
  /** Builders whose queries go through a client. */
  export default function makeKnex(client: unknown): Knex
}

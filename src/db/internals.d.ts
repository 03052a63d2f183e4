// Knex and pg publish no types for the modules below; this says only what src/db uses of them.
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
declare module 'pg/lib/utils.js' {
  const utils: {
    /** A value in the form in which it travels. Throws for one that has none: an object with a bigint, or with itself inside. */
    prepareValue(value: unknown): unknown
  }
  export default utils
}

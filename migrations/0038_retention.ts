import type { Knex } from 'knex'

/** Outside a transaction: indexes of tables in use are built beside their writers. */
export const config = { transaction: false }

/** What a table holds for a time only is found by its age. */
export async function up(knex: Knex): Promise<void> {
  // A build that was broken off leaves an index that is never used: it is begun anew.
  for (const [name, definition] of Object.entries(indexes)) {
    const [schema] = definition.split('.')
    await knex.raw(`drop index concurrently if exists ${schema}.${name}`)
    await knex.raw(`create index concurrently ${name} on ${definition}`)
  }
}

const indexes = {
  payment_event_settled: `app.payment_event (tenant_id, settled_at) where state in ('done', 'ignored')`,
  // The unclaimed ones stay, and are nothing to walk along.
  payment_event_handed: `platform.payment_event (received_at) where state <> 'unclaimed'`,
  idempotency_key_created: 'platform.idempotency_key (created_at)',
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

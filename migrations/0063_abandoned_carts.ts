import type { Knex } from 'knex'
import { eachStore } from '../src/db/index.js'

/** Outside a transaction: an index of a table in use is built beside its writers. */
export const config = { transaction: false }

/** Carts that became no order are found by when they were last touched, and looked for each night. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop index concurrently if exists app.cart_open')
  await knex.raw('create index concurrently cart_open on app.cart (tenant_id, updated_at, id) where completed_at is null')
  await perStore(knex)
}

/** Stores that are there already begin within a day, spread over it. */
async function perStore(knex: Knex): Promise<void> {
  await eachStore(
    knex,
    `
      insert into app.outbox_event (tenant_id, id, name, handler, payload, available_at)
      values (store.id, 'evt_' || left(md5(store.id::text || 'carts.outdated'), 26), 'carts.outdated', 'sweep_carts', '{}',
              now() + random() * interval '1 day')
      on conflict do nothing;`,
  )
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

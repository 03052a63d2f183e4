import type { Knex } from 'knex'
import { eachStore } from '../src/db/index.js'

/** Staff are told soon of events that wait already, a store at a time within the hour. */
export async function up(knex: Knex): Promise<void> {
  await eachStore(
    knex,
    `insert into app.outbox_event (tenant_id, id, name, handler, payload, available_at)
       select store.id, 'evt_' || left(md5(store.id || 'payment_events.parked'), 26), 'payment_events.parked', 'send_parked_events_alarm', '{}',
              now() + random() * interval '1 hour'
       where exists (select 1 from app.payment_event e where e.tenant_id = store.id and e.state = 'parked');`,
  )
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import type { Knex } from 'knex'
import { eachStore, tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`

/** Where a store and its vendors want to be told of what happened, and the log of what they were told. Without a vendor it is the store's. */
export async function up(knex: Knex): Promise<void> {
  await tenantTable(knex, 'webhook_endpoint', {
    columns: `
      vendor_id text collate "C",
      url text not null,
      description text,
      event_types text[] not null,
      secret_sealed text not null,
      previous_secret_sealed text,
      previous_secret_until timestamptz(3),
      state text not null default 'enabled' check (state in ('enabled', 'disabled')),
      disabled_reason text,
      failing_since timestamptz(3),
      failures integer not null default 0,
      busy_until timestamptz(3),
      looked_at_again timestamptz(3),
      created_by text,${dates}`,
    references: { vendor_id: 'vendor' },
    constraints: ['unique (tenant_id, vendor_id, id)'],
    vendor: 'own',
  })
  await tenantTable(knex, 'webhook_delivery', {
    columns: `
      webhook_endpoint_id text collate "C" not null,
      vendor_id text collate "C",
      event_type text not null,
      event_id text collate "C" not null,
      object_id text collate "C" not null,
      payload jsonb not null,
      state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
      attempts integer not null default 0,
      next_attempt_at timestamptz(3) not null default now(),
      response_status integer,
      response_body text,
      error text,
      duration_ms integer,
      delivered_at timestamptz(3),${dates}`,
    constraints: [
      'unique (tenant_id, webhook_endpoint_id, event_id, event_type)',
      // What a vendor writes is bound to its own endpoints; a row of the store's has no vendor, which such a key does not
      // hold: whoever writes one holds the endpoint's lock.
      'foreign key (tenant_id, vendor_id, webhook_endpoint_id) references app.webhook_endpoint (tenant_id, vendor_id, id) on delete cascade',
    ],
    indexes: [
      { columns: 'webhook_endpoint_id, object_id, event_id', where: `state = 'pending'`, name: 'webhook_delivery_pending' },
      { columns: 'created_at', name: 'webhook_delivery_age' },
    ],
    vendor: 'own',
  })
  // Of what is yet to be told of, and not of all that waits for any job.
  await knex.raw(`
    create index outbox_event_untold on app.outbox_event (tenant_id, id) where handler = 'queue_webhooks' and state in ('queued', 'leased')`)
  await allow(knex)
}

const all = ['webhooks:read', 'webhooks:write']
const list = (names: readonly string[]) => `array[${names.map((name) => `'${name}'`).join(', ')}]`

/** What roles had from the start, and what each of them is given now; and the keys that may do all that such a role may. */
const grantedTo = { store_owner: all, store_manager: all, store_support: ['webhooks:read'], vendor_owner: all }
const keys = { secret: 'store_owner', vendor: 'vendor_owner' }
/** A vendor's key is never given what it says of keys, and those from before there were teams have nothing of those. */
const notOfKeys = { secret: [], vendor: ['api_keys:read', 'api_keys:write', 'team:read', 'team:write'] }

async function allow(knex: Knex): Promise<void> {
  // Keys first: they are held against what the roles had before.
  const toKeys = (['secret', 'vendor'] as const).map(
    (type) => `
      update app.api_key k set permissions = k.permissions || ${list(all)}
        where k.tenant_id = store.id and k.type = '${type}' and k.permissions @> (
          select array(select p from unnest(r.permissions) p where p <> all(${list(notOfKeys[type])}::text[]))
          from app.role r where r.tenant_id = store.id and r.name = '${keys[type]}');`,
  )
  const toRoles = Object.entries(grantedTo).map(
    ([name, permissions]) => `
      update app.role set permissions = permissions || ${list(permissions)}
        where tenant_id = store.id and name = '${name}' and not permissions @> ${list(permissions)};`,
  )
  await eachStore(knex, [...toKeys, ...toRoles].join(''))
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}

import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId } from '../../kernel/index.js'
import { holdListeners, type Listener, lockOldDeliveries } from '../locks.js'
import { type Fact, type Telling, tellingsOf } from '../tellings.js'

/** Deliveries that are too old go with what happens, so many at a time, or as many as are written. */
const sweptAtOnce = 100

/**
 * Notes who is to be told of a fact, and has them told. With it goes what happened to the same order before and is not noted yet, so that
 * nothing is told before what it followed. Handler of the facts in `webhookTypes`; may run any number of times.
 */
export function queueWebhooks(context: Context, payload: Record<string, unknown>, eventId: string): Promise<void> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const facts = await unit.run(openFactsStatement(tenantOf(unit), eventId, payload.order_id as string))
    const told: Told[] = []
    for (const fact of facts) told.push(...(await tellingsOf(unit, fact)).map((telling) => ({ fact, telling })))
    const endpoints = await holdListeners(
      unit,
      told.map(({ telling }) => telling),
    )
    const rows = told.flatMap((one) => queuedOf(one, endpoints))
    await sweep(unit, Math.max(sweptAtOnce, rows.length))
    if (rows.length === 0) return
    await insert(unit, rows)
    for (const id of new Set(rows.map((row) => row.webhook_endpoint_id)))
      await emit(unit, 'webhook.due', { webhook_endpoint_id: id }, { requestId: context.requestId })
  })
}

interface Told {
  fact: Fact
  telling: Telling
}

function openFactsStatement(tenantId: string, eventId: string, orderId: string) {
  return statement<Fact>(
    'webhooks.open_facts',
    `select id, name, payload, created_at from outbox_event where tenant_id = $1 and id = $2
     union all
     select id, name, payload, created_at from outbox_event
     where tenant_id = $1 and handler = 'queue_webhooks' and state in ('queued', 'leased') and id < $2 and payload ->> 'order_id' = $3
     order by id`,
    [tenantId, eventId, orderId],
  )
}

interface Queued {
  id: string
  webhook_endpoint_id: string
  vendor_id: string | null
  event_type: string
  event_id: string
  object_id: string
  payload: object
}

function queuedOf({ fact, telling }: Told, endpoints: readonly Listener[]): Queued[] {
  const { type, vendorId, objectId, data } = telling
  const wanting = endpoints.filter((endpoint) => endpoint.vendor_id === vendorId && endpoint.event_types.includes(type))
  return wanting.map((endpoint) => ({
    id: newId('whd'),
    webhook_endpoint_id: endpoint.id,
    vendor_id: vendorId,
    event_type: type,
    event_id: fact.id,
    object_id: objectId,
    payload: { type, timestamp: fact.created_at.toISOString(), data },
  }))
}

async function insert(unit: Unit, rows: readonly Queued[]): Promise<void> {
  await unit.run(
    statement(
      'webhooks.queue',
      `insert into webhook_delivery (tenant_id, id, webhook_endpoint_id, vendor_id, event_type, event_id, object_id, payload)
       select $1, r.id, r.webhook_endpoint_id, r.vendor_id, r.event_type, r.event_id, r.object_id, r.payload
       from jsonb_to_recordset($2::jsonb) as r (id text, webhook_endpoint_id text, vendor_id text, event_type text, event_id text,
         object_id text, payload jsonb)
       on conflict (tenant_id, webhook_endpoint_id, event_id, event_type) do nothing`,
      [tenantOf(unit), JSON.stringify(rows)],
    ),
  )
}

async function sweep(unit: Unit, count: number): Promise<void> {
  const ids = await lockOldDeliveries(unit, count)
  if (ids.length === 0) return
  await unit.run(
    statement('webhooks.sweep', `delete from webhook_delivery where tenant_id = $1 and id = any($2::text[])`, [tenantOf(unit), ids]),
  )
}

import { statement, tenantOf, type Unit } from '../db/index.js'
import { newId } from '../kernel/index.js'
import { type EventName, type EventPayloads, handlersOf } from './catalogue.js'
import { webhookTypesOf } from './webhook-types.js'

export interface EmitOptions {
  /** Chosen by who wants to find the event again; for one that a single handler takes. */
  id?: string
  /** Not handled before this moment; at once unless given. */
  availableAt?: Date
  /** Of the request that caused it, so that logs can be joined. */
  requestId?: string
}

let nudge: () => void = () => undefined

/** The worker in this process asks to be told of new events at once; others find them when they next look. */
export function onEmit(fn: () => void): void {
  nudge = fn
}

/**
 * Writes an event for each of its handlers in the caller's transaction: both the fact and its event are there, or
 * neither. Handlers may run more than once and must not mind.
 */
export async function emit<Name extends EventName>(
  unit: Unit,
  name: Name,
  payload: EventPayloads[Name],
  options: EmitOptions = {},
): Promise<void> {
  const handlers = handlersOf[name]
  const values = [
    tenantOf(unit),
    name,
    JSON.stringify(payload),
    options.availableAt ?? null,
    options.requestId ?? null,
    handlers.map(() => options.id ?? newId('evt')),
    handlers,
  ]
  const types = webhookTypesOf(name)
  // A vendor does not see who else wants to be told: what a vendor does is looked at by the handler.
  await unit.run(
    types.length === 0 || unit.scope.role === 'vendor'
      ? statement('events.emit', insertText, values)
      : statement('events.emit_told', `${insertText} where ${isWanted}`, [...values, types]),
  )
  nudgeAfter(unit)
}

const insertText = `insert into outbox_event (tenant_id, id, name, handler, payload, available_at, request_id)
   select $1, e.id, $2, e.handler, $3, coalesce($4, now()), $5
   from unnest($6::text[], $7::text[]) as e (id, handler)`

/** Most stores want no webhooks: there is no row for them where nobody would be told. */
const isWanted = `e.handler <> 'queue_webhooks' or exists (
     select 1 from webhook_endpoint w where w.tenant_id = $1 and w.state = 'enabled' and w.event_types && $8::text[])`

/** Has events that were to wait handled at once: what they wait for is over already. An event is never deleted unfinished. */
export async function hasten(unit: Unit, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await unit.run(
    statement(
      'events.hasten',
      `update outbox_event set available_at = now() where tenant_id = $1 and id = any($2::text[]) and state = 'queued'`,
      [tenantOf(unit), ids],
    ),
  )
  nudgeAfter(unit)
}

type LoneEvent = { [Name in EventName]: (typeof handlersOf)[Name]['length'] extends 1 ? Name : never }[EventName]

/**
 * An event as a part of the statement that writes its fact, for those that cannot wait for another: a row for each of `from`. The
 * worker is told by `nudgeAfter`.
 * @param row SQL of each value; `id` is one of `newId('evt')`; it is available at once unless it says when
 */
export function insertEventSql(
  name: LoneEvent,
  row: { tenantId: string; id: string; payload: string; requestId?: string; from: string; availableAt?: string },
): string {
  const [handler] = handlersOf[name]
  return `insert into outbox_event (tenant_id, id, name, handler, payload, request_id, available_at)
    select ${row.tenantId}, ${row.id}, '${name}', '${handler}', ${row.payload}, ${row.requestId ?? 'null'}, ${row.availableAt ?? 'now()'} from ${row.from}`
}

/** For events that a statement of their own has written: the worker is told when they are committed. */
export function nudgeAfter(unit: Unit): void {
  unit.afterCommit(() => nudge())
}

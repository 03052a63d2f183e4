import type { Database, Scope, Statement, Unit } from '../db/index.js'
import { keptOpen, statement } from '../db/index.js'
import { newId } from '../kernel/index.js'
import { changesBetween, type Json } from './changes.js'
import { auditedRowStatement, objectTypeOf } from './objects.js'

/** A write as it was asked for. */
export interface AuditedRequest {
  actorType: string
  actorId: string | null
  /** Method and route, for example `POST /admin/products/:id`. */
  action: string
  requestId: string
  /** What the path names last; null for a path without ids. */
  objectId: string | null
}

export interface AuditedDatabase extends Database {
  /** Records the request by itself, when none of its units of work has. */
  recordOutstanding(scope: Scope): Promise<void>
}

const idPattern = /^[a-z]+(?:_[a-z]+)*_[0-9A-HJKMNP-TV-Z]{26}$/
const idsIn = /\b[a-z]+(?:_[a-z]+)*_[0-9A-HJKMNP-TV-Z]{26}\b/g
const idsMaximum = 1_000

/**
 * The door to the database as a request that writes is given it: every unit of work that it commits leaves a record of
 * what changed, in the same transaction. Nothing that writes can go round it, since there is no other door; nothing
 * that fails is recorded, since its transaction is undone. What another request commits between the two readings of the
 * object shows as changed too: rows are read, not locked.
 */
export function auditedDatabase(db: Database, request: AuditedRequest): AuditedDatabase {
  let recorded = false

  async function record(unit: Unit, before: Json | null, result: unknown): Promise<void> {
    // The worker's role may touch the jobs of every store, and nothing else: the record follows by itself.
    if (unit.scope.role === 'worker') return
    const id = request.objectId ?? idOf(result)
    const reading = id === null ? undefined : auditedRowStatement(unit.scope, id)
    const after = reading === undefined ? null : ((await unit.run(reading))[0]?.row ?? null)
    const changes = changesBetween(before, after)
    if (id === null && result !== undefined) changes.after = idsOf(result)
    await unit.run(recordStatement(unit.scope, request, id, changes))
    recorded = true
  }

  return {
    ...db,
    statistics: db.statistics,
    unitOfWork: (scope, fn) =>
      db.unitOfWork(scope, async (unit) => {
        const reading = request.objectId === null ? undefined : auditedRowStatement(scope, request.objectId)
        // Travels with the first statement, and is answered before it.
        const known = reading === undefined ? Promise.resolve([]) : unit.run(reading)
        known.catch(() => undefined)
        // The commit waits for the record.
        const result = await fn(keptOpen(unit))
        await record(unit, (await known)[0]?.row ?? null, result)
        return result
      }),
    async recordOutstanding(scope) {
      if (!recorded) await db.unitOfWork(scope, (unit) => record(unit, null, undefined))
    },
  }
}

function recordStatement(
  scope: Scope,
  request: AuditedRequest,
  objectId: string | null,
  changes: { before: Json | null; after: Json | null },
): Statement<never> {
  const json = (value: Json | null) => (value === null ? null : JSON.stringify(value))
  const values = [
    newId('aud'),
    request.actorType,
    request.actorId,
    request.action,
    objectId === null ? null : objectTypeOf(objectId),
    objectId,
    request.requestId,
    json(changes.before),
    json(changes.after),
  ]
  const columns = 'id, actor_type, actor_id, action, object_type, object_id, request_id, before, after'
  if (scope.tenantId === undefined) {
    return statement(
      'audit.record_of_platform',
      `insert into platform.audit_record (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      values,
    )
  }
  return statement(
    'audit.record',
    `insert into audit_record (${columns}, tenant_id, vendor_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [...values, scope.tenantId, scope.vendorId ?? null],
  )
}

/**
 * Leaves a record of a reading: of what is kept sealed, who saw it counts as who changed it does.
 * @param ids what was seen, at most a thousand of which are named
 */
export async function recordReading(unit: Unit, request: Omit<AuditedRequest, 'objectId'>, ids: readonly string[]): Promise<void> {
  const after = { read: ids.slice(0, idsMaximum), count: ids.length }
  await unit.run(recordStatement(unit.scope, { ...request, objectId: null }, null, { before: null, after }))
}

/** Commands answer the id of what they made, or it with its id. */
function idOf(result: unknown): string | null {
  const id = typeof result === 'object' && result !== null ? (result as { id?: unknown }).id : result
  return typeof id === 'string' && idPattern.test(id) ? id : null
}

/** Of many things at once, which they were. */
function idsOf(result: unknown): Json | null {
  const text = JSON.stringify(result, (_name, value) => (typeof value === 'bigint' ? String(value) : value)) ?? ''
  const ids = [...new Set(text.match(idsIn) ?? [])].slice(0, idsMaximum)
  return ids.length === 0 ? null : { ids }
}

import { type Database, type Scope, type Statement, statement } from '../db/index.js'
import { conflict, invalidData, limits, type Sealer } from '../kernel/index.js'

/** The first answer to a request with an `Idempotency-Key`, to be given again. */
export interface StoredAnswer {
  status: number
  response: string
}

interface KeyRow {
  request_hash: string
  state: 'running' | 'done'
  status: number | null
  response: string | null
  claimed: boolean
}

/** A request that died while it ran is given up after this; longer than any request may take. */
const lease_ms = 60_000
/** Keys that are over go with the claiming of another, so many at a time: each claim adds one at most. */
const sweptAtOnce = 20

export interface IdempotentRequest {
  key: string
  /** Everything that must not be shared: caller, method and path. The tenant is the database's matter. */
  owner: string
  /** What must be the same for the first answer to be given again. */
  content: string
}

/** Where keys are kept: with the tenant, or with the platform for requests outside any tenant. */
function tableOf(scope: Scope): { table: string; tenant: string; columns: string } {
  return scope.tenantId === undefined
    ? { table: 'platform.idempotency_key', tenant: '', columns: '' }
    : { table: 'app.idempotency_key', tenant: 'k.tenant_id = $5 and', columns: 'tenant_id,' }
}

function claimStatement(scope: Scope, id: string, hash: string): Statement<KeyRow> {
  const { table, tenant, columns } = tableOf(scope)
  const values: unknown[] = [id, hash, lease_ms, limits.idempotencyKey_days]
  if (scope.tenantId !== undefined) values.push(scope.tenantId)
  return statement(
    `idempotency.claim:${table}`,
    `with claimed as (
       insert into ${table} as k (${columns} id, request_hash, state, locked_until)
       values (${columns === '' ? '' : '$5,'} $1, $2, 'running', now() + $3 * interval '1 millisecond')
       on conflict (${columns} id) do update
         set request_hash = excluded.request_hash, state = 'running', status = null, response = null,
             locked_until = excluded.locked_until, created_at = now()
         where (k.state = 'running' and k.locked_until < now()) or k.created_at < now() - $4 * interval '1 day'
       returning request_hash, state, status, response)
     select *, true as claimed from claimed
     union all
     select k.request_hash, k.state, k.status, k.response, false from ${table} k
     where ${tenant} k.id = $1 and not exists (select 1 from claimed)`,
    values,
  )
}

/** Answers whose time is over; not those that somebody claims anew at this moment. */
function sweepStatement(scope: Scope): Statement<{ id: string }> {
  const { table, tenant } = tableOf(scope)
  const where = tenant.replace('$5', '$3')
  const values: unknown[] = [limits.idempotencyKey_days, sweptAtOnce]
  if (scope.tenantId !== undefined) values.push(scope.tenantId)
  return statement(
    `idempotency.sweep:${table}`,
    `delete from ${table} k where ${where} k.id in (
       select k.id from ${table} k where ${where} k.created_at < now() - $1 * interval '1 day'
       order by k.created_at limit $2 for update skip locked)
     returning k.id`,
    values,
  )
}

function finishStatement(scope: Scope, id: string, answer: StoredAnswer | null): Statement<{ id: string }> {
  const { table, tenant } = tableOf(scope)
  const values: unknown[] = [id, answer?.status ?? null, answer?.response ?? null]
  if (scope.tenantId !== undefined) values.push(scope.tenantId)
  const where = tenant.replace('$5', '$4')
  const text =
    answer === null
      ? `delete from ${table} k where ${where} k.id = $1 and $2::int is null and $3::text is null returning k.id`
      : `update ${table} k set state = 'done', status = $2, response = $3 where ${where} k.id = $1 returning k.id`
  return statement(`idempotency.${answer === null ? 'forget' : 'finish'}:${table}`, text, values)
}

/** Where answers are kept, and what keeps them from being read there. */
export interface AnswerStore {
  db: Database
  sealer: Sealer
}

/**
 * Runs a write once per key. The first answer is kept and given again to the same request; the same key with another
 * request is refused, and so is a request that still runs. Answers of 500 and above are not kept.
 * @throws conflict, invalid_data
 */
export async function once(
  { db, sealer }: AnswerStore,
  scope: Scope,
  request: IdempotentRequest,
  run: () => Promise<StoredAnswer>,
): Promise<StoredAnswer & { replayed: boolean }> {
  if (request.key.length > limits.idempotencyKey_characters) {
    throw invalidData(`Idempotency-Key is longer than ${limits.idempotencyKey_characters} characters`)
  }
  // Keys are kept by the store's role: a vendor has no access to the table, and another vendor's key is another owner.
  const keeper: Scope = scope.tenantId === undefined ? { role: 'platform' } : { role: 'store', tenantId: scope.tenantId }
  const id = sealer.fingerprint(`${request.owner}\n${request.key}`)
  const hash = sealer.fingerprint(request.content)
  const claim = async () => {
    const [claimed] = await db.unitOfWork(keeper, (unit) =>
      Promise.all([unit.run(claimStatement(keeper, id, hash)), unit.run(sweepStatement(keeper))]),
    )
    return claimed[0]
  }
  // No row: another request claimed the key while this statement ran, too late for its snapshot. The next one sees it.
  const row = (await claim()) ?? (await claim())
  if (row?.claimed !== true) {
    if (row !== undefined && row.request_hash !== hash) {
      throw conflict('This Idempotency-Key was used for another request. Use a new key.', 'idempotency_key_in_use')
    }
    if (row === undefined || row.state === 'running' || row.status === null) {
      throw conflict('The first request with this Idempotency-Key is still running. Try again.', 'idempotency_key_in_use')
    }
    return { status: row.status, response: row.response === null ? '' : sealer.open(row.response), replayed: true }
  }
  let answer: StoredAnswer | null = null
  try {
    answer = await run()
    return { ...answer, replayed: false }
  } finally {
    const kept = answer !== null && answer.status < 500 ? { status: answer.status, response: sealer.seal(answer.response) } : null
    await db.unitOfWork(keeper, (unit) => unit.run(finishStatement(keeper, id, kept)))
  }
}

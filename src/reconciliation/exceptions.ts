import { type Context, type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { newId, notAllowed, notFound } from '../kernel/index.js'
import type { Found } from './matching.js'

/** Something that a payment provider and the books do not agree on, as the store's staff see it. */
export interface ReconciliationException {
  id: string
  payment_account_id: string | null
  kind: string
  reference: string
  amount_minor: bigint | null
  currency_code: string | null
  detail: string
  first_seen_at: Date
  resolved_at: Date | null
  acknowledged_at: Date | null
  acknowledged_by: string | null
  note: string | null
  created_at: Date
  updated_at: Date
  count: number
}

export function listExceptionsStatement(
  tenantId: string,
  filter: { id: string[] | null; accountId: string[] | null; kind: string[] | null; state: 'open' | 'resolved' | null },
  page: ListPage,
): Statement<ReconciliationException> {
  const order = orderBy('e', page.order)
  return statement(
    `reconciliation.list_exceptions.${order.name}`,
    `select e.id, e.payment_account_id, e.kind, e.reference, e.amount_minor, e.currency_code, e.detail, e.first_seen_at, e.resolved_at,
            e.acknowledged_at, e.acknowledged_by, e.note, e.created_at, e.updated_at, count(*) over ()::int as count
     from reconciliation_exception e
     where e.tenant_id = $1 and ($2::text[] is null or e.id = any($2)) and ($3::text[] is null or e.payment_account_id = any($3))
       and ($4::text[] is null or e.kind = any($4)) and ($5::text is null or (e.resolved_at is null) = ($5 = 'open'))
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.accountId, filter.kind, filter.state, page.limit, page.offset],
  )
}

/**
 * Brings the exceptions of one account (or with null those of the store) to what a run found: new ones are opened, one that
 * came back is opened again, and those that were not found any more are resolved. Found again as it was, nothing changes.
 * @param cut kinds of which there is more than was looked at: of these none is resolved
 */
export async function noteExceptions(
  unit: Unit,
  accountId: string | null,
  found: readonly Found[],
  cut: readonly string[],
  now: Date,
): Promise<{ found: number; resolved: number }> {
  const rows = found.map((one) => ({
    ...one,
    id: newId('recexc'),
    amount_minor: one.amount_minor === null ? null : String(one.amount_minor),
  }))
  const [counts] = await unit.run(
    statement<{ found: number; resolved: number }>(
      'reconciliation.note_exceptions',
      `with found as (
         select * from jsonb_to_recordset($3::jsonb) as f (id text, kind text, reference text, amount_minor bigint, currency_code text, detail text)
       ), fresh as (
         select f.id from found f where not exists (select 1 from reconciliation_exception e where e.tenant_id = $1
           and e.payment_account_id is not distinct from $2 and e.kind = f.kind and e.reference = f.reference and e.resolved_at is null)
       ), written as (
         insert into reconciliation_exception as e (tenant_id, id, payment_account_id, kind, reference, amount_minor, currency_code, detail, first_seen_at)
         select $1, f.id, $2, f.kind, f.reference, f.amount_minor, f.currency_code, f.detail, $5 from found f
         on conflict (tenant_id, payment_account_id, kind, reference) do update set
           amount_minor = excluded.amount_minor, currency_code = excluded.currency_code, detail = excluded.detail, updated_at = now(),
           first_seen_at = case when e.resolved_at is null then e.first_seen_at else excluded.first_seen_at end, resolved_at = null,
           acknowledged_at = case when e.resolved_at is null then e.acknowledged_at end,
           acknowledged_by = case when e.resolved_at is null then e.acknowledged_by end,
           note = case when e.resolved_at is null then e.note end
         where e.resolved_at is not null or (e.amount_minor, e.detail) is distinct from (excluded.amount_minor, excluded.detail)
       ), gone as (
         update reconciliation_exception e set resolved_at = $5, updated_at = now()
         where e.tenant_id = $1 and e.payment_account_id is not distinct from $2 and e.resolved_at is null and e.kind <> all ($4::text[])
           and not exists (select 1 from found f where f.kind = e.kind and f.reference = e.reference)
         returning id
       )
       select (select count(*) from fresh)::int as found, (select count(*) from gone)::int as resolved`,
      [tenantOf(unit), accountId, JSON.stringify(rows), cut, now],
    ),
  )
  return counts ?? { found: 0, resolved: 0 }
}

/**
 * Notes that somebody has looked at an exception, and what they say of it. It stays open until a run finds it resolved.
 * @throws not_found; not_allowed for one that is resolved
 */
export async function acknowledgeException(context: Context, id: string, note: string): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [row] = await unit.run(
      statement<{ resolved_at: Date | null }>(
        'reconciliation.lock_exception',
        'select resolved_at from reconciliation_exception where tenant_id = $1 and id = $2 for update',
        [tenantId, id],
      ),
    )
    if (row === undefined) throw notFound(`Reconciliation exception with id: ${id} was not found`)
    if (row.resolved_at !== null) throw notAllowed('This exception is resolved: there is nothing left to take note of.')
    await unit.run(
      statement(
        'reconciliation.acknowledge',
        `update reconciliation_exception set acknowledged_at = $3, acknowledged_by = $4, note = $5, updated_at = now()
         where tenant_id = $1 and id = $2`,
        [tenantId, id, context.clock.now(), context.actorId, note],
      ),
    )
  })
}

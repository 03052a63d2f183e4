import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'

export interface BalanceRow {
  id: string
  code: string
  party_id: string | null
  order_id: string | null
  currency_code: string
  normal: 'debit' | 'credit'
  /** In the account's normal direction: a liability that is owed is positive. */
  balance_minor: bigint
}

/** Balances as of a moment, derived from the postings; accounts that stand at nothing are left out. */
export function balancesStatement(tenantId: string, filter: { orderId: string | null; asOf: Date | null }): Statement<BalanceRow> {
  return statement(
    'ledger.balances',
    `select a.id, a.code, a.party_id, a.order_id, a.currency_code, a.normal,
            (case a.normal when 'debit' then sum(p.amount_minor) else -sum(p.amount_minor) end)::bigint as balance_minor
     from ledger_account a
     join ledger_posting p on p.tenant_id = a.tenant_id and p.account_id = a.id
     join ledger_transaction t on t.tenant_id = p.tenant_id and t.id = p.transaction_id
     where a.tenant_id = $1 and ($2::timestamptz is null or t.occurred_at <= $2)
       and ($3::text is null or exists (select 1 from ledger_posting q join ledger_account b on b.tenant_id = q.tenant_id and b.id = q.account_id
            where q.tenant_id = $1 and q.transaction_id = t.id and b.order_id = $3) or t.source = $3)
     group by a.id, a.code, a.party_id, a.order_id, a.currency_code, a.normal
     having sum(p.amount_minor) <> 0 order by a.code, a.party_id, a.currency_code`,
    [tenantId, filter.asOf, filter.orderId],
  )
}

export interface EntryRow {
  id: string
  source: string
  kind: string
  memo: string | null
  occurred_at: Date
  postings: { code: string; party_id: string | null; order_id: string | null; amount_minor: number; currency_code: string }[]
  count: number
}

/** The journal. Debits are positive. */
export function journalStatement(tenantId: string, page: ListPage): Statement<EntryRow> {
  const order = orderBy('t', page.order)
  return statement(
    `ledger.journal.${order.name}`,
    `select t.id, t.source, t.kind, t.memo, t.occurred_at, count(*) over ()::int as count,
            (select json_agg(json_build_object('code', a.code, 'party_id', a.party_id, 'order_id', a.order_id,
               'amount_minor', p.amount_minor, 'currency_code', p.currency_code) order by p.position)
             from ledger_posting p join ledger_account a on a.tenant_id = p.tenant_id and a.id = p.account_id
             where p.tenant_id = $1 and p.transaction_id = t.id) as postings
     from ledger_transaction t where t.tenant_id = $1 ${order.sql} limit $2 offset $3`,
    [tenantId, page.limit, page.offset],
  )
}

/**
 * SQL: entries that are about an order by another name, as `source` and `order_id`: what was added to it later is booked under the name of
 * its change. $1 is the tenant.
 */
export const addedToOrdersSql = `select distinct t.source, o.order_id from ledger_transaction t
  join ledger_posting p on p.tenant_id = $1 and p.transaction_id = t.id
  join ledger_account o on o.tenant_id = $1 and o.id = p.account_id and o.code = 'A:shopper'
  where t.tenant_id = $1 and t.kind = 'sale' and t.source <> o.order_id`

/** What the platform's fee on an order comes to, with what was added to it. */
export function platformFeeOfOrderStatement(tenantId: string, orderId: string): Statement<{ fee_minor: bigint }> {
  return statement(
    'ledger.platform_fee_of_order',
    `select coalesce(-sum(p.amount_minor), 0)::bigint as fee_minor from ledger_transaction t
     join ledger_posting p on p.tenant_id = $1 and p.transaction_id = t.id
     join ledger_account a on a.tenant_id = $1 and a.id = p.account_id and a.code = 'L:platform_fee'
     where t.tenant_id = $1 and t.kind = 'platform_fee'
       and t.source in (select $2 union all select d.source from (${addedToOrdersSql} and o.order_id = $2) d)`,
    [tenantId, orderId],
  )
}

/** The trial balance: the sum of all postings per currency. Anything but nothing is a fault. */
export function trialBalanceStatement(tenantId: string): Statement<{ currency_code: string; sum_minor: bigint }> {
  return statement(
    'ledger.trial_balance',
    'select currency_code, sum(amount_minor)::bigint as sum_minor from ledger_posting where tenant_id = $1 group by currency_code',
    [tenantId],
  )
}

import { type Statement, statement } from '../../db/index.js'
import { addedToOrdersSql } from '../../ledger/index.js'

/** What a store owes the platform for the orders of a month, in one currency and minor units. */
export interface PlatformFees {
  /** As 2026-01. */
  period: string
  currency_code: string
  orders: number
  /** On what was sold in the month. */
  charged_minor: bigint
  /** Given back with orders that were canceled in it. */
  credited_minor: bigint
  /** Of both, what the operator keeps of the money that came in on its own account. */
  kept_minor: bigint
  /** Of both, what the operator is to keep as soon as money on its own account is taken that is only authorised, or awaited from a bank. */
  pending_minor: bigint
  /** The rest: of orders that were paid by hand, or on the store's own account. */
  owed_minor: bigint
}

/**
 * SQL: orders whose fee is kept of the money that came in for them on the operator's account, as `order_id` and its account, `id`. $1 is
 * the tenant. Of one that was paid by hand the store owes it elsewhere.
 */
export const feeKeptSql = `select distinct on (k.order_id) k.order_id, p.payment_account_id as id from payment p
  join payment_account x on x.tenant_id = $1 and x.id = p.payment_account_id and x.operator_account_id is not null
  join payment_collection k on k.tenant_id = $1 and k.id = p.payment_collection_id
  where p.tenant_id = $1 and p.captured_minor > 0 order by k.order_id, p.created_at, p.id`

/** SQL: orders for which money on the operator's account is only authorised, or on its way from a bank, as `order_id`. $1 is the tenant. */
const feePendingSql = `select k.order_id from payment p
  join payment_account x on x.tenant_id = $1 and x.id = p.payment_account_id and x.operator_account_id is not null
  join payment_collection k on k.tenant_id = $1 and k.id = p.payment_collection_id
  where p.tenant_id = $1 and p.captured_minor = 0 and p.canceled_at is null and k.order_id is not null
  union
  select k.order_id from payment_session s
  join payment_account x on x.tenant_id = $1 and x.id = s.payment_account_id and x.operator_account_id is not null
  join payment_collection k on k.tenant_id = $1 and k.id = s.payment_collection_id
  where s.tenant_id = $1 and s.status = 'pending_authorization' and k.order_id is not null`

const monthsMost = 600

/** The newest month first; of one month where it is named. */
export function platformFeesStatement(tenantId: string, period: string | null): Statement<PlatformFees> {
  return statement(
    'payouts.platform_fees',
    `with added as (${addedToOrdersSql}), kept as (${feeKeptSql}), pending as (${feePendingSql}),
     fee as (
       select coalesce(d.order_id, t.source) as order_id, t.kind, p.currency_code, -p.amount_minor as amount_minor,
              to_char(t.occurred_at at time zone 'UTC', 'YYYY-MM') as period
       from ledger_account a join ledger_posting p on p.tenant_id = $1 and p.account_id = a.id
       join ledger_transaction t on t.tenant_id = $1 and t.id = p.transaction_id
       left join added d on d.source = t.source
       where a.tenant_id = $1 and a.code = 'L:platform_fee'
     )
     select f.period, f.currency_code, count(distinct f.order_id) filter (where f.kind = 'platform_fee')::int as orders,
            coalesce(sum(f.amount_minor) filter (where f.kind = 'platform_fee'), 0)::bigint as charged_minor,
            coalesce(-sum(f.amount_minor) filter (where f.kind = 'platform_fee_credit'), 0)::bigint as credited_minor,
            coalesce(sum(f.amount_minor) filter (where k.order_id is not null), 0)::bigint as kept_minor,
            coalesce(sum(f.amount_minor) filter (where k.order_id is null and w.order_id is not null), 0)::bigint as pending_minor,
            coalesce(sum(f.amount_minor) filter (where k.order_id is null and w.order_id is null), 0)::bigint as owed_minor
     from fee f left join kept k on k.order_id = f.order_id left join pending w on w.order_id = f.order_id
     where $2::text is null or f.period = $2 group by 1, 2 order by 1 desc, 2 limit ${monthsMost}`,
    [tenantId, period],
  )
}

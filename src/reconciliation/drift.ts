import { type Statement, statement } from '../db/index.js'
import { type Found, foundMaximum } from './matching.js'

/** Of an account: what was asked of the provider and not answered for an hour, and events that were set aside. */
export function accountDriftStatements(tenantId: string, accountId: string, now: Date): Statement<Found>[] {
  return [
    statement(
      'reconciliation.unanswered',
      `select 'operation_unanswered' as kind, operation_key as reference, null::bigint as amount_minor, null as currency_code,
              'The provider was asked (' || kind || ', ' || attempts || ' times) and gave no answer that counts. It is asked again under the same key.' as detail
       from payment_operation
       where tenant_id = $1 and payment_account_id = $2 and state = 'sending' and created_at < $3::timestamptz - interval '1 hour'
       order by created_at, id limit $4`,
      [tenantId, accountId, now, foundMaximum],
    ),
    statement(
      'reconciliation.parked',
      `select 'event_parked' as kind, event_reference as reference, null::bigint as amount_minor, null as currency_code,
              'An event (' || type || ') was set aside: ' || coalesce(reason, 'no reason was kept')
                || '. Mend its cause and retry it at /admin/payment-events.' as detail
       from payment_event where tenant_id = $1 and payment_account_id = $2 and state = 'parked' order by received_at, id limit $3`,
      [tenantId, accountId, foundMaximum],
    ),
  ]
}

/** Of the whole store: orders that do not come to rest, and vendors who owe. */
export function storeDriftStatements(tenantId: string, now: Date): Statement<Found>[] {
  return [
    statement(
      'reconciliation.unsettled',
      // What a collection still waits for is no fault: a bank transfer takes days, a careful store captures when it sends.
      `select 'shopper_unsettled' as kind, b.order_id as reference, b.balance_minor - coalesce(k.open_minor, 0) as amount_minor, b.currency_code,
              case when b.balance_minor > coalesce(k.open_minor, 0) then 'The shopper owes more than is being collected.'
                else 'The shopper is owed money that nobody is giving back. Refund it.' end as detail
       from (
         select a.order_id, a.currency_code, sum(g.amount_minor)::bigint as balance_minor, max(t.occurred_at) as last_at
         from ledger_account a join ledger_posting g on g.tenant_id = a.tenant_id and g.account_id = a.id
         join ledger_transaction t on t.tenant_id = g.tenant_id and t.id = g.transaction_id
         where a.tenant_id = $1 and a.code = 'A:shopper' group by 1, 2 having sum(g.amount_minor) <> 0) b
       left join lateral (
         select sum(c.amount_minor - c.captured_minor)::bigint as open_minor from payment_collection c
         where c.tenant_id = $1 and c.order_id = b.order_id and c.status <> 'canceled' and c.currency_code = b.currency_code) k on true
       where b.last_at < $2::timestamptz - interval '1 day' and b.balance_minor <> coalesce(k.open_minor, 0)
       order by b.last_at, b.order_id limit $3`,
      [tenantId, now, foundMaximum],
    ),
    statement(
      'reconciliation.vendor_debit',
      `select 'vendor_debit' as kind, a.party_id || ':' || a.currency_code as reference, sum(g.amount_minor)::bigint as amount_minor, a.currency_code,
              'The vendor owes the store for longer than seven days. Take it from the next sales, ask for it, or write it off.' as detail
       from ledger_account a join ledger_posting g on g.tenant_id = a.tenant_id and g.account_id = a.id
       join ledger_transaction t on t.tenant_id = g.tenant_id and t.id = g.transaction_id
       where a.tenant_id = $1 and a.code = 'L:vendor' group by a.party_id, a.currency_code
       having sum(g.amount_minor) > 0
         and coalesce(sum(g.amount_minor) filter (where t.occurred_at < $2::timestamptz - interval '7 days'), 0) > 0
       order by 2 limit $3`,
      [tenantId, now, foundMaximum],
    ),
  ]
}

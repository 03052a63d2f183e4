import { type Statement, statement } from '../../db/index.js'

/** How a vendor stands in a currency, in minor units. */
export interface BalanceOfVendor {
  currency_code: string
  /** Owed, and not to be paid yet: the store's policy, a hold, or the order's payment is waited for. */
  pending_minor: bigint
  /** To be paid as soon as the way is clear, or on its way. */
  available_minor: bigint
  /** Kept back for some time by the store's setting. */
  reserved_minor: bigint
  paid_minor: bigint
  /** Paid too much, and netted with what is released next. */
  debt_minor: bigint
}

/**
 * What the books owe a vendor, divided by what its releases and payables say. For the store's role: the vendor's own sees
 * no books, so the caller names the vendor that its token names.
 */
export function balanceStatement(tenantId: string, vendorId: string): Statement<BalanceOfVendor> {
  return statement(
    'payouts.balance',
    `with owed as (
       select a.currency_code, -coalesce(sum(p.amount_minor) filter (where a.code = 'L:vendor'), 0) as owed,
              -coalesce(sum(p.amount_minor) filter (where a.code = 'L:reserve'), 0) as reserved
       from ledger_account a join ledger_posting p on p.tenant_id = $1 and p.account_id = a.id
       where a.tenant_id = $1 and a.party_id = $2 and a.code in ('L:vendor', 'L:reserve') group by 1
     ), standing as (
       select currency_code, sum(available_minor) as available, sum(greatest(released_minor - due_minor, 0)) as debt
       from payable where tenant_id = $1 and vendor_id = $2 and due_minor <> released_minor group by 1
     ), moved as (
       select currency_code, sum(amount_minor) filter (where state = 'succeeded' and method <> 'offset') as paid,
              sum(amount_minor) filter (where state = 'pending' or state = 'awaiting' and payout_id is not null) as underway
       from release where tenant_id = $1 and vendor_id = $2 and state in ('succeeded', 'pending', 'awaiting') group by 1
     ), returned as (
       select currency_code, sum(amount_minor) filter (where state = 'succeeded') as paid, sum(amount_minor) filter (where state = 'pending') as underway
       from clawback where tenant_id = $1 and vendor_id = $2 and method = 'provider' and state in ('succeeded', 'pending') group by 1
     ), part as (
       select o.currency_code, o.owed, o.reserved, coalesce(s.available, 0) as available, coalesce(s.debt, 0) as debt,
              coalesce(m.paid, 0) - coalesce(r.paid, 0) as paid, coalesce(m.underway, 0) - coalesce(r.underway, 0) as underway
       from owed o left join standing s using (currency_code) left join moved m using (currency_code) left join returned r using (currency_code)
     )
     select currency_code, (owed - available - underway + debt)::bigint as pending_minor, (available + underway)::bigint as available_minor,
            reserved::bigint as reserved_minor, paid::bigint as paid_minor, debt::bigint as debt_minor
     from part order by currency_code`,
    [tenantId, vendorId],
  )
}

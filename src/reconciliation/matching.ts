import { type Statement, statement } from '../db/index.js'

/** What is found by comparing, in the shape of an exception. */
export interface Found {
  kind: string
  reference: string
  amount_minor: bigint | null
  currency_code: string | null
  detail: string
}

/** Of a kind at most so many are found by one run: the rest is found once these are resolved. */
export const foundMaximum = 1_000

/**
 * Transfers to vendors and their reversals, by the provider's reference, and the source under which the books hold them.
 * $1 is the tenant.
 */
const transfersSql = `
  select r.reference, r.id as ledger_source from release r where r.tenant_id = $1 and r.reference is not null
  union all select c.reference, c.id from clawback c where c.tenant_id = $1 and c.reference is not null`

const isOfPayment = `p.tenant_id = $1 and p.provider_id = $2 and p.reference = m.payment_reference`

/** Whether our rows know what moved, by what the provider says that it is. `m` is the movement; $1 the tenant, $2 the provider. */
const isKnownSql = `(case
    when m.category in ('charge', 'partial_capture_reversal') then exists (select 1 from payment p where ${isOfPayment} and p.captured_minor > 0)
    when m.category in ('refund', 'refund_failure') then exists (
      select 1 from payment p join refund r on r.tenant_id = p.tenant_id and r.payment_id = p.id and r.reference = m.source
      where ${isOfPayment} and r.state = any (case m.category when 'refund' then array['succeeded', 'failed'] else array['failed'] end))
    when m.category in ('transfer', 'transfer_reversal') then exists (select 1 from (${transfersSql}) t where t.reference = m.source)
    when m.category in ('dispute', 'dispute_reversal') then exists (select 1 from dispute d where d.tenant_id = $1 and d.reference = m.source)
    else m.category in ('payout', 'payout_reversal', 'fee', 'network_cost') end
  or m.category in ('charge', 'refund') and not exists (select 1 from payment p where ${isOfPayment})
    and exists (select 1 from payment_session s where s.tenant_id = $1 and s.provider_id = $2 and s.reference = m.payment_reference)
    and 0 = (select sum(x.amount_minor) from payment_movement x where x.tenant_id = $1 and x.payment_reference = m.payment_reference
      and x.category in ('charge', 'partial_capture_reversal', 'refund', 'refund_failure')))`

const isOpen = (kinds: string, reference: string) => `exists (select 1 from reconciliation_exception e
    where e.tenant_id = $1 and e.kind in (${kinds}) and e.reference = ${reference} and e.resolved_at is null)`

/**
 * Movements that no row of ours explains: those since $3, and those that an open exception is about. Of all accounts at the
 * provider, since the books hold them together; the same movement of an account that was connected twice is one.
 */
const unmatchedSql = `
  select distinct on (m.reference) m.payment_account_id, m.reference, m.source, m.payment_reference, m.category, m.amount_minor, m.currency_code
  from payment_movement m join payment_account a on a.tenant_id = m.tenant_id and a.id = m.payment_account_id
  where m.tenant_id = $1 and a.provider_id = $2 and not ${isKnownSql}
    and (m.occurred_at >= $3 or ${isOpen(`'movement_unmatched', 'payment_without_order'`, 'm.reference')})
  order by m.reference, m.payment_account_id`

/** How long a provider may take to book what it has told us that it did. */
const patience = `interval '3 days'`

/** Captures, refunds and transfers of ours that nothing moved for, with what they did to the clearing account. */
const unmovedSql = `
  select 'capture_unmoved' as kind, c.id as reference, p.payment_account_id, c.amount_minor, p.currency_code, c.created_at as since
  from capture c join payment p on p.tenant_id = c.tenant_id and p.id = c.payment_id
  where c.tenant_id = $1 and p.provider_id = $2 and p.payment_account_id is not null
    and (c.created_at >= $3::timestamptz - ${patience} or ${isOpen(`'capture_unmoved'`, 'c.id')})
    and not exists (select 1 from payment_movement m where m.tenant_id = $1 and m.payment_reference = p.reference and m.category = 'charge')
  union all
  select 'refund_unmoved', r.id, p.payment_account_id, -r.amount_minor, r.currency_code, r.settled_at
  from refund r join payment p on p.tenant_id = r.tenant_id and p.id = r.payment_id
  where r.tenant_id = $1 and p.provider_id = $2 and p.payment_account_id is not null and r.state = 'succeeded'
    and (r.settled_at >= $3::timestamptz - ${patience} or ${isOpen(`'refund_unmoved'`, 'r.id')})
    and not exists (select 1 from payment_movement m where m.tenant_id = $1 and m.payment_reference = p.reference
      and m.source = r.reference and m.category = 'refund')
  union all
  select 'transfer_unmoved', t.source, null, g.amount_minor, g.currency_code, t.occurred_at
  from ledger_transaction t
  -- What moves is what the provider's currency was changed into, where that is another than the order's.
  left join ledger_transaction c on c.tenant_id = $1 and c.source = t.source || ':to' and c.kind = 'conversion'
  join ledger_posting g on g.tenant_id = t.tenant_id and g.transaction_id = coalesce(c.id, t.id)
  join ledger_account a on a.tenant_id = g.tenant_id and a.id = g.account_id and a.code = 'A:psp_clearing' and a.party_id = $2
  where t.tenant_id = $1 and t.kind in ('release', 'clawback')
    and (t.occurred_at >= $3::timestamptz - ${patience} or ${isOpen(`'transfer_unmoved'`, 't.source')})
    and not exists (select 1 from (${transfersSql}) k join payment_movement m on m.tenant_id = $1 and m.source = k.reference
      where k.ledger_source = t.source)`

interface Compared {
  tenantId: string
  providerId: string
  since: Date
}

const valuesOf = ({ tenantId, providerId, since }: Compared) => [tenantId, providerId, since]

/** What moved on an account without our knowing. One of a payment session that no order came of says so. */
export function unmatchedStatement(compared: Compared, accountId: string): Statement<Found> {
  return statement(
    'reconciliation.unmatched',
    `select case when s.id is null or u.category <> 'charge' then 'movement_unmatched' else 'payment_without_order' end as kind, u.reference, u.amount_minor,
            u.currency_code, case when s.id is null or u.category <> 'charge' then 'The provider moved money (' || u.category || ') for '
              || coalesce(u.source, 'nothing that it names') || ', which no row of ours knows. Look it up in the provider''s own pages.'
            else 'The provider took a payment (' || u.payment_reference || ') whose cart became no order. Refund it there, or complete the cart.' end as detail
     from (${unmatchedSql}) u left join payment_session s on s.tenant_id = $1 and s.provider_id = $2 and s.reference = u.payment_reference
       and not exists (select 1 from payment p where p.tenant_id = $1 and p.payment_session_id = s.id)
     where u.payment_account_id = $4 order by u.reference limit $5`,
    [...valuesOf(compared), accountId, foundMaximum],
  )
}

/**
 * What of a page of movements is to be looked at again: payments, disputes and releases that our rows do not know as they are. Of a
 * release the reference is that of what was taken back of it.
 */
export function unknownStatement(
  compared: Omit<Compared, 'since'>,
  references: readonly string[],
): Statement<{ kind: 'payment' | 'dispute' | 'release'; reference: string }> {
  return statement(
    'reconciliation.unknown',
    `select distinct case when m.category like 'dispute%' then 'dispute' when m.category = 'transfer_reversal' then 'release' else 'payment' end as kind,
            case when m.category like 'dispute%' or m.category = 'transfer_reversal' then m.source else m.payment_reference end as reference
     from payment_movement m
     where m.tenant_id = $1 and m.reference = any($3) and not ${isKnownSql}
       and case when m.category like 'dispute%' or m.category = 'transfer_reversal' then m.source is not null
           else m.category in ('charge', 'refund', 'refund_failure') and m.payment_reference is not null end
     order by 1, 2`,
    [compared.tenantId, compared.providerId, references],
  )
}

/** What we booked so long ago that the provider should have moved it. */
export function unmovedStatement(compared: Compared, of: { accountId: string; leads: boolean }, now: Date): Statement<Found> {
  return statement(
    'reconciliation.unmoved',
    `select u.kind, u.reference, u.amount_minor, u.currency_code,
            'The books hold it since ' || to_char(u.since at time zone 'UTC', 'YYYY-MM-DD') || ', and the provider moved no money for it. '
              || 'Look it up in the provider''s own pages.' as detail
     from (${unmovedSql}) u
     where (u.payment_account_id = $4 or u.payment_account_id is null and $7) and u.since < $5::timestamptz - ${patience}
     order by u.since, u.reference limit $6`,
    [...valuesOf(compared), of.accountId, now, foundMaximum, of.leads],
  )
}

/**
 * What the books' clearing account holds beyond what moved, in each currency where that is not explained by single
 * movements and bookings that have no counterpart: those are exceptions of their own. A dispute's movement books itself.
 */
export function differenceStatement(compared: Compared): Statement<Found> {
  return statement(
    'reconciliation.difference',
    `with unmatched as materialized (${unmatchedSql}), unmoved as materialized (${unmovedSql}), part as (
       select 'books' as side, a.currency_code, sum(g.amount_minor) as amount_minor
       from ledger_account a join ledger_posting g on g.tenant_id = a.tenant_id and g.account_id = a.id
       where a.tenant_id = $1 and a.code = 'A:psp_clearing' and a.party_id = $2 group by 2
       union all
       select 'moved', n.currency_code, -sum(n.net_minor) from (
         select distinct on (m.reference) m.currency_code, m.net_minor from payment_movement m
         join payment_account a on a.tenant_id = m.tenant_id and a.id = m.payment_account_id
         where m.tenant_id = $1 and a.provider_id = $2 order by m.reference) n group by 2
       union all
       select 'unmatched', coalesce(c.currency_code, u.currency_code), sum(coalesce(-c.amount_minor, u.amount_minor)) from unmatched u
       left join lateral (
         select g.currency_code, g.amount_minor from ledger_transaction t
         join ledger_posting g on g.tenant_id = t.tenant_id and g.transaction_id = t.id
         join ledger_account a on a.tenant_id = g.tenant_id and a.id = g.account_id and a.code = 'A:psp_clearing'
         where t.tenant_id = $1 and t.source = u.reference || ':from' and t.kind = 'conversion') c on true
       where u.category not in ('dispute', 'dispute_reversal') group by 2
       union all
       select 'unmoved', u.currency_code, -sum(u.amount_minor) from unmoved u group by 2
     )
     select 'ledger_difference' as kind, $2 || ':' || currency_code as reference, sum(amount_minor)::bigint as amount_minor, currency_code,
            'The clearing account of the books (A:psp_clearing) is off by this, and no single movement or booking explains it. '
              || 'Look at the journal; correct it by a new entry.' as detail
     from part group by currency_code having sum(amount_minor) <> 0 order by currency_code`,
    valuesOf(compared),
  )
}

/** What moved on an account in each currency, all in all. */
export function movedStatement(tenantId: string, accountId: string): Statement<{ currency_code: string; net_minor: bigint }> {
  return statement(
    'reconciliation.moved',
    `select currency_code, sum(net_minor)::bigint as net_minor from payment_movement
     where tenant_id = $1 and payment_account_id = $2 group by currency_code`,
    [tenantId, accountId],
  )
}

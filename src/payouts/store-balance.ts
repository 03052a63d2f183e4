import { type Context, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'
import { notFound } from '../kernel/index.js'
import { addedToOrdersSql } from '../ledger/index.js'
import { feeKeptSql } from './queries/platform-fees.js'
import { clawbackOf, lesser, type ReleaseFact, type Step } from './policy.js'

/**
 * What of the operator's account is the store's, in a currency that the account keeps; minor units. It is derived each time: from
 * what the provider moved for the store, what was sent on, and what the books owe others.
 */
export interface StoreBalance {
  payment_account_id: string
  currency_code: string
  /** What lies on the account for the store, vendors' shares included. */
  held_minor: bigint
  /** Of that, what vendors are still owed. What a vendor owes is the store's to bear until it is netted. */
  vendors_minor: bigint
  /** The platform's fee on what was paid there, which the operator keeps. */
  platform_fee_minor: bigint
  /** Of that, what is being refunded, or is not at the provider's disposal yet. */
  waiting_minor: bigint
  /** The store's: beyond what vendors are owed and the platform keeps. Negative where it was paid more than was its own by now. */
  own_minor: bigint
  /** To be released now. */
  available_minor: bigint
  /** Released, and not taken back. */
  paid_minor: bigint
}

/**
 * The balances of accounts of the operator's on which the store is charged; of one by its id. Two sums must agree on what lies there:
 * the provider's movements less what was sent on, and the clearing account of the books, less what lies on the store's other accounts at
 * the provider. Of the two the lesser is paid out and the greater decides whether anything is taken back, so that what only one of them
 * knows yet moves no money. What vendors are owed in a currency that the provider changes counts at the best rate that came in.
 */
export function storeBalancesStatement(tenantId: string, accountId: string | null, now: Date): Statement<StoreBalance> {
  return statement(
    'payouts.store_balances',
    `with every_account as (
       select a.id, a.provider_id, a.operator_account_id is null as is_own from payment_account a where a.tenant_id = $1
     ), account as (
       select id, provider_id from every_account where not is_own and ($2::text is null or id = $2)
     ), posted as (
       select a.code, a.party_id, a.currency_code, p.amount_minor, t.source from ledger_account a
       join ledger_posting p on p.tenant_id = $1 and p.account_id = a.id
       join ledger_transaction t on t.tenant_id = $1 and t.id = p.transaction_id
       where a.tenant_id = $1 and a.code in ('A:psp_clearing', 'L:vendor', 'L:reserve', 'L:platform_fee')
     ), unpaid as (
       -- Of what no money came in for yet, nothing lies on the account.
       select v.vendor_id as party_id, v.currency_code, sum(v.vendor_amount_minor - coalesce((select sum(c.vendor_amount_minor) from order_credit c
           where c.tenant_id = $1 and c.vendor_order_id = v.id and c.state = 'booked'), 0)) as owed
       from vendor_order v where v.tenant_id = $1 and v.paid_at is null and not exists (select 1 from payment_collection k
         join payment p on p.tenant_id = $1 and p.payment_collection_id = k.id and p.captured_minor > 0
         where k.tenant_id = $1 and k.order_id = v.order_id) group by 1, 2
     ), elsewhere as (
       -- Of what was paid by hand, or on another account, nothing lies on this one.
       select a.id, v.vendor_id as party_id, v.currency_code, sum(greatest(v.vendor_amount_minor
           - coalesce((select sum(c.vendor_amount_minor) from order_credit c
             where c.tenant_id = $1 and c.vendor_order_id = v.id and c.state = 'booked'), 0)
           - coalesce((select sum(r.amount_minor) from release r
             where r.tenant_id = $1 and r.vendor_order_id = v.id and r.state = 'succeeded'), 0)
           + coalesce((select sum(c.amount_minor) from clawback c
             where c.tenant_id = $1 and c.vendor_order_id = v.id and c.state = 'succeeded'), 0), 0)) as owed
       from account a
       join (select k.order_id, array_agg(p.payment_account_id) as account_ids from payment p
         join payment_collection k on k.tenant_id = $1 and k.id = p.payment_collection_id
         where p.tenant_id = $1 and p.captured_minor > 0 group by 1) w on array_position(w.account_ids, a.id) is null
       join vendor_order v on v.tenant_id = $1 and v.order_id = w.order_id group by 1, 2, 3
     ), owed as (
       select a.id, v.currency_code, sum(greatest(v.owed - greatest(coalesce(u.owed, 0), 0) - coalesce(e.owed, 0), 0)) as owed
       from account a cross join (
         select party_id, currency_code, -sum(amount_minor) as owed from posted where code in ('L:vendor', 'L:reserve') group by 1, 2) v
       left join unpaid u on u.party_id = v.party_id and u.currency_code = v.currency_code
       left join elsewhere e on e.id = a.id and e.party_id = v.party_id and e.currency_code = v.currency_code group by 1, 2
     ), taken as (
       ${feeKeptSql}
     ), added as (
       ${addedToOrdersSql}
     ), others as (
       select o.id, o.currency_code, o.owed, 0::numeric as fee, 0::numeric as refunding from owed o
       union all select a.id, f.currency_code, 0, -sum(f.amount_minor), 0 from posted f left join added d on d.source = f.source
         join taken n on n.order_id = coalesce(d.order_id, f.source) join account a on a.id = n.id
         where f.code = 'L:platform_fee' group by 1, 2
       union all select a.id, f.currency_code, 0, 0, sum(f.amount_minor) from account a join payment p on p.tenant_id = $1
         and p.payment_account_id = a.id join refund f on f.tenant_id = $1 and f.payment_id = p.id and f.state = 'pending' group by 1, 2
     ), rate as (
       select m.payment_account_id as id, m.original_currency_code, m.currency_code,
              max(m.amount_minor::numeric / m.original_minor) as rate
       from account a join payment_movement m on m.tenant_id = $1 and m.payment_account_id = a.id and m.category = 'charge'
         and m.original_minor > 0 group by 1, 2, 3
     ), kept_for_others as (
       select o.id, coalesce(r.currency_code, o.currency_code) as currency_code, sum(ceil(o.owed * coalesce(r.rate, 1))) as owed,
              sum(ceil(o.fee * coalesce(r.rate, 1))) as fee, sum(ceil(o.refunding * coalesce(r.rate, 1))) as refunding
       from others o left join rate r on r.id = o.id and r.original_currency_code = o.currency_code group by 1, 2
     ), moved as (
       select m.payment_account_id as id, m.currency_code, sum(m.net_minor) as net,
              sum(case when m.category = 'charge' and m.available_at > $3 then greatest(m.net_minor - coalesce((
                select sum(coalesce(r.settled_minor, r.amount_minor)) from payment p join release r on r.tenant_id = $1 and r.payment_id = p.id
                  and r.state = 'succeeded' where p.tenant_id = $1 and p.provider_id = a.provider_id and p.reference = m.payment_reference), 0), 0)
                else 0 end) as waiting
       from every_account a join payment_movement m on m.tenant_id = $1 and m.payment_account_id = a.id
         and (a.is_own or m.category not in ('transfer', 'transfer_reversal')
           and (m.payment_reference is null or exists (select 1 from payment p where p.tenant_id = $1 and p.provider_id = a.provider_id
             and p.reference = m.payment_reference))) group by 1, 2
     ), sent as (
       select y.payment_account_id as id, x.currency_code, sum(x.amount) as sent, coalesce(sum(x.amount) filter (where x.vendor_id is null), 0) as paid
       from every_account a join payee y on y.tenant_id = $1 and y.payment_account_id = a.id and not a.is_own
       join lateral (
         select r.vendor_id, coalesce(r.settled_currency_code, r.currency_code) as currency_code, coalesce(r.settled_minor, r.amount_minor) as amount
         from release r where r.tenant_id = $1 and r.payee_id = y.id and r.state = 'succeeded' and r.method = 'provider'
         union all
         select c.vendor_id, coalesce(c.settled_currency_code, c.currency_code), -coalesce(c.settled_minor, c.amount_minor)
         from release r join clawback c on c.tenant_id = $1 and c.release_id = r.id and c.state = 'succeeded' and c.method = 'provider'
         where r.tenant_id = $1 and r.payee_id = y.id) x on true
       group by 1, 2
     ), told as (
       select m.id, a.provider_id, m.currency_code, m.net - coalesce(s.sent, 0) as told, m.waiting, coalesce(s.paid, 0) as paid
       from moved m join every_account a on a.id = m.id left join sent s on s.id = m.id and s.currency_code = m.currency_code
     ), booked as (
       select b.party_id as provider_id, b.currency_code, sum(b.amount_minor) as booked from posted b where b.code = 'A:psp_clearing' group by 1, 2
     ), part as (
       -- The books hold a provider as one: of theirs, what by its movements lies on another account there is none of this one's.
       select t.id, t.currency_code, t.told, coalesce(b.booked, 0) + t.told - sum(t.told) over (partition by t.provider_id, t.currency_code) as booked,
              t.waiting, coalesce(k.owed, 0) as owed, coalesce(k.fee, 0) as fee, coalesce(k.refunding, 0) as refunding, t.paid
       from told t left join booked b using (provider_id, currency_code) left join kept_for_others k using (id, currency_code)
     )
     select id as payment_account_id, currency_code, least(told, booked)::bigint as held_minor, owed::bigint as vendors_minor,
            fee::bigint as platform_fee_minor, (waiting + refunding)::bigint as waiting_minor,
            (greatest(least(told, booked) - owed - fee, 0) + least(greatest(told, booked) - owed - fee, 0))::bigint as own_minor,
            greatest(least(told, booked) - owed - fee - waiting - refunding, 0)::bigint as available_minor, paid::bigint as paid_minor
     from part join account using (id) order by id, currency_code`,
    [tenantId, accountId, now],
  )
}

/** The store as a payee of the operator's account, locked: nobody else releases to it or takes back meanwhile. */
export interface StorePayee {
  id: string
  provider_id: string
  status: string
  held_reason: string | null
}

export async function lockStorePayee(unit: Unit, accountId: string): Promise<StorePayee | undefined> {
  const [payee] = await unit.run(
    statement<StorePayee>(
      'payouts.lock_store_payee',
      `select id, provider_id, status, held_reason from payee
       where tenant_id = $1 and payment_account_id = $2 and vendor_id is null and replaced_at is null for no key update`,
      [tenantOf(unit), accountId],
    ),
  )
  return payee
}

/** What asks the provider now for the store, of any of its payees on the account: it is settled before anything else is begun. */
export function pendingOfStoreStatement(tenantId: string, accountId: string): Statement<{ kind: 'release' | 'clawback'; id: string }> {
  return statement(
    'payouts.pending_of_store',
    `select 'release' as kind, r.id from payee y join release r on r.tenant_id = $1 and r.payee_id = y.id and r.state = 'pending'
     where y.tenant_id = $1 and y.payment_account_id = $2 and y.vendor_id is null
     union all
     select 'clawback', c.id from payee y join release r on r.tenant_id = $1 and r.payee_id = y.id
     join clawback c on c.tenant_id = $1 and c.release_id = r.id and c.state = 'pending'
     where y.tenant_id = $1 and y.payment_account_id = $2 and y.vendor_id is null order by 1 desc, 2 limit 1`,
    [tenantId, accountId],
  )
}

/** Of how many releases, the newest first, anything is taken back. What is older is netted with what comes in. */
const releasesMaximum = 100

/** The store's releases that something can still be taken back of, oldest first as `clawbackOf` wants them. */
export function releasesOfStoreStatement(tenantId: string, accountId: string, currency: string, since: Date): Statement<ReleaseFact> {
  return statement(
    'payouts.releases_of_store',
    `select * from (
       select r.id, r.method, r.state, r.payout_id, r.amount_minor, null::bigint as settled_minor, null as settled_currency_code, y.provider_id,
              b.clawed_minor, b.clawed_minor as returned_minor, 0::bigint as returned_settled_minor,
              (select c.amount_minor from clawback c where c.tenant_id = $1 and c.release_id = r.id
                and c.state in ('insufficient', 'failed') and c.settled_at > $4 order by c.id desc limit 1) as refused_minor
       from payee y join release r on r.tenant_id = $1 and r.payee_id = y.id and r.state = 'succeeded' and r.currency_code = $3
       join lateral (select coalesce(sum(c.amount_minor), 0)::bigint as clawed_minor from clawback c where c.tenant_id = $1
         and c.release_id = r.id and c.state in ('pending', 'succeeded')) b on b.clawed_minor < r.amount_minor
       where y.tenant_id = $1 and y.payment_account_id = $2 and y.vendor_id is null order by r.id desc limit ${releasesMaximum}) newest
     order by id`,
    [tenantId, accountId, currency, since],
  )
}

/** When the provider last refused to pay the store in a currency, lately: it is asked again the next night. */
export function refusedLatelyStatement(tenantId: string, accountId: string, since: Date): Statement<{ currency_code: string }> {
  return statement(
    'payouts.refused_of_store',
    `select distinct r.currency_code from payee y join release r on r.tenant_id = $1 and r.payee_id = y.id and r.state = 'failed' and r.settled_at > $3
     where y.tenant_id = $1 and y.payment_account_id = $2 and y.vendor_id is null and y.replaced_at is null`,
    [tenantId, accountId, since],
  )
}

export type StoreStep = Extract<Step, { kind: 'resume' | 'clawback' | 'rest' }> | { kind: 'pay'; amountMinor: bigint }

/** What is to be done for the store in a currency. Pure. */
export function nextStoreStep(facts: {
  balance: StoreBalance
  payee: StorePayee
  releases: readonly ReleaseFact[]
  wasRefused: boolean
  stepMinor(providerId: string, currency: string): bigint
}): StoreStep {
  const { balance, payee, stepMinor } = facts
  const { own_minor: own, currency_code, available_minor: available } = balance
  if (own < 0n) return clawbackOf({ releases: facts.releases, currency_code, stepMinor }, -own) ?? { kind: 'rest' }
  if (payee.status !== 'active' || payee.held_reason !== null || facts.wasRefused) return { kind: 'rest' }
  const step = stepMinor(payee.provider_id, currency_code)
  const amountMinor = lesser(own, available)
  const whole = amountMinor - (amountMinor % step)
  return whole > 0n ? { kind: 'pay', amountMinor: whole } : { kind: 'rest' }
}

/**
 * Keeps back what is the store's until it is said otherwise, with a reason; null lets it go.
 * @throws not_found for a reason before the store has a payee
 */
export async function holdStorePayee(unit: Unit, reason: string | null): Promise<void> {
  const held = await unit.run(
    statement<{ payment_account_id: string }>(
      'payouts.hold_payees_of_store',
      `update payee set held_reason = $2, updated_at = now() where tenant_id = $1 and vendor_id is null and replaced_at is null
       returning payment_account_id`,
      [tenantOf(unit), reason],
    ),
  )
  if (reason !== null) {
    if (held.length === 0) throw notFound('The store has no payee yet: its staff make one by POST /admin/store-payee')
    return
  }
  for (const { payment_account_id } of held) await emit(unit, 'store_balance.due', { payment_account_id })
}

/** As of now, for lists. */
export const storeBalances = (context: Context): Promise<StoreBalance[]> =>
  context.db.read(context.scope, storeBalancesStatement(tenantOf(context), null, context.clock.now()))

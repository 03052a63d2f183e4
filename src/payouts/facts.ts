import { type Context, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { paymentProviderOf } from '../payments/index.js'
import { day_ms, type Facts, type HoldFact, type PaymentFact, type ReleaseFact } from './policy.js'

type CoreRow = Omit<Facts, 'now' | 'releases' | 'pending' | 'holds' | 'debts' | 'payments' | 'paysVendors' | 'stepMinor'> & {
  pending_release_id: string | null
  pending_clawback_id: string | null
}

/**
 * The order's lock, under which it is credited and refunded, and then the vendor's: what was released of all its orders
 * does not change meanwhile. Nobody who holds a vendor's lock takes an order's.
 */
async function lock(unit: Unit, vendorOrderId: string): Promise<boolean> {
  const values = [tenantOf(unit), vendorOrderId]
  const [orders] = await Promise.all([
    unit.run(
      statement<{ id: string }>(
        'payouts.lock_order',
        `select o.id from orders o where o.tenant_id = $1 and o.id = (select v.order_id from vendor_order v where v.tenant_id = $1 and v.id = $2)
         for no key update of o`,
        values,
      ),
    ),
    unit.run(statement('payouts.lock_part', 'select id from vendor_order where tenant_id = $1 and id = $2 for key share', values)),
    unit.run(
      statement(
        'payouts.lock_vendor',
        `select d.id from vendor d where d.tenant_id = $1 and d.id = (select v.vendor_id from vendor_order v where v.tenant_id = $1 and v.id = $2)
         for no key update of d`,
        values,
      ),
    ),
  ])
  return orders.length > 0
}

/** The vendor's lock alone, for what concerns all its orders and no order's credits. */
export function lockVendorStatement(tenantId: string, vendorId: string): Statement<{ id: string }> {
  return statement('payouts.lock_vendor_by_id', 'select id from vendor where tenant_id = $1 and id = $2 for no key update', [
    tenantId,
    vendorId,
  ])
}

/** The store's own lock, for what concerns it as a payee. */
export function lockStoreStatement(tenantId: string): Statement<{ id: string }> {
  return statement('payouts.lock_store', 'select id from store where tenant_id = $1 for no key update', [tenantId])
}

/** Locks a vendor order and its vendor, and reads what there is to know. Undefined for one that is not there. */
export async function lockFacts(unit: Unit, context: Context, vendorOrderId: string): Promise<Facts | undefined> {
  if (!(await lock(unit, vendorOrderId))) return undefined
  const tenantId = tenantOf(unit)
  const now = context.clock.now()
  const [[core], releases, holds, payments, debts] = await Promise.all([
    unit.run(coreStatement(tenantId, vendorOrderId)),
    unit.run(releasesStatement(tenantId, vendorOrderId, new Date(now.getTime() - day_ms))),
    unit.run(holdsStatement(tenantId, vendorOrderId)),
    unit.run(paymentsStatement(tenantId, vendorOrderId)),
    unit.run(debtsStatement(tenantId, vendorOrderId)),
  ])
  if (core === undefined) return undefined
  const { pending_release_id, pending_clawback_id, ...rest } = core
  const pendingOf = () => {
    if (pending_release_id !== null) return { kind: 'release', id: pending_release_id } as const
    return pending_clawback_id === null ? null : ({ kind: 'clawback', id: pending_clawback_id } as const)
  }
  const paysVendors = (providerId: string) => paymentProviderOf(providerId)?.payees !== undefined
  const stepMinor = (providerId: string, currency: string) => paymentProviderOf(providerId)?.payees?.stepMinor?.(currency) ?? 1n
  return {
    ...rest,
    now,
    releases,
    holds,
    payments: payments.map(paymentOfRow),
    debts,
    pending: pendingOf(),
    paysVendors,
    stepMinor,
  }
}

type PaymentRow = Omit<PaymentFact, 'exchange'> & {
  original_minor: bigint | null
  changed_minor: bigint | null
  changed_currency_code: string | null
}

function paymentOfRow({
  original_minor: original,
  changed_minor: changed,
  changed_currency_code: currency,
  ...payment
}: PaymentRow): PaymentFact {
  const isChanged = original !== null && changed !== null && currency !== null
  return { ...payment, exchange: isChanged ? { original, changed, currency } : null }
}

function coreStatement(tenantId: string, vendorOrderId: string): Statement<CoreRow> {
  return statement(
    'payouts.facts',
    `with part as (select * from vendor_order where tenant_id = $1 and id = $2),
     line as (
       select i.*, coalesce((select sum(c.amount_minor) from order_credit c where c.tenant_id = $1 and c.order_line_item_id = i.id
                  and c.state <> 'void'), 0) as credited_minor
       from order_line_item i where i.tenant_id = $1 and i.vendor_order_id = $2
     ), sent as (
       select * from line where requires_shipping and not (total_minor > 0 and credited_minor >= total_minor)
     ), credit as (
       select coalesce(sum(vendor_amount_minor) filter (where state = 'booked'), 0)::bigint as booked,
              coalesce(sum(vendor_amount_minor) filter (where state = 'pending'), 0)::bigint as pending
       from order_credit where tenant_id = $1 and vendor_order_id = $2
     )
     select v.id as vendor_order_id, v.vendor_id, v.order_id, v.currency_code, v.vendor_amount_minor,
            credit.booked as booked_credit_minor, credit.pending as pending_credit_minor,
            coalesce((select sum(g.value_minor - g.voided_minor) from gift_card g join line on line.id = g.order_line_item_id
              where g.tenant_id = $1), 0)::bigint as gift_minor,
            v.paid_at is not null and not exists (select 1 from payment_collection k where k.tenant_id = $1 and k.order_id = v.order_id
              and k.captured_minor < k.amount_minor and k.status <> 'canceled') as is_paid,
            exists (select 1 from line where is_giftcard and unit_price_minor > 0
              and (total_minor - credited_minor) / unit_price_minor > (select count(*) from gift_card g
                where g.tenant_id = $1 and g.order_line_item_id = line.id)) as gift_cards_to_come,
            not exists (select 1 from sent where shipped_quantity < quantity) as is_shipped,
            case when not exists (select 1 from sent where delivered_quantity < quantity)
              then coalesce((select max(f.delivered_at) from fulfillment f where f.tenant_id = $1 and f.vendor_order_id = v.id
                and f.canceled_at is null), v.paid_at, v.created_at) end as delivered_at,
            s.release_policy, s.release_delay_days, s.reserve_ppm, s.reserve_days,
            coalesce(p.approved_minor, 0)::bigint as approved_minor,
            exists (select 1 from hold h where h.tenant_id = $1 and h.vendor_order_id = v.id and h.reason = 'reserve') as has_reserve,
            (select max(r.settled_at) from release r where r.tenant_id = $1 and r.vendor_order_id = v.id and r.state = 'failed') as failed_at,
            coalesce((select sum(c.amount_minor) from clawback c where c.tenant_id = $1 and c.vendor_order_id = v.id
              and c.release_id is null and c.state = 'succeeded'), 0)::bigint as unattached_minor,
            (select r.id from release r where r.tenant_id = $1 and r.vendor_order_id = v.id and r.state = 'pending') as pending_release_id,
            (select c.id from clawback c where c.tenant_id = $1 and c.vendor_order_id = v.id and c.state = 'pending') as pending_clawback_id,
            coalesce((select sum(greatest(o.due_minor - o.released_minor - coalesce((select sum(r.amount_minor) from release r
                where r.tenant_id = $1 and r.vendor_order_id = o.vendor_order_id and r.state = 'awaiting' and r.payout_id is null), 0), 0))
              from payable o where o.tenant_id = $1 and o.vendor_id = v.vendor_id
              and o.currency_code = v.currency_code and o.vendor_order_id <> v.id and o.due_minor > o.released_minor), 0)::bigint
              as others_open_minor
     from part v cross join credit cross join store s
     left join payable p on p.tenant_id = $1 and p.vendor_order_id = v.id
     where s.tenant_id = $1`,
    [tenantId, vendorOrderId],
  )
}

function releasesStatement(tenantId: string, vendorOrderId: string, since: Date): Statement<ReleaseFact> {
  return statement(
    'payouts.releases_of_part',
    `select r.id, r.method, r.state, r.payout_id, r.amount_minor, r.settled_minor, r.settled_currency_code, p.provider_id,
            coalesce(b.returned_minor, 0)::bigint as returned_minor, coalesce(b.returned_settled_minor, 0)::bigint as returned_settled_minor,
            coalesce((select sum(c.amount_minor) from clawback c where c.tenant_id = $1 and c.release_id = r.id
              and c.state in ('pending', 'succeeded')), 0)::bigint as clawed_minor,
            (select c.amount_minor from clawback c where c.tenant_id = $1 and c.release_id = r.id
              and c.state in ('insufficient', 'failed') and c.settled_at > $3 order by c.id desc limit 1) as refused_minor
     from release r left join payment p on p.tenant_id = $1 and p.id = r.payment_id
     left join lateral (
       select sum(c.amount_minor) as returned_minor, sum(c.settled_minor) as returned_settled_minor from clawback c
       where c.tenant_id = $1 and c.release_id = r.id and c.method = 'provider' and c.state in ('pending', 'succeeded')) b on true
     where r.tenant_id = $1 and r.vendor_order_id = $2 and r.state in ('pending', 'awaiting', 'succeeded') order by r.id`,
    [tenantId, vendorOrderId, since],
  )
}

function holdsStatement(tenantId: string, vendorOrderId: string): Statement<HoldFact> {
  return statement(
    'payouts.holds_of_part',
    `select h.id, h.vendor_order_id, h.reason, h.amount_minor, h.until
     from vendor_order v join hold h on h.tenant_id = $1 and h.vendor_id = v.vendor_id and h.lifted_at is null
       and (h.vendor_order_id is null or h.vendor_order_id = v.id) and (h.currency_code is null or h.currency_code = v.currency_code)
     where v.tenant_id = $1 and v.id = $2
     union all
     -- What a bank may take back is not paid out while it decides.
     select d.id, v.id, 'dispute', null, null from vendor_order v join dispute d on d.tenant_id = $1 and d.order_id = v.order_id
       and d.status in ('needs_response', 'under_review')
     where v.tenant_id = $1 and v.id = $2 order by id`,
    [tenantId, vendorOrderId],
  )
}

function paymentsStatement(tenantId: string, vendorOrderId: string): Statement<PaymentRow> {
  return statement(
    'payouts.payments_of_part',
    `select p.id, p.provider_id, p.payment_account_id, y.id as payee_id, y.status as payee_status, y.reference as payee_reference,
            x.original_minor, case when x.original_minor is not null then x.amount_minor end as changed_minor,
            case when x.original_minor is not null then x.currency_code end as changed_currency_code,
            p.captured_minor > 0 and x.reference is null and exists (select 1 from payment_movement e where e.tenant_id = $1
              and e.payment_account_id = p.payment_account_id and e.original_currency_code = p.currency_code
              and e.original_minor is not null) as awaits_exchange,
            (p.captured_minor - p.refunded_minor - p.lost_minor
              - coalesce((select sum(f.amount_minor) from refund f where f.tenant_id = $1 and f.payment_id = p.id and f.state = 'pending'), 0)
              - coalesce((select sum(r.amount_minor) from release r where r.tenant_id = $1 and r.payment_id = p.id
                  and r.state in ('pending', 'succeeded')), 0)
              + coalesce((select sum(c.amount_minor) from release r join clawback c on c.tenant_id = $1 and c.release_id = r.id
                  where r.tenant_id = $1 and r.payment_id = p.id and c.method = 'provider' and c.state = 'succeeded'), 0))::bigint as left_minor
     from vendor_order v join payment_collection k on k.tenant_id = $1 and k.order_id = v.order_id
     join payment p on p.tenant_id = $1 and p.payment_collection_id = k.id
     left join payee y on y.tenant_id = $1 and y.vendor_id = v.vendor_id and y.payment_account_id = p.payment_account_id
       and y.replaced_at is null
     left join lateral (
       select m.reference, m.original_minor, m.amount_minor, m.currency_code from payment_movement m
       where m.tenant_id = $1 and m.payment_reference = p.reference and m.payment_account_id = p.payment_account_id and m.category = 'charge'
       order by m.reference limit 1) x on true
     where v.tenant_id = $1 and v.id = $2 order by p.id`,
    [tenantId, vendorOrderId],
  )
}

/** At most so many debts are netted in one step; the next one finds the rest. */
const debtsMaximum = 20

function debtsStatement(tenantId: string, vendorOrderId: string): Statement<{ vendor_order_id: string; owed_minor: bigint }> {
  return statement(
    'payouts.debts_of_vendor',
    `select o.vendor_order_id, o.released_minor - o.due_minor as owed_minor
     from vendor_order v join payable o on o.tenant_id = $1 and o.vendor_id = v.vendor_id and o.currency_code = v.currency_code
       and o.vendor_order_id <> v.id and o.released_minor > o.due_minor
     where v.tenant_id = $1 and v.id = $2 order by o.vendor_order_id limit ${debtsMaximum}`,
    [tenantId, vendorOrderId],
  )
}

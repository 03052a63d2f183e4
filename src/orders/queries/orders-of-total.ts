import { type Statement, statement } from '../../db/index.js'
import { currencyCodes, exponentOf } from '../../kernel/index.js'

/** Bounds of what an order comes to, in major units of its currency, whichever that is: as Medusa compares them. */
export interface TotalBounds {
  $gt?: number | undefined
  $gte?: number | undefined
  $lt?: number | undefined
  $lte?: number | undefined
}

/** Orders that bounds may match; more are no narrowing. */
export const mostOfTotal = 10_000
/** Orders that are looked at for it, with what is credited of each: 100 000 took 0.5 s. What a time leaves out took 0.7 µs an order. */
export const mostLookedAt = 100_000

/** What an order is looked for among. */
export interface TotalScope {
  ids: readonly string[] | null
  created: { from: Date | null; before: Date | null }
}

/**
 * Orders by what they come to now (`order-money.ts` reckons the same of one): what came back is none of it, and what is credited beyond
 * that is off. Among those of the scope: one more than may match, or than may be looked at, tells that there are too many.
 */
export function ordersOfTotalStatement(
  tenantId: string,
  bounds: TotalBounds,
  { ids, created }: TotalScope,
): Statement<{ ids: string[]; looked_at: number }> {
  const codes = [...currencyCodes]
  return statement(
    'orders.of_total',
    `with looked as (
       select o.id, o.total_minor - o.credit_minor + o.credit_returned_minor as total_minor, o.status, o.currency_code from orders o
       where o.tenant_id = $1 and ($2::text[] is null or o.id = any($2))
         and ($9::timestamptz is null or o.created_at >= $9) and ($10::timestamptz is null or o.created_at < $10)
       limit ${mostLookedAt + 1}
     ), t as (
       select o.id, (o.total_minor - coalesce(b.received, 0) + coalesce(b.shipping, 0)
                - greatest(0, coalesce((select sum(c.amount_minor) from order_credit c
                    where c.tenant_id = $1 and c.order_id = o.id and c.state = 'booked' and (o.status <> 'canceled'
                      or coalesce(c.refund_id, c.exchange_id, c.dispute_id, c.credit_line_id) is not null)), 0)
                  - coalesce(b.worth - b.shipping, 0)))::numeric / (10 ^ e.exponent)::numeric as total
       from looked o join unnest($7::text[], $8::int[]) as e (code, exponent) on e.code = o.currency_code
       left join lateral (
         select sum(x.worth) as worth, sum(x.received) as received, sum(least(x.worth, x.shipping_minor)) as shipping from (
           select sum(round(l.total_minor::numeric * i.quantity / l.quantity)) as worth,
                  sum(round(l.total_minor::numeric * (i.received_quantity + i.damaged_quantity) / l.quantity)) as received,
                  case when starts_with(r.exchange_id, 'claim_') then 0 else r.shipping_minor end as shipping_minor
           from order_return r
           join order_return_item i on i.tenant_id = r.tenant_id and i.return_id = r.id
           join order_line_item l on l.tenant_id = i.tenant_id and l.id = i.order_line_item_id
           where r.tenant_id = $1 and r.order_id = o.id and r.status in ('requested', 'partially_received', 'received') and l.quantity > 0
           group by r.id, r.exchange_id, r.shipping_minor) x) b on true
     )
     select (select count(*) from looked)::int as looked_at, array(select t.id from t
     where ($3::numeric is null or t.total > $3) and ($4::numeric is null or t.total >= $4)
       and ($5::numeric is null or t.total < $5) and ($6::numeric is null or t.total <= $6)
     limit ${mostOfTotal + 1}) as ids`,
    [
      tenantId,
      ids,
      bounds.$gt ?? null,
      bounds.$gte ?? null,
      bounds.$lt ?? null,
      bounds.$lte ?? null,
      codes,
      codes.map(exponentOf),
      created.from,
      created.before,
    ],
  )
}

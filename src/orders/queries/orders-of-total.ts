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
 * Orders by what they come to now, less what was credited of them, among those of the scope: one more than may match, or than
 * may be looked at, tells that there are too many.
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
       select o.id, o.total_minor, o.currency_code from orders o
       where o.tenant_id = $1 and ($2::text[] is null or o.id = any($2))
         and ($9::timestamptz is null or o.created_at >= $9) and ($10::timestamptz is null or o.created_at < $10)
       limit ${mostLookedAt + 1}
     ), t as (
       select o.id, (o.total_minor - coalesce((select sum(c.amount_minor) from order_credit c
                where c.tenant_id = $1 and c.order_id = o.id and c.state = 'booked'), 0))::numeric / (10 ^ e.exponent)::numeric as total
       from looked o join unnest($7::text[], $8::int[]) as e (code, exponent) on e.code = o.currency_code
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

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

/** Orders by what they come to now, less what was credited of them. One more than may match tells that there are too many. */
export function ordersOfTotalStatement(tenantId: string, bounds: TotalBounds, ids: readonly string[] | null): Statement<{ id: string }> {
  const codes = [...currencyCodes]
  return statement(
    'orders.of_total',
    `with t as (
       select o.id, (o.total_minor - coalesce((select sum(c.amount_minor) from order_credit c
                where c.tenant_id = $1 and c.order_id = o.id and c.state = 'booked'), 0))::numeric / (10 ^ e.exponent)::numeric as total
       from orders o join unnest($7::text[], $8::int[]) as e (code, exponent) on e.code = o.currency_code
       where o.tenant_id = $1 and ($2::text[] is null or o.id = any($2))
     )
     select t.id from t
     where ($3::numeric is null or t.total > $3) and ($4::numeric is null or t.total >= $4)
       and ($5::numeric is null or t.total < $5) and ($6::numeric is null or t.total <= $6)
     order by t.id limit ${mostOfTotal + 1}`,
    [tenantId, ids, bounds.$gt ?? null, bounds.$gte ?? null, bounds.$lt ?? null, bounds.$lte ?? null, codes, codes.map(exponentOf)],
  )
}

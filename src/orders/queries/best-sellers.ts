import { type Statement, statement } from '../../db/index.js'

/** So many of the newest lines say what sells: an end of the key's index, whatever the store has sold in its life. */
const linesLookedAt = 5_000

/** Products by how many pieces of them were sold lately, the most first, and how many there are. What was canceled was not sold. */
export function bestSellersStatement(
  tenantId: string,
  page: { limit: number; offset: number },
): Statement<{ product_id: string; pieces: number; count: number }> {
  return statement(
    'orders.best_sellers',
    `select l.product_id, sum(l.quantity)::int as pieces, count(*) over ()::int as count
     from (select i.product_id, i.quantity, i.order_id from order_line_item i where i.tenant_id = $1 order by i.id desc limit $2) l
     join orders o on o.tenant_id = $1 and o.id = l.order_id and o.status <> 'canceled'
     where l.product_id is not null
     group by l.product_id order by pieces desc, l.product_id limit $3 offset $4`,
    [tenantId, linesLookedAt, page.limit, page.offset],
  )
}

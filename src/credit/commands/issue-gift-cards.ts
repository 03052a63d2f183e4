import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import type { Sealer } from '../../kernel/index.js'
import { owedSql } from '../order-credit.js'
import { bookIssue, insertGiftCards } from './gift-cards.js'

interface SoldLine {
  id: string
  vendor_id: string
  currency_code: string
  unit_price_minor: bigint
  /** Pieces that were paid for and not given back. */
  pieces: number
  issued: number
}

/**
 * Makes a gift card for each piece that a paid order bought, once. Handler of `order.payment_captured`; under the order's lock,
 * so that it and a refund or a cancellation follow one another.
 */
export async function issueGiftCards(context: Context, sealer: Sealer, orderId: string): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [, lines] = await Promise.all([unit.run(lockOrderStatement(unit, orderId)), unit.run(soldLinesStatement(unit, orderId))])
    const wanted = lines.flatMap((line) =>
      Array.from({ length: Math.max(0, line.pieces - line.issued) }, (_none, index) => ({
        currency_code: line.currency_code,
        valueMinor: line.unit_price_minor,
        createdBy: 'system',
        sold: { order_id: orderId, order_line_item_id: line.id, piece: line.issued + index + 1 },
      })),
    )
    if (wanted.length === 0) return
    const cards = await insertGiftCards(unit, sealer, wanted)
    const sellers = new Map(lines.map((line) => [line.id, line.vendor_id]))
    await bookIssue(unit, cards, (card) => ({ vendorId: sellers.get(card.order_line_item_id as string) as string }), {
      actorId: 'system',
      now: context.clock.now(),
    })
    await emit(unit, 'gift_cards.issued', { order_id: orderId }, { requestId: context.requestId })
  })
}

const lockOrderStatement = (unit: Unit, orderId: string) =>
  statement('credit.lock_order', 'select id from orders where tenant_id = $1 and id = $2 for no key update', [tenantOf(unit), orderId])

/** The gift card lines of an order that is paid in whole and not canceled. */
const soldLinesStatement = (unit: Unit, orderId: string) =>
  statement<SoldLine>(
    'credit.sold_lines',
    `select i.id, i.vendor_id, o.currency_code, i.unit_price_minor,
            ((i.total_minor - coalesce((select sum(c.amount_minor) from order_credit c
              where c.tenant_id = $1 and c.order_line_item_id = i.id and c.state <> 'void'), 0)) / i.unit_price_minor)::int as pieces,
            (select count(*) from gift_card g where g.tenant_id = $1 and g.order_line_item_id = i.id)::int as issued
     from orders o join order_line_item i on i.tenant_id = o.tenant_id and i.order_id = o.id and i.is_giftcard and i.unit_price_minor > 0
     where o.tenant_id = $1 and o.id = $2 and o.status <> 'canceled'
       and ${owedSql} <= 0
     order by i.id`,
    [tenantOf(unit), orderId],
  )

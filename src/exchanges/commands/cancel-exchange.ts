import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { invalidData, newId, notAllowed } from '../../kernel/index.js'
import { creditEntry, creditReversalEntry, post } from '../../ledger/index.js'
import { changeOrder, type EditAction } from '../../order-edits/index.js'
import { insertCreditsStatement, lockPaymentsOfOrderStatement, type OpenPart } from '../../payments/index.js'
import { callOff, lockReturn } from '../../returns/index.js'
import { changeExchange, type ExchangeLock, nounOf } from '../locks.js'
import { needRequested, setExchangeStatus } from './begin-exchange.js'

/**
 * Cancels an exchange or a claim that was requested, while nothing of it came back and nothing was packed: what was sent for
 * the goods is taken out of the order with its shipping, and what they paid of it is not credited any more.
 * @param isTold whether the shopper is to hear of it
 * @throws not_found; invalid_data for one that is canceled; not_allowed for one that is open, and once something came back or was packed
 */
export async function cancelExchange(context: Context, exchangeId: string, isTold = true): Promise<void> {
  await changeExchange(context, exchangeId, async (unit, { order, exchange }) => {
    if (exchange.status === 'canceled') throw invalidData(`${nounOf(exchangeId)} with id ${exchangeId} has been canceled.`)
    needRequested(exchange)
    const tenantId = tenantOf(unit)
    await unit.run(lockPaymentsOfOrderStatement(tenantId, order.id))
    if (exchange.return_id !== null) await callOff(unit, context, await lockReturn(unit, exchange.return_id))
    const sent = await sentWith(unit, exchange)
    if (sent.some((part) => part.fulfilled_quantity > 0)) {
      throw notAllowed(
        `${nounOf(exchangeId)} ${exchangeId} cannot be canceled: items that it sends are packed. Cancel their fulfillment first.`,
      )
    }
    const source = `${exchangeId}:cancellation`
    await changeOrder(unit, context, order.id, {
      id: newId('ordch'),
      type: exchange.type === 'exchange' ? 'exchange_cancel' : 'claim_cancel',
      source,
      actions: sent.filter((part) => part.quantity > 0).map((part) => removal(part.id)),
      async credit(_unit, _order, parts) {
        const fact = { source, orderId: order.id, currency: order.currency_code, occurredAt: context.clock.now() }
        const shipping = parts.filter((part) => part.amount_minor > 0n && sent.some(({ id }) => id === part.order_shipping_method_id))
        const of = { orderId: order.id, refundId: null, currency: order.currency_code, state: 'booked' } as const
        if (shipping.length > 0) await unit.run(insertCreditsStatement(tenantId, of, shipping))
        const gone = await voidCredits(unit, exchange)
        await post(unit, [
          creditEntry({ ...fact, kind: 'cancellation', parts: shipping }),
          creditReversalEntry({ ...fact, kind: 'credit', parts: gone }),
        ])
      },
    })
    await setExchangeStatus(unit, context, exchangeId, 'canceled')
    if (isTold) await emit(unit, 'exchange.canceled', { exchange_id: exchangeId }, { requestId: context.requestId })
  })
}

const removal = (lineId: string): EditAction => ({
  id: newId('ordchact'),
  action: 'ITEM_UPDATE',
  order_line_item_id: lineId,
  quantity: 0,
  added: null,
  allow_backorder: false,
  internal_note: null,
  created_at: new Date().toISOString(),
})

interface SentPart {
  id: string
  quantity: number
  fulfilled_quantity: number
}

/** The lines and shipping methods that an exchange added to its order. Read under the order's lock. */
function sentWith(unit: Unit, exchange: ExchangeLock): Promise<SentPart[]> {
  return unit.run(
    statement<SentPart>(
      'exchanges.sent',
      `select a.added ->> 'id' as id, coalesce(i.quantity, 0) as quantity, coalesce(i.fulfilled_quantity, 0) as fulfilled_quantity
       from order_edit_action a left join order_line_item i on i.tenant_id = a.tenant_id and i.id = a.added ->> 'id'
       where a.tenant_id = $1 and a.order_edit_id = $2 and a.added is not null order by a.id`,
      [tenantOf(unit), exchange.order_edit_id],
    ),
  )
}

/** What the goods paid of others they pay no more. Answers what that was. */
function voidCredits(unit: Unit, exchange: ExchangeLock): Promise<OpenPart[]> {
  return unit.run(
    statement<OpenPart>(
      'exchanges.gonecredits',
      `update order_credit set state = 'void', updated_at = now()
       where tenant_id = $1 and order_id = $2 and (return_id = $3 or exchange_id = $4) and state = 'booked'
       returning vendor_order_id, vendor_id, order_line_item_id, order_shipping_method_id, amount_minor, vendor_amount_minor,
         commission_minor, tax_minor, store_discount_minor, platform_discount_minor, 0::bigint as held_minor`,
      [tenantOf(unit), exchange.order_id, exchange.return_id, exchange.id],
    ),
  )
}

import { type Context, tenantOf } from '../../db/index.js'
import { invalidData } from '../../kernel/index.js'
import { creditEntry, post } from '../../ledger/index.js'
import { changeOrder, openEditOf, setStatus } from '../../order-edits/index.js'
import { insertCreditsStatement, lockPaymentsOfOrderStatement } from '../../payments/index.js'
import { confirmReturn, lockReturn } from '../../returns/index.js'
import { changeExchange } from '../locks.js'
import { worthOf } from '../worth.js'
import { needOpen, setExchangeStatus } from './begin-exchange.js'

/**
 * Does what an exchange plans, in one transaction or not at all: the goods are on their way back, what is sent for them is
 * sold and promised, and what comes back pays for it. Whoever owes the difference is as after an edit.
 * @throws not_found; not_allowed once it was requested or given up, and with code `insufficient_inventory`; invalid_data where
 * nothing comes back or nothing is sent, and for what the order does not allow any more
 */
export async function requestExchange(context: Context, exchangeId: string): Promise<void> {
  await changeExchange(context, exchangeId, async (unit, { order, exchange }) => {
    needOpen(exchange)
    const tenantId = tenantOf(unit)
    const edit = await openEditOf(unit, { orderId: order.id, exchangeId })
    const isSending = edit.actions.some((action) => action.action === 'ITEM_ADD')
    if (exchange.return_id === null || !isSending) {
      throw invalidData('An exchange needs goods that come back and goods that are sent for them: add inbound and outbound items first')
    }
    const { return_id: returnId } = exchange
    await unit.run(lockPaymentsOfOrderStatement(tenantId, order.id))
    const inbound = await lockReturn(unit, returnId)
    await confirmReturn(unit, context, inbound)
    await changeOrder(unit, context, order.id, {
      id: edit.id,
      type: 'exchange',
      source: exchangeId,
      actions: edit.actions,
      async credit(_unit, loaded, parts) {
        const credits = worthOf({ items: inbound.items, shipping_minor: inbound.row.shipping_minor }, loaded, parts)
        if (credits.length === 0) return
        const currency = order.currency_code
        await unit.run(
          insertCreditsStatement(tenantId, { orderId: order.id, refundId: null, returnId, currency, state: 'booked' }, credits),
        )
        const fact = { source: exchangeId, kind: 'credit', orderId: order.id, currency, occurredAt: context.clock.now() } as const
        await post(unit, [creditEntry({ ...fact, parts: credits })])
      },
    })
    await setStatus(unit, context, edit.id, 'confirmed')
    await setExchangeStatus(unit, context, exchangeId, 'requested')
  })
}

import { type Context, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { invalidData } from '../../kernel/index.js'
import { creditEntry, post } from '../../ledger/index.js'
import { changeOrder, openEditOf, setStatus } from '../../order-edits/index.js'
import { lockLinesOfOrderStatement } from '../../orders/index.js'
import { insertCreditsStatement, lockPartsStatement, lockPaymentsOfOrderStatement } from '../../payments/index.js'
import { confirmReturn, lockReturn, removeReturn } from '../../returns/index.js'
import { changeExchange, type ExchangeLock } from '../locks.js'
import { type Inbound, worthOf } from '../worth.js'
import { needOpen, setExchangeStatus } from './begin-exchange.js'
import { claimedItems, refuseTooMany } from './claim-items.js'

/**
 * Does what an exchange or a claim plans, in one transaction or not at all: the goods are on their way back, what is sent for
 * them is sold and promised, and what comes back, or what is claimed, pays for it. Whoever owes the difference is as after an
 * edit.
 * @param isTold the shopper is sent what was agreed
 * @throws not_found; not_allowed with code `insufficient_inventory`; invalid_data once it was requested or given up, where nothing comes back, is claimed or is sent, and for what the order does not allow any more
 */
export async function requestExchange(context: Context, exchangeId: string, isTold = true): Promise<void> {
  await changeExchange(context, exchangeId, async (unit, { order, exchange }) => {
    needOpen(exchange)
    const tenantId = tenantOf(unit)
    const edit = await openEditOf(unit, { orderId: order.id, exchangeId })
    const isSending = edit.actions.some((action) => action.action === 'ITEM_ADD')
    if (exchange.type === 'exchange' && !isSending) throw oneEachWay()
    if (exchange.type !== 'exchange' && (await claimedItems(unit, exchange.id)).length === 0) throw nothingClaimed()
    if (exchange.type === 'replace' && !isSending) throw invalidData('Nothing is sent: add outbound items first')
    if (exchange.type === 'refund' && edit.actions.length > 0) {
      throw invalidData('A claim of type refund sends nothing: leave its outbound items and shipping out, or make it one of type replace')
    }
    await unit.run(lockPaymentsOfOrderStatement(tenantId, order.id))
    await unit.run(lockPartsStatement(tenantId, order.id))
    await unit.run(lockLinesOfOrderStatement(tenantId, order.id))
    const paying = await payingWith(unit, context, exchange)
    await changeOrder(unit, context, order.id, {
      id: edit.id,
      type: exchange.type === 'exchange' ? 'exchange' : 'claim',
      source: exchangeId,
      actions: edit.actions,
      async credit(_unit, loaded, parts) {
        const credits = worthOf(paying, loaded, parts)
        if (credits.length === 0) return
        const currency = order.currency_code
        const of = { orderId: order.id, refundId: null, returnId: paying.returnId, exchangeId, currency, state: 'booked' } as const
        await unit.run(insertCreditsStatement(tenantId, of, credits))
        const fact = { source: exchangeId, kind: 'credit', orderId: order.id, currency, occurredAt: context.clock.now() } as const
        await post(unit, [creditEntry({ ...fact, parts: credits })])
      },
    })
    await setStatus(unit, context, edit.id, 'confirmed')
    await setExchangeStatus(unit, context, exchangeId, 'requested')
    if (isTold) await emit(unit, 'exchange.requested', { exchange_id: exchangeId }, { requestId: context.requestId })
  })
}

const nothingClaimed = () => invalidData('Order claim request should have at least 1 item')

const oneEachWay = () => invalidData('Order exchange request should have at least 1 item inbound and 1 item outbound')

/** What pays for what is sent: the goods that come back, or those that are claimed, whether or not they come back. */
async function payingWith(unit: Unit, context: Context, exchange: ExchangeLock): Promise<Inbound> {
  const inbound = exchange.return_id === null ? null : await lockReturn(unit, exchange.return_id)
  if (exchange.type === 'exchange') {
    if (inbound === null) throw oneEachWay()
    if (inbound.items.length === 0) throw oneEachWay()
    await confirmReturn(unit, context, inbound)
    return { items: inbound.items, shipping_minor: inbound.row.shipping_minor, returnId: inbound.row.id }
  }
  const items = await claimedItems(unit, exchange.id)
  await refuseTooMany(unit, exchange, items)
  const claimed = { items, shipping_minor: 0n, returnId: null }
  if (inbound === null) return claimed
  if (inbound.items.length === 0) {
    // Shipping was chosen for goods that do not come back after all.
    await removeReturn(unit, inbound)
    return claimed
  }
  await confirmReturn(unit, context, inbound)
  return { ...claimed, returnId: inbound.row.id }
}

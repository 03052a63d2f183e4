import { type Context, statement, tenantOf } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId, notAllowed, notFound } from '../../kernel/index.js'
import { lockOrderToCreditStatement } from '../locks.js'
import { lockCollectionsStatement } from '../order-collections.js'

/**
 * Has the shopper sent what is still to be paid of an order, with the link to pay it: a mail each time that staff ask.
 * @throws not_found; not_allowed where nothing is to be paid that nobody has begun to pay, and for an order without an e-mail
 */
export function requestPayment(context: Context, orderId: string): Promise<void> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const tenantId = tenantOf(unit)
    const [[order], collections, [address]] = await Promise.all([
      unit.run(lockOrderToCreditStatement(tenantId, orderId)),
      unit.run(lockCollectionsStatement(tenantId, orderId)),
      unit.run(
        statement<{ email: string | null }>('payments.email', 'select email from orders where tenant_id = $1 and id = $2', [
          tenantId,
          orderId,
        ]),
      ),
    ])
    if (order === undefined) throw notFound(`Order with id: ${orderId} was not found`)
    const isOpen = order.status !== 'canceled' && collections.some((collection) => collection.is_unbegun && collection.amount_minor > 0n)
    if (!isOpen) throw notAllowed('Nothing is to be paid for this order that its shopper has not begun to pay')
    if (address?.email == null) throw notAllowed('The order has no e-mail address to send this to: set one first')
    await emit(unit, 'order.payment_requested', { order_id: orderId, request_id: newId('evt') }, { requestId: context.requestId })
  })
}

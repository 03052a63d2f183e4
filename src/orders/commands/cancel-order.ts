import { openCreditLinesStatement, returnCredit, voidCardsOfOrder } from '../../credit/index.js'
import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { releaseOrderStatement } from '../../inventory/index.js'
import { invalidData, notAllowed, notFound, StoaError } from '../../kernel/index.js'
import { closePaymentsOfOrder, lockPartsStatement, lockPaymentsOfOrderStatement, unwindPayment } from '../../payments/index.js'
import { lockLinesOfOrderStatement, lockOrderStatement, type OrderLock } from '../locks.js'

/**
 * Cancels an order of which nothing is packed: its stock is free again, what was not paid is credited, and what was is
 * given back: credit at once, money by the provider after the order is canceled. Gift cards that it bought are void. A provider that does not answer is asked again by the
 * worker.
 * @throws not_found; invalid_data for one that is canceled already; not_allowed when something of it is packed, or a gift card that it bought was used
 */
export async function cancelOrder(context: Context, orderId: string): Promise<void> {
  const tenantId = tenantOf(context)
  const paymentIds = await context.db.unitOfWork(context.scope, async (unit) => {
    const [order] = await unit.run(lockOrderStatement(tenantId, orderId))
    if (order === undefined || order.status === 'draft') throw notFound(`Order id not found: ${orderId}`)
    if (order.status === 'canceled') throw invalidData(`Order with id ${orderId} has been canceled.`)
    if (order.status === 'archived') throw notAllowed(`Order with id: ${orderId} is archived`)
    await Promise.all([unit.run(lockPaymentsOfOrderStatement(tenantId, orderId)), unit.run(lockPartsStatement(tenantId, orderId))])
    const lines = await unit.run(lockLinesOfOrderStatement(tenantId, orderId))
    if (lines.some((line) => line.fulfilled_quantity > 0)) {
      throw notAllowed('All fulfillments must be canceled before canceling an order')
    }
    await unit.run(
      releaseOrderStatement(
        tenantId,
        lines.map((line) => line.id),
      ),
    )
    await voidCardsOfOrder(unit, orderId, { actorId: context.actorId, now: context.clock.now() })
    const payments = await closePaymentsOfOrder(unit, context, order)
    await unit.run(
      statement(
        'orders.cancel',
        `with parts as (
           update vendor_order set status = 'canceled', canceled_at = $3, updated_at = now() where tenant_id = $1 and order_id = $2
         ), edit as (
           update order_edit set status = 'canceled', canceled_at = $3, canceled_by = $4, updated_at = now()
           where tenant_id = $1 and order_id = $2 and status in ('pending', 'requested')
         )
         update orders set status = 'canceled', canceled_at = $3, updated_at = now() where tenant_id = $1 and id = $2`,
        [tenantId, orderId, context.clock.now(), context.actorId],
      ),
    )
    await giveCreditBack(unit, context, order)
    await emit(unit, 'order.canceled', { order_id: orderId }, { requestId: context.requestId })
    return payments
  })
  for (const payment_id of paymentIds) {
    try {
      await unwindPayment(context, { payment_id })
    } catch (error) {
      // The order is canceled whatever the provider says; the event brings the worker back to it.
      if (!(error instanceof StoaError)) throw error
    }
  }
}

async function giveCreditBack(unit: Unit, context: Context, order: OrderLock): Promise<void> {
  const open = await unit.run(openCreditLinesStatement(tenantOf(unit), order.id))
  await returnCredit(unit, order, {
    source: `${order.id}:cancellation`,
    amountMinor: open.reduce((sum, line) => sum + line.open_minor, 0n),
    note: 'Order canceled',
    createdBy: context.actorId,
    now: context.clock.now(),
  })
}

import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { notAllowed } from '../../kernel/index.js'
import { lockGoodFulfillment } from '../locks.js'
import { ship } from './ship-fulfillment.js'

/**
 * Notes that a fulfilment has arrived. What is not sent by a carrier is handed over without a shipment before it. When
 * every piece of the vendor order is delivered, the vendor order is completed.
 * @param sendsFirst notes as well that it was sent, where that was not said: staff need not, as in Medusa
 * @throws not_found for an order or fulfilment that the caller cannot see; not_allowed when it has arrived already, is
 *   canceled, or was not sent yet
 */
export async function deliverFulfillment(
  context: Context,
  vendorOrderId: string,
  fulfillmentId: string,
  { sendsFirst = false }: { sendsFirst?: boolean } = {},
): Promise<void> {
  const at = context.clock.now()
  await context.db.unitOfWork(context.scope, (unit) => deliver(unit, context, vendorOrderId, fulfillmentId, { at, sendsFirst }))
}

/** The same in the caller's unit of work. */
export async function deliver(
  unit: Unit,
  context: Context,
  vendorOrderId: string,
  fulfillmentId: string,
  { at, sendsFirst = false }: { at: Date; sendsFirst?: boolean },
): Promise<void> {
  const tenantId = tenantOf(unit)
  const { order, fulfillment } = await lockGoodFulfillment(
    unit,
    vendorOrderId,
    fulfillmentId,
    'Cannot deliver an already canceled fulfillment',
  )
  if (fulfillment.delivered_at !== null) throw notAllowed('Fulfillment has already been marked delivered')
  const isSent = fulfillment.shipped_at !== null || fulfillment.requires_shipping
  if (fulfillment.shipped_at === null && isSent) {
    if (!sendsFirst) throw notAllowed(`Fulfillment ${fulfillmentId} is not shipped yet`)
    // Nobody is told any more that it is on its way.
    await ship(unit, context, vendorOrderId, fulfillmentId, { labels: [], isTold: false, at })
  }
  // In this order: the last statement sees what the one before it wrote.
  await Promise.all([
    unit.run(
      statement('orders.mark_delivered', 'update fulfillment set delivered_at = $3, updated_at = now() where tenant_id = $1 and id = $2', [
        tenantId,
        fulfillmentId,
        at,
      ]),
    ),
    unit.run(
      statement(
        'orders.add_delivered',
        `update order_line_item i
         set delivered_quantity = i.delivered_quantity + f.quantity,
             shipped_quantity = i.shipped_quantity + case when $3 then 0 else f.quantity end, updated_at = now()
         from fulfillment_item f where f.tenant_id = $1 and f.fulfillment_id = $2
           and i.tenant_id = f.tenant_id and i.id = f.order_line_item_id`,
        [tenantId, fulfillmentId, isSent],
      ),
    ),
    unit.run(
      statement(
        'orders.complete_vendor_order',
        `update vendor_order v set status = 'completed', updated_at = now()
         where v.tenant_id = $1 and v.id = $2 and v.status = 'pending' and not exists (
           select 1 from order_line_item i
           where i.tenant_id = $1 and i.vendor_order_id = v.id and i.delivered_quantity < i.quantity)`,
        [tenantId, vendorOrderId],
      ),
    ),
    emit(
      unit,
      'fulfillment.delivered',
      { fulfillment_id: fulfillmentId, vendor_order_id: order.id, order_id: order.order_id },
      { requestId: context.requestId },
    ),
  ])
}

import { type Context, statement, tenantOf } from '../../db/index.js'
import { putBack, type TakenPieces } from '../../inventory/index.js'
import { invalidData, notAllowed, notFound } from '../../kernel/index.js'
import { lockFulfillmentStatement, lockLinesStatement, lockVendorOrderStatement } from '../locks.js'

/**
 * Unpacks a fulfilment that was not sent: its pieces go back on the shelves that they came from, promised to the order
 * as before.
 * @throws not_found for an order or fulfilment that the caller cannot see; invalid_data when it has arrived; not_allowed when it is
 *   sent or canceled already, and when its pieces are being returned
 */
export async function cancelFulfillment(context: Context, vendorOrderId: string, fulfillmentId: string): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [[order], lines, [fulfillment], items, stock] = await Promise.all([
      unit.run(lockVendorOrderStatement(tenantId, vendorOrderId)),
      unit.run(lockLinesStatement(tenantId, vendorOrderId)),
      unit.run(lockFulfillmentStatement(tenantId, vendorOrderId, fulfillmentId)),
      unit.run(
        statement<{ line_id: string; quantity: number }>(
          'orders.items_of_fulfillment',
          'select order_line_item_id as line_id, quantity from fulfillment_item where tenant_id = $1 and fulfillment_id = $2',
          [tenantId, fulfillmentId],
        ),
      ),
      unit.run(
        statement<TakenPieces>(
          'orders.stock_of_fulfillment',
          `select order_line_item_id as "orderLineId", inventory_item_id as "inventoryItemId", location_id as "locationId", quantity
           from fulfillment_stock where tenant_id = $1 and fulfillment_id = $2`,
          [tenantId, fulfillmentId],
        ),
      ),
    ])
    if (order === undefined) throw notFound(`Order with id: ${vendorOrderId} was not found`)
    if (fulfillment === undefined) throw notFound(`Fulfillment with id: ${fulfillmentId} was not found`)
    if (fulfillment.canceled_at !== null) throw notAllowed('The fulfillment is already canceled')
    if (fulfillment.delivered_at !== null) throw invalidData(`Fulfillment with id ${fulfillmentId} already delivered`)
    if (fulfillment.shipped_at !== null) {
      throw notAllowed('The fulfillment has already been shipped. Shipped fulfillments cannot be canceled')
    }
    for (const item of items) {
      const line = lines.find((candidate) => candidate.id === item.line_id)
      if (line !== undefined && line.fulfilled_quantity - item.quantity < line.returned_quantity) {
        throw notAllowed(`Pieces of "${line.title}" are being returned: cancel the return first`)
      }
    }
    await Promise.all([
      unit.run(
        statement(
          'orders.cancel_fulfillment',
          'update fulfillment set canceled_at = $3, updated_at = now() where tenant_id = $1 and id = $2',
          [tenantId, fulfillmentId, context.clock.now()],
        ),
      ),
      unit.run(
        statement(
          'orders.take_fulfilled',
          `update order_line_item i set fulfilled_quantity = i.fulfilled_quantity - f.quantity, updated_at = now()
           from fulfillment_item f where f.tenant_id = $1 and f.fulfillment_id = $2
             and i.tenant_id = f.tenant_id and i.id = f.order_line_item_id`,
          [tenantId, fulfillmentId],
        ),
      ),
    ])
    await putBack(unit, order.vendor_id, stock, true)
  })
}

import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId, notAllowed } from '../../kernel/index.js'
import { lockGoodFulfillment } from '../locks.js'

export interface ShipmentLabel {
  tracking_number: string
  tracking_url?: string | null | undefined
  label_url?: string | null | undefined
}

/**
 * Notes that a packed fulfilment is on its way. The shopper is told by mail, from the event.
 * @param isTold false where staff want no mail of it
 * @throws not_found for an order or fulfilment that the caller cannot see; not_allowed when it is sent already or canceled
 */
export async function shipFulfillment(
  context: Context,
  vendorOrderId: string,
  fulfillmentId: string,
  labels: readonly ShipmentLabel[],
  isTold = true,
): Promise<void> {
  const { clock } = context
  await context.db.unitOfWork(context.scope, (unit) =>
    ship(unit, context, vendorOrderId, fulfillmentId, { labels, isTold, at: clock.now() }),
  )
}

/** The same in the caller's unit of work. */
export async function ship(
  unit: Unit,
  context: Context,
  vendorOrderId: string,
  fulfillmentId: string,
  { labels, isTold, at }: { labels: readonly ShipmentLabel[]; isTold: boolean; at: Date },
): Promise<void> {
  const tenantId = tenantOf(unit)
  const { order, fulfillment } = await lockGoodFulfillment(
    unit,
    vendorOrderId,
    fulfillmentId,
    'Cannot create shipment for a canceled fulfillment',
  )
  if (fulfillment.shipped_at !== null) throw notAllowed('Shipment has already been created')
  if (labels.length > 0) await insertLabels(unit, { id: fulfillmentId, vendorId: order.vendor_id }, labels)
  await Promise.all([
    unit.run(
      statement(
        'orders.mark_shipped',
        `update fulfillment set shipped_at = $3, marked_shipped_by = $4, updated_at = now() where tenant_id = $1 and id = $2`,
        [tenantId, fulfillmentId, at, context.actorId],
      ),
    ),
    unit.run(
      statement(
        'orders.add_shipped',
        `update order_line_item i set shipped_quantity = i.shipped_quantity + f.quantity, updated_at = now()
         from fulfillment_item f where f.tenant_id = $1 and f.fulfillment_id = $2
           and i.tenant_id = f.tenant_id and i.id = f.order_line_item_id`,
        [tenantId, fulfillmentId],
      ),
    ),
    emit(
      unit,
      'fulfillment.shipped',
      {
        fulfillment_id: fulfillmentId,
        vendor_order_id: order.id,
        order_id: order.order_id,
        ...(isTold ? {} : { no_notification: true }),
      },
      { requestId: context.requestId },
    ),
  ])
}

/** Keeps how a parcel can be followed. */
export async function insertLabels(
  unit: Unit,
  fulfillment: { id: string; vendorId: string },
  labels: readonly ShipmentLabel[],
): Promise<void> {
  await unit.run(
    statement(
      'orders.insert_labels',
      `insert into fulfillment_label (tenant_id, id, fulfillment_id, vendor_id, tracking_number, tracking_url, label_url)
       select $1, l.id, $2, $3, l.number, l.url, l.label from unnest($4::text[], $5::text[], $6::text[], $7::text[]) as l (id, number, url, label)`,
      [
        tenantOf(unit),
        fulfillment.id,
        fulfillment.vendorId,
        labels.map(() => newId('fullab')),
        labels.map((label) => label.tracking_number),
        labels.map((label) => label.tracking_url ?? null),
        labels.map((label) => label.label_url ?? null),
      ],
    ),
  )
}

import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import type { EventName, EventPayloads, WebhookTypeName } from '../events/index.js'

/** A fact, as its row in the outbox has it. */
export interface Fact {
  id: string
  name: EventName
  payload: Record<string, unknown>
  created_at: Date
}

/** What one of those who want to know is told of a fact. */
export interface Telling {
  type: WebhookTypeName
  /** Null for the store. */
  vendorId: string | null
  /** What is told in the order in which it happened: an order, or to a vendor its vendor order. */
  objectId: string
  /** Ids and nothing else: what they name is read by who may read it. */
  data: Record<string, string>
}

interface Part {
  vendor_id: string
  vendor_order_id: string
}

/** A vendor order is told of as a store's order is: by its own id, and never its parent's. */
const toVendor = (type: WebhookTypeName, part: Part, id = part.vendor_order_id): Telling => ({
  type,
  vendorId: part.vendor_id,
  objectId: part.vendor_order_id,
  data: { id, vendor_order_id: part.vendor_order_id },
})

const toStore = (type: WebhookTypeName, orderId: string, data: Record<string, string>): Telling => ({
  type,
  vendorId: null,
  objectId: orderId,
  data: { ...data, order_id: orderId },
})

function partsOfOrderStatement(tenantId: string, orderId: string): Statement<Part> {
  return statement(
    'webhooks.parts_of_order',
    `select vendor_id, id as vendor_order_id from vendor_order where tenant_id = $1 and order_id = $2 order by id`,
    [tenantId, orderId],
  )
}

async function ofOrder(unit: Unit, type: WebhookTypeName, orderId: string, data: Record<string, string>): Promise<Telling[]> {
  const parts = await unit.run(partsOfOrderStatement(tenantOf(unit), orderId))
  return [toStore(type, orderId, data), ...parts.map((part) => toVendor(type, part))]
}

/** Money that was taken by a capture that is named, or by those that were booked in the transaction of the fact. */
async function ofCaptures(unit: Unit, orderId: string, capture: { id: string } | { at: Date }): Promise<Telling[]> {
  const [captured] = await unit.run(
    statement<{ payment_id: string }>(
      'webhooks.captured',
      `select c.payment_id from payment_collection k
       join payment p on p.tenant_id = k.tenant_id and p.payment_collection_id = k.id
       join capture c on c.tenant_id = p.tenant_id and c.payment_id = p.id
       where k.tenant_id = $1 and k.order_id = $2 and (c.id = $3 or c.created_at = $4) order by c.id limit 1`,
      [tenantOf(unit), orderId, 'id' in capture ? capture.id : null, 'at' in capture ? capture.at : null],
    ),
  )
  return captured === undefined ? [] : ofOrder(unit, 'payment.captured', orderId, { id: captured.payment_id })
}

/** One that was refused moved no money. */
async function ofRefund(unit: Unit, { refund_id: id, order_id: orderId }: EventPayloads['refund.settled']): Promise<Telling[]> {
  const rows = await unit.run(
    statement<{ payment_id: string } & (Part | { vendor_id: null })>(
      'webhooks.refunded',
      `select distinct r.payment_id, c.vendor_id, c.vendor_order_id from refund r
       left join order_credit c on c.tenant_id = r.tenant_id and c.refund_id = r.id and c.state = 'booked'
       where r.tenant_id = $1 and r.id = $2 and r.state = 'succeeded' order by c.vendor_order_id`,
      [tenantOf(unit), id],
    ),
  )
  const [first] = rows
  if (first === undefined) return []
  const parts = rows.flatMap((row) => (row.vendor_id === null ? [] : [toVendor('payment.refunded', row)]))
  return [toStore('payment.refunded', orderId, { id: first.payment_id, refund_id: id }), ...parts]
}

async function ofReturn(unit: Unit, type: WebhookTypeName, back: { return_id: string; order_id: string }): Promise<Telling[]> {
  const parts = await unit.run(
    statement<Part>(
      'webhooks.returned',
      `select distinct l.vendor_id, l.vendor_order_id from order_return_item i
       join order_line_item l on l.tenant_id = i.tenant_id and l.id = i.order_line_item_id
       where i.tenant_id = $1 and i.return_id = $2 order by l.vendor_order_id`,
      [tenantOf(unit), back.return_id],
    ),
  )
  return [toStore(type, back.order_id, { id: back.return_id }), ...parts.map((part) => toVendor(type, part, back.return_id))]
}

async function ofParcel(unit: Unit, type: WebhookTypeName, sent: EventPayloads['fulfillment.delivered']): Promise<Telling[]> {
  const { fulfillment_id: id, vendor_order_id } = sent
  const parts = await unit.run(partsOfOrderStatement(tenantOf(unit), sent.order_id))
  const own = parts.filter((part) => part.vendor_order_id === vendor_order_id).map((part) => toVendor(type, part, id))
  return [toStore(type, sent.order_id, { id, vendor_order_id }), ...own]
}

/** All that is to be told of a fact, to whoever wants to know. */
export async function tellingsOf(unit: Unit, { name, payload, created_at: at }: Fact): Promise<Telling[]> {
  const orderId = payload.order_id as string
  switch (name) {
    case 'order.placed':
      return [...(await ofOrder(unit, name, orderId, { id: orderId })), ...(await ofCaptures(unit, orderId, { at }))]
    case 'order.canceled':
      return ofOrder(unit, name, orderId, { id: orderId })
    case 'order.payment_captured':
      // Without a capture it was taken when the order was placed, or there was nothing to take.
      return typeof payload.capture_id === 'string' ? ofCaptures(unit, orderId, { id: payload.capture_id }) : []
    case 'refund.settled':
      return ofRefund(unit, payload as EventPayloads['refund.settled'])
    case 'fulfillment.shipped':
      return ofParcel(unit, 'shipment.created', payload as EventPayloads['fulfillment.shipped'])
    case 'fulfillment.delivered':
      return ofParcel(unit, 'delivery.created', payload as EventPayloads['fulfillment.delivered'])
    case 'order.edit_confirmed':
      return ofOrder(unit, 'order-edit.confirmed', orderId, { id: payload.order_edit_id as string })
    case 'return.requested':
      return ofReturn(unit, 'order.return_requested', payload as EventPayloads['return.requested'])
    case 'return.received':
      return ofReturn(unit, 'order.return_received', payload as EventPayloads['return.received'])
    case 'dispute.changed':
      return [toStore(name, orderId, { id: payload.dispute_id as string })]
    default:
      throw new Error(`webhooks tell nothing of ${name}`)
  }
}

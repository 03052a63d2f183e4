import { type Context, type Statement, statement, tenantOf, type Unit } from '../../db/index.js'
import { consumeForOrder, type TakenPieces } from '../../inventory/index.js'
import { invalidData, newId, notFound } from '../../kernel/index.js'
import { type LineLock, lockLinesStatement, lockVendorOrderStatement, type VendorOrderLock } from '../locks.js'
import { deliver } from './deliver-fulfillment.js'
import { insertLabels, ship, type ShipmentLabel } from './ship-fulfillment.js'

export interface FulfillmentInput {
  /** Line items with how many pieces of each are packed. */
  items: readonly { id: string; quantity: number }[]
  /** Where they are packed; where they are reserved when absent. */
  location_id?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
  /** Tracking that the carrier gave before anything was sent. */
  labels?: readonly ShipmentLabel[] | undefined
  /** Where this parcel goes, when not where its order does. */
  delivery_address?: object | null | undefined
  provider_id?: string | undefined
  data?: Record<string, unknown> | null | undefined
  packed_at?: Date | null | undefined
  /** When it was sent, or arrived, of a parcel that is told of afterwards; the shopper is told as of any other. */
  shipped_at?: Date | null | undefined
  delivered_at?: Date | null | undefined
}

interface PackedItem {
  line: LineLock
  quantity: number
}

/**
 * Packs pieces of a vendor order: they leave the shelf, and what was promised of them is kept.
 * @returns the fulfilment's id
 * @throws not_found for an order or location that the caller cannot see; invalid_data for a canceled order;
 *   invalid_data for more pieces than are left, and for a location that the pieces are not reserved at
 */
export async function createFulfillment(context: Context, vendorOrderId: string, input: FulfillmentInput): Promise<string> {
  return context.db.unitOfWork(context.scope, (unit) => pack(unit, context, vendorOrderId, input))
}

/**
 * Packs pieces of an order whosever they are: a fulfilment for each vendor, all or none. Vendor orders are locked in
 * key order.
 * @returns the fulfilments' ids
 * @throws as createFulfillment does; not_found for the order; invalid_data for lines of another one
 */
export async function createFulfillments(context: Context, orderId: string, input: FulfillmentInput): Promise<string[]> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const lines = await unit.run(
      statement<{ id: string; vendor_order_id: string }>(
        'orders.parts_of_lines',
        'select id, vendor_order_id from order_line_item where tenant_id = $1 and order_id = $2 and id = any($3)',
        [tenantOf(unit), orderId, input.items.map((item) => item.id)],
      ),
    )
    const partOf = new Map(lines.map((line) => [line.id, line.vendor_order_id]))
    const unknown = input.items.map((item) => item.id).filter((id) => !partOf.has(id))
    if (unknown.length > 0) await refuseUnknownOrder(unit, orderId)
    if (unknown.length > 0) throw invalidData(`Items with ids ${unknown.join(', ')} does not exist in order with id ${orderId}.`)
    const made: string[] = []
    for (const part of [...new Set(partOf.values())].sort()) {
      made.push(await pack(unit, context, part, { ...input, items: input.items.filter((item) => partOf.get(item.id) === part) }, orderId))
    }
    return made
  })
}

/** @param named the order as who packs knows it: all of it, or a vendor's part */
async function pack(unit: Unit, context: Context, vendorOrderId: string, input: FulfillmentInput, named = vendorOrderId): Promise<string> {
  const tenantId = tenantOf(unit)
  const [[order], lines] = await Promise.all([
    unit.run(lockVendorOrderStatement(tenantId, vendorOrderId)),
    unit.run(lockLinesStatement(tenantId, vendorOrderId)),
  ])
  if (order === undefined) throw notFound(`Order with id: ${vendorOrderId} was not found`)
  if (order.status === 'canceled') throw invalidData(`Order with id ${named} has been canceled.`)
  const packed = packedItems(lines, input.items, named === vendorOrderId)
  if (input.location_id != null) await refuseUnknownLocation(unit, order.vendor_id, input.location_id)
  const wanted = packed.map(({ line, quantity }) => ({ orderLineId: line.id, quantity }))
  const taken = await consumeForOrder(unit, wanted)
  const reservedAt = taken[0]?.locationId ?? null
  if (input.location_id != null && reservedAt !== null && reservedAt !== input.location_id) {
    throw invalidData(`The pieces are reserved at location ${reservedAt}: pack them there, or name no location`)
  }
  const fulfillmentId = newId('ful')
  const location = input.location_id ?? reservedAt
  await Promise.all([
    unit.run(insertFulfillmentStatement(context, order, { ...input, id: fulfillmentId, location, packed })),
    unit.run(insertItemsStatement(tenantId, order, fulfillmentId, packed)),
    unit.run(insertStockStatement(tenantId, order, fulfillmentId, taken)),
    unit.run(
      statement(
        'orders.add_fulfilled',
        `update order_line_item i set fulfilled_quantity = i.fulfilled_quantity + p.quantity, updated_at = now()
         from unnest($2::text[], $3::int[]) as p (id, quantity) where i.tenant_id = $1 and i.id = p.id`,
        [tenantId, wanted.map((item) => item.orderLineId), wanted.map((item) => item.quantity)],
      ),
    ),
  ])
  const { labels = [] } = input
  if (labels.length > 0) await insertLabels(unit, { id: fulfillmentId, vendorId: order.vendor_id }, labels)
  const deliveredAt = input.delivered_at
  const shippedAt = input.shipped_at ?? deliveredAt
  if (shippedAt != null) await ship(unit, context, vendorOrderId, fulfillmentId, { labels: [], isTold: true, at: shippedAt })
  if (deliveredAt != null) await deliver(unit, context, vendorOrderId, fulfillmentId, { at: deliveredAt })
  return fulfillmentId
}

/** @param isVendors a vendor is told what is left; Medusa's clients are told in its words */
function packedItems(lines: readonly LineLock[], items: FulfillmentInput['items'], isVendors: boolean): PackedItem[] {
  const seen = new Set<string>()
  return items.map(({ id, quantity }) => {
    const line = lines.find((candidate) => candidate.id === id)
    if (line === undefined) throw notFound(`Line item with id: ${id} was not found`)
    if (seen.has(id)) throw invalidData(`Line item ${id} is named twice`)
    seen.add(id)
    const left = line.quantity - line.fulfilled_quantity
    if (quantity > left) {
      const inWords = `${left} of ${line.quantity} pieces of "${line.title}" are left to fulfil, not ${quantity}`
      throw invalidData(isVendors ? inWords : `Quantity to fulfill exceeds the reserved quantity for the item: ${id}`)
    }
    return { line, quantity }
  })
}

async function refuseUnknownOrder(unit: Unit, orderId: string): Promise<void> {
  const [order] = await unit.run(
    statement<{ id: string }>('orders.is_there', 'select id from orders where tenant_id = $1 and id = $2', [tenantOf(unit), orderId]),
  )
  if (order === undefined) throw notFound(`Order id not found: ${orderId}`)
}

async function refuseUnknownLocation(unit: Unit, vendorId: string, id: string): Promise<void> {
  const [location] = await unit.run(
    statement<{ id: string }>(
      'orders.location_of_vendor',
      'select id from stock_location where tenant_id = $1 and vendor_id = $2 and id = $3 and deleted_at is null',
      [tenantOf(unit), vendorId, id],
    ),
  )
  if (location === undefined) throw notFound(`StockLocation id not found: ${id}`)
}

function insertFulfillmentStatement(
  context: Context,
  order: VendorOrderLock,
  fulfillment: Omit<FulfillmentInput, 'items'> & { id: string; location: string | null; packed: readonly PackedItem[] },
): Statement<{ id: string }> {
  const json = (value: object | null | undefined) => (value == null ? null : JSON.stringify(value))
  return statement(
    'orders.insert_fulfillment',
    `insert into fulfillment (tenant_id, id, vendor_order_id, order_id, vendor_id, location_id, shipping_option_id,
       requires_shipping, packed_at, created_by, metadata, delivery_address, provider_id, data)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce($13, 'manual_manual'), $14) returning id`,
    [
      tenantOf(context),
      fulfillment.id,
      order.id,
      order.order_id,
      order.vendor_id,
      fulfillment.location,
      order.shipping_option_id,
      fulfillment.packed.some(({ line }) => line.requires_shipping),
      fulfillment.packed_at ?? context.clock.now(),
      context.actorId,
      json(fulfillment.metadata),
      json(fulfillment.delivery_address),
      fulfillment.provider_id ?? null,
      json(fulfillment.data),
    ],
  )
}

function insertItemsStatement(
  tenantId: string,
  order: VendorOrderLock,
  fulfillmentId: string,
  packed: readonly PackedItem[],
): Statement<{ id: string }> {
  return statement(
    'orders.insert_fulfillment_items',
    `insert into fulfillment_item (tenant_id, id, fulfillment_id, vendor_id, order_line_item_id, title, sku, quantity)
     select $1, p.id, $2, $3, p.line, p.title, p.sku, p.quantity
     from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::int[]) as p (id, line, title, sku, quantity) returning id`,
    [
      tenantId,
      fulfillmentId,
      order.vendor_id,
      packed.map(() => newId('fulit')),
      packed.map(({ line }) => line.id),
      packed.map(({ line }) => line.title),
      packed.map(({ line }) => line.sku),
      packed.map(({ quantity }) => quantity),
    ],
  )
}

/** From which shelves the pieces came: there they go back. */
function insertStockStatement(
  tenantId: string,
  order: VendorOrderLock,
  fulfillmentId: string,
  taken: readonly TakenPieces[],
): Statement<{ id: string }> {
  return statement(
    'orders.insert_fulfillment_stock',
    `insert into fulfillment_stock (tenant_id, id, fulfillment_id, vendor_id, order_line_item_id, inventory_item_id, location_id, quantity)
     select $1, t.id, $2, $3, t.line, t.item, t.location, t.quantity
     from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::int[]) as t (id, line, item, location, quantity) returning id`,
    [
      tenantId,
      fulfillmentId,
      order.vendor_id,
      taken.map(() => newId('fulst')),
      taken.map((piece) => piece.orderLineId),
      taken.map((piece) => piece.inventoryItemId),
      taken.map((piece) => piece.locationId),
      taken.map((piece) => piece.quantity),
    ],
  )
}

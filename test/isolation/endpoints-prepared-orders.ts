import { good } from '../support/http.js'
import type { Prepare } from './endpoints-spares.js'
import { beginReturn, type Ids, pack, placeOrder, type World } from './endpoints-world.js'

// Orders, and what comes after them, for requests that use one up.

/** An order with nothing packed yet. */
export async function order({ store }: World, vendor: number): Promise<Ids> {
  const placed = await placeOrder(store)
  const part = placed.order.vendor_orders[vendor]?.id as string
  const found = good(await store.vendor(vendor).get(`/vendor/orders/${part}`))
  return { order: placed.order.id, vendor_order: part, order_line_item: found.order.items[0].id }
}

export async function packed(world: World, vendor: number): Promise<Ids> {
  const ids = await order(world, vendor)
  return { ...ids, fulfillment: await pack(world.store, vendor, ids.vendor_order as string) }
}

async function shipped(world: World, vendor: number): Promise<Ids> {
  const ids = await packed(world, vendor)
  good(
    await world.store.vendor(vendor).post(`/vendor/orders/${ids.vendor_order}/fulfillments/${ids.fulfillment}/shipments`, { labels: [] }),
  )
  return ids
}

/** A return that is put together, with shipping. */
export async function begun(world: World, vendor: number): Promise<Ids> {
  const ids = await packed(world, vendor)
  const { id, items } = await beginReturn(world.store, ids.order as string, [vendor])
  const shipping_option_id = world.idsOf[vendor]?.return_shipping_option
  good(await world.store.admin.post(`/admin/returns/${id}/shipping-method`, { shipping_option_id }))
  return { ...ids, return: id, return_item: items[0]?.id as string }
}

/** A return after these steps. */
function returned(...steps: readonly [path: string, body: (ids: Ids) => object][]): Prepare {
  return async (world, vendor) => {
    const ids = await begun(world, vendor)
    for (const [path, body] of steps) good(await world.store.admin.post(`/admin/returns/${ids.return}/${path}`, body(ids)))
    return ids
  }
}

const nothing = () => ({})
const counted = (ids: Ids) => ({ items: [{ id: ids.order_line_item, quantity: 1 }] })
const requested = returned(['request', nothing])
const receiving = returned(['request', nothing], ['receive', nothing])
const received = returned(['request', nothing], ['receive', nothing], ['receive-items', counted])
const refundable: Prepare = async (world, vendor) => {
  const ids = await received(world, vendor)
  good(await world.store.admin.post(`/admin/returns/${ids.return}/receive/confirm`))
  const { payments } = good(await world.store.admin.get('/admin/payments', { order_id: ids.order as string }))
  return { ...ids, payment: payments[0].id }
}

/** By route. */
export const preparedOrders: Record<string, Prepare> = {
  'POST /store/orders/:id/transfer/request': order,
  'POST /admin/orders/:id/transfer': order,
  'POST /admin/orders/:id/transfer/guest': order,
  'POST /admin/fulfillments': order,
  'POST /admin/fulfillments/:id/shipment': packed,
  'POST /admin/fulfillments/:id/cancel': packed,
  'POST /admin/orders/:id/fulfillments': order,
  'POST /admin/orders/:id/fulfillments/:fulfillment_id/shipments': packed,
  'POST /admin/orders/:id/fulfillments/:fulfillment_id/cancel': packed,
  'POST /admin/orders/:id/fulfillments/:fulfillment_id/mark-as-delivered': shipped,
  'POST /admin/orders/:id': order,
  'POST /admin/orders/:id/complete': order,
  'POST /admin/orders/:id/cancel': order,
  'POST /admin/order-edits': order,
  'POST /admin/payments/:id/refund': refundable,
  'POST /admin/vendor-orders/:id/release': order,
  'POST /admin/payouts/releases': order,
  'POST /store/returns': packed,
  'POST /admin/returns': packed,
  'POST /admin/returns/:id': begun,
  'POST /admin/returns/:id/request-items': begun,
  'POST /admin/returns/:id/request-items/:action_id': begun,
  'DELETE /admin/returns/:id/request-items/:action_id': begun,
  'POST /admin/returns/:id/shipping-method': begun,
  'POST /admin/returns/:id/shipping-method/:action_id': begun,
  'DELETE /admin/returns/:id/shipping-method/:action_id': begun,
  'POST /admin/returns/:id/request': begun,
  'DELETE /admin/returns/:id/request': begun,
  'POST /admin/returns/:id/receive': requested,
  'DELETE /admin/returns/:id/receive': receiving,
  'POST /admin/returns/:id/receive-items': receiving,
  'POST /admin/returns/:id/receive-items/:action_id': receiving,
  'DELETE /admin/returns/:id/receive-items/:action_id': receiving,
  'POST /admin/returns/:id/dismiss-items': receiving,
  'POST /admin/returns/:id/dismiss-items/:action_id': receiving,
  'DELETE /admin/returns/:id/dismiss-items/:action_id': receiving,
  'POST /admin/returns/:id/receive/confirm': received,
  'POST /admin/returns/:id/cancel': requested,
  'POST /vendor/orders/:id/fulfillments': order,
  'POST /vendor/orders/:id/fulfillments/:fulfillment_id/shipments': packed,
  'POST /vendor/orders/:id/fulfillments/:fulfillment_id/mark-as-delivered': shipped,
}

import { good } from '../support/http.js'
import type { TestStore } from '../support/store.js'

// Orders that are being changed after their sale: edits, what they come to more, and exchanges.

type Ids = Record<string, string>

const storeRows = (table: string, more: string) => ({ sql: `select id from app.${table} where tenant_id = $1 ${more}`, ofVendor: false })
const ofExchange = (tables: string, more = '') => ({
  sql: `select a.id from app.${tables} where a.tenant_id = $1 and e.exchange_id is not null ${more}`,
  ofVendor: false,
})

export const changeKinds = {
  exchange: storeRows('order_exchange', ''),
  exchange_order: { sql: 'select order_id as id from app.order_exchange where tenant_id = $1', ofVendor: false },
  exchange_item: ofExchange(
    'order_edit_action a join app.order_edit e on e.tenant_id = a.tenant_id and e.id = a.order_edit_id',
    `and a.action = 'ITEM_ADD'`,
  ),
  exchange_return: storeRows('order_return', 'and exchange_id is not null'),
  exchange_return_item: ofExchange('order_return_item a join app.order_return e on e.tenant_id = a.tenant_id and e.id = a.return_id'),
  exchange_shipping: ofExchange(
    'order_edit_action a join app.order_edit e on e.tenant_id = a.tenant_id and e.id = a.order_edit_id',
    `and a.action = 'SHIPPING_ADD'`,
  ),
  order_collection: storeRows('payment_collection', 'and order_id is not null and cart_id is null'),
  order_edit_item: storeRows('order_edit_action', `and action = 'ITEM_ADD'`),
  order_edit_shipping: storeRows('order_edit_action', `and action = 'SHIPPING_ADD'`),
}

/** Plans a further piece and shipping of a vendor for an order. */
export async function edit(store: TestStore, order_id: string, vendor = 0): Promise<Ids> {
  good(await store.admin.post('/admin/order-edits', { order_id }))
  const items = [{ variant_id: store.vendors[vendor]?.products[1]?.variantIds[0], quantity: 1 }]
  good(await store.admin.post(`/admin/order-edits/${order_id}/items`, { items }))
  const { shippingOptionId: shipping_option_id } = store.vendors[vendor] as TestStore['vendors'][number]
  const { order_preview } = good(await store.admin.post(`/admin/order-edits/${order_id}/shipping-method`, { shipping_option_id }))
  const actionIn = (list: { actions: { id: string }[] }[]) => list.flatMap((part) => part.actions)[0]?.id as string
  return { order_edit_item: actionIn(order_preview.items), order_edit_shipping: actionIn(order_preview.shipping_methods) }
}

/** Plans to send a piece of a vendor for one that comes back, with shipping both ways. */
export async function exchange(store: TestStore, order_id: string, vendor = 0): Promise<Ids> {
  const { admin } = store
  const { id } = good(await admin.post('/admin/exchanges', { order_id })).exchange
  const order = good(await admin.get(`/admin/orders/${order_id}`)).order
  const part = order.vendor_orders.find((one: { vendor: { id: string } }) => one.vendor.id === store.vendors[vendor]?.id)
  const line = order.items.find((item: { vendor_order_id: string }) => item.vendor_order_id === part.id)
  const path = `/admin/exchanges/${id}`
  const back = good(await admin.post(`${path}/inbound/items`, { items: [{ id: line.id, quantity: 1 }] })).return
  const { shipping_options } = good(await admin.get('/admin/shipping-options', { limit: 50, fields: '*rules' }))
  const returning = shipping_options.find(
    (option: { name: string; vendor_id: string }) => option.name === 'Send back' && option.vendor_id === store.vendors[vendor]?.id,
  )
  good(await admin.post(`${path}/inbound/shipping-method`, { shipping_option_id: returning.id }))
  const items = [{ variant_id: store.vendors[vendor]?.products[1]?.variantIds[0], quantity: 1 }]
  good(await admin.post(`${path}/outbound/items`, { items }))
  const { shippingOptionId: shipping_option_id } = store.vendors[vendor] as TestStore['vendors'][number]
  const { order_preview } = good(await admin.post(`${path}/outbound/shipping-method`, { shipping_option_id }))
  const actionOf = (list: { actions?: { id: string; action: string }[] }[], wanted: string, prefix: string) =>
    list.flatMap((one) => one.actions ?? []).find((one) => one.action === wanted && one.id.startsWith(prefix))?.id as string
  return {
    exchange: id,
    exchange_return: back.id,
    exchange_return_item: back.items[0].id,
    exchange_item: actionOf(order_preview.items, 'ITEM_ADD', 'ordchact_'),
    exchange_shipping: actionOf(order_preview.shipping_methods, 'SHIPPING_ADD', 'ordchact_'),
  }
}

type Prepare<World> = (world: World, vendor: number) => Promise<Ids>

/** @param order an order with nothing packed yet; @param packed one of which something is */
export function preparedChanges<World extends { store: TestStore }>(
  order: Prepare<World>,
  packed: Prepare<World>,
): Record<string, Prepare<World>> {
  /** An order with an open edit. */
  const editing: Prepare<World> = async (world, vendor) => {
    const ids = await order(world, vendor)
    return { ...ids, ...(await edit(world.store, ids.order as string, vendor)) }
  }

  /** An order that came to more by an edit, with the collection that asks for it. */
  const raised: Prepare<World> = async (world, vendor) => {
    const ids = await editing(world, vendor)
    good(await world.store.admin.post(`/admin/order-edits/${ids.order}/confirm`))
    const found = good(await world.store.admin.get(`/admin/orders/${ids.order}`)).order
    const open = found.payment_collections.find((collection: { status: string }) => collection.status === 'not_paid')
    return { ...ids, order_collection: open.id }
  }

  /** An exchange that is put together, with shipping both ways. */
  const exchanging: Prepare<World> = async (world, vendor) => {
    const ids = await packed(world, vendor)
    return { ...ids, ...(await exchange(world.store, ids.order as string, vendor)) }
  }

  return {
    'POST /admin/order-edits': order,
    'POST /admin/order-edits/:id/items': editing,
    'POST /admin/order-edits/:id/items/item/:item_id': editing,
    'POST /admin/order-edits/:id/items/:action_id': editing,
    'DELETE /admin/order-edits/:id/items/:action_id': editing,
    'POST /admin/order-edits/:id/shipping-method': editing,
    'POST /admin/order-edits/:id/shipping-method/:action_id': editing,
    'DELETE /admin/order-edits/:id/shipping-method/:action_id': editing,
    'POST /admin/order-edits/:id/request': editing,
    'POST /admin/order-edits/:id/confirm': editing,
    'DELETE /admin/order-edits/:id': editing,
    'POST /admin/exchanges': packed,
    'POST /admin/exchanges/:id/inbound/items': exchanging,
    'POST /admin/exchanges/:id/inbound/items/:action_id': exchanging,
    'DELETE /admin/exchanges/:id/inbound/items/:action_id': exchanging,
    'POST /admin/exchanges/:id/inbound/shipping-method': exchanging,
    'POST /admin/exchanges/:id/inbound/shipping-method/:action_id': exchanging,
    'DELETE /admin/exchanges/:id/inbound/shipping-method/:action_id': exchanging,
    'POST /admin/exchanges/:id/outbound/items': exchanging,
    'POST /admin/exchanges/:id/outbound/items/:action_id': exchanging,
    'DELETE /admin/exchanges/:id/outbound/items/:action_id': exchanging,
    'POST /admin/exchanges/:id/outbound/shipping-method': exchanging,
    'POST /admin/exchanges/:id/outbound/shipping-method/:action_id': exchanging,
    'DELETE /admin/exchanges/:id/outbound/shipping-method/:action_id': exchanging,
    'POST /admin/exchanges/:id/request': exchanging,
    'DELETE /admin/exchanges/:id/request': exchanging,
    'POST /admin/exchanges/:id/cancel': async (world, vendor) => {
      const ids = await exchanging(world, vendor)
      good(await world.store.admin.post(`/admin/exchanges/${ids.exchange}/request`, {}))
      return ids
    },
    'POST /admin/payment-collections': raised,
    'POST /admin/payment-collections/:id/mark-as-paid': raised,
    'DELETE /admin/payment-collections/:id': raised,
  }
}

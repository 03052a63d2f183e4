import { good } from '../support/http.js'
import type { TestStore } from '../support/store.js'

// Orders that are being changed after their sale: edits, what they come to more, and exchanges.

type Ids = Record<string, string>

const storeRows = (table: string, more: string) => ({ sql: `select id from app.${table} where tenant_id = $1 ${more}`, ofVendor: false })
/** Exchanges and claims are in the same tables, and told apart by their ids. */
function kindsOf(noun: 'exchange' | 'claim') {
  const own = `starts_with(e.exchange_id, '${noun === 'claim' ? 'claim_' : 'oexc_'}')`
  const of = (tables: string, more = '') => ({
    sql: `select a.id from app.${tables} where a.tenant_id = $1 and ${own} ${more}`,
    ofVendor: false,
  })
  const actions = 'order_edit_action a join app.order_edit e on e.tenant_id = a.tenant_id and e.id = a.order_edit_id'
  const rows = (column: string) => ({
    sql: `select ${column} as id from app.order_exchange where tenant_id = $1 and (type = 'exchange') = ${noun === 'exchange'}`,
    ofVendor: false,
  })
  return {
    [noun]: rows('id'),
    [`${noun}_order`]: rows('order_id'),
    [`${noun}_item`]: of(actions, `and a.action = 'ITEM_ADD'`),
    [`${noun}_shipping`]: of(actions, `and a.action = 'SHIPPING_ADD'`),
    [`${noun}_return`]: storeRows('order_return e', `and ${own}`),
    [`${noun}_return_item`]: of('order_return_item a join app.order_return e on e.tenant_id = a.tenant_id and e.id = a.return_id'),
  }
}

export const changeKinds = {
  ...kindsOf('exchange'),
  ...kindsOf('claim'),
  claim_claimed: storeRows('order_claim_item', ''),
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

/** Plans to send a piece of a vendor for one that comes back or is claimed, with shipping both ways. */
export async function exchange(store: TestStore, order_id: string, vendor = 0, noun: 'exchange' | 'claim' = 'exchange'): Promise<Ids> {
  const { admin } = store
  const { id } = good(await admin.post(`/admin/${noun}s`, { order_id, ...(noun === 'claim' ? { type: 'replace' } : {}) }))[noun]
  const order = good(await admin.get(`/admin/orders/${order_id}`)).order
  const part = order.vendor_orders.find((one: { vendor: { id: string } }) => one.vendor.id === store.vendors[vendor]?.id)
  const line = order.items.find((item: { vendor_order_id: string }) => item.vendor_order_id === part.id)
  const path = `/admin/${noun}s/${id}`
  const claimed =
    noun === 'claim' ? good(await admin.post(`${path}/claim-items`, { items: [{ id: line.id, quantity: 1 }] })).claim.claim_items[0].id : ''
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
    [noun]: id,
    [`${noun}_return`]: back.id,
    [`${noun}_return_item`]: back.items[0].id,
    [`${noun}_item`]: actionOf(order_preview.items, 'ITEM_ADD', 'ordchact_'),
    [`${noun}_shipping`]: actionOf(order_preview.shipping_methods, 'SHIPPING_ADD', 'ordchact_'),
    ...(noun === 'claim' ? { claim_claimed: claimed } : {}),
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

  /** An exchange or a claim that is put together, with shipping both ways, and what uses one up. */
  const steps = (noun: 'exchange' | 'claim'): Record<string, Prepare<World>> => {
    const planned: Prepare<World> = async (world, vendor) => {
      const ids = await packed(world, vendor)
      return { ...ids, ...(await exchange(world.store, ids.order as string, vendor, noun)) }
    }
    const requested: Prepare<World> = async (world, vendor) => {
      const ids = await planned(world, vendor)
      good(await world.store.admin.post(`/admin/${noun}s/${ids[noun]}/request`, {}))
      return ids
    }
    const lists = [
      'inbound/items',
      'inbound/shipping-method',
      'outbound/items',
      'outbound/shipping-method',
      ...(noun === 'claim' ? ['claim-items'] : []),
    ]
    const path = `/admin/${noun}s`
    return {
      [`POST ${path}`]: packed,
      ...Object.fromEntries(
        lists.flatMap((list) => [
          [`POST ${path}/:id/${list}`, planned],
          [`POST ${path}/:id/${list}/:action_id`, planned],
          [`DELETE ${path}/:id/${list}/:action_id`, planned],
        ]),
      ),
      [`POST ${path}/:id/request`]: planned,
      [`DELETE ${path}/:id/request`]: planned,
      [`POST ${path}/:id/cancel`]: requested,
    }
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
    ...steps('exchange'),
    ...steps('claim'),
    'POST /admin/payment-collections': raised,
    'POST /admin/payment-collections/:id/mark-as-paid': raised,
    'DELETE /admin/payment-collections/:id': raised,
  }
}

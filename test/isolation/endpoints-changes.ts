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
  order_edit: storeRows('order_edit', ''),
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
  const actionIn = (list: { actions?: { id: string }[] }[]) => list.flatMap((part) => part.actions ?? [])[0]?.id as string
  return { order_edit_item: actionIn(order_preview.items), order_edit_shipping: actionIn(order_preview.shipping_methods) }
}

type Swap = 'exchange' | 'claim'
const claimed = 'claim-items'
const listsOf = (noun: Swap) => [
  ...(noun === 'claim' ? [claimed] : []),
  ...['inbound/items', 'inbound/shipping-method', 'outbound/items', 'outbound/shipping-method'],
]

/** Plans one thing more of an exchange or a claim, and answers the id of its action. */
async function add(store: TestStore, noun: Swap, ids: Ids, list: string, vendor: number): Promise<Ids> {
  const { admin, vendors } = store
  const own = vendors[vendor] as TestStore['vendors'][number]
  const bodies: Record<string, () => Promise<object>> = {
    [claimed]: async () => ({ items: [{ id: ids.order_line_item, quantity: 1 }] }),
    'inbound/items': async () => ({ items: [{ id: ids.order_line_item, quantity: 1 }] }),
    'inbound/shipping-method': async () => {
      const { shipping_options } = good(await admin.get('/admin/shipping-options', { limit: 50 }))
      const isReturning = (option: { name: string; vendor_id: string }) => option.name === 'Send back' && option.vendor_id === own.id
      return { shipping_option_id: shipping_options.find(isReturning).id }
    },
    'outbound/items': async () => ({ items: [{ variant_id: own.products[1]?.variantIds[0], quantity: 1 }] }),
    'outbound/shipping-method': async () => ({ shipping_option_id: own.shippingOptionId }),
  }
  const body = await (bodies[list] as () => Promise<object>)()
  const answer = good(await admin.post(`/admin/${noun}s/${ids[noun]}/${list}`, body))
  const actionOf = (parts: { actions?: { id: string; action: string }[] }[], wanted: string) =>
    parts.flatMap((part) => part.actions ?? []).findLast(({ id, action }) => action === wanted && id.startsWith('ordchact_'))?.id as string
  if (list === claimed) return { claim_claimed: answer.claim.claim_items[0].id }
  if (list === 'outbound/items') return { [`${noun}_item`]: actionOf(answer.order_preview.items, 'ITEM_ADD') }
  if (list === 'outbound/shipping-method') return { [`${noun}_shipping`]: actionOf(answer.order_preview.shipping_methods, 'SHIPPING_ADD') }
  return { [`${noun}_return`]: answer.return.id, [`${noun}_return_item`]: answer.return.items[0]?.id }
}

/** Plans to send a piece of a vendor for one that comes back or is claimed, with shipping both ways. */
export async function exchange(store: TestStore, order_id: string, vendor = 0, noun: Swap = 'exchange'): Promise<Ids> {
  const { admin } = store
  const begun = good(await admin.post(`/admin/${noun}s`, { order_id, ...(noun === 'claim' ? { type: 'replace' } : {}) }))
  const part = begun.order.vendor_orders.find((one: { vendor: { id: string } }) => one.vendor.id === store.vendors[vendor]?.id)
  const line = begun.order.items.find((item: { vendor_order_id: string }) => item.vendor_order_id === part.id)
  const ids: Ids = { [noun]: begun[noun].id, order_line_item: line.id }
  for (const list of listsOf(noun)) Object.assign(ids, await add(store, noun, ids, list, vendor))
  return ids
}

type Prepare<World> = (world: World, vendor: number) => Promise<Ids>

const kept = new WeakMap<object, Map<string, Promise<Ids>>>()

/** Made once for each world and vendor, for requests that leave it as usable as it was. */
function once<World extends object>(name: string, prepare: Prepare<World>): Prepare<World> {
  return (world, vendor) => {
    const own = kept.get(world) ?? new Map<string, Promise<Ids>>()
    kept.set(world, own)
    const made = own.get(`${name} ${vendor}`) ?? prepare(world, vendor)
    own.set(`${name} ${vendor}`, made)
    return made
  }
}

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

  /** An exchange or a claim that is put together, with shipping both ways; what a request takes out is planned anew for it. */
  const steps = (noun: Swap): Record<string, Prepare<World>> => {
    const planned: Prepare<World> = async (world, vendor) => {
      const ids = await packed(world, vendor)
      return { ...ids, ...(await exchange(world.store, ids.order as string, vendor, noun)) }
    }
    const lasting = once(noun, planned)
    const again =
      (list: string): Prepare<World> =>
      async (world, vendor) => {
        const ids = await lasting(world, vendor)
        return { ...ids, ...(await add(world.store, noun, ids, list, vendor)) }
      }
    const requested: Prepare<World> = async (world, vendor) => {
      const ids = await planned(world, vendor)
      good(await world.store.admin.post(`/admin/${noun}s/${ids[noun]}/request`, {}))
      return ids
    }
    const path = `/admin/${noun}s`
    return {
      [`POST ${path}`]: packed,
      ...Object.fromEntries(
        listsOf(noun).flatMap((list) => [
          [`POST ${path}/:id/${list}`, again(list)],
          [`POST ${path}/:id/${list}/:action_id`, again(list)],
          [`DELETE ${path}/:id/${list}/:action_id`, again(list)],
        ]),
      ),
      [`POST ${path}/:id/request`]: planned,
      [`DELETE ${path}/:id/request`]: planned,
      [`POST ${path}/:id/cancel`]: requested,
    }
  }
  const lasting = once('edit', editing)

  return {
    'POST /admin/order-edits': order,
    'POST /admin/order-edits/:id/items': lasting,
    'POST /admin/order-edits/:id/items/item/:item_id': lasting,
    'POST /admin/order-edits/:id/items/:action_id': lasting,
    'DELETE /admin/order-edits/:id/items/:action_id': editing,
    'POST /admin/order-edits/:id/shipping-method': lasting,
    'POST /admin/order-edits/:id/shipping-method/:action_id': lasting,
    'DELETE /admin/order-edits/:id/shipping-method/:action_id': editing,
    'POST /admin/order-edits/:id/request': lasting,
    'POST /admin/order-edits/:id/confirm': editing,
    'DELETE /admin/order-edits/:id': editing,
    ...steps('exchange'),
    ...steps('claim'),
    'POST /admin/orders/:id/payment-requests': raised,
    'POST /admin/payment-collections': raised,
    'POST /admin/payment-collections/:id/mark-as-paid': raised,
    'POST /admin/payment-collections/:id/payment-sessions': raised,
    'DELETE /admin/payment-collections/:id': raised,
  }
}

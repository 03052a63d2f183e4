import assert from 'node:assert/strict'
import type { TestApp } from './app.js'
import { asAdmin } from './database.js'
import { good } from './http.js'
import { fillCart } from './purchase.js'
import type { TestStore } from './store.js'

export interface Bought {
  id: string
  paymentId: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  order: any
  /** Line items, one of each vendor, in the order of the store's vendors. */
  lines: string[]
}

/** An order of the first product of every vendor, as the store's staff see it. */
export async function buy(store: TestStore, quantity = 2): Promise<Bought> {
  const variantIds = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
  const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds, quantity })
  const { body } = await store.shopper.post(`/store/carts/${cartId}/complete`)
  assert.equal(body.type, 'order', JSON.stringify(body))
  const order = await orderOf(store, body.order.id)
  const lines = variantIds.map((variant) => order.items.find((item: { variant_id: string }) => item.variant_id === variant).id as string)
  return { id: order.id, paymentId: order.payment_collections[0].payments[0].id, order, lines }
}

export async function orderOf(store: TestStore, orderId: string) {
  const { status, body } = await store.admin.get(`/admin/orders/${orderId}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body.order
}

/** Packs pieces of lines; one fulfilment for each vendor. */
export async function packAll(store: TestStore, bought: Bought, quantity = 2) {
  const packed = await store.admin.post(`/admin/orders/${bought.id}/fulfillments`, { items: bought.lines.map((id) => ({ id, quantity })) })
  assert.equal(packed.status, 200, JSON.stringify(packed.body))
  return packed.body.order
}

/** What is on the shelf and what is promised of it, of a vendor's first variant. */
export async function shelf(app: TestApp, store: TestStore, vendor = 0): Promise<{ stocked: number; reserved: number }> {
  const [row] = await asAdmin<{ stocked: number; reserved: number }>(
    app.adminUrl,
    `select l.stocked_quantity as stocked, l.reserved_quantity as reserved from app.inventory_level l
     join app.variant_inventory_item k on k.tenant_id = l.tenant_id and k.inventory_item_id = l.inventory_item_id
     where l.tenant_id = $1 and k.variant_id = $2`,
    [store.tenantId, store.vendors[vendor]?.products[0]?.variantIds[0]],
  )
  assert.ok(row !== undefined)
  return row
}

/** Balances of the books for an order, without accounts that stand at nothing. */
export async function booksOf(store: TestStore, orderId: string): Promise<Record<string, number>> {
  const { body } = await store.admin.get('/admin/ledger/balances', { order_id: orderId })
  return Object.fromEntries(
    body.balances.map((row: { code: string; party_id: string | null; balance: number }) => [
      `${row.code} ${row.party_id ?? ''}`.trim(),
      row.balance,
    ]),
  )
}

/** Orders of a store that are not found by the total that their own answers tell. */
export async function notFoundByTotal(store: TestStore): Promise<string[]> {
  const { orders } = good(await store.admin.get('/admin/orders', { limit: 100, fields: 'id,total,status' }))
  const missed = orders.map(async ({ id, total, status }: { id: string; total: number; status: string }) => {
    const { count } = good(await store.admin.get('/admin/orders', { id, total }))
    return count === 1 ? [] : [`${status} ${id} comes to ${total}`]
  })
  return (await Promise.all(missed)).flat()
}

/** An option of a vendor for sending goods back, at 3.00. */
export async function addReturnOption(store: TestStore, vendor = 0): Promise<string> {
  const { body } = await store.admin.get(`/admin/shipping-options/${store.vendors[vendor]?.shippingOptionId}`)
  const { service_zone_id, shipping_profile_id, type } = body.shipping_option
  const made = await store.admin.post('/admin/shipping-options', {
    name: 'Send back',
    service_zone_id,
    shipping_profile_id,
    type_id: type.id,
    prices: [{ currency_code: 'usd', amount: 3 }],
    rules: [{ attribute: 'is_return', operator: 'eq', value: 'true' }],
  })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  return made.body.shipping_option.id
}

/** Staff add a piece to an order that was sold. */
export async function raise(store: TestStore, orderId: string, variantId: string): Promise<void> {
  const items = [{ variant_id: variantId, quantity: 1 }]
  good(await store.admin.post('/admin/order-edits', { order_id: orderId }))
  good(await store.admin.post(`/admin/order-edits/${orderId}/items`, { items }))
  good(await store.admin.post(`/admin/order-edits/${orderId}/confirm`))
}

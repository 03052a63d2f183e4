import assert from 'node:assert/strict'
import { newId } from '../../src/kernel/index.js'
import type { TestApp } from './app.js'
import { asAdmin } from './database.js'
import { addressIn } from './purchase.js'
import type { TestStore } from './store.js'

export interface ReadyCartOptions {
  items: readonly { variant_id: string; quantity: number }[]
  /** Vendors whose shipping is chosen; the first alone when absent, and the store picks the others'. */
  shippingOf?: readonly number[]
  providerId?: string
  email?: string
}

/** A cart that only waits to be completed, by the fewest calls that make one. */
export async function readyCart(store: TestStore, options: ReadyCartOptions): Promise<string> {
  const { shopper } = store
  const address = addressIn('us')
  const created = await shopper.post('/store/carts', {
    region_id: store.regionId,
    email: options.email ?? 'ada@example.com',
    shipping_address: address,
    billing_address: address,
    items: options.items,
  })
  assert.equal(created.status, 200, JSON.stringify(created.body))
  const cartId = created.body.cart.id as string
  const choices = (options.shippingOf ?? [0]).map((index) => ({ option_id: store.vendors[index]?.shippingOptionId }))
  const chosen = await shopper.post(`/store/carts/${cartId}/shipping-methods`, choices)
  assert.equal(chosen.status, 200, JSON.stringify(chosen.body))
  await startPayment(store, cartId, options.providerId)
  return cartId
}

/** A payment session for what the cart costs now. */
export async function startPayment(store: TestStore, cartId: string, providerId = 'pp_system_default'): Promise<void> {
  const collection = await store.shopper.post('/store/payment-collections', { cart_id: cartId })
  assert.equal(collection.status, 200, JSON.stringify(collection.body))
  const { id } = collection.body.payment_collection
  const session = await store.shopper.post(`/store/payment-collections/${id}/payment-sessions`, { provider_id: providerId })
  assert.equal(session.status, 200, JSON.stringify(session.body))
}

/** Copies of a cart that waits to be completed, row by row, for suites that need hundreds: a cart takes six requests. */
export async function copiesOf(app: TestApp, cartId: string, count: number): Promise<string[]> {
  const copies = Array.from({ length: count }, () => ({ cart: newId('cart'), collection: newId('pay_col') }))
  const values = [cartId, JSON.stringify(copies)]
  const copy = (table: string, source: string, changes: string) =>
    asAdmin(
      app.adminUrl,
      `insert into app.${table} select (jsonb_populate_record(null::app.${table}, to_jsonb(t) || jsonb_build_object(${changes}))).*
       from jsonb_to_recordset($2::jsonb) as n (cart text, collection text) cross join lateral (${source}) t`,
      values,
    )
  // A copy's own ids end in the last characters of its cart's.
  const id = (prefix: string) => `'id', '${prefix}_' || right(t.id, 13) || right(n.cart, 13)`
  await copy('cart', 'select * from app.cart where id = $1', `'id', n.cart`)
  await copy('cart_line_item', 'select * from app.cart_line_item where cart_id = $1', `${id('cali')}, 'cart_id', n.cart`)
  await copy('cart_shipping_method', 'select * from app.cart_shipping_method where cart_id = $1', `${id('casm')}, 'cart_id', n.cart`)
  await copy('payment_collection', 'select * from app.payment_collection where cart_id = $1', `'id', n.collection, 'cart_id', n.cart`)
  await copy(
    'payment_session',
    'select s.* from app.payment_session s join app.payment_collection k on k.tenant_id = s.tenant_id and k.id = s.payment_collection_id where k.cart_id = $1',
    `${id('payses')}, 'payment_collection_id', n.collection`,
  )
  return copies.map(({ cart }) => cart)
}

import assert from 'node:assert/strict'
import type { Scope } from '../../../src/db/index.js'
import {
  listOrdersStatement,
  listVendorOrdersStatement,
  renderOrder,
  renderVendorOrder,
  retrieveVendorOrderStatement,
} from '../../../src/orders/index.js'
import { useApp } from '../../support/app.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const everything = {
  id: null,
  status: null,
  vendorIds: null,
  q: null,
  limit: 50,
  offset: 0,
  order: { field: 'created_at', descending: true },
}
const pictures = (url: string | null) => url

describe("a vendor's part of an order", () => {
  const app = useApp()
  let store: TestStore
  // biome-ignore lint/suspicious/noExplicitAny: an answer of the API
  let order: any

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, tax_ppm: 82_500 })
    const variantIds = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds, quantity: 2 })
    order = (await store.shopper.post(`/store/carts/${cartId}/complete`)).body.order
  })

  const scopeOf = (index: number): Scope => ({ role: 'vendor', tenantId: store.tenantId, vendorId: store.vendors[index]?.id as string })
  const listFor = (index: number) => app().db.read(scopeOf(index), listVendorOrdersStatement(store.tenantId, everything))

  it('is seen by its vendor with the same figures as the shopper sees, and what it earns', async () => {
    for (const index of [0, 1]) {
      const [row, ...others] = await listFor(index)
      assert.ok(row)
      assert.deepEqual(others, [])
      const rendered = renderVendorOrder(row, pictures)
      const part = order.vendor_orders[index]
      for (const name of ['id', 'display_id', 'total', 'item_total', 'shipping_total', 'tax_total', 'fulfillment_status', 'status']) {
        assert.equal(rendered[name], part[name], name)
      }
      assert.equal(rendered.payment_status, 'captured')
      const items = rendered.items as { id: string }[]
      assert.deepEqual(
        items.map((item) => item.id),
        [order.items[index].id],
      )
      assert.equal((rendered.shipping_methods as unknown[]).length, 1)
      // A tenth of the items before tax is the store's; the tax is the state's.
      const net = order.items[index].subtotal
      assert.equal(rendered.commission_total, net / 10)
      assert.equal(rendered.vendor_amount, Math.round((part.total - part.tax_total - net / 10) * 100) / 100)
    }
  })

  it('says nothing of the whole order, whose id would open it', async () => {
    const [row] = await listFor(0)
    assert.ok(row)
    const text = JSON.stringify(renderVendorOrder(row, pictures))
    assert.equal(text.includes(order.id), false)
    assert.equal(text.includes(order.items[1].title), false)
  })

  it('is not there for the other vendor, nor for the vendor of another store', async () => {
    const [own, others] = order.vendor_orders as [{ id: string }, { id: string }]
    const read = (index: number, id: string) => app().db.read(scopeOf(index), retrieveVendorOrderStatement(store.tenantId, id))
    assert.equal((await read(0, own.id)).length, 1)
    assert.equal((await read(0, others.id)).length, 0)
    const stranger = await createTestStore(app())
    const scope: Scope = { role: 'vendor', tenantId: stranger.tenantId, vendorId: stranger.vendors[0]?.id as string }
    assert.equal((await app().db.read(scope, retrieveVendorOrderStatement(stranger.tenantId, own.id))).length, 0)
  })

  it('is found by its number, its buyer and its state', async () => {
    const find = async (filter: object) =>
      (await app().db.read(store.scope, listVendorOrdersStatement(store.tenantId, { ...everything, ...filter }))).map((row) => row.id)
    const [first, second] = order.vendor_orders as [{ id: string; display_id: string }, { id: string }]
    assert.deepEqual(await find({ q: first.display_id }), [first.id])
    assert.deepEqual((await find({ q: 'ADA@' })).sort(), [first.id, second.id].sort())
    assert.deepEqual(await find({ vendorIds: [store.vendors[1]?.id] }), [second.id])
    assert.deepEqual(await find({ status: ['canceled'] }), [])
    assert.deepEqual(await find({ limit: 1, order: { field: 'id', descending: false } }), [first.id])
  })

  it('is listed with its order for the store, commission included', async () => {
    const filter = { ...everything, customerId: null, salesChannelId: null, vendorId: store.vendors[1]?.id as string }
    const [row] = await app().db.read(store.scope, listOrdersStatement(store.tenantId, filter))
    assert.ok(row)
    assert.equal(row.count, 1)
    const rendered = renderOrder(row, pictures)
    const parts = rendered.vendor_orders as { commission_total: number; vendor_amount: number; total: number; tax_total: number }[]
    for (const part of parts)
      assert.equal(Math.round((part.vendor_amount + part.commission_total + part.tax_total) * 100), Math.round(part.total * 100))
    assert.equal(rendered.total, order.total)
    const none = await app().db.read(store.scope, listOrdersStatement(store.tenantId, { ...filter, q: 'nobody@' }))
    assert.deepEqual(none, [])
  })
})

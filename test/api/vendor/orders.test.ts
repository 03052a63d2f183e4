import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { type Answer, type Client, client } from '../../support/client.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('orders of a vendor', () => {
  const app = useApp()
  let store: TestStore
  let vendor: Client
  let rival: Client

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 2 })
    vendor = store.vendor(0)
    rival = store.vendor(1)
  })

  /** An order over both vendors: two things of the first, one of the second, each so many times. */
  async function buy(quantity = 2): Promise<{ mine: Answer['body']; theirs: Answer['body']; orderId: string }> {
    const variantIds = [
      store.vendors[0]?.products[0]?.variantIds[0],
      store.vendors[0]?.products[1]?.variantIds[0],
      store.vendors[1]?.products[0]?.variantIds[0],
    ]
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: variantIds as string[], quantity })
    const completed = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.equal(completed.body.type, 'order', JSON.stringify(completed.body))
    const newest = async (who: Client) => (await who.get('/vendor/orders', { limit: 1, order: '-created_at' })).body.orders[0]
    return { mine: await newest(vendor), theirs: await newest(rival), orderId: completed.body.order.id }
  }

  const fulfil = (orderId: string, items: unknown, more: object = {}) =>
    vendor.post(`/vendor/orders/${orderId}/fulfillments`, { items, ...more })
  const stockOf = async (sku: string) => (await vendor.get('/vendor/inventory-levels', { sku })).body.inventory_levels[0]

  it('hold the vendor’s own lines, shipping and money, and nothing else of the shopper’s order', async () => {
    const { mine, theirs, orderId } = await buy()
    assert.equal(mine.items.length, 2)
    assert.equal(mine.item_total, 42)
    assert.equal(mine.shipping_total, 5)
    assert.equal(mine.total, 47)
    assert.equal(mine.commission_total, 4.2)
    assert.equal(mine.vendor_amount, 42.8)
    assert.equal(mine.fulfillment_status, 'not_fulfilled')
    assert.equal(mine.shipping_address.city, 'Town')
    const retrieved = await vendor.get(`/vendor/orders/${mine.id}`)
    assert.equal(retrieved.body.order.total, 47)
    for (const secret of [orderId, theirs.id, store.vendors[1]?.id as string, 'Thing 2.1']) {
      assert.ok(!JSON.stringify(retrieved.body).includes(secret), `${secret} is no business of this vendor's`)
    }
  })

  it('are found by their number, and by that of the order that the shopper names', async () => {
    const { mine } = await buy()
    const found = async (q: string) => (await vendor.get('/vendor/orders', { q })).body.orders.map((one: { id: string }) => one.id)
    for (const q of [mine.display_id, `#${mine.display_id}`, mine.display_id.split('-')[0]]) assert.deepEqual(await found(q), [mine.id], q)
    assert.deepEqual(await found(mine.display_id.replace('-1', '-2')), [], 'the part of another vendor')
  })

  it('are read with a member’s token as with a key', async () => {
    const person = store.vendors[0] as TestStore['vendors'][0]
    const { body } = await client(app(), { tenant: store.slug }).post('/auth/member/emailpass', {
      email: person.email,
      password: person.password,
    })
    assert.equal((await client(app(), { token: body.token }).get('/vendor/orders')).status, 200)
  })

  it('are packed, sent and delivered; the stock follows, and the shopper is told once', async () => {
    const { mine } = await buy()
    const [first, second] = mine.items
    const before = await stockOf(first.variant_sku)
    const packed = await fulfil(
      mine.id,
      mine.items.map((item: { id: string; quantity: number }) => ({ id: item.id, quantity: item.quantity })),
    )
    assert.equal(packed.status, 200, JSON.stringify(packed.body))
    assert.equal(packed.body.order.fulfillment_status, 'fulfilled')
    const [fulfillment] = packed.body.order.fulfillments
    assert.deepEqual(fulfillment.items.map((item: { line_item_id: string }) => item.line_item_id).sort(), [first.id, second.id].sort())
    assert.equal(fulfillment.location_id, store.vendors[0]?.locationId)
    const after = await stockOf(first.variant_sku)
    assert.equal(after.stocked_quantity, before.stocked_quantity - 2)
    assert.equal(after.reserved_quantity, before.reserved_quantity - 2)
    assert.equal(after.available_quantity, before.available_quantity)

    const path = `/vendor/orders/${mine.id}/fulfillments/${fulfillment.id}`
    assert.equal((await vendor.post(`${path}/mark-as-delivered`)).status, 400, 'not before it is sent')
    const mailsBefore = app().mails.length
    const labels = [{ tracking_number: '1Z999', tracking_url: 'https://carrier.example/1Z999' }]
    const shipped = await vendor.post(`${path}/shipments`, { labels })
    assert.equal(shipped.status, 200, JSON.stringify(shipped.body))
    assert.equal(shipped.body.order.fulfillment_status, 'shipped')
    assert.equal(shipped.body.order.fulfillments[0].labels[0].tracking_number, '1Z999')
    assert.equal((await vendor.post(`${path}/shipments`, { labels })).status, 400, 'a parcel is sent once')
    await app().drain()
    const notices = app()
      .mails.slice(mailsBefore)
      .filter((mail) => mail.text.includes('1Z999'))
    assert.equal(notices.length, 1)

    const delivered = await vendor.post(`${path}/mark-as-delivered`)
    assert.equal(delivered.status, 200, JSON.stringify(delivered.body))
    assert.equal(delivered.body.order.fulfillment_status, 'delivered')
    assert.equal(delivered.body.order.status, 'completed')
    assert.equal((await vendor.post(`${path}/mark-as-delivered`)).status, 400)
  })

  it('can be packed in parts, and never more than was bought', async () => {
    const { mine } = await buy(3)
    const [line] = mine.items
    const one = await fulfil(mine.id, [{ id: line.id, quantity: 1 }])
    assert.equal(one.body.order.fulfillment_status, 'partially_fulfilled')
    const tooMuch = await fulfil(mine.id, [{ id: line.id, quantity: 3 }])
    assert.equal(tooMuch.status, 400)
    assert.match(tooMuch.body.message, /2 of 3 pieces/)
    assert.equal((await fulfil(mine.id, [{ id: line.id, quantity: 2 }])).status, 200)
    assert.equal((await fulfil(mine.id, [{ id: line.id, quantity: 1 }])).status, 400)
    const [fulfillment] = one.body.order.fulfillments
    await vendor.post(`/vendor/orders/${mine.id}/fulfillments/${fulfillment.id}/shipments`)
    const delivered = await vendor.post(`/vendor/orders/${mine.id}/fulfillments/${fulfillment.id}/mark-as-delivered`)
    assert.equal(delivered.body.order.status, 'pending', 'not everything has arrived')
    assert.equal(delivered.body.order.fulfillment_status, 'partially_delivered')
  })

  it('give each piece to one of several who pack at the same moment', async () => {
    const { mine } = await buy(4)
    const [line] = mine.items
    const before = await stockOf(line.variant_sku)
    const answers = await Promise.all(Array.from({ length: 6 }, () => fulfil(mine.id, [{ id: line.id, quantity: 1 }])))
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 200, 200, 200, 400, 400])
    const { body } = await vendor.get(`/vendor/orders/${mine.id}`)
    assert.equal(body.order.items[0].detail.fulfilled_quantity, 4)
    assert.equal((await stockOf(line.variant_sku)).stocked_quantity, before.stocked_quantity - 4)
  })

  it('are packed where the pieces are reserved', async () => {
    const { mine } = await buy(1)
    const [line] = mine.items
    const barn = (await vendor.post('/vendor/stock-locations', { name: 'Barn' })).body.stock_location.id
    const elsewhere = await fulfil(mine.id, [{ id: line.id, quantity: 1 }], { location_id: barn })
    assert.equal(elsewhere.status, 400)
    assert.match(elsewhere.body.message, /reserved at location/)
    assert.equal((await fulfil(mine.id, [{ id: line.id, quantity: 1 }], { location_id: store.vendors[1]?.locationId })).status, 404)
    assert.equal((await fulfil(mine.id, [{ id: line.id, quantity: 1 }], { location_id: store.vendors[0]?.locationId })).status, 200)
  })

  it('of another vendor are not there: not to see, pack, send or deliver', async () => {
    const { mine, theirs } = await buy(1)
    assert.equal((await vendor.get(`/vendor/orders/${theirs.id}`)).status, 404)
    const listed = await vendor.get('/vendor/orders', { limit: 100 })
    assert.ok(listed.body.orders.every((order: { id: string }) => order.id !== theirs.id))
    assert.equal((await vendor.get('/vendor/orders', { id: theirs.id })).body.count, 0)
    assert.equal((await fulfil(theirs.id, [{ id: theirs.items[0].id, quantity: 1 }])).status, 404)
    assert.equal((await fulfil(mine.id, [{ id: theirs.items[0].id, quantity: 1 }])).status, 404)
    const packed = await rival.post(`/vendor/orders/${theirs.id}/fulfillments`, { items: [{ id: theirs.items[0].id, quantity: 1 }] })
    assert.equal(packed.status, 200, JSON.stringify(packed.body))
    const foreign = packed.body.order.fulfillments[0].id
    for (const order of [mine.id, theirs.id]) {
      for (const step of ['shipments', 'mark-as-delivered']) {
        assert.equal((await vendor.post(`/vendor/orders/${order}/fulfillments/${foreign}/${step}`)).status, 404)
      }
    }
    assert.equal((await rival.get(`/vendor/orders/${theirs.id}`)).body.order.fulfillment_status, 'fulfilled')
  })

  it('refuse bodies that make no sense', async () => {
    const { mine } = await buy(1)
    const [line] = mine.items
    const bad = [
      [],
      [{ id: line.id, quantity: 0 }],
      [{ id: line.id, quantity: 0.5 }],
      [{ id: line.id }],
      [
        { id: line.id, quantity: 1 },
        { id: line.id, quantity: 1 },
      ],
    ]
    for (const items of bad) assert.equal((await fulfil(mine.id, items)).status, 400, JSON.stringify(items))
    assert.equal((await fulfil(mine.id, [{ id: 'ordli_unknown', quantity: 1 }])).status, 404)
    assert.equal((await fulfil('vord_unknown', [{ id: line.id, quantity: 1 }])).status, 404)
    assert.equal((await fulfil(mine.id, [{ id: line.id, quantity: 1 }], { notify: true })).status, 400)
    assert.equal((await vendor.get('/vendor/orders', { status: 'lost' })).status, 400)
    assert.equal((await vendor.get(`/vendor/orders/${mine.id}`)).body.order.fulfillment_status, 'not_fulfilled', 'nothing was written')
  })
})

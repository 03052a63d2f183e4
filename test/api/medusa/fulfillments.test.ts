import assert from 'node:assert/strict'
import { buy, packAll, shelf } from '../../support/after-sale.js'
import { useAfterSale } from '../../support/admin-client.js'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { fillCart } from '../../support/purchase.js'

/** As the software of a warehouse makes them, by Medusa's client. */
describe("Medusa's fulfillments by themselves", () => {
  const app = useApp()
  const { store, sdk } = useAfterSale(app)

  const address = { first_name: 'Ada', address_1: 'Depot 7', city: 'Town', country_code: 'us', postal_code: '12345' }
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  const bodyOf = (bought: { id: string; order: any; lines: string[] }, more: object = {}) => ({
    location_id: store().vendors[0]?.locationId,
    provider_id: 'manual_manual',
    delivery_address: address,
    items: [{ title: 'Thing', sku: '', barcode: '', quantity: 2, line_item_id: bought.lines[0] }],
    labels: [{ tracking_number: 'T-1', tracking_url: '#', label_url: '' }],
    order_id: bought.id,
    data: { slot: 'B2' },
    metadata: null,
    ...more,
  })

  it('are packed, sent and canceled, and the lines and the shelf say so', async () => {
    const bought = await buy(store())
    const before = await shelf(app(), store())
    const { fulfillment } = await sdk().admin.fulfillment.create(bodyOf(bought) as never)
    assert.deepEqual((fulfillment as unknown as { data: object }).data, { slot: 'B2' })
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
    const wire = fulfillment as any
    assert.deepEqual(
      [wire.order.id, wire.delivery_address.address_1, wire.labels[0].tracking_url, wire.items[0].line_item_id, wire.shipped_at],
      [bought.id, 'Depot 7', '#', bought.lines[0], null],
    )
    assert.equal((await shelf(app(), store())).stocked, before.stocked - 2)
    await sdk().admin.fulfillment.cancel(wire.id)
    assert.equal((await shelf(app(), store())).stocked, before.stocked)
    const { fulfillment: second } = await sdk().admin.fulfillment.create(bodyOf(bought, { labels: [] }) as never)
    const labels = [{ tracking_number: 'T-2', tracking_url: 'https://carrier.example/T-2', label_url: '#' }]
    const { fulfillment: sent } = await sdk().admin.fulfillment.createShipment(second.id, { labels } as never)
    assert.ok(sent.shipped_at)
    const { order } = await sdk().admin.order.retrieve(bought.id)
    assert.equal(order.fulfillment_status, 'partially_shipped')
    await app().drain()
    assert.ok(app().mails.some(({ text }) => text.includes('T-2 (https://carrier.example/T-2)')))
    const late = await store().admin.post(`/admin/fulfillments/${second.id}/cancel`, {})
    assert.deepEqual([late.status, late.body.type], [400, 'not_allowed'])
  })

  it("are refused out of turn in Medusa's words", async () => {
    const bought = await buy(store())
    const items = [{ id: bought.lines[0] as string, quantity: 1 }]
    const post = async (path: string, body: object) => (await store().admin.post(`/admin/orders${path}`, body)).body
    assert.deepEqual(await post('/order_none/fulfillments', { items }), { type: 'not_found', message: 'Order id not found: order_none' })
    const packed = await post(`/${bought.id}/fulfillments`, { items })
    const [parcel] = packed.order.fulfillments
    assert.deepEqual([parcel.provider, parcel.data, parcel.items[0].fulfillment_id], [{ id: 'manual_manual' }, {}, parcel.id])
    const many = await post(`/${bought.id}/fulfillments`, { items: [{ ...items[0], quantity: 9 }] })
    assert.equal(many.message, `Quantity to fulfill exceeds the reserved quantity for the item: ${bought.lines[0]}`)
    const path = `/${bought.id}/fulfillments/${parcel.id}`
    await post(`${path}/shipments`, { items })
    assert.equal((await post(`${path}/shipments`, { items })).message, 'Shipment has already been created')
    await post(`${path}/mark-as-delivered`, {})
    assert.equal((await post(`${path}/mark-as-delivered`, {})).message, 'Fulfillment has already been marked delivered')
    const late = await post(`${path}/cancel`, {})
    assert.deepEqual([late.type, late.message], ['invalid_data', `Fulfillment with id ${parcel.id} already delivered`])
    const none = `/${bought.id}/fulfillments/ful_none`
    assert.equal((await post(`${none}/mark-as-delivered`, {})).message, 'Fulfillment id not found: ful_none')
    const unknown = await post(`${none}/cancel`, {})
    assert.deepEqual([unknown.type, unknown.message], ['invalid_data', 'Fulfillment with id ful_none not found in the order'])
    assert.equal((await post('/order_none/archive', {})).message, 'Order with id "order_none" not found')
    assert.equal((await post('/order_none', {})).message, 'Order id not found: order_none')
    const other = await post(`/${bought.id}/fulfillments`, { items })
    const unpacked = `/${bought.id}/fulfillments/${other.order.fulfillments[1].id}`
    await post(`${unpacked}/cancel`, {})
    assert.equal((await post(`${unpacked}/shipments`, { items })).message, 'Cannot create shipment for a canceled fulfillment')
    assert.equal((await post(`${unpacked}/mark-as-delivered`, {})).message, 'Cannot deliver an already canceled fulfillment')
  })

  it("are one vendor's, of the order's own lines, and as far as they have come", async () => {
    const bought = await buy(store())
    const both = bought.lines.map((line_item_id) => ({ title: 'Thing', sku: '', barcode: '', quantity: 1, line_item_id }))
    const mixed = await store().admin.post('/admin/fulfillments', bodyOf(bought, { items: both }))
    assert.deepEqual([mixed.status, mixed.body.type], [400, 'not_allowed'])
    const none = [{ title: 'Thing', sku: 'NOWHERE', barcode: '', quantity: 1 }]
    assert.equal((await store().admin.post('/admin/fulfillments', bodyOf(bought, { items: none }))).status, 404)
    const told = { packed_at: '2026-01-02', shipped_at: '2026-01-02T10:00:00', delivered_at: '2026-01-05T09:30:00+01:00' }
    const { fulfillment: arrived } = good(await store().admin.post('/admin/fulfillments', bodyOf(bought, told)))
    assert.deepEqual(
      [arrived.packed_at, arrived.shipped_at, arrived.delivered_at].map((at) => new Date(at).toISOString()),
      ['2026-01-02T00:00:00.000Z', '2026-01-02T10:00:00.000Z', '2026-01-05T08:30:00.000Z'],
    )
    assert.equal((await store().admin.post('/admin/fulfillments', bodyOf(bought, { packed_at: true }))).status, 400)
  })

  it('are not packed of whichever line has the SKU', async () => {
    const [variant_id] = store().vendors[0]?.products[0]?.variantIds ?? []
    const cart = await fillCart(store().shopper, { regionId: store().regionId, variantIds: [variant_id as string] })
    const line = { variant_id, quantity: 1, metadata: { gift: true } }
    const { payment_collection } = good(await store().shopper.post(`/store/carts/${cart}/line-items`, line)).cart
    const sessions = `/store/payment-collections/${payment_collection.id}/payment-sessions`
    good(await store().shopper.post(sessions, { provider_id: 'pp_system_default' }))
    const { order } = good(await store().shopper.post(`/store/carts/${cart}/complete`))
    const items = [{ title: 'Thing', sku: 'V1-1-S', barcode: '', quantity: 1 }]
    const either = await store().admin.post('/admin/fulfillments', bodyOf({ id: order.id, order, lines: [] }, { items }))
    assert.deepEqual([either.status, either.body.type], [400, 'invalid_data'])
    assert.match(either.body.message, /V1-1-S: name the line_item_id/)
  })

  it('take `#` and nothing for an address that a parcel can be followed at, and no script', async () => {
    const bought = await buy(store())
    const order = await packAll(store(), bought)
    const { order: shown } = good(await store().shopper.get(`/store/orders/${bought.id}`))
    const ids = (of: { fulfillments: { id: string }[] }) => of.fulfillments.map(({ id }) => id).sort()
    assert.deepEqual(ids(shown), ids(order))
    const path = `/admin/orders/${bought.id}/fulfillments/${order.fulfillments[0].id}/shipments`
    const label = (tracking_url: string) => ({ items: [], labels: [{ tracking_number: 'T', tracking_url, label_url: '#' }] })
    assert.equal((await store().admin.post(path, label('javascript:alert(1)'))).status, 400)
    good(await store().admin.post(path, label('#')))
    await app().drain()
    assert.ok(app().mails.some(({ text }) => /Tracking: T$/m.test(text)))
  })
})

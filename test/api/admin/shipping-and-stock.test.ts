import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('admin API: shipping and stock', () => {
  const app = useApp()
  let store: TestStore
  let itemId: string
  let locationId: string

  before(async () => {
    store = await createTestStore(app(), { stock: 5 })
    locationId = store.vendors[0]?.locationId as string
    const { body } = await store.admin.get('/admin/inventory-items', { sku: 'V1-1-S' })
    itemId = body.inventory_items[0].id
  })

  const post = async (path: string, body: unknown = {}) => {
    const answer = await store.admin.post(path, body)
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const prices = (option: { prices: { currency_code: string; amount: number }[] }) =>
    option.prices.map((price) => [price.currency_code, price.amount])

  it('keeps locations with the channels they serve', async () => {
    const { stock_location: made } = await post('/admin/stock-locations', {
      name: 'Attic',
      address: { address_1: '2 High Street', country_code: 'US' },
    })
    assert.deepEqual([made.address.country_code, made.sales_channels], ['us', []])
    const { stock_location: served } = await post(`/admin/stock-locations/${made.id}/sales-channels`, { add: [store.salesChannelId] })
    assert.deepEqual(
      served.sales_channels.map((channel: { id: string }) => channel.id),
      [store.salesChannelId],
    )
    const { stock_location: renamed } = await post(`/admin/stock-locations/${made.id}`, { name: 'Loft' })
    assert.deepEqual([renamed.name, renamed.address.address_1], ['Loft', '2 High Street'])
    const { stock_location: closed } = await post(`/admin/stock-locations/${made.id}/sales-channels`, { remove: [store.salesChannelId] })
    assert.deepEqual(closed.sales_channels, [])
  })

  it('offers, changes and withdraws a way of delivery', async () => {
    const vendor = store.vendors[0]
    const { stock_location } = await post(`/admin/stock-locations/${locationId}/fulfillment-sets`, { name: 'Express', type: 'shipping' })
    const set = stock_location.fulfillment_sets.find((row: { name: string }) => row.name === 'Express')
    const { fulfillment_set } = await post(`/admin/fulfillment-sets/${set.id}/service-zones`, {
      name: 'Coast',
      geo_zones: [{ type: 'province', country_code: 'us', province_code: 'ca' }],
    })
    assert.equal(fulfillment_set.service_zones[0].geo_zones[0].province_code, 'ca')
    const { shipping_option: option } = await post('/admin/shipping-options', {
      name: 'Express',
      service_zone_id: fulfillment_set.service_zones[0].id,
      shipping_profile_id: vendor?.profileId,
      price_type: 'flat',
      provider_id: 'manual_manual',
      type: { label: 'Express', code: 'express' },
      prices: [
        { currency_code: 'usd', amount: 12.5 },
        { currency_code: 'jpy', amount: 1500 },
      ],
    })
    assert.deepEqual(
      [option.vendor_id, prices(option)],
      [
        vendor?.id,
        [
          ['usd', 12.5],
          ['jpy', 1500],
        ],
      ],
    )
    const { shipping_option: changed } = await post(`/admin/shipping-options/${option.id}`, {
      name: 'Overnight',
      prices: [{ currency_code: 'usd', amount: 14 }],
      rules: [{ attribute: 'enabled_in_store', operator: 'eq', value: 'false' }],
    })
    assert.deepEqual([changed.name, prices(changed), changed.prices[0].id], ['Overnight', [['usd', 14]], option.prices[0].id])
    assert.equal(changed.rules.find((rule: { attribute: string }) => rule.attribute === 'enabled_in_store').value, 'false')
    const { body } = await store.admin.get('/admin/shipping-options', { stock_location_id: locationId, q: 'overnight' })
    assert.deepEqual(
      body.shipping_options.map((row: { id: string }) => row.id),
      [option.id],
    )
    assert.equal((await store.admin.delete(`/admin/shipping-options/${option.id}`)).body.deleted, true)
    assert.equal((await store.admin.get(`/admin/shipping-options/${option.id}`)).status, 404)
  })

  it('sets the stock that shoppers see, never below what is promised', async () => {
    const variantId = store.vendors[0]?.products[0]?.variantIds[0] as string
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantId], quantity: 3 })
    assert.equal((await store.shopper.post(`/store/carts/${cartId}/complete`)).body.type, 'order')
    const low = await store.admin.post(`/admin/inventory-items/${itemId}/location-levels/${locationId}`, {
      stocked_quantity: 2,
      incoming_quantity: 7,
    })
    assert.deepEqual([low.status, low.body.type], [400, 'invalid_data'])
    const { inventory_item: set } = await post(`/admin/inventory-items/${itemId}/location-levels/${locationId}`, {
      stocked_quantity: 9,
      incoming_quantity: 4,
    })
    assert.deepEqual([set.stocked_quantity, set.reserved_quantity], [9, 3])
    const { body } = await store.admin.get(`/admin/inventory-items/${itemId}/location-levels`)
    const [level] = body.inventory_levels
    assert.deepEqual([level.available_quantity, level.incoming_quantity], [6, 4], 'the refused change left nothing')
    const shown = await store.shopper.get(`/store/products/${store.vendors[0]?.products[0]?.id}`, {
      fields: '+variants.inventory_quantity',
    })
    assert.equal(shown.body.product.variants[0].inventory_quantity, 6)
  })

  it('counts an item at a second location of its vendor, once', async () => {
    const { stock_location } = await post('/admin/stock-locations', { name: 'Second', vendor_id: store.vendors[0]?.id })
    const { inventory_item } = await post(`/admin/inventory-items/${itemId}/location-levels`, {
      location_id: stock_location.id,
      stocked_quantity: 4,
    })
    assert.equal(inventory_item.location_levels.length, 2)
    const twice = await store.admin.post(`/admin/inventory-items/${itemId}/location-levels`, {
      location_id: stock_location.id,
      stocked_quantity: 5,
    })
    assert.deepEqual([twice.status, twice.body.type], [400, 'invalid_data'])
    const { stock_location: house } = await post('/admin/stock-locations', { name: 'House' })
    const other = await store.admin.post(`/admin/inventory-items/${itemId}/location-levels`, { location_id: house.id })
    assert.equal(other.status, 404, "another vendor's location")
  })
})

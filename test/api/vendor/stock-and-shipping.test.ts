import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import type { Client } from '../../support/client.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('stock, places and shipping of a vendor', () => {
  const app = useApp()
  let store: TestStore
  let vendor: Client
  let rival: Client

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
    vendor = store.vendor(0)
    rival = store.vendor(1)
  })

  it('is listed by SKU, of the own vendor only', async () => {
    const mine = await vendor.get('/vendor/inventory-levels', { sku: 'V1-1-S' })
    assert.equal(mine.body.count, 1)
    assert.equal(mine.body.inventory_levels[0].stocked_quantity, 100)
    assert.equal(mine.body.inventory_levels[0].location_id, store.vendors[0]?.locationId)
    assert.equal((await vendor.get('/vendor/inventory-levels', { sku: 'V2-1-S' })).body.count, 0)
    const all = await vendor.get('/vendor/inventory-levels')
    assert.deepEqual(all.body.inventory_levels.map((level: { sku: string }) => level.sku).sort(), ['V1-1-M', 'V1-1-S'])
  })

  it('is set by SKU, and by item and location', async () => {
    const bySku = await vendor.post('/vendor/inventory-levels', { sku: 'V1-1-S', stocked_quantity: 41 })
    assert.equal(bySku.status, 200, JSON.stringify(bySku.body))
    assert.equal(bySku.body.inventory_level.available_quantity, 41)
    const { inventory_item_id, location_id } = bySku.body.inventory_level
    const byItem = await vendor.post('/vendor/inventory-levels', { inventory_item_id, location_id, stocked_quantity: 42 })
    assert.equal(byItem.body.inventory_level.stocked_quantity, 42)
  })

  it('is refused at a place of somebody else’s, with where one’s own are listed', async () => {
    const { location_id } = (await rival.get('/vendor/inventory-levels', { sku: 'V2-1-S' })).body.inventory_levels[0]
    const { inventory_item_id } = (await vendor.get('/vendor/inventory-levels', { sku: 'V1-1-S' })).body.inventory_levels[0]
    const refused = await vendor.post('/vendor/inventory-levels', { inventory_item_id, location_id, stocked_quantity: 1 })
    assert.deepEqual(
      [refused.status, refused.body.message],
      [404, `Stock location with id: ${location_id} was not found among your own: GET /vendor/stock-locations lists them`],
    )
  })

  it('cannot be set below what is promised to an order', async () => {
    const variantIds = [store.vendors[0]?.products[0]?.variantIds[1] as string]
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds, quantity: 5 })
    assert.equal((await store.shopper.post(`/store/carts/${cartId}/complete`)).body.type, 'order')
    const refused = await vendor.post('/vendor/inventory-levels', { sku: 'V1-1-M', stocked_quantity: 4 })
    assert.equal(refused.status, 400)
    assert.match(refused.body.message, /5 pieces are promised/)
    assert.equal(
      (await vendor.post('/vendor/inventory-levels', { sku: 'V1-1-M', stocked_quantity: 5 })).body.inventory_level.available_quantity,
      0,
    )
  })

  it('of another vendor is not there', async () => {
    const theirs = (await rival.get('/vendor/inventory-levels', { sku: 'V2-1-S' })).body.inventory_levels[0]
    const { inventory_item_id, location_id } = theirs
    const mine = (await vendor.get('/vendor/inventory-levels', { sku: 'V1-1-S' })).body.inventory_levels[0]
    const attempts = [
      { sku: 'V2-1-S', stocked_quantity: 0 },
      { inventory_item_id, stocked_quantity: 0 },
      { inventory_item_id, location_id, stocked_quantity: 0 },
      { inventory_item_id: mine.inventory_item_id, location_id, stocked_quantity: 0 },
    ]
    for (const body of attempts) assert.equal((await vendor.post('/vendor/inventory-levels', body)).status, 404, JSON.stringify(body))
    assert.equal((await rival.get('/vendor/inventory-levels', { sku: 'V2-1-S' })).body.inventory_levels[0].stocked_quantity, 100)
  })

  it('needs one name for the item, and a whole number', async () => {
    const bad = [
      { stocked_quantity: 1 },
      { sku: 'V1-1-S', inventory_item_id: 'iitem_1', stocked_quantity: 1 },
      { sku: 'V1-1-S', stocked_quantity: -1 },
      { sku: 'V1-1-S', stocked_quantity: 1.5 },
      { sku: 'V1-1-S' },
    ]
    for (const body of bad) assert.equal((await vendor.post('/vendor/inventory-levels', body)).status, 400, JSON.stringify(body))
  })

  it('can be kept at a second place, which sells at once', async () => {
    const made = await vendor.post('/vendor/stock-locations', { name: 'Barn', address: { city: 'Field', country_code: 'us' } })
    assert.equal(made.status, 200, JSON.stringify(made.body))
    const location_id = made.body.stock_location.id
    assert.equal(made.body.stock_location.address.city, 'Field')
    assert.equal(
      (await vendor.post('/vendor/inventory-levels', { sku: 'V1-1-S', location_id, stocked_quantity: 8 })).body.inventory_level
        .location_name,
      'Barn',
    )
    const shown = await store.shopper.get('/store/products', { handle: 'thing-1-1', fields: '+variants.inventory_quantity' })
    assert.equal(shown.body.products[0].variants[0].inventory_quantity, 50)
    assert.equal((await vendor.get('/vendor/stock-locations')).body.count, 2)
    assert.equal((await rival.get('/vendor/stock-locations')).body.count, 1)
  })

  it('offers shipping options of its own', async () => {
    const made = await vendor.post('/vendor/shipping-options', {
      name: 'By bicycle',
      countries: ['US'],
      prices: [{ currency_code: 'usd', amount: 12.5 }],
      type_code: 'express',
    })
    assert.equal(made.status, 200, JSON.stringify(made.body))
    assert.deepEqual(made.body.shipping_option.countries, ['us'])
    assert.equal(made.body.shipping_option.prices[0].amount, 12.5)
    assert.equal(made.body.shipping_option.type.code, 'express')
    const names = (await vendor.get('/vendor/shipping-options')).body.shipping_options.map((option: { name: string }) => option.name)
    assert.deepEqual(names, ['Standard from vendor-1', 'By bicycle'])
    assert.deepEqual((await rival.get('/vendor/shipping-options')).body.count, 1)
  })

  it('offers none from another vendor’s place, in a foreign currency, or to nowhere', async () => {
    const option = { name: 'Odd', countries: ['us'], prices: [{ currency_code: 'usd', amount: 1 }] }
    assert.equal((await vendor.post('/vendor/shipping-options', { ...option, location_id: store.vendors[1]?.locationId })).status, 404)
    assert.equal(
      (await vendor.post('/vendor/shipping-options', { ...option, shipping_profile_id: store.vendors[1]?.profileId })).status,
      404,
    )
    assert.equal((await vendor.post('/vendor/shipping-options', { ...option, prices: [{ currency_code: 'chf', amount: 1 }] })).status, 400)
    assert.equal((await vendor.post('/vendor/shipping-options', { ...option, countries: [] })).status, 400)
    assert.equal((await vendor.get('/vendor/shipping-options')).body.count, 2)
  })

  it('shows and changes the own profile, and nothing that is the store’s to say', async () => {
    const changed = await vendor.post('/vendor/me', {
      name: 'Potters & Sons',
      description: 'Since 1950',
      logo: 'https://pictures.example/logo.png',
    })
    assert.equal(changed.status, 200, JSON.stringify(changed.body))
    assert.equal((await vendor.get('/vendor/me')).body.vendor.name, 'Potters & Sons')
    assert.equal((await rival.get('/vendor/me')).body.vendor.name, 'Vendor 2')
    for (const body of [{ status: 'active' }, { handle: 'better' }, { is_house: true }, { name: '' }, { logo: 'javascript:x' }]) {
      assert.equal((await vendor.post('/vendor/me', body)).status, 400, JSON.stringify(body))
    }
  })
})

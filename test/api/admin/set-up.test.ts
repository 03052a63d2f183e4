import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('admin API: price lists, shipping, products and stock', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 2, stock: 10 })
  })

  const post = async (path: string, body: unknown = {}) => good(await store.admin.post(path, body))
  const variantOf = (vendor: number, product = 0) => store.vendors[vendor]?.products[product]?.variantIds[0] as string

  describe('price lists', () => {
    it('are made with prices and rules, and shown in the words they were made with', async () => {
      const { customer_group } = await post('/admin/customer-groups', { name: 'Wholesale' })
      const { price_list } = await post('/admin/price-lists', {
        title: 'Spring',
        description: 'Less in spring',
        type: 'sale',
        status: 'active',
        starts_at: '2026-03-01T00:00:00Z',
        rules: { 'customer.groups.id': [customer_group.id] },
        prices: [{ variant_id: variantOf(0), currency_code: 'usd', amount: 8.5, min_quantity: 5, rules: { region_id: store.regionId } }],
      })
      assert.deepEqual(price_list.rules, { 'customer.groups.id': [customer_group.id] })
      assert.deepEqual(
        [price_list.title, price_list.type, price_list.status, price_list.starts_at, price_list.ends_at],
        ['Spring', 'sale', 'active', '2026-03-01T00:00:00.000Z', null],
      )
      const [price] = price_list.prices
      assert.deepEqual(
        [price.amount, price.variant_id, price.min_quantity, price.rules],
        [8.5, variantOf(0), 5, { region_id: store.regionId }],
      )
      const { price_lists, count } = good(await store.admin.get('/admin/price-lists', { q: 'spring', status: 'active' }))
      assert.deepEqual([count, price_lists[0].id], [1, price_list.id])
    })

    it('are changed, lose products, and end', async () => {
      const prices = [0, 1].map((vendor) => ({ variant_id: variantOf(vendor), currency_code: 'usd', amount: 5 }))
      const { price_list } = await post('/admin/price-lists', { title: 'Autumn', description: 'Leaves fall', prices })
      const path = `/admin/price-lists/${price_list.id}`
      assert.equal(price_list.status, 'draft', 'nothing is sold at it before somebody says so')
      const [first] = price_list.prices
      const done = await post(`${path}/prices/batch`, {
        create: [{ variant_id: variantOf(0, 1), currency_code: 'usd', amount: 4 }],
        update: [{ id: first.id, variant_id: first.variant_id, amount: 3 }],
      })
      assert.deepEqual([done.created.length, done.created[0].amount, done.updated[0].amount], [1, 4, 3])
      assert.equal(good(await store.admin.get(`${path}/prices`)).count, 3)
      const removed = await post(`${path}/prices/batch`, { delete: [first.id] })
      assert.deepEqual(removed.deleted, { ids: [first.id], object: 'price', deleted: true })
      const left = await post(`${path}/products`, { remove: [store.vendors[1]?.products[0]?.id] })
      assert.deepEqual(
        left.price_list.prices.map((price: { amount: number }) => price.amount),
        [4],
      )
      assert.equal((await store.admin.post(path, { starts_at: '2026-05-02T00:00:00Z', ends_at: '2026-05-01T00:00:00Z' })).status, 400)
      assert.deepEqual(good(await store.admin.delete(path)), { id: price_list.id, object: 'price_list', deleted: true })
      assert.equal((await store.admin.get(path)).status, 404)
      assert.equal((await store.admin.post(`${path}/prices/batch`, {})).status, 404)
    })

    it('hold all of a batch or none of it', async () => {
      const { price_list } = await post('/admin/price-lists', { title: 'Winter', description: 'Snow', prices: [] })
      const create = [variantOf(0), 'variant_unknown'].map((variant_id) => ({ variant_id, currency_code: 'usd', amount: 5 }))
      const refused = await store.admin.post(`/admin/price-lists/${price_list.id}/prices/batch`, { create })
      assert.deepEqual([refused.status, refused.body.message], [400, 'No price set exist for variants: variant_unknown'])
      assert.equal(good(await store.admin.get(`/admin/price-lists/${price_list.id}/prices`)).count, 0)
    })
  })

  describe('shipping', () => {
    const optionOf = async (cartId: string, name: string) =>
      good(await store.shopper.get('/store/shipping-options', { cart_id: cartId })).shipping_options.find(
        (option: { name: string }) => option.name === name,
      )

    async function newOption(body: object) {
      const vendor = store.vendors[0]
      const [location] = good(await store.admin.get('/admin/stock-locations', { id: vendor?.locationId as string })).stock_locations
      const zone = location.fulfillment_sets[0].service_zones[0].id
      return store.admin.post('/admin/shipping-options', {
        service_zone_id: zone,
        shipping_profile_id: vendor?.profileId,
        type: { label: 'Other', code: 'other' },
        ...body,
      })
    }

    it('is free above a total of the vendor’s own goods', async () => {
      const prices = [
        { currency_code: 'usd', amount: 6 },
        { currency_code: 'usd', amount: 0, rules: [{ attribute: 'item_total', operator: 'gte', value: 30 }] },
      ]
      const { shipping_option } = good(await newOption({ name: 'Free above 30', prices }))
      assert.deepEqual(
        shipping_option.prices.map((price: { amount: number; price_rules: { operator: string; value: string }[] }) => [
          price.amount,
          price.price_rules.map((rule) => `${rule.operator} ${rule.value}`),
        ]),
        [
          [6, []],
          [0, ['gte 30']],
        ],
      )
      const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantOf(0), variantOf(1), variantOf(1, 1)] })
      assert.equal((await optionOf(cartId, 'Free above 30')).amount, 6, 'what others sell does not count')
      good(await store.shopper.post(`/store/carts/${cartId}/shipping-methods`, { option_id: shipping_option.id }))
      const { cart } = good(await store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: variantOf(0), quantity: 2 }))
      const method = cart.shipping_methods.find((one: { shipping_option_id: string }) => one.shipping_option_id === shipping_option.id)
      assert.equal(method.amount, 0, 'the method follows')
      assert.equal((await optionOf(cartId, 'Free above 30')).amount, 0)
    })

    it('costs what the tariff makes of pieces and weight, where its price is calculated', async () => {
      assert.equal((await newOption({ name: 'No tariff', price_type: 'calculated' })).status, 400)
      // It waits for its prices: the cart below is not offered it.
      assert.equal((await newOption({ name: 'No price', prices: [] })).status, 200)
      good(await store.admin.post(`/admin/products/${store.vendors[0]?.products[0]?.id}`, { weight: 1500 }))
      const data = { tariff: { usd: { base: 2.5, per_piece: 1, per_weight: 0.001, weight_max: 5000 } } }
      const { shipping_option } = good(await newOption({ name: 'By weight', price_type: 'calculated', data }))
      const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantOf(0)], quantity: 2 })
      const listed = await optionOf(cartId, 'By weight')
      assert.deepEqual([listed.price_type, listed.amount], ['calculated', undefined], 'a list does not calculate')
      const { shipping_option: priced } = good(
        await store.shopper.post(`/store/shipping-options/${shipping_option.id}/calculate`, { cart_id: cartId }),
      )
      assert.equal(priced.amount, 7.5)
      const { cart } = good(await store.shopper.post(`/store/carts/${cartId}/shipping-methods`, { option_id: shipping_option.id }))
      assert.equal(cart.shipping_methods[0].amount, 7.5)
      const { cart: heavy } = good(await store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: variantOf(0), quantity: 2 }))
      assert.deepEqual(heavy.shipping_methods, [], 'too heavy to be carried')
    })

    it('has pickup sets, whose zones are changed and removed with their options', async () => {
      const { stock_location } = await post('/admin/stock-locations', { name: 'Shop', vendor_id: store.vendors[0]?.id })
      const path = `/admin/stock-locations/${stock_location.id}`
      const { stock_location: made } = await post(`${path}/fulfillment-sets`, { name: 'Shop pickup', type: 'pickup' })
      const [set] = made.fulfillment_sets
      assert.equal(set.type, 'pickup')
      const { fulfillment_set } = await post(`/admin/fulfillment-sets/${set.id}/service-zones`, {
        name: 'Here',
        geo_zones: [{ type: 'country', country_code: 'us' }],
      })
      const zone = fulfillment_set.service_zones[0].id
      const { fulfillment_set: changed } = await post(`/admin/fulfillment-sets/${set.id}/service-zones/${zone}`, {
        name: 'There',
        geo_zones: [{ type: 'country', country_code: 'ca' }],
      })
      assert.deepEqual([changed.service_zones[0].name, changed.service_zones[0].geo_zones[0].country_code], ['There', 'ca'])
      assert.deepEqual((await post(`${path}/fulfillment-providers`, { add: ['manual_manual'] })).stock_location.fulfillment_providers, [
        { id: 'manual_manual', is_enabled: true },
      ])
      assert.equal((await store.admin.post(`${path}/fulfillment-providers`, { add: ['nobody'] })).status, 400)
      const { fulfillment_set: emptied } = await post(`/admin/fulfillment-sets/${set.id}/service-zones/${zone}`, {
        name: null,
        geo_zones: [],
      })
      assert.deepEqual([emptied.service_zones[0].name, emptied.service_zones[0].geo_zones], ['There', []])
      const message = 'Service zone with id: serzo_none not found on fulfillment set'
      assert.equal((await store.admin.delete(`/admin/fulfillment-sets/${set.id}/service-zones/serzo_none`)).body.message, message)
      const gone = good(await store.admin.delete(`/admin/fulfillment-sets/${set.id}/service-zones/${zone}`))
      assert.deepEqual([gone.id, gone.deleted, gone.parent.service_zones], [zone, true, []])
      good(await store.admin.delete(`/admin/fulfillment-sets/${set.id}`))
      good(await store.admin.delete(path))
      assert.equal((await store.admin.get(path)).status, 404)
    })
  })

  describe('things that are in use', () => {
    it('are not removed from under those who use them', async () => {
      const vendor = store.vendors[0]
      const refusals = [
        [`/admin/sales-channels/${store.salesChannelId}`, 'invalid_data'],
        [`/admin/shipping-profiles/${vendor?.profileId}`, 'invalid_data'],
        [`/admin/api-keys/${good(await store.admin.get('/admin/api-keys', { type: 'publishable' })).api_keys[0].id}`, 'not_allowed'],
      ] as const
      for (const [path, type] of refusals) {
        const answer = await store.admin.delete(path)
        assert.deepEqual([answer.status, answer.body.type], [400, type], path)
        assert.equal((await store.admin.get(path)).status, 200, path)
      }
    })

    it('let go of their products when they may be removed', async () => {
      const { collection } = await post('/admin/collections', { title: 'Short lived', external_id: 'erp-1' })
      assert.equal(collection.external_id, 'erp-1')
      const { product_tag } = await post('/admin/product-tags', { value: 'short' })
      assert.equal((await post(`/admin/product-tags/${product_tag.id}`, { value: 'brief' })).product_tag.value, 'brief')
      const { product_category: above } = await post('/admin/product-categories', { name: 'Above' })
      const { product_category: below } = await post('/admin/product-categories', { name: 'Below', parent_category_id: above.id })
      const productId = store.vendors[0]?.products[1]?.id
      await post(`/admin/products/${productId}`, {
        collection_id: collection.id,
        tags: [{ id: product_tag.id }],
        categories: [{ id: below.id }],
      })
      assert.equal((await store.admin.delete(`/admin/product-categories/${above.id}`)).status, 400)
      for (const path of [
        `/admin/collections/${collection.id}`,
        `/admin/product-tags/${product_tag.id}`,
        `/admin/product-categories/${below.id}`,
        `/admin/product-categories/${above.id}`,
      ]) {
        assert.equal(good(await store.admin.delete(path)).deleted, true)
        assert.equal((await store.admin.delete(path)).status, 404, 'it is gone')
      }
      const { product } = good(await store.admin.get(`/admin/products/${productId}`))
      assert.deepEqual([product.collection_id, product.tags, product.categories], [null, [], []])
    })
  })

  describe('products in batches, and their options', () => {
    it('are made, changed and removed together, or not at all', async () => {
      const create = Object.entries({ One: '4006381333931', Two: '4006381333948' }).map(([title, ean]) => ({
        title,
        options: [{ title: 'Size', values: ['S', 'M'] }],
        variants: [{ title: 'S', options: { Size: 'S' }, ean, length: 12, prices: [{ currency_code: 'usd', amount: 3 }] }],
      }))
      const made = await post('/admin/products/batch', { create })
      assert.deepEqual(
        made.created.map((product: { title: string }) => product.title),
        ['One', 'Two'],
      )
      const [one, two] = made.created
      assert.deepEqual([one.variants[0].ean, one.variants[0].length], ['4006381333931', 12])
      const failed = await store.admin.post('/admin/products/batch', {
        update: [{ id: one.id, title: 'Changed' }],
        delete: ['prod_unknown'],
      })
      assert.equal(failed.status, 404)
      assert.equal(good(await store.admin.get(`/admin/products/${one.id}`)).product.title, 'One')
      const changed = await post('/admin/products/batch', { update: [{ id: one.id, title: 'Changed' }], delete: [two.id] })
      assert.deepEqual([changed.updated[0].title, changed.deleted], ['Changed', { ids: [two.id], object: 'product', deleted: true }])
      const variants = await post(`/admin/products/${one.id}/variants/batch`, {
        create: [{ title: 'M', options: { Size: 'M' }, prices: [] }],
        update: [{ id: one.variants[0].id, upc: '036000291452' }],
      })
      assert.deepEqual([variants.created.length, variants.created[0].title, variants.updated[0].upc], [1, 'M', '036000291452'])
      const gone = await post(`/admin/products/${one.id}/variants/batch`, { delete: [variants.created[0].id] })
      assert.deepEqual(gone.deleted.ids, [variants.created[0].id])
      const optionId = one.options[0].id
      assert.equal(
        (await store.admin.post(`/admin/products/${one.id}/options/${optionId}`, { values: ['M'] })).status,
        400,
        'a variant is S',
      )
      const { product } = await post(`/admin/products/${one.id}/options/${optionId}`, { title: 'Cut', values: ['S', 'XL'] })
      assert.deepEqual(
        [product.options[0].title, product.options[0].values.map((value: { value: string }) => value.value).sort()],
        ['Cut', ['S', 'XL']],
      )
      const another = { title: 'XL', options: { Cut: 'XL' }, prices: [] }
      const { product: grown } = await post(`/admin/products/${one.id}/variants`, another)
      const differing = await store.admin.delete(`/admin/products/${one.id}/options/${optionId}`)
      assert.equal(differing.status, 400, 'two variants differ by nothing else')
      good(await store.admin.delete(`/admin/products/${one.id}/variants/${grown.variants[1].id}`))
      const alone = good(await store.admin.delete(`/admin/products/${one.id}/options/${optionId}`))
      assert.deepEqual([alone.parent.options, alone.parent.variants[0].options], [[], []])
      const { product: open } = await post('/admin/products', {
        title: 'Open',
        options: [{ title: 'Part', values: ['constructor'], ranks: {} }],
      })
      for (const title of ['Left', 'Right']) await post(`/admin/products/${open.id}/variants`, { title, prices: [] })
      const { deleted } = good(await store.admin.delete(`/admin/products/${open.id}/options/${open.options[0].id}`))
      assert.equal(deleted, true, 'variants that say nothing of an option do not differ by it')
    })
  })

  describe('stock', () => {
    async function counted(pieces: number): Promise<{ itemId: string; locationId: string }> {
      const vendor = store.vendors[0]
      const { inventory_item } = await post('/admin/inventory-items', { title: 'Parts', sku: 'PART', vendor_id: vendor?.id })
      const locationId = vendor?.locationId as string
      await post(`/admin/inventory-items/${inventory_item.id}/location-levels/batch`, {
        create: [{ location_id: locationId, stocked_quantity: pieces }],
      })
      return { itemId: inventory_item.id, locationId }
    }

    it('keeps pieces back, more of them, fewer, and none', async () => {
      const { itemId, locationId } = await counted(5)
      const { reservation } = await post('/admin/reservations', {
        inventory_item_id: itemId,
        location_id: locationId,
        quantity: 2,
        description: 'For a fair',
      })
      const level = async () => good(await store.admin.get(`/admin/inventory-items/${itemId}`)).inventory_item.location_levels[0]
      assert.equal((await level()).reserved_quantity, 2)
      await post(`/admin/reservations/${reservation.id}`, { quantity: 5 })
      assert.equal((await store.admin.post(`/admin/reservations/${reservation.id}`, { quantity: 6 })).body.code, 'insufficient_inventory')
      assert.equal((await level()).reserved_quantity, 5)
      assert.equal((await store.admin.delete(`/admin/inventory-items/${itemId}`)).status, 400, 'pieces are promised')
      assert.equal((await store.admin.delete(`/admin/inventory-items/${itemId}/location-levels/${locationId}`)).status, 400)
      good(await store.admin.delete(`/admin/reservations/${reservation.id}`))
      assert.equal((await level()).reserved_quantity, 0)
      assert.equal((await store.admin.delete(`/admin/reservations/${reservation.id}`)).status, 404, 'it is given back once')
      assert.equal((await level()).reserved_quantity, 0)
      const levelPath = `/admin/inventory-items/${itemId}/location-levels/${locationId}`
      assert.match((await store.admin.delete(levelPath)).body.message, /because there are stocked items at the locations/)
      await post(levelPath, { stocked_quantity: 0 })
      good(await store.admin.delete(levelPath))
      good(await store.admin.delete(`/admin/inventory-items/${itemId}`))
    })

    it('gives the last pieces to one of ten who keep them back at the same moment', async () => {
      const { itemId, locationId } = await counted(3)
      const answers = await Promise.all(
        Array.from({ length: 10 }, () =>
          store.admin.post('/admin/reservations', { inventory_item_id: itemId, location_id: locationId, quantity: 2 }),
        ),
      )
      assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array.from({ length: 9 }, () => 400)])
    })

    it("leaves an order's pieces to the order", async () => {
      const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantOf(1)] })
      good(await store.shopper.post(`/store/carts/${cartId}/complete`))
      const { reservations } = good(await store.admin.get('/admin/reservations'))
      const held = reservations.find((one: { line_item_id: string | null }) => one.line_item_id !== null)
      assert.equal((await store.admin.delete(`/admin/reservations/${held.id}`)).body.type, 'not_allowed')
    })
  })

  it('lists what the deployment can work with', async () => {
    for (const [path, plural, id] of [
      ['/admin/payments/payment-providers', 'payment_providers', 'pp_system_default'],
      ['/admin/fulfillment-providers', 'fulfillment_providers', 'manual_manual'],
      ['/admin/tax-providers', 'tax_providers', 'tp_system'],
    ] as const) {
      assert.ok(
        good(await store.admin.get(path))[plural].some((one: { id: string }) => one.id === id),
        path,
      )
    }
  })
})

import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('admin API: catalogue', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
  })

  const post = async (path: string, body: unknown = {}) => {
    const answer = await store.admin.post(path, body)
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  const shirt = {
    title: 'Plain shirt',
    status: 'published',
    options: [{ title: 'Size', values: ['S', 'M'] }],
    variants: [
      {
        title: 'S',
        sku: 'SHIRT-S',
        options: { Size: 'S' },
        prices: [
          { currency_code: 'usd', amount: 19.99 },
          { currency_code: 'usd', amount: 15, min_quantity: 10, max_quantity: 99 },
        ],
      },
      { title: 'M', sku: 'SHIRT-M', options: { Size: 'M' }, prices: [{ currency_code: 'usd', amount: 21, compare_at_amount: 25 }] },
    ],
  }

  it("creates a product of the store's own with words, options, prices and stock to count", async () => {
    const { product_type } = await post('/admin/product-types', { value: 'Shirts' })
    const { product_tag } = await post('/admin/product-tags', { value: 'cotton' })
    const { collection } = await post('/admin/collections', { title: 'Basics for all' })
    assert.equal(collection.handle, 'basics-for-all')
    const { product_category } = await post('/admin/product-categories', { name: 'Hidden', is_internal: true })
    const { product } = await post('/admin/products', {
      ...shirt,
      type_id: product_type.id,
      collection_id: collection.id,
      tags: [{ id: product_tag.id }],
      categories: [{ id: product_category.id }],
      sales_channels: [{ id: store.salesChannelId }],
    })
    assert.deepEqual(
      [product.handle, product.status, product.type.value, product.collection.title],
      ['plain-shirt', 'published', 'Shirts', 'Basics for all'],
    )
    assert.deepEqual(
      product.tags.map((tag: { value: string }) => tag.value),
      ['cotton'],
    )
    assert.deepEqual(
      product.categories.map((category: { name: string }) => category.name),
      ['Hidden'],
      'staff see internal categories',
    )
    const unnamed = { title: 'Sold where', options: shirt.options }
    const channels = async (more: object) => (await post('/admin/products', { ...unnamed, ...more })).product.sales_channels
    assert.deepEqual(await channels({ handle: 'nowhere' }), [], 'as in Medusa, no channel when none is named')
    const [channel] = await channels({ handle: 'in-the-store', vendor_id: store.vendors[0]?.id })
    assert.equal(channel.id, store.salesChannelId, "what a vendor sells is listed in the store's")
    const prices = product.variants.map((variant: { prices: { amount: number; min_quantity: number | null }[] }) =>
      variant.prices.map((price) => [price.amount, price.min_quantity]),
    )
    assert.deepEqual(prices, [
      [
        [19.99, null],
        [15, 10],
      ],
      [[21, null]],
    ])
    const vendor = await store.admin.get(`/admin/vendors/${product.vendor_id}`)
    assert.equal(vendor.body.vendor.is_house, true)
    const shown = await store.shopper.get(`/store/products/${product.id}`, {
      region_id: store.regionId,
      fields: '*variants.calculated_price,+variants.inventory_quantity',
    })
    const offers = shown.body.product.variants.map(
      (variant: { calculated_price: { calculated_amount: number; original_amount: number }; inventory_quantity: number }) => [
        variant.calculated_price.calculated_amount,
        variant.calculated_price.original_amount,
        variant.inventory_quantity,
      ],
    )
    assert.deepEqual(offers, [
      [19.99, 19.99, 0],
      [21, 25, 0],
    ])
  })

  it('creates a product of a vendor, which the vendor finds among its own', async () => {
    const vendorId = store.vendors[0]?.id
    const { product } = await post('/admin/products', {
      title: 'For a vendor',
      vendor_id: vendorId,
      options: [{ title: 'Kind', values: ['One'] }],
      variants: [{ title: 'One', options: { Kind: 'One' }, prices: [] }],
    })
    assert.deepEqual([product.vendor_id, product.status], [vendorId, 'draft'])
    assert.equal((await store.vendor(0).get(`/vendor/products/${product.id}`)).status, 200)
    assert.equal((await store.vendor(1).get(`/vendor/products/${product.id}`)).status, 404)
    assert.equal((await store.shopper.get(`/store/products/${product.id}`)).status, 404, 'a draft is not shown')
  })

  it('changes a product, adds, changes and removes variants', async () => {
    const { product } = await post('/admin/products', {
      ...shirt,
      title: 'Changing shirt',
      variants: [{ ...shirt.variants[0], sku: 'CH-S' }],
    })
    const [first] = product.variants
    const { product: changed } = await post(`/admin/products/${product.id}`, {
      subtitle: 'Softer',
      categories: [],
      variants: [{ id: first.id, prices: [{ currency_code: 'usd', amount: 9 }] }],
    })
    assert.deepEqual(
      [changed.subtitle, changed.title, changed.variants[0].prices.map((price: { amount: number }) => price.amount)],
      ['Softer', 'Changing shirt', [9]],
    )
    const { product: more } = await post(`/admin/products/${product.id}/variants`, {
      title: 'M',
      sku: 'CH-M',
      options: { Size: 'M' },
      prices: [{ currency_code: 'usd', amount: 11 }],
    })
    assert.deepEqual(
      more.variants.map((variant: { sku: string }) => variant.sku),
      ['CH-S', 'CH-M'],
    )
    const second = more.variants[1].id
    const { product: renamed } = await post(`/admin/products/${product.id}/variants/${second}`, { title: 'Medium' })
    assert.equal(renamed.variants[1].title, 'Medium')
    const gone = await store.admin.delete(`/admin/products/${product.id}/variants/${second}`)
    assert.deepEqual([gone.body.object, gone.body.deleted, gone.body.parent.variants.length], ['variant', true, 1])
    const removed = await store.admin.delete(`/admin/products/${product.id}`)
    assert.deepEqual(removed.body, { id: product.id, object: 'product', deleted: true })
    assert.equal((await store.admin.get(`/admin/products/${product.id}`)).status, 404)
    assert.equal((await store.shopper.get(`/store/products/${product.id}`)).status, 404)
  })

  it('finds products by words, SKU, vendor and category', async () => {
    const find = async (query: Record<string, string>) => (await store.admin.get('/admin/products', query)).body
    const vendor = store.vendors[1]
    assert.deepEqual(
      (await find({ vendor_id: vendor?.id as string })).products.map((row: { id: string }) => row.id),
      [vendor?.products[0]?.id],
    )
    assert.deepEqual(
      (await find({ sku: 'V2-1-S' })).products.map((row: { handle: string }) => row.handle),
      ['thing-2-1'],
    )
    assert.deepEqual(
      (await find({ q: 'thing 2' })).products.map((row: { handle: string }) => row.handle),
      ['thing-2-1'],
    )
    assert.equal((await find({ category_id: 'pcat_none' })).count, 0)
  })

  it('moves a category, never below itself', async () => {
    const { product_category: top } = await post('/admin/product-categories', { name: 'Top', handle: 'top' })
    const { product_category: middle } = await post('/admin/product-categories', {
      name: 'Middle',
      parent_category_id: top.id,
      is_active: true,
    })
    const { product_category: bottom } = await post('/admin/product-categories', { name: 'Bottom', parent_category_id: middle.id })
    assert.equal(bottom.parent_category.name, 'Middle')
    const circle = await store.admin.post(`/admin/product-categories/${top.id}`, { parent_category_id: bottom.id })
    assert.deepEqual([circle.status, circle.body.message], [400, 'A category cannot be below itself'])
    const { product_category: moved } = await post(`/admin/product-categories/${bottom.id}`, {
      parent_category_id: top.id,
      name: 'Moved',
      rank: 3,
      is_active: false,
    })
    assert.deepEqual([moved.parent_category_id, moved.name, moved.rank, moved.is_active], [top.id, 'Moved', 1, false])
    const { body } = await store.admin.get('/admin/product-categories', { parent_category_id: top.id })
    assert.deepEqual(
      body.product_categories.map((row: { name: string }) => row.name),
      ['Middle', 'Moved'],
      'inactive ones are listed for staff',
    )
    const shown = await store.shopper.get('/store/product-categories', { parent_category_id: top.id })
    assert.deepEqual(
      shown.body.product_categories.map((row: { name: string }) => row.name),
      ['Middle'],
    )
  })

  it('changes a collection', async () => {
    const { collection } = await post('/admin/collections', { title: 'Autumn' })
    const { collection: changed } = await post(`/admin/collections/${collection.id}`, {
      title: 'Late autumn',
      metadata: { colour: 'brown' },
    })
    assert.deepEqual([changed.title, changed.handle, changed.metadata], ['Late autumn', 'autumn', { colour: 'brown' }])
    const { body } = await store.admin.get('/admin/collections', { handle: 'autumn' })
    assert.deepEqual(
      body.collections.map((row: { id: string }) => row.id),
      [collection.id],
    )
  })
})

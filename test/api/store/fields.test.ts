import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('what an answer holds', () => {
  const app = useApp()
  let store: TestStore
  let cartId: string

  before(async () => {
    store = await createTestStore(app())
    cartId = await fillCart(store.shopper, {
      regionId: store.regionId,
      variantIds: [store.vendors[0]?.products[0]?.variantIds[0] as string],
    })
  })

  async function cartWith(fields: string) {
    const { status, body } = await store.shopper.get(`/store/carts/${cartId}`, { fields })
    assert.equal(status, 200, JSON.stringify(body))
    return body.cart
  }

  it('is what was named, with the id, when plain fields are named', async () => {
    assert.deepEqual(await cartWith('id,region_id'), { id: cartId, region_id: store.regionId })
    assert.deepEqual(await cartWith('region_id,'), { id: cartId, region_id: store.regionId })
  })

  it('is what a cart has by default, when nothing is named', async () => {
    const { body } = await store.shopper.get(`/store/carts/${cartId}`)
    for (const name of [
      'currency_code',
      'customer_id',
      'email',
      'total',
      'item_subtotal',
      'items',
      'region',
      'shipping_address',
      'payment_collection',
      'promotions',
      'credit_lines',
    ]) {
      assert.ok(name in body.cart, name)
    }
    assert.deepEqual(body.cart.items[0].vendor, { id: store.vendors[0]?.id, name: 'Vendor 1', handle: 'vendor-1' })
    assert.match(body.cart.customer_id, /^cus_/)
    assert.equal(body.cart.customer_id, body.cart.customer.id)
    assert.equal(body.cart.shipping_methods[0].name, undefined)
  })

  it('has everything that the public storefront reads of a cart', async () => {
    const cart = await cartWith(
      '*items, *region, *items.product, *items.variant, *items.thumbnail, *items.metadata, +items.total, *promotions, +shipping_methods.name',
    )
    const [item] = cart.items
    for (const name of [
      'id',
      'title',
      'product_title',
      'product_handle',
      'thumbnail',
      'quantity',
      'total',
      'original_total',
      'created_at',
      'metadata',
    ]) {
      assert.ok(name in item, name)
    }
    assert.equal(item.variant.manage_inventory, true)
    assert.equal(item.variant.title, 'S')
    assert.equal(item.product.handle, 'thing-1-1')
    assert.equal(cart.shipping_methods[0].name, 'Standard from vendor-1')
    assert.equal(cart.region.countries[0].iso_2, 'us')
    assert.equal(cart.payment_collection.payment_sessions[0].provider_id, 'pp_system_default')
  })

  it('brings every total as soon as one is named', async () => {
    const cart = await cartWith('+items.total')
    for (const name of ['total', 'subtotal', 'tax_total', 'original_total', 'discount_total'])
      assert.equal(typeof cart.items[0][name], 'number', name)
    const replaced = await cartWith('id,total')
    assert.equal(replaced.item_total, 10)
    assert.equal(replaced.items, undefined)
  })

  it('leaves out what was taken away, and everything under it', async () => {
    const cart = await cartWith('-items,-email,-region.countries')
    assert.deepEqual([cart.items, cart.email, cart.region.countries], [undefined, undefined, undefined])
    assert.equal(cart.region.id, store.regionId)
  })

  it('drops what no list allows, without a word', async () => {
    const cart = await cartWith('+customer.password_hash,+items.vendor_id,+items.snapshot,+rates,+checkout,id')
    assert.deepEqual(cart, { id: cartId })
    const bare = await cartWith('+items.vendor.email,+items.product.vendor_id')
    assert.doesNotMatch(JSON.stringify(bare), /vendor-1@|vendor_id|rate_ppm/)
  })

  it('refuses to go through more relations than the route allows', async () => {
    const { status, body } = await store.shopper.get(`/store/carts/${cartId}`, { fields: '*items.variant.product.images' })
    assert.equal(status, 400)
    assert.deepEqual(body, {
      type: 'invalid_data',
      message: 'The following fields expand more than the maximum of 3 allowed relations: items.variant.product.images',
    })
  })

  it('answers a product list by handle alone', async () => {
    const { body } = await store.shopper.get('/store/products', { fields: 'handle', limit: 100, region_id: store.regionId })
    assert.deepEqual(Object.keys(body.products[0]).sort(), ['handle', 'id', 'variants'].filter((name) => name in body.products[0]).sort())
    assert.equal(body.products[0].handle, 'thing-1-1')
    assert.equal(body.count, 1)
  })

  it('refuses an order of a list that it does not know', async () => {
    const { status, body } = await store.shopper.get('/store/products', { order: 'colour' })
    assert.equal(status, 400)
    assert.deepEqual(body, { type: 'invalid_data', message: 'Order field colour is not valid' })
  })

  it('gives a storefront prices, stock and pictures of products as it asks for them', async () => {
    const fields = '*variants.calculated_price,+variants.inventory_quantity,*variants.images,*variants.options,+metadata,+tags,'
    const { body } = await store.shopper.get('/store/products', { limit: 12, offset: 0, region_id: store.regionId, fields })
    const [variant] = body.products[0].variants
    assert.equal(variant.calculated_price.calculated_amount, 10)
    assert.equal(variant.calculated_price.calculated_price.price_list_type, null)
    assert.equal(variant.inventory_quantity, 100)
    assert.deepEqual(variant.images, [])
    const [size] = body.products[0].options
    assert.equal(variant.options[0].option_id, size.id)
    assert.deepEqual(variant.options[0].option, { id: size.id, title: 'Size' })
    const plain = good(await store.shopper.get(`/store/products/${body.products[0].id}`)).product
    assert.equal(plain.variants[0].options[0].option.title, 'Size')
    const alone = good(await store.shopper.get(`/store/products/${body.products[0].id}`, { fields: 'handle,*variants' })).product
    assert.equal(alone.variants[0].options, undefined)
  })

  it('has the prices of a variant that anybody may pay, where they are asked for by name', async () => {
    const product = store.vendors[0]?.products[0]
    const id = product?.variantIds[0] as string
    const known = good(await store.admin.get(`/admin/products/${product?.id}`)).product.variants[0].prices
    const group = good(await store.admin.post('/admin/customer-groups', { name: 'Friends' })).customer_group.id
    const here = { region_id: store.regionId }
    const prices = [
      ...known.map(({ currency_code, amount }: { currency_code: string; amount: number }) => ({ currency_code, amount })),
      { currency_code: 'usd', amount: 9, rules: here },
      { currency_code: 'usd', amount: 1, rules: { ...here, 'customer.groups.id': group } },
      { currency_code: 'usd', amount: 2, rules: { ...here, locale: 'de-DE' } },
    ]
    good(await store.admin.post(`/admin/products/${product?.id}`, { variants: [{ id, prices }] }))
    const read = async (fields: string) => good(await store.shopper.get(`/store/products/${product?.id}`, { fields })).product.variants[0]
    const shown = (await read('*variants.prices')).prices
    assert.deepEqual(shown.map((price: Record<string, unknown>) => [price.currency_code, price.amount, price.rules_count]).sort(), [
      ['usd', 10, 0],
      ['usd', 9, 1],
    ])
    assert.equal('amount_minor' in shown[0], false)
    assert.equal('prices' in (await read('*variants')), false)
  })
})

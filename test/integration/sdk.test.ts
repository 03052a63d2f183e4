import assert from 'node:assert/strict'
import MedusaSdk from '@medusajs/js-sdk'
import type { HttpTypes } from '@medusajs/types'
import { useApp } from '../support/app.js'
import { orderAddressKeys, orderItemKeys, orderKeys, orderMethodKeys } from '../support/order-keys.js'
import { promote } from '../support/promotions.js'
import { addressIn } from '../support/purchase.js'
import { createTestStore, type TestStore } from '../support/store.js'

// Its types describe the package's other build, whose default is one level deeper.
const Medusa = MedusaSdk as unknown as typeof MedusaSdk.default
type Failure = { status: number; statusText: string; message: string }

describe("a storefront on Medusa's SDK", () => {
  const app = useApp()
  let store: TestStore
  let sdk: InstanceType<typeof Medusa>
  let region: HttpTypes.StoreRegion
  let cart: HttpTypes.StoreCart

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 2, tax_ppm: 200_000 })
    const words = {
      collection: (await store.admin.post('/admin/collections', { title: 'Spring' })).body.collection.id,
      type: (await store.admin.post('/admin/product-types', { value: 'Thing' })).body.product_type.id,
      tag: (await store.admin.post('/admin/product-tags', { value: 'new' })).body.product_tag.id,
      category: (await store.admin.post('/admin/product-categories', { name: 'Things', is_active: true })).body.product_category.id,
    }
    const linked = await store.admin.post(`/admin/products/${store.vendors[0]?.products[0]?.id}`, {
      collection_id: words.collection,
      type_id: words.type,
      tags: [{ id: words.tag }],
      categories: [{ id: words.category }],
    })
    assert.equal(linked.status, 200, JSON.stringify(linked.body))
    sdk = new Medusa({ baseUrl: app().url, publishableKey: store.publishableKey })
  })

  const failure = (work: Promise<unknown>) =>
    work.then(
      () => assert.fail('was not refused'),
      (error: Failure) => error,
    )

  it('finds its region and what that can be paid with', async () => {
    const { regions, count } = await sdk.store.region.list()
    assert.equal(count, regions.length)
    region = regions[0] as HttpTypes.StoreRegion
    assert.equal((await sdk.store.region.retrieve(region.id)).region.currency_code, 'usd')
    assert.ok(region.countries?.some((country) => country.iso_2 === 'us'))
    const { payment_providers } = await sdk.store.payment.listPaymentProviders({ region_id: region.id })
    assert.deepEqual(
      payment_providers.map((provider) => provider.id),
      ['pp_system_default'],
    )
  })

  it('browses products with prices, stock and options', async () => {
    const { products, count } = await sdk.store.product.list({
      region_id: region.id,
      fields: '*variants.calculated_price,+variants.inventory_quantity,*variants.images,+metadata,+tags,',
      limit: 3,
      order: '-created_at',
    })
    assert.deepEqual([products.length, count], [3, 4])
    const product = products[0] as HttpTypes.StoreProduct
    const variant = product.variants?.[0]
    assert.ok(variant)
    assert.equal(variant.calculated_price?.calculated_amount, 21)
    assert.equal(variant.calculated_price?.currency_code, 'usd')
    assert.equal(variant.inventory_quantity, 100)
    assert.deepEqual(
      product.options?.[0]?.values?.map((value) => value.value),
      ['S', 'M'],
    )
    assert.ok(
      product.options?.some((option) => option.id === variant.options?.[0]?.option_id),
      'the variant picker matches by option_id',
    )
    const one = await sdk.store.product.retrieve(product.id, { region_id: region.id })
    assert.equal(one.product.handle, product.handle)
    const byHandle = await sdk.store.product.list({ handle: product.handle as string })
    assert.deepEqual(
      byHandle.products.map((each) => each.id),
      [product.id],
    )
  })

  it('browses by collection, category, type and tag', async () => {
    const { collections } = await sdk.store.collection.list({ fields: 'id,handle,title' })
    const { product_categories } = await sdk.store.category.list({ fields: '*category_children, *products, *parent_category' })
    assert.deepEqual([collections.length, product_categories.length], [1, 1])
    const wanted = [store.vendors[0]?.products[0]?.id]
    const idsOf = async (query: HttpTypes.StoreProductListParams) =>
      (await sdk.store.product.list(query)).products.map((product) => product.id)
    const collection = collections[0] as HttpTypes.StoreCollection
    const category = product_categories[0] as HttpTypes.StoreProductCategory
    assert.deepEqual(await idsOf({ collection_id: collection.id }), wanted)
    assert.deepEqual(await idsOf({ category_id: [category.id] }), wanted)
    assert.deepEqual(
      category.products?.map((product) => product.id),
      wanted,
    )
    assert.equal((await sdk.store.collection.retrieve(collection.id)).collection.title, 'Spring')
    assert.equal((await sdk.store.category.retrieve(category.id)).product_category.name, 'Things')
  })

  it('fills a cart, changes its mind, and sees totals that add up', async () => {
    const [first, second] = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string) as [string, string]
    const created = await sdk.store.cart.create({ region_id: region.id })
    await sdk.store.cart.createLineItem(created.cart.id, { variant_id: first, quantity: 1 })
    const both = await sdk.store.cart.createLineItem(created.cart.id, { variant_id: second, quantity: 3 })
    const line = both.cart.items?.find((item) => item.variant_id === second) as HttpTypes.StoreCartLineItem
    await sdk.store.cart.updateLineItem(created.cart.id, line.id, { quantity: 2 })
    const third = await sdk.store.cart.createLineItem(created.cart.id, {
      variant_id: store.vendors[0]?.products[1]?.variantIds[0] as string,
      quantity: 1,
    })
    const extra = third.cart.items?.at(-1) as HttpTypes.StoreCartLineItem
    const removed = await sdk.store.cart.deleteLineItem(created.cart.id, extra.id)
    assert.deepEqual([removed.deleted, removed.object, removed.parent?.items?.length], [true, 'line-item', 2])
    cart = (
      await sdk.store.cart.update(created.cart.id, {
        email: 'ada@example.com',
        shipping_address: addressIn('us'),
        billing_address: addressIn('us'),
      })
    ).cart
    assert.deepEqual([cart.item_subtotal, cart.tax_total, cart.total], [50, 10, 60])
    assert.equal((await sdk.store.cart.retrieve(cart.id)).cart.total, 60)
  })

  it('tries promotion codes', async () => {
    await promote(store, { code: 'WELCOME', value: 10 })
    const { cart: less } = await sdk.store.cart.addPromotions(cart.id, { promo_codes: ['WELCOME'] })
    assert.deepEqual([less.discount_total, less.tax_total, less.total, less.original_total], [6, 9, 54, 60])
    assert.deepEqual(
      less.promotions.map((promotion) => promotion.code),
      ['WELCOME'],
    )
    assert.equal(
      (await failure(sdk.store.cart.addPromotions(cart.id, { promo_codes: ['WRONG'] }))).message,
      'The promotion code WRONG is invalid',
    )
    const { cart: whole } = await sdk.store.cart.removePromotions(cart.id, { promo_codes: ['WELCOME'] })
    assert.deepEqual([whole.promotions, whole.total], [[], 60])
  })

  it('chooses one delivery, pays, and is answered an order', async () => {
    const { shipping_options } = await sdk.store.fulfillment.listCartOptions({ cart_id: cart.id })
    assert.equal(shipping_options.length, 2)
    const option = shipping_options[0] as HttpTypes.StoreCartShippingOption
    assert.equal(option.amount, 5)
    cart = (await sdk.store.cart.addShippingMethod(cart.id, { option_id: option.id })).cart
    const { payment_collection } = await sdk.store.payment.initiatePaymentSession(cart, { provider_id: 'pp_system_default' })
    assert.deepEqual(
      payment_collection.payment_sessions?.map((session) => session.provider_id),
      ['pp_system_default'],
    )
    const done = await sdk.store.cart.complete(cart.id)
    assert.ok(done.type === 'order', JSON.stringify(done))
    const { order: whole } = await sdk.store.order.retrieve(done.order.id)
    const wanted = '+customer_id,+sales_channel_id,+metadata,*customer,*items.product'
    const { order: more } = await sdk.store.order.retrieve(done.order.id, { fields: wanted })
    const parts = (order: HttpTypes.StoreOrder) =>
      [
        [orderKeys, order],
        [orderItemKeys, order.items?.[0]],
        [orderMethodKeys, order.shipping_methods?.[0]],
        [orderAddressKeys, order.shipping_address],
      ] as const
    const lacking = (order: HttpTypes.StoreOrder, ...answered: string[]) =>
      parts(order).map(([keys, part]) =>
        Object.entries(keys).flatMap(([key, how]) => (answered.includes(how) && !(key in (part ?? {})) ? [key] : [])),
      )
    assert.deepEqual([lacking(whole, 'told'), lacking(more, 'told', 'asked')].flat(2), [])
    const { order } = await sdk.store.order.retrieve(done.order.id, {
      fields: '*payment_collections.payments,*items,*items.metadata,*items.variant,*items.product',
    })
    assert.equal(order.payment_status, 'captured')
    assert.equal(order.items?.length, 2)
    assert.equal(order.shipping_methods?.length, 2, 'the store chose for the vendor that the shopper did not ask about')
    assert.equal(order.payment_collections?.[0]?.payments?.[0]?.amount, order.total)
    assert.equal(order.total, order.subtotal + order.tax_total)
  })

  it('hears of what is wrong as the SDK tells it', async () => {
    const unknown = await failure(sdk.store.product.retrieve('prod_none'))
    assert.deepEqual([unknown.status, unknown.statusText], [404, 'Not Found'])
    const wrong = await failure(sdk.store.cart.createLineItem(cart.id, { variant_id: 'variant_none', quantity: 1 }))
    assert.ok(wrong.status === 400 || wrong.status === 404)
    const twice = await sdk.store.cart.complete(cart.id)
    assert.equal(twice.type, 'order')
    const stranger = new Medusa({ baseUrl: app().url, publishableKey: `pk_${'0'.repeat(64)}` })
    assert.equal((await failure(stranger.store.region.list())).message, 'A valid publishable key is required to proceed with the request')
  })
})

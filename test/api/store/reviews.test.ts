import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { fillCart } from '../../support/purchase.js'
import { type Shopper, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('reviews', () => {
  const app = useApp()
  let store: TestStore
  let ada: Shopper
  let stranger: Shopper
  let productId: string
  let path: string

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 2 })
    productId = store.vendors[0]?.products[0]?.id as string
    path = `/store/products/${productId}/reviews`
    ada = await signUp(app(), store, 'ada@reviews.example')
    stranger = await signUp(app(), store, 'eve@reviews.example')
    await buy(ada, 0)
  })

  async function buy(shopper: Shopper, vendor: number) {
    const variant = store.vendors[vendor]?.products[0]?.variantIds[0] as string
    const cartId = await fillCart(shopper.client, { regionId: store.regionId, variantIds: [variant], email: shopper.email })
    const { body } = await shopper.client.post(`/store/carts/${cartId}/complete`)
    assert.equal(body.type, 'order', JSON.stringify(body))
    await app().drain()
  }

  it('are written by who bought the thing, and by nobody else', async () => {
    const guest = await store.shopper.post(path, { rating: 5 })
    assert.equal(guest.status, 401)
    const refused = await stranger.client.post(path, { rating: 1 })
    assert.deepEqual([refused.status, refused.body.type], [400, 'not_allowed'])
    const other = await ada.client.post(`/store/products/${store.vendors[0]?.products[1]?.id}/reviews`, { rating: 1 })
    assert.equal(other.status, 400)
    const { status, body } = await ada.client.post(path, { rating: 4, title: 'Good', content: 'Does what it should.' })
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual([body.review.status, body.review.author_name, body.review.product.id], ['pending', 'Ada B.', productId])
  })

  it('are one per customer and product, even when sent at once', async () => {
    await buy(stranger, 0)
    const answers = await Promise.all(Array.from({ length: 5 }, () => stranger.client.post(path, { rating: 2 })))
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 422, 422, 422, 422])
    assert.equal((await ada.client.post(path, { rating: 1 })).status, 422)
  })

  it('refuse stars that do not exist', async () => {
    for (const rating of [0, 6, 4.5, '5', null]) assert.equal((await ada.client.post(path, { rating })).status, 400)
  })

  it('wait for the store’s staff before shoppers see them', async () => {
    assert.deepEqual((await store.shopper.get(path)).body.reviews, [])
    const { body: queue } = await store.admin.get('/admin/reviews', { status: 'pending' })
    assert.equal(queue.count, 2)
    for (const review of queue.reviews) {
      const verb = review.rating === 4 ? 'approve' : 'reject'
      const decided = await store.admin.post(`/admin/reviews/${review.id}/${verb}`)
      assert.equal(decided.status, 200, JSON.stringify(decided.body))
    }
    const { body } = await store.shopper.get(path)
    assert.deepEqual([body.count, body.reviews[0].rating, body.summary.average, body.summary.count], [1, 4, 4, 1])
    assert.deepEqual(body.summary.distribution, { 1: 0, 2: 0, 3: 0, 4: 1, 5: 0 })
    assert.doesNotMatch(JSON.stringify(body), /cus_|@|order/)
  })

  it('show on products and vendors as average and count, when asked for', async () => {
    const { body } = await store.shopper.get('/store/products', { fields: '+rating' })
    const rated = body.products.find((product: { id: string }) => product.id === productId)
    assert.deepEqual(rated.rating, { average: 4, count: 1 })
    const other = body.products.find((product: { id: string }) => product.id !== productId)
    assert.deepEqual(other.rating, { average: null, count: 0 })
    assert.equal((await store.shopper.get('/store/products')).body.products[0].rating, undefined)
  })

  it('are answered by the vendor whose they are, and by no other', async () => {
    const { body } = await store.vendor(0).get('/vendor/reviews')
    assert.equal(body.count, 1)
    assert.doesNotMatch(JSON.stringify(body), /cus_|pending/)
    const answerPath = `/vendor/reviews/${body.reviews[0].id}/answer`
    assert.equal((await store.vendor(1).post(answerPath, { answer: 'Not mine' })).status, 404)
    assert.equal((await store.vendor(1).get('/vendor/reviews')).body.count, 0)
    const answered = await store.vendor(0).post(answerPath, { answer: 'Thank you!' })
    assert.equal(answered.status, 200, JSON.stringify(answered.body))
    assert.equal((await store.shopper.get(path)).body.reviews[0].answer, 'Thank you!')
    const pending = (await store.admin.get('/admin/reviews', { status: 'rejected' })).body.reviews[0]
    assert.equal((await store.vendor(0).post(`/vendor/reviews/${pending.id}/answer`, { answer: 'No' })).status, 404)
    assert.equal((await store.vendor(0).delete(answerPath)).status, 200)
    assert.equal((await store.shopper.get(path)).body.reviews[0].answer, null)
  })

  it('of a vendor itself are kept apart from those of its products', async () => {
    const vendorPath = '/store/vendors/vendor-1/reviews'
    assert.equal((await ada.client.post('/store/vendors/vendor-2/reviews', { rating: 5 })).status, 400)
    const { body, status } = await ada.client.post(vendorPath, { rating: 5, content: 'Quick' })
    assert.equal(status, 200, JSON.stringify(body))
    await store.admin.post(`/admin/reviews/${body.review.id}/approve`)
    const shown = (await store.shopper.get(vendorPath)).body
    assert.deepEqual([shown.count, shown.summary.average, shown.reviews[0].content], [1, 5, 'Quick'])
    const { body: vendor } = await store.shopper.get('/store/vendors/vendor-1', { fields: '+rating' })
    assert.deepEqual(vendor.vendor.rating, { average: 5, count: 1 })
  })

  it('are changed and taken back by their writer alone, and wait again when changed', async () => {
    const mine = (await ada.client.get('/store/customers/me/reviews')).body.reviews.find(
      (review: { product_id: string | null }) => review.product_id !== null,
    )
    const own = `/store/customers/me/reviews/${mine.id}`
    assert.equal((await stranger.client.post(own, { rating: 1 })).status, 404)
    assert.equal((await stranger.client.delete(own)).status, 404)
    const changed = await ada.client.post(own, { rating: 3 })
    assert.deepEqual([changed.body.review.rating, changed.body.review.title, changed.body.review.status], [3, 'Good', 'pending'])
    assert.deepEqual((await store.shopper.get(path)).body.reviews, [])
    assert.equal((await ada.client.delete(own)).status, 200)
    assert.equal((await ada.client.get('/store/customers/me/reviews')).body.count, 1)
  })

  it('show at once where the store wants no moderation', async () => {
    const { body } = await store.admin.get('/admin/stores')
    await store.admin.post(`/admin/stores/${body.stores[0].id}`, { review_moderation: false })
    assert.equal((await ada.client.post(path, { rating: 5 })).body.review.status, 'published')
    assert.equal((await store.shopper.get(path)).body.count, 1)
  })
})

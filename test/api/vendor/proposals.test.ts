import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { type Client, client } from '../../support/client.js'
import { good } from '../../support/http.js'
import { addStaff } from '../../support/people.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('products that vendors propose', () => {
  const app = useApp()
  let store: TestStore
  let vendor: Client

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
    vendor = store.vendor(0)
    await moderate(true)
  })

  async function moderate(product_moderation: boolean): Promise<void> {
    const { stores } = good(await store.admin.get('/admin/stores'))
    const { store: changed } = good(await store.admin.post(`/admin/stores/${stores[0].id}`, { product_moderation }))
    assert.equal(changed.product_moderation, product_moderation)
  }
  const vendorId = () => store.vendors[0]?.id as string
  const created = async (status: string, client = vendor) => good(await client.post('/vendor/products', { title: 'Jug', status })).product
  const change = async (id: string, body: object) => good(await vendor.post(`/vendor/products/${id}`, body)).product
  const reviewsOf = async (product_id: string) => good(await store.admin.get('/admin/product-reviews', { product_id })).product_reviews
  const decide = (id: string, verb: string, body: object = {}) => store.admin.post(`/admin/product-reviews/${id}/${verb}`, body)
  const isSold = async (id: string) => (await store.shopper.get(`/store/products/${id}`)).status === 200
  const mailsOf = (title: string) => app().mails.filter((mail) => mail.subject.includes(title))

  it('wait where the store looks at them, and are sold once they are approved', async () => {
    const product = await created('published')
    assert.equal(product.status, 'proposed')
    assert.equal(await isSold(product.id), false)
    const [review] = await reviewsOf(product.id)
    assert.deepEqual([review.status, review.product.title, review.vendor.id, review.decided_at], ['open', 'Jug', vendorId(), null])
    await app().drain()
    const { notifications } = good(await store.admin.get('/admin/notifications', { channel: 'feed' }))
    const noted = notifications.find((one: { data: { product_review_id?: string } }) => one.data.product_review_id === review.id)
    assert.match(noted.data.description, /proposes “Jug”/)

    const { product_review: approved } = good(await decide(review.id, 'approve'))
    assert.deepEqual([approved.status, approved.product.status], ['approved', 'published'])
    assert.equal(await isSold(product.id), true)
    await app().drain()
    assert.equal(mailsOf('“Jug” was approved').length, 1)
    assert.equal((await change(product.id, { title: 'Tall jug', status: 'published' })).status, 'published', 'what is sold stays so')
  })

  it('come back with what is to be changed, and are proposed again', async () => {
    const product = await created('proposed')
    const [first] = await reviewsOf(product.id)
    assert.equal((await decide(first.id, 'request-changes')).status, 400, 'it says what')
    const { product_review: back } = good(await decide(first.id, 'request-changes', { message: 'Say how much it holds' }))
    assert.deepEqual([back.status, back.message, back.product.status], ['changes_requested', 'Say how much it holds', 'draft'])
    await app().drain()
    const mails = mailsOf('needs changes')
    assert.ok(mails.length === 1 && mails[0]?.text.includes('Say how much it holds'))

    assert.equal((await change(product.id, { description: 'A litre', status: 'published' })).status, 'proposed')
    const { product_reviews: told } = good(await vendor.get('/vendor/product-reviews', { product_id: product.id }))
    assert.deepEqual(
      told.map((one: { status: string; message: string | null }) => [one.status, one.message]),
      [
        ['open', null],
        ['changes_requested', 'Say how much it holds'],
      ],
    )
    assert.equal('decided_by' in told[1], false)
    const { product_review: rejected } = good(await decide(told[0].id, 'reject', { message: 'We sell no jugs' }))
    assert.deepEqual([rejected.status, rejected.product.status], ['rejected', 'rejected'])
    assert.equal((await change(product.id, { status: 'published' })).status, 'rejected', 'until it is proposed outright')
    assert.equal((await change(product.id, { status: 'proposed' })).status, 'proposed')
    assert.equal((await reviewsOf(product.id)).length, 3)
  })

  it('are decided about as they were looked at', async () => {
    const product = await created('proposed')
    const [looked] = await reviewsOf(product.id)
    await change(product.id, { title: 'Forbidden goods' })
    const stale = await decide(looked.id, 'approve', { product_updated_at: looked.product_updated_at })
    assert.deepEqual([stale.status, stale.body.code], [409, 'product_changed'])
    assert.equal(await isSold(product.id), false)
    const [again] = await reviewsOf(product.id)
    good(await decide(again.id, 'approve', { product_updated_at: again.product_updated_at }))
  })

  it('are decided about by who sees to their vendor, and by nobody who sees to another', async () => {
    const [own, others] = [await created('proposed'), await created('proposed', store.vendor(1))]
    const staff = client(app(), { tenant: store.slug, token: await addStaff(app(), store, 'store_manager', vendorId()) })
    const [[review], [foreign]] = [await reviewsOf(own.id), await reviewsOf(others.id)]
    assert.equal((await staff.post(`/admin/product-reviews/${foreign.id}/approve`, {})).status, 404)
    good(await staff.post(`/admin/product-reviews/${review.id}/approve`, {}))
  })

  it('are decided about once', async () => {
    const product = await created('proposed')
    const [review] = await reviewsOf(product.id)
    const both = await Promise.all([decide(review.id, 'approve'), decide(review.id, 'reject', { message: 'No' })])
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 400])
    const refused = both.find(({ status }) => status === 400)
    assert.deepEqual(
      [refused?.body.type, refused?.body.message],
      ['not_allowed', 'Only a product that waits for an answer is decided about: list those with status=open'],
    )
    const [after] = await reviewsOf(product.id)
    assert.equal(after.product.status, after.status === 'approved' ? 'published' : 'rejected')
    await app().drain()
  })

  it('are withdrawn by their vendor, answered by a change of the product, and gone with it', async () => {
    const withdrawn = await created('proposed')
    await change(withdrawn.id, { status: 'draft' })
    assert.deepEqual(
      (await reviewsOf(withdrawn.id)).map((one: { status: string }) => one.status),
      ['withdrawn'],
    )

    const published = await created('proposed')
    good(await store.admin.post(`/admin/products/${published.id}`, { status: 'published' }))
    assert.deepEqual(
      (await reviewsOf(published.id)).map((one: { status: string }) => one.status),
      ['approved'],
    )

    const deleted = await created('proposed')
    const [review] = await reviewsOf(deleted.id)
    good(await vendor.delete(`/vendor/products/${deleted.id}`))
    assert.equal((await reviewsOf(deleted.id))[0].status, 'withdrawn')
    assert.equal((await decide(review.id, 'approve')).status, 404)
    await app().drain()
  })

  it('wait also where a file brings them', async () => {
    const file = ['Handle,Title,Status,Option1 Name,Option1 Value,Variant Price', 'ewer,Ewer,active,Title,Default Title,12.50'].join('\n')
    good(await vendor.post('/vendor/imports', file, { 'content-type': 'text/csv' }))
    await app().drain()
    const { products } = good(await vendor.get('/vendor/products', { handle: 'ewer' }))
    assert.equal(products[0].status, 'proposed')
    assert.equal((await reviewsOf(products[0].id)).length, 1)
  })

  it('are nobody else’s to see, and are sold at once where nobody looks', async () => {
    const product = await created('proposed')
    const [review] = await reviewsOf(product.id)
    assert.equal((await store.vendor(1).get(`/vendor/product-reviews/${review.id}`)).status, 404)
    assert.deepEqual(good(await store.vendor(1).get('/vendor/product-reviews', { product_id: product.id })).product_reviews, [])
    await moderate(false)
    assert.equal((await created('published')).status, 'published')
    assert.equal((await change(product.id, { status: 'published' })).status, 'published')
    assert.equal((await reviewsOf(product.id))[0].status, 'approved')
  })
})

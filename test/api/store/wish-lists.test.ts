import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { type Shopper, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const path = '/store/customers/me/wish-lists'

describe('wish lists', () => {
  const app = useApp()
  let store: TestStore
  let ada: Shopper
  let eve: Shopper
  let variants: string[]

  before(async () => {
    store = await createTestStore(app(), { productsPerVendor: 2 })
    ada = await signUp(app(), store, 'ada@wishes.example')
    eve = await signUp(app(), store, 'eve@wishes.example')
    variants = store.vendors[0]?.products.flatMap((product) => product.variantIds) as string[]
  })

  async function newList(name = 'Kitchen') {
    const { status, body } = await ada.client.post(path, { name })
    assert.equal(status, 200, JSON.stringify(body))
    return body.wish_list
  }

  it('are begun, renamed and deleted by their owner', async () => {
    const list = await newList()
    assert.deepEqual([list.name, list.items, list.share_token], ['Kitchen', [], null])
    assert.equal((await ada.client.post(`${path}/${list.id}`, { name: 'Garden' })).body.wish_list.name, 'Garden')
    assert.deepEqual((await ada.client.delete(`${path}/${list.id}`)).body, { id: list.id, object: 'wish_list', deleted: true })
    assert.equal((await ada.client.get(`${path}/${list.id}`)).status, 404)
  })

  it('hold a variant once, however often it is added, even at once', async () => {
    const list = await newList()
    const add = () => ada.client.post(`${path}/${list.id}/items`, { variant_id: variants[0] })
    const answers = await Promise.all([add(), add(), add()])
    for (const answer of answers) assert.equal(answer.status, 200, JSON.stringify(answer.body))
    const { body } = await ada.client.post(`${path}/${list.id}/items`, { variant_id: variants[2] })
    assert.deepEqual(
      body.wish_list.items.map((item: { variant_id: string }) => item.variant_id),
      [variants[2], variants[0]],
    )
    assert.equal(body.wish_list.items[1].product.title, 'Thing 1.1')
    const gone = await ada.client.delete(`${path}/${list.id}/items/${body.wish_list.items[0].id}`)
    assert.equal(gone.body.wish_list.items.length, 1)
    assert.equal((await ada.client.delete(`${path}/${list.id}/items/${body.wish_list.items[0].id}`)).status, 404)
  })

  it('are nobody else’s to see or change', async () => {
    const list = await newList()
    assert.equal((await store.shopper.get(path)).status, 401)
    assert.equal((await eve.client.get(path)).body.count, 0)
    for (const answer of [
      await eve.client.get(`${path}/${list.id}`),
      await eve.client.post(`${path}/${list.id}`, { name: 'Mine' }),
      await eve.client.post(`${path}/${list.id}/items`, { variant_id: variants[0] }),
      await eve.client.post(`${path}/${list.id}/share`),
      await eve.client.delete(`${path}/${list.id}`),
    ]) {
      assert.equal(answer.status, 404, JSON.stringify(answer.body))
    }
  })

  it('take no variant that the store does not sell', async () => {
    const list = await newList()
    const other = await createTestStore(app())
    for (const variant_id of [other.vendors[0]?.products[0]?.variantIds[0], 'variant_unknown']) {
      assert.equal((await ada.client.post(`${path}/${list.id}/items`, { variant_id })).status, 404)
    }
  })

  it('are read by whoever has the token, until the sharing ends', async () => {
    const list = await newList('Birthday')
    await ada.client.post(`${path}/${list.id}/items`, { variant_id: variants[0] })
    const shared = await ada.client.post(`${path}/${list.id}/share`)
    const token = shared.body.wish_list.share_token
    assert.ok(token.length >= 32)
    assert.equal((await ada.client.post(`${path}/${list.id}/share`)).body.wish_list.share_token, token)
    const { status, body } = await store.shopper.get(`/store/wish-lists/${token}`)
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body.wish_list).sort(), ['items', 'name', 'updated_at'])
    assert.equal(body.wish_list.items.length, 1)
    const other = await createTestStore(app())
    assert.equal((await client(app(), { publishableKey: other.publishableKey }).get(`/store/wish-lists/${token}`)).status, 404)
    assert.equal((await ada.client.delete(`${path}/${list.id}/share`)).body.wish_list.share_token, null)
    assert.equal((await store.shopper.get(`/store/wish-lists/${token}`)).status, 404)
  })

  it('show only what is sold now', async () => {
    const list = await newList()
    await ada.client.post(`${path}/${list.id}/items`, { variant_id: variants[2] })
    const product = `/admin/products/${store.vendors[0]?.products[1]?.id}`
    await store.admin.post(product, { status: 'draft' })
    assert.deepEqual((await ada.client.get(`${path}/${list.id}`)).body.wish_list.items, [])
    await store.admin.post(product, { status: 'published' })
    assert.equal((await ada.client.get(`${path}/${list.id}`)).body.wish_list.items.length, 1)
  })

  it('are fifty at most, even when begun at once', async () => {
    const { count } = (await eve.client.get(path)).body
    const answers = await Promise.all(Array.from({ length: 52 - count }, () => eve.client.post(path, { name: 'Many' })))
    assert.equal(answers.filter((answer) => answer.status === 200).length, 50 - count)
    assert.equal((await eve.client.get(path)).body.count, 50)
  })
})

import assert from 'node:assert/strict'
import { useApp } from '../../../support/app.js'
import { asAdmin } from '../../../support/database.js'
import { good } from '../../../support/http.js'
import { createTestStore, type TestStore } from '../../../support/store.js'

interface Listed {
  id: string
  variants: { id: string }[]
  options: { title: string; values: { value: string }[] }[]
  images: { url: string }[]
}

describe('the products that a key shows', () => {
  const app = useApp()
  let store: TestStore
  let ids: string[]

  before(async () => {
    store = await createTestStore(app(), { productsPerVendor: 3 })
    ids = (store.vendors[0]?.products ?? []).map((product) => product.id)
  })

  const shown = async (query: Record<string, string> = {}): Promise<string[]> =>
    good(await store.shopper.get('/store/products', query)).products.map((product: { id: string }) => product.id)

  it('are published, and in one of its channels', async () => {
    const [draft, elsewhere, sold] = ids as [string, string, string]
    good(await store.admin.post(`/admin/products/${draft}`, { status: 'draft' }))
    good(await store.admin.post(`/admin/sales-channels/${store.salesChannelId}/products`, { remove: [elsewhere] }))
    assert.deepEqual(await shown(), [sold])
    assert.deepEqual(await shown({ id: draft }), [])
    for (const id of [draft, elsewhere]) {
      const answer = await store.shopper.get(`/store/products/${id}`)
      assert.deepEqual([answer.status, answer.body], [404, { type: 'not_found', message: `Product with id: ${id} was not found` }])
    }
    good(await store.admin.post(`/admin/products/${draft}`, { status: 'published' }))
    good(await store.admin.post(`/admin/sales-channels/${store.salesChannelId}/products`, { add: [elsewhere] }))
    assert.deepEqual((await shown()).sort(), [...ids].sort())
  })

  it('can be narrowed to one of its channels, and to no other', async () => {
    assert.equal((await shown({ sales_channel_id: store.salesChannelId })).length, 3)
    const { sales_channel: other } = good(await store.admin.post('/admin/sales-channels', { name: 'Fair' }))
    for (const path of ['/store/products', `/store/products/${ids[0]}`, '/store/product-variants']) {
      const refused = await store.shopper.get(path, { sales_channel_id: other.id })
      assert.deepEqual(
        [refused.status, refused.body],
        [400, { type: 'invalid_data', message: 'Requested sales channel is not part of the publishable key' }],
        path,
      )
    }
  })

  it('are found by a category that is active and not internal, and name no internal one', async () => {
    const category = async (name: string, more: object) =>
      good(await store.admin.post('/admin/product-categories', { name, is_active: true, ...more })).product_category.id as string
    const open = await category('Open', {})
    const hidden = await category('Internal', { is_internal: true })
    const asleep = await category('Asleep', { is_active: false })
    good(await store.admin.post(`/admin/products/${ids[0]}`, { categories: [{ id: open }, { id: hidden }] }))
    good(await store.admin.post(`/admin/products/${ids[1]}`, { categories: [{ id: asleep }] }))
    assert.deepEqual(await shown({ category_id: open }), [ids[0]])
    assert.deepEqual(await shown({ category_id: hidden }), [])
    assert.deepEqual(await shown({ category_id: asleep }), [])
    const { product } = good(await store.shopper.get(`/store/products/${ids[0]}`, { fields: '*categories' }))
    assert.deepEqual(
      product.categories.map((found: { id: string }) => found.id),
      [open],
    )
  })

  it('stand under their category, collection and tag with variants, options and pictures where those are asked for', async () => {
    const make = async (path: string, noun: string, body: object) => good(await store.admin.post(path, body))[noun].id as string
    const collection_id = await make('/admin/collections', 'collection', { title: 'Shown' })
    const tag = await make('/admin/product-tags', 'product_tag', { value: 'shown' })
    const category = await make('/admin/product-categories', 'product_category', { name: 'Shown', is_active: true })
    const images = [{ url: '/files/one.png' }]
    const words = { collection_id, tags: [{ id: tag }], categories: [{ id: category }] }
    good(await store.admin.post(`/admin/products/${ids[1]}`, { images, ...words }))
    const relations = 'id,*products.variants,*products.options,*products.options.values,*products.images'
    for (const path of [`product-categories/${category}`, `collections/${collection_id}`, `product-tags/${tag}`]) {
      const read = async (fields: string) => {
        const [found] = Object.values(good(await store.shopper.get(`/store/${path}`, { fields }))) as { products: Listed[] }[]
        return found?.products[0] as Listed
      }
      const { variants, options, images: shown, ...rest } = await read(relations)
      assert.deepEqual(rest, { id: ids[1] }, path)
      assert.deepEqual(
        variants.map(({ id }) => id),
        store.vendors[0]?.products[1]?.variantIds,
        path,
      )
      assert.deepEqual([options[0]?.title, options[0]?.values[0]?.value], ['Size', 'S'], path)
      assert.match(shown[0]?.url ?? '', /^http.*\/files\/one\.png$/, path)
      const plain = await read('*products')
      assert.deepEqual([plain.id, plain.variants, plain.options, plain.images], [ids[1], undefined, undefined, undefined], path)
    }
  })

  it('have variants with the values that a picker matches on, and pictures as a list', async () => {
    const id = store.vendors[0]?.products[2]?.variantIds[0] as string
    const { product } = good(
      await store.shopper.get(`/store/products/${ids[2]}`, { fields: '*variants,*variants.options,*variants.images' }),
    )
    const found = product.variants.find((variant: { id: string }) => variant.id === id)
    const names = `id title sku barcode ean upc allow_backorder manage_inventory variant_rank thumbnail hs_code origin_country mid_code
      material weight length height width metadata product_id created_at updated_at options images`
    for (const name of names.split(/\s+/)) assert.ok(name in found, name)
    const [option] = product.options
    assert.deepEqual(
      found.options.map((value: { option_id: string; value: string }) => [value.option_id, value.value]),
      [[option.id, 'S']],
    )
    assert.deepEqual([found.images, found.product_id], [[], ids[2]])
    const { variant } = good(await store.shopper.get(`/store/product-variants/${id}`, { fields: '*images' }))
    assert.deepEqual(variant.images, [])
  })

  it('have a status, dates and metadata on request alone, and pictures in their order', async () => {
    await asAdmin(app().adminUrl, `update app.product set metadata = '{"note":1}', external_id = 'erp-1' where id = $1`, [ids[2]])
    const images = [{ url: 'https://pictures.example/b.png' }, { url: 'https://pictures.example/a.png' }]
    good(await store.admin.post(`/admin/products/${ids[2]}`, { images }))
    const plain = good(await store.shopper.get(`/store/products/${ids[2]}`)).product
    assert.deepEqual([plain.status, plain.metadata, plain.external_id, plain.deleted_at], Array(4).fill(undefined))
    assert.deepEqual(
      plain.images.map((image: { url: string; rank: number; product_id: string }) => [image.url, image.rank, image.product_id]),
      images.map(({ url }, rank) => [url, rank, ids[2]]),
    )
    const asked = good(
      await store.shopper.get(`/store/products/${ids[2]}`, { fields: '+status,+metadata,+external_id,+deleted_at' }),
    ).product
    assert.deepEqual([asked.status, asked.metadata, asked.external_id, asked.deleted_at], ['published', { note: 1 }, 'erp-1', null])
    for (const name of ['type', 'collection']) assert.equal(plain[name], null, name)
    for (const name of ['weight', 'length', 'height', 'width', 'hs_code', 'origin_country', 'mid_code', 'material']) {
      assert.equal(plain[name], null, name)
    }
    assert.deepEqual(plain.options[0].values.map((value: { value: string }) => value.value).sort(), ['M', 'S'])
    for (const name of ['id', 'title', 'is_exclusive', 'metadata', 'created_at', 'updated_at']) assert.ok(name in plain.options[0], name)
    for (const name of ['id', 'value', 'rank', 'metadata', 'option_id']) assert.ok(name in plain.options[0].values[0], name)
  })
})

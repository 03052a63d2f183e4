import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { fillCart } from '../../support/purchase.js'
import { type Shopper, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

interface Node {
  name: string
  parent_category?: Node | null
  category_children?: Node[]
}

describe('lists of the Store API, in the order and with the words of Medusa', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app())
  })
  const make = async (path: string, body: object) => good(await store.admin.post(path, body))

  describe('categories', () => {
    const list = async (query: Record<string, string | boolean>): Promise<Node[]> =>
      good(await store.shopper.get('/store/product-categories', query)).product_categories
    const names = (nodes: readonly Node[]) => nodes.map((node) => node.name)
    let leafId: string

    before(async () => {
      const add = async (name: string, more: object = {}) =>
        (await make('/admin/product-categories', { name, is_active: true, ...more })).product_category.id as string
      const last = await add('Winter coats', { description: 'Thick and warm' })
      await add('Shoes', { rank: 0, handle: 'feet' })
      const child = await add('Parkas', { parent_category_id: last })
      leafId = await add('Long parkas', { parent_category_id: child })
    })

    it('come as they were made, by any column that is asked for, and as trees by their ranks', async () => {
      assert.deepEqual(names(await list({})), ['Winter coats', 'Shoes', 'Parkas', 'Long parkas'])
      assert.deepEqual(names(await list({ parent_category_id: 'null', order: 'rank' })), ['Shoes', 'Winter coats'])
      const roots = await list({ parent_category_id: 'null', include_descendants_tree: true })
      assert.deepEqual(names(roots), ['Shoes', 'Winter coats'])
    })

    it('tell a child from its parent without the parent again, and a parent from its child without the child', async () => {
      const roots = await list({ parent_category_id: 'null', include_descendants_tree: true })
      const plain = await list({ parent_category_id: 'null', order: 'rank' })
      for (const [child] of [roots[1]?.category_children ?? [], plain[1]?.category_children ?? []]) {
        assert.deepEqual([child?.name, child !== undefined && 'parent_category' in child], ['Parkas', false])
      }
      const [parka] = await list({ q: 'Long parkas' })
      assert.deepEqual(
        [parka?.parent_category?.name, parka?.parent_category && 'category_children' in parka.parent_category],
        ['Parkas', false],
      )
      const { product_category: leaf } = good(
        await store.shopper.get(`/store/product-categories/${leafId}`, { include_ancestors_tree: true }),
      )
      assert.equal(leaf.parent_category.parent_category.name, 'Winter coats')
      assert.equal('category_children' in leaf.parent_category, false)
    })

    it('are found by words of the name, the description and the handle', async () => {
      for (const [q, found] of [
        ['warm coats', ['Winter coats']],
        ['FEET', ['Shoes']],
        ['coats winter', ['Winter coats']],
        ['winter shoes', []],
      ] as const) {
        assert.deepEqual(names(await list({ q })), found, q)
      }
    })
  })

  it('are searched for words, whatever stands between them', async () => {
    const [product] = store.vendors[0]?.products ?? []
    await make(`/admin/products/${product?.id}`, { title: 'A red woollen jumper' })
    const found = async (path: string, q: string) => good(await store.shopper.get(path, { q })).count
    assert.deepEqual([await found('/store/products', 'RED  jumper'), await found('/store/products', 'red%jumper')], [1, 0])
    await make('/admin/collections', { title: 'Spring and summer' })
    assert.deepEqual([await found('/store/collections', 'summer SPRING'), await found('/store/collections', 'summer autumn')], [1, 0])
    assert.deepEqual([await found('/store/regions', 'usd'), await found('/store/regions', 'eur')], [1, 0])
  })

  it('are searched in capitals and small letters alike, in every script', async () => {
    const [product] = store.vendors[0]?.products ?? []
    await make(`/admin/products/${product?.id}`, { title: 'Öl aus Äpfeln, ЧАЙ Чёрный' })
    for (const path of ['/store/products', '/admin/products']) {
      const found = async (q: string) => good(await (path.startsWith('/store') ? store.shopper : store.admin).get(path, { q })).count
      for (const q of ['Öl', 'öl', 'ÄPFELN', 'чай', 'ЧЁРНЫЙ']) assert.equal(await found(q), 1, `${path} ${q}`)
    }
  })

  it('find products by words in any order and by what their variants are called, and variants by their product', async () => {
    const [product] = store.vendors[0]?.products ?? []
    await make(`/admin/products/${product?.id}`, { title: 'Lambswool scarf', description: 'Knitted by hand' })
    await make(`/admin/products/${product?.id}/variants/${product?.variantIds[0]}`, { title: 'Ultramarine', sku: 'LW_77%' })
    const found = async (path: string, q: string, more: object = {}) => good(await store.shopper.get(path, { q, ...more })).count
    for (const [q, count] of [
      ['scarf lambswool', 1],
      ['HAND Scarf', 1],
      ['ultramarine scarf', 1],
      ['w_77%', 1],
      ['w_77_', 0],
      ['scarf vermilion', 0],
      ['scarf '.repeat(30), 1],
      ['ultramarine 77 lambswool scarf hand knitted by marine a lamb', 1],
      ['ultramarine vermilion lambswool scarf hand knitted by marine a', 0],
    ] as const) {
      assert.equal(await found('/store/products', q), count, q)
      assert.equal(await found('/store/products', q, { order: '-created_at' }), count, q)
    }
    const { variants } = good(await store.shopper.get('/store/product-variants', { q: 'ultramarine scarf' }))
    assert.deepEqual(
      variants.map((variant: { id: string }) => variant.id),
      [product?.variantIds[0]],
    )
  })

  it('of currencies are narrowed by parts of a query', async () => {
    const codes = async (query: string) =>
      good(await store.shopper.get(`/store/currencies${query}`)).currencies.map((currency: { code: string }) => currency.code)
    assert.deepEqual(await codes('?$or[0][code]=eur&$or[1][code]=usd&$and[0][q]=dollar'), ['usd'])
  })

  it('of currencies tell their dates where they are asked for', async () => {
    const fields = 'created_at,updated_at,deleted_at'
    const { currency } = good(await store.shopper.get('/store/currencies/usd', { fields }))
    const [listed] = good(await store.shopper.get('/store/currencies', { fields, code: 'usd' })).currencies
    assert.deepEqual(listed, currency)
    assert.deepEqual(Object.keys(currency).sort(), ['code', 'created_at', 'deleted_at', 'updated_at'])
    assert.ok(Date.parse(currency.created_at) < Date.now() && currency.updated_at === currency.created_at)
    assert.equal('created_at' in good(await store.shopper.get('/store/currencies/usd')).currency, false)
  })

  it('of products say what a variant takes from stock when they are asked, and never how much there is', async () => {
    const asked = '*variants.inventory_items,*variants.inventory_items.inventory.location_levels'
    const { products } = good(await store.shopper.get('/store/products', { fields: asked }))
    const [variant] = products[0].variants
    const [item] = variant.inventory_items
    assert.deepEqual(
      [item.variant_id, item.required_quantity, typeof item.inventory_item_id, Object.keys(item).length],
      [variant.id, 1, 'string', 3],
    )
    const { products: plain } = good(await store.shopper.get('/store/products'))
    assert.equal('inventory_items' in plain[0].variants[0], false)
  })

  it('of variants have their prices where a region is named, and without one where prices are', async () => {
    const { region } = await make('/admin/regions', { name: 'Elsewhere', currency_code: 'usd', countries: ['ca'] })
    const { variants } = good(await store.shopper.get('/store/product-variants', { region_id: region.id }))
    assert.equal(variants[0].calculated_price.currency_code, 'usd')
    const part = 'variants.calculated_price.calculated_amount'
    const { products } = good(await store.shopper.get('/store/products', { region_id: region.id, fields: part }))
    assert.equal(typeof products[0].variants[0].calculated_price.calculated_amount, 'number')
    const one = await store.shopper.get(`/store/products/${products[0].id}`, {
      limit: '1',
      offset: '0',
      order: '-created_at',
      fields: part,
    })
    assert.equal(typeof good(one).product.variants[0].calculated_price.calculated_amount, 'number')
    const path = `/store/product-variants/${variants[0].id}`
    const { variant } = good(await store.shopper.get(path, { region_id: region.id, fields: 'sku' }))
    assert.deepEqual(Object.keys(variant).sort(), ['calculated_price', 'id', 'sku'])
    assert.equal('calculated_price' in good(await store.shopper.get(path)).variant, false)
  })

  describe('orders', () => {
    let shopper: Shopper
    let ids: string[]

    before(async () => {
      shopper = await signUp(app(), store, 'lists@example.com')
      ids = []
      for (const by of [shopper, shopper, await signUp(app(), store, 'other@example.com')]) {
        const variantIds = [store.vendors[0]?.products[0]?.variantIds[0] as string]
        const cartId = await fillCart(by.client, { regionId: store.regionId, variantIds })
        ids.push((await by.client.post(`/store/carts/${cartId}/complete`)).body.order.id)
      }
      good(await store.admin.post(`/admin/orders/${ids[1]}/cancel`))
    })
    const list = async (query: string) => {
      const { body, status } = await shopper.client.get(`/store/orders${query}`)
      assert.equal(status, 200, JSON.stringify(body))
      return body.orders.map((order: { id: string }) => ids.indexOf(order.id))
    }

    it('come as they were placed, or the newest first when that is asked for', async () => {
      assert.deepEqual(
        [await list(''), await list('?order=-created_at')],
        [
          [0, 1],
          [1, 0],
        ],
      )
    })

    it('tell the options and the pictures of what was sold when they are asked for, and not otherwise', async () => {
      const fields = 'id,*items.variant.options,*items.product.images,items.variant.product.options'
      const { orders } = good(await shopper.client.get('/store/orders', { fields }))
      const { order } = good(await shopper.client.get(`/store/orders/${ids[0]}`, { fields }))
      for (const [{ variant, product }] of [orders[0].items, order.items]) {
        assert.deepEqual([Array.isArray(variant.options), Array.isArray(product.images)], [true, true])
        assert.ok(variant.options.length > 0 && variant.product.options.length > 0)
        assert.deepEqual(variant.product.options[0].id, variant.options[0].option_id)
        assert.equal('images' in variant.product, false)
      }
      const { order: plain } = good(await shopper.client.get(`/store/orders/${ids[0]}`))
      assert.equal('options' in plain.items[0].variant, false)
    })

    it('are the shopper’s own, whatever narrows them', async () => {
      assert.deepEqual(await list('?status=canceled'), [1])
      assert.deepEqual(await list('?status[]=canceled&status[]=pending'), [0, 1])
      assert.deepEqual([await list('?status=draft'), await list('?status=lost')], [[], []])
      assert.deepEqual(await list(`?$or[0][id]=${ids[0]}&$or[1][id]=${ids[2]}`), [0])
      assert.deepEqual(await list(`?$or[0][id]=${ids[0]}&$or[1][status]=canceled`), [0, 1])
      assert.deepEqual(await list(`?$and[0][id]=${ids[0]}&$and[1][status]=canceled`), [])
    })
  })
})

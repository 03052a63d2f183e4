import assert from 'node:assert/strict'
import { seedCatalogue } from '../../../seeds/catalogue.js'
import { statement } from '../../../src/db/index.js'
import { useApp } from '../../support/app.js'
import { addRegion } from '../../support/region.js'
import { asAdmin } from '../../support/database.js'
import { createTestStore, type TestStore } from '../../support/store.js'

type Listed = { id: string; title: string }[]

describe('the list of products', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    // Prices: 10, 11, 12 of the first vendor, 20, 21, 22 of the second.
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 3 })
  })

  async function list(query: Record<string, string | number>, to = store) {
    const { status, body } = await to.shopper.get('/store/products', query)
    assert.equal(status, 200, JSON.stringify(body))
    return body as {
      products: Listed
      count: number
      facets?: Record<string, { value: string; count: number }[]> & { price: { min: number; max: number } }
    }
  }
  const titles = (body: { products: Listed }) => body.products.map((product) => product.title)

  describe('in the order of prices', () => {
    it('runs up and down in the region’s currency', async () => {
      const up = titles(await list({ order: 'price', region_id: store.regionId }))
      assert.deepEqual(up, ['Thing 1.1', 'Thing 1.2', 'Thing 1.3', 'Thing 2.1', 'Thing 2.2', 'Thing 2.3'])
      assert.deepEqual(titles(await list({ order: '-price', region_id: store.regionId })), [...up].reverse())
    })

    it('follows a changed price, an added variant and a removed one', async () => {
      const product = store.vendors[0]?.products[0]
      const path = `/admin/products/${product?.id}`
      await store.admin.post(path, { variants: product?.variantIds.map((id) => ({ id, prices: [{ currency_code: 'usd', amount: 500 }] })) })
      assert.equal(titles(await list({ order: '-price' }))[0], 'Thing 1.1')
      const added = await store.admin.post(`${path}/variants`, {
        title: 'Small, cheap',
        prices: [{ currency_code: 'usd', amount: 1 }],
      })
      assert.equal(added.status, 200, JSON.stringify(added.body))
      assert.equal(titles(await list({ order: 'price' }))[0], 'Thing 1.1')
      const variant = added.body.product.variants.find((one: { title: string }) => one.title === 'Small, cheap')
      assert.equal((await store.admin.delete(`${path}/variants/${variant.id}`)).status, 200)
      await store.admin.post(path, { variants: product?.variantIds.map((id) => ({ id, prices: [{ currency_code: 'usd', amount: 10 }] })) })
      assert.equal(titles(await list({ order: '-price' })).at(-1), 'Thing 1.1')
    })

    it('holds what has a price in the currency, and is empty where nothing has', async () => {
      const far = await createTestStore(app(), { vendors: 1 })
      const region = await addRegion(app(), far, { country: 'de', currency: 'eur' })
      assert.equal((await list({ order: 'price', region_id: region }, far)).count, 1)
      await far.admin.post(`/admin/products/${far.vendors[0]?.products[0]?.id}`, { status: 'draft' })
      assert.equal((await list({ order: 'price', region_id: region }, far)).count, 0)
    })

    it('sees both of two prices that change at once', async () => {
      const product = store.vendors[1]?.products[2]
      const change = (id: string | undefined, amount: number) =>
        store.admin.post(`/admin/products/${product?.id}/variants/${id}`, { prices: [{ currency_code: 'usd', amount }] })
      for (let round = 0; round < 5; round += 1) {
        await Promise.all([change(product?.variantIds[0], 30 + round), change(product?.variantIds[1], 90 + round)])
        const { facets } = await list({ id: product?.id as string, facets: 'price' })
        assert.deepEqual([facets?.price.min, facets?.price.max], [30 + round, 30 + round])
        assert.equal((await list({ 'price[$gte]': 90 + round, id: product?.id as string })).count, 1)
        assert.equal((await list({ 'price[$gte]': 91 + round, id: product?.id as string })).count, 0)
      }
    })
  })

  it('says what it can be narrowed by, when asked', async () => {
    const body = await list({ facets: 'vendor,options,availability,price', limit: 1 })
    assert.equal(body.products.length, 1)
    assert.deepEqual(
      body.facets?.vendor?.map((one) => one.count),
      [3, 3],
    )
    assert.deepEqual(body.facets?.availability, [{ value: true, count: 6 }])
    assert.equal((await list({})).facets, undefined)
    const refused = await store.shopper.get('/store/products', { facets: 'password' })
    assert.equal(refused.status, 400)
  })

  describe('narrowed', () => {
    const count = async (query: Record<string, string | number>) => (await list(query)).count

    it('by operators on dates and texts', async () => {
      assert.equal(await count({ 'created_at[$gte]': '2020-01-01', 'created_at[$lt]': '2100-01-01' }), 6)
      assert.equal(await count({ 'created_at[$nin][0]': '2020-01-01', 'updated_at[$ne]': '2020-01-01' }), 6)
      assert.equal(await count({ 'created_at[$like]': '20%' }), 6)
      assert.equal(await count({ 'created_at[$gt]': '2100-01-01' }), 0)
      assert.equal(await count({ 'deleted_at[$gt]': '2000-01-01' }), 0)
      assert.equal(await count({ 'title[$like]': 'Thing 1.%' }), 3)
      assert.equal(await count({ 'title[$ilike]': 'THING 2.1' }), 1)
      assert.equal(await count({ 'handle[$nin][0]': 'thing-1-1' }), 5)
      assert.equal(await count({ 'handle[$contains]': '2-' }), 3)
    })

    it('by variants, all of whose conditions one variant must meet', async () => {
      const id = store.vendors[0]?.products[1]?.variantIds[0] as string
      assert.equal(await count({ 'variants[id]': id }), 1)
      assert.equal(await count({ 'variants[id]': id, 'variants[sku]': 'V1-2-S' }), 1)
      assert.equal(await count({ 'variants[id]': id, 'variants[sku]': 'V1-2-M' }), 0)
      assert.equal(await count({ 'variants[q]': 'v2-1' }), 1)
      assert.equal(await count({ 'variants[$or][0][sku]': 'V1-1-S', 'variants[$or][1][sku]': 'V2-1-S' }), 2)
      assert.equal(await count({ 'variants[$and][0][sku]': 'V1-1-S', 'variants[$and][1][sku]': 'V1-1-M' }), 0)
      assert.equal(await count({ 'variants[ean]': '1', 'variants[upc]': '2', 'variants[barcode]': '3' }), 0)
    })

    it('by values of options, each of which one variant must have', async () => {
      assert.equal(await count({ 'options[Size]': 'M' }), 6)
      assert.equal(await count({ 'options[Size][0]': 'S', 'options[Size][1]': 'XL' }), 6)
      assert.equal(await count({ 'options[Size]': 'M', 'options[Colour]': 'red' }), 0)
    })

    it('by what is in stock', async () => {
      assert.equal(await count({ available: 'true' }), 6)
      assert.equal(await count({ available: 'false' }), 0)
    })
  })

  it('of variants runs in the order asked for', async () => {
    const { body } = await store.shopper.get('/store/product-variants', { order: '-sku', limit: 2, manage_inventory: 'true' })
    assert.deepEqual(
      body.variants.map((variant: { sku: string }) => variant.sku),
      ['V2-3-S', 'V2-3-M'],
    )
  })

  describe('of thousands', () => {
    let large: TestStore
    const size = 2_150

    before(async function () {
      this.timeout(120_000)
      large = await createTestStore(app(), { vendors: 1, productsPerVendor: 0 })
      // The first hundred tell the server which index finds one row: without, each key of the others is looked up among all of the vendor's.
      for (const [seed, products] of [100, size - 100].entries()) {
        await seedCatalogue(app().db, large.tenantId, { products, variantsPerProduct: 1, seed })
        // As the server does by itself a minute after so many rows.
        await asAdmin(app().adminUrl, 'analyze')
      }
    })

    for (const order of ['id', '-id', 'title', '-created_at', 'price', '-price']) {
      it(`shows each product once, page by page, in the order ${order}`, async function () {
        this.timeout(60_000)
        const whole = await list({ order, limit: 200, fields: 'id' }, large)
        assert.equal(whole.count, size)
        await new Promise((resolve) => setTimeout(resolve, 300))
        const ids: string[] = []
        for (let offset = 0; offset < size; offset += 190) {
          const { products, count } = await list({ order, limit: 190, offset, fields: 'id' }, large)
          assert.equal(count, size)
          ids.push(...products.map((product) => product.id))
        }
        assert.deepEqual([ids.length, new Set(ids).size], [size, size])
        assert.deepEqual(
          ids.slice(0, 200),
          whole.products.map((product) => product.id),
        )
        const beyond = await list({ order, limit: 5, offset: size + 3, fields: 'id' }, large)
        assert.deepEqual(beyond.products, [])
      })
    }

    it('is searched through the index of its words, although the plans of statements are kept', async () => {
      const { found, read } = await app().db.unitOfWork(large.scope, async (unit) => {
        const rowsRead = statement<{ rows: number }>(
          '',
          `select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relid = 'app.product'::regclass`,
          [],
        )
        const search = statement<{ id: string }>('', `select id from app.search_products('%apron%', 20000)`, [])
        const [before] = await unit.run(rowsRead)
        const { length } = await unit.run(search)
        const [after] = await unit.run(rowsRead)
        return { found: length, read: (after?.rows ?? 0) - (before?.rows ?? 0) }
      })
      assert.ok(found > 20 && read >= found && read < 2 * found, `${read} products were read to find ${found}`)
    })

    it('never shows a product that was withdrawn, however old its outline is', async () => {
      const [first] = (await list({ limit: 1, fields: 'id' }, large)).products
      await large.admin.post(`/admin/products/${first?.id}`, { status: 'draft' })
      const { products } = await list({ limit: 200, fields: 'id' }, large)
      assert.ok(!products.some((product) => product.id === first?.id))
    })
  })
})

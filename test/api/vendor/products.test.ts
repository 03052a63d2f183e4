import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { type Client, client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const mug = {
  title: 'Stoneware mug',
  subtitle: 'Thrown by hand',
  status: 'published',
  type: 'Tableware',
  tags: [{ value: 'ceramic' }, { value: 'kitchen' }],
  images: [{ url: 'https://pictures.example/mug.jpg' }],
  options: [{ title: 'Glaze', values: ['Ash', 'Moss'] }],
  variants: [
    {
      title: 'Ash',
      sku: 'MUG-ASH',
      options: { Glaze: 'Ash' },
      prices: [{ currency_code: 'usd', amount: 24.5, compare_at_amount: 30 }],
      stock: 7,
    },
    {
      title: 'Moss',
      sku: 'MUG-MOSS',
      options: { Glaze: 'Moss' },
      prices: [{ currency_code: 'USD', amount: 26 }],
      stock: 0,
      allow_backorder: true,
    },
  ],
}

describe('products of a vendor', () => {
  const app = useApp()
  let store: TestStore
  let other: TestStore
  let vendor: Client
  let rival: Client

  it('name each value of an option once', async () => {
    const options = [{ title: 'Glaze', values: ['Ash', 'Moss', 'Ash'] }]
    for (const refused of [
      await vendor.post('/vendor/products', { ...mug, options }),
      await store.admin.post('/admin/products', { title: 'Cup', options: [{ title: 'Glaze', values: ['Ash', 'Ash'] }] }),
    ]) {
      assert.equal(refused.status, 400)
      assert.match(refused.body.message, /names 'Ash' twice: name each once/)
    }
  })

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 2 })
    other = await createTestStore(app())
    vendor = store.vendor(0)
    rival = store.vendor(1)
  })

  const variantNamed = (product: { variants: { title: string }[] }, title: string) =>
    product.variants.find((variant) => variant.title === title) as unknown as Record<string, unknown> & { id: string }

  it('are created with options, variants, prices and stock, and sold at once', async () => {
    const { status, body } = await vendor.post('/vendor/products', mug)
    assert.equal(status, 200, JSON.stringify(body))
    const { product } = body
    assert.equal(product.handle, 'stoneware-mug')
    assert.equal(product.type.value, 'Tableware')
    assert.deepEqual(
      product.tags.map((tag: { value: string }) => tag.value),
      ['ceramic', 'kitchen'],
    )
    assert.equal(product.thumbnail, 'https://pictures.example/mug.jpg')
    const ash = variantNamed(product, 'Ash')
    assert.equal(ash.inventory_quantity, 7)
    const [price] = ash.prices as { amount: number; compare_at_amount: number; currency_code: string }[]
    assert.deepEqual([price?.amount, price?.compare_at_amount, price?.currency_code], [24.5, 30, 'usd'])
    const shown = await store.shopper.get('/store/products', { handle: 'stoneware-mug', region_id: store.regionId })
    assert.equal(shown.body.products[0].variants[0].calculated_price.calculated_amount, 24.5)
    assert.equal(shown.body.products[0].vendor.id, store.vendors[0]?.id)
  })

  it('are refused with two prices in one currency, and with characters that cannot be kept', async () => {
    const twice = { title: 'Twice', variants: [{ title: 'One', prices: [1, 2].map((amount) => ({ currency_code: 'usd', amount })) }] }
    const nul = { title: 'Nul', variants: [{ title: 'One', barcode: 'a\u0000b', prices: [{ currency_code: 'usd', amount: 1 }] }] }
    for (const [product, message] of [
      [twice, /two prices in usd/],
      [nul, /character that cannot be stored/],
    ] as const) {
      const { status, body } = await vendor.post('/vendor/products', product)
      assert.deepEqual([status, body.type], [400, 'invalid_data'], JSON.stringify(body))
      assert.match(body.message, message)
      assert.equal((await vendor.get('/vendor/products', { title: product.title })).body.count, 0)
    }
  })

  it('are drafts unless they say otherwise, and drafts are shown to their vendor only', async () => {
    const { body } = await vendor.post('/vendor/products', { title: 'Not ready', handle: 'not-ready' })
    assert.equal(body.product.status, 'draft')
    assert.equal((await vendor.get('/vendor/products', { handle: 'not-ready' })).body.count, 1)
    assert.equal((await store.shopper.get('/store/products', { handle: 'not-ready' })).body.count, 0)
  })

  it('are changed in what is named, and keep the rest', async () => {
    const { body } = await vendor.post('/vendor/products', {
      ...mug,
      title: 'Bowl',
      variants: mug.variants.map((variant) => ({ ...variant, sku: variant.sku.replace('MUG', 'BOWL') })),
    })
    const ash = variantNamed(body.product, 'Ash')
    const changed = await vendor.post(`/vendor/products/${body.product.id}`, {
      description: 'Holds soup.',
      tags: [{ value: 'soup' }],
      options: [{ title: 'Glaze', values: ['Ink'] }],
      variants: [
        { id: ash.id, sku: 'BOWL-A', prices: [{ currency_code: 'usd', amount: 31 }], stock: 12 },
        { title: 'Ink', sku: 'BOWL-INK', options: { Glaze: 'Ink' }, prices: [{ currency_code: 'usd', amount: 29 }], stock: 3 },
      ],
    })
    assert.equal(changed.status, 200, JSON.stringify(changed.body))
    const { product } = changed.body
    assert.equal(product.title, 'Bowl')
    assert.equal(product.description, 'Holds soup.')
    assert.deepEqual(
      product.tags.map((tag: { value: string }) => tag.value),
      ['soup'],
    )
    assert.equal(product.variants.length, 3)
    const now = variantNamed(product, 'Ash')
    assert.equal(now.sku, 'BOWL-A')
    assert.equal(now.inventory_quantity, 12)
    assert.equal((now.prices as { amount: number }[])[0]?.amount, 31)
    assert.equal(variantNamed(product, 'Ink').inventory_quantity, 3)
    assert.equal(variantNamed(product, 'Moss').inventory_quantity, 0)
    const levels = await vendor.get('/vendor/inventory-levels', { sku: 'BOWL-A' })
    assert.equal(levels.body.count, 1, 'the stock is found by the new SKU')
  })

  it('leave the catalogue when they are deleted', async () => {
    const id = store.vendors[0]?.products[1]?.id as string
    const gone = await vendor.delete(`/vendor/products/${id}`)
    assert.deepEqual(gone.body, { id, object: 'product', deleted: true })
    assert.equal((await vendor.get(`/vendor/products/${id}`)).status, 404)
    assert.equal((await vendor.delete(`/vendor/products/${id}`)).status, 404)
    assert.equal((await store.shopper.get(`/store/products/${id}`)).status, 404)
  })

  it('of another vendor are not there: not to see, not to change, not to delete', async () => {
    const theirs = store.vendors[1]?.products[0] as TestStore['vendors'][0]['products'][0]
    const list = await vendor.get('/vendor/products', { limit: 100 })
    assert.ok(list.body.products.length > 0)
    assert.ok(list.body.products.every((product: { id: string }) => !store.vendors[1]?.products.some((known) => known.id === product.id)))
    assert.equal((await vendor.get('/vendor/products', { id: theirs.id })).body.count, 0)
    assert.equal((await vendor.get(`/vendor/products/${theirs.id}`)).status, 404)
    assert.equal((await vendor.post(`/vendor/products/${theirs.id}`, { title: 'Taken over' })).status, 404)
    assert.equal((await vendor.delete(`/vendor/products/${theirs.id}`)).status, 404)
    const { body } = await rival.get(`/vendor/products/${theirs.id}`)
    assert.equal(body.product.title, 'Thing 2.1')
  })

  it('of another store are not there either', async () => {
    const foreign = other.vendors[0]?.products[0]?.id as string
    assert.equal((await vendor.get(`/vendor/products/${foreign}`)).status, 404)
    assert.equal((await vendor.post(`/vendor/products/${foreign}`, { title: 'Mine' })).status, 404)
  })

  it('cannot take another vendor’s variant, profile or another store’s words with them', async () => {
    const mine = store.vendors[0]?.products[0]?.id as string
    const theirVariant = store.vendors[1]?.products[0]?.variantIds[0] as string
    assert.equal((await vendor.post(`/vendor/products/${mine}`, { variants: [{ id: theirVariant, title: 'Mine now' }] })).status, 404)
    assert.equal((await vendor.post(`/vendor/products/${mine}`, { shipping_profile_id: store.vendors[1]?.profileId })).status, 404)
    assert.equal((await vendor.post('/vendor/products', { title: 'Odd', shipping_profile_id: store.vendors[1]?.profileId })).status, 404)
    await asAdmin(
      app().adminUrl,
      `insert into app.product_category (tenant_id, id, name, handle) values ($1, 'pcat_foreign', 'Foreign', 'foreign')`,
      [other.tenantId],
    )
    const refused = await vendor.post('/vendor/products', { title: 'Odd', categories: [{ id: 'pcat_foreign' }] })
    assert.equal(refused.status, 404)
    assert.equal((await vendor.get('/vendor/products', { title: 'Odd' })).body.count, 0, 'nothing was written')
  })

  it('keep a taken handle and a taken SKU apart from their own', async () => {
    const handle = store.vendors[1]?.products[0]?.handle as string
    assert.equal((await vendor.post('/vendor/products', { title: 'Copy', handle })).status, 400)
    const sameTitle = await vendor.post('/vendor/products', { title: 'Thing 2.1' })
    assert.equal(sameTitle.status, 200)
    const plain = { title: 'Plain', prices: [{ currency_code: 'usd', amount: 1 }] }
    const twice = await vendor.post('/vendor/products', { title: 'Twice', variants: [{ ...plain, sku: 'V1-1-S' }] })
    assert.equal(twice.status, 400)
    const theirs = await vendor.post('/vendor/products', { title: 'Same SKU as another vendor', variants: [{ ...plain, sku: 'V2-1-S' }] })
    assert.equal(theirs.status, 200, 'a SKU means something to its vendor only')
  })

  it('are refused with amounts, currencies and fields that make no sense', async () => {
    const variant = (more: object) => ({
      title: 'Odd',
      variants: [{ title: 'One', prices: [{ currency_code: 'usd', amount: 1 }], ...more }],
    })
    const bad = [
      {},
      { title: '' },
      { title: 'Odd', vendor_id: store.vendors[1]?.id },
      { title: 'Odd', status: 'rejected' },
      { title: 'Odd', images: [{ url: 'javascript:alert(1)' }] },
      variant({ prices: [{ currency_code: 'usd', amount: -1 }] }),
      variant({ prices: [{ currency_code: 'usd', amount: 1.005 }] }),
      variant({ prices: [{ currency_code: 'gbp', amount: 1 }] }),
      variant({ stock: 1.5 }),
      variant({ options: { Size: 'S' } }),
      { title: 'Odd', type: 'Cup', type_id: 'ptyp_1' },
      variant({ prices: [{ currency_code: 'usd', amount: 1, min_quantity: 5, max_quantity: 2 }] }),
      variant({ prices: [{ currency_code: 'usd', amount: 2, compare_at_amount: 1 }] }),
      variant({ prices: [{ currency_code: 'usd', amount: 1e30 }] }),
      { title: 'Odd', origin_country: 'zz' },
      { title: 'Odd', thumbnail: '/files/../secret' },
      { title: 'Odd', thumbnail: '/files/x/a b.png' },
    ]
    for (const body of bad) {
      const answer = await vendor.post('/vendor/products', body)
      assert.equal(answer.status, 400, `${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`)
    }
    assert.equal((await vendor.get('/vendor/products', { title: 'Odd' })).body.count, 0)
  })

  it('need a key of a vendor with the permission', async () => {
    assert.equal((await client(app()).get('/vendor/products')).status, 400, 'no store is named')
    assert.equal((await client(app(), { tenant: store.slug }).get('/vendor/products')).status, 401)
    assert.equal((await store.admin.get('/vendor/products')).status, 401, 'a store’s key is no vendor’s')
    assert.equal((await vendor.get('/admin/products')).status, 401, 'and a vendor’s key is no store’s')
    await asAdmin(app().adminUrl, `update app.api_key set permissions = '{products:read}' where tenant_id = $1 and vendor_id = $2`, [
      store.tenantId,
      store.vendors[1]?.id,
    ])
    app().stoa.services.gatekeeper.forget()
    assert.equal((await rival.get('/vendor/products')).status, 200)
    assert.equal((await rival.post('/vendor/products', { title: 'No' })).status, 403)
  })
})

import assert from 'node:assert/strict'
import { useApp } from '../../../support/app.js'
import { asAdmin } from '../../../support/database.js'
import { good } from '../../../support/http.js'
import { addRegion } from '../../../support/region.js'
import { createTestStore, type TestStore } from '../../../support/store.js'

const taxed = ['calculated_amount_with_tax', 'calculated_amount_without_tax', 'original_amount_with_tax', 'original_amount_without_tax']

describe('the context of a price', () => {
  const app = useApp()
  let store: TestStore
  let productId: string
  let germany: string

  before(async () => {
    store = await createTestStore(app(), { tax_ppm: 82_500 })
    productId = store.vendors[0]?.products[0]?.id as string
    germany = await addRegion(app(), store, { country: 'de', currency: 'eur' })
  })

  const ask = (query: Record<string, string>) => store.shopper.get(`/store/products/${productId}`, query)
  const price = async (query: Record<string, string> = {}) =>
    good(await ask({ fields: '*variants.calculated_price', ...query })).product.variants[0].calculated_price

  it('is the region asked for, the default one otherwise, and a cart’s before both', async () => {
    assert.equal((await price({ region_id: germany })).currency_code, 'eur')
    assert.equal((await price()).currency_code, 'usd')
    const { cart } = good(await store.shopper.post('/store/carts', { region_id: germany }))
    assert.equal((await price({ cart_id: cart.id })).currency_code, 'eur')
    assert.equal((await price({ cart_id: cart.id, region_id: store.regionId })).currency_code, 'eur')
  })

  it('is there as soon as a region is named, and otherwise when a price is', async () => {
    const named = good(await ask({ region_id: store.regionId })).product.variants[0]
    assert.equal(named.calculated_price.calculated_amount, 10)
    assert.equal('calculated_price' in good(await ask({})).product.variants[0], false)
  })

  it('is refused when there is no region, and when it is not the store’s', async () => {
    const unknown = await ask({ region_id: 'reg_none' })
    assert.deepEqual(
      [unknown.status, unknown.body],
      [400, { type: 'invalid_data', message: 'Region with id reg_none not found when populating the pricing context' }],
    )
    const set = (id: string | null) =>
      asAdmin(app().adminUrl, 'update app.store set default_region_id = $2 where tenant_id = $1', [store.tenantId, id])
    await set(null)
    try {
      for (const path of [`/store/products/${productId}`, '/store/products', '/store/product-variants']) {
        const fields = path.includes('variants') ? '+calculated_price' : '*variants.calculated_price'
        const none = await store.shopper.get(path, { fields })
        assert.deepEqual(
          [none.status, none.body],
          [400, { type: 'invalid_data', message: 'Missing required pricing context to calculate prices - region_id' }],
          path,
        )
      }
    } finally {
      await set(store.regionId)
    }
  })

  it('has a country for amounts with tax, where the region taxes by itself', async () => {
    for (const name of taxed) assert.equal(name in (await price()), false, name)
    const found = await price({ country_code: 'us' })
    assert.deepEqual(
      taxed.map((name) => found[name]),
      [10.83, 10, 10.83, 10],
    )
    const { cart } = good(await store.shopper.post('/store/carts', { region_id: store.regionId }))
    assert.equal((await price({ cart_id: cart.id })).calculated_amount_with_tax, 10.83, 'the cart knows where it goes')
    const taxes = (automatic: boolean) =>
      asAdmin(app().adminUrl, 'update app.region set automatic_taxes = $2 where id = $1 and tenant_id = $3', [
        store.regionId,
        automatic,
        store.tenantId,
      ])
    await taxes(false)
    const untaxed = await price({ country_code: 'us' })
    for (const name of taxed) assert.equal(name in untaxed, false, name)
    await taxes(true)
  })

  it('finds no price where there is none in its currency', async () => {
    const { product } = good(
      await store.admin.post('/admin/products', {
        title: 'At home only',
        status: 'published',
        vendor_id: store.vendors[0]?.id,
        options: [{ title: 'Kind', values: ['One'] }],
        variants: [{ title: 'One', options: { Kind: 'One' }, prices: [{ currency_code: 'usd', amount: 3 }] }],
      }),
    )
    const answer = await store.shopper.get(`/store/products/${product.id}`, { region_id: germany, fields: '*variants.calculated_price' })
    assert.equal(good(answer).product.variants[0].calculated_price ?? null, null)
  })

  it('comes to a price in every detail that clients read', async () => {
    const { id, calculated_price: inner, original_price: former, ...rest } = await price()
    assert.match(id, /^pset_/)
    assert.match(inner.id, /^price_/)
    assert.deepEqual(inner, { id: inner.id, price_list_id: null, price_list_type: null, min_quantity: null, max_quantity: null })
    assert.deepEqual(former, inner)
    assert.deepEqual(rest, {
      is_calculated_price_price_list: false,
      is_calculated_price_tax_inclusive: false,
      calculated_amount: 10,
      raw_calculated_amount: { value: '10', precision: 20 },
      is_original_price_price_list: false,
      is_original_price_tax_inclusive: false,
      original_amount: 10,
      raw_original_amount: { value: '10', precision: 20 },
      currency_code: 'usd',
    })
  })
})

import assert from 'node:assert/strict'
import { createTenant } from '../../src/platform/index.js'
import { useApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { createTestStore } from '../support/store.js'

describe('creating a store', () => {
  const app = useApp()

  it('gives a store that shows its products to a shopper at once', async () => {
    const store = await createTestStore(app(), { vendors: 2, productsPerVendor: 3 })
    const { status, body } = await store.shopper.get('/store/products', { region_id: store.regionId, fields: '*variants.calculated_price' })
    assert.equal(status, 200)
    assert.equal(body.count, 6)
    assert.deepEqual(
      body.products
        .map(
          (product: { variants: { calculated_price: { calculated_amount: number } }[] }) =>
            product.variants[0]?.calculated_price.calculated_amount,
        )
        .sort(),
      [10, 11, 12, 20, 21, 22],
    )
  })

  it('refuses a slug that is taken, and writes nothing', async () => {
    const store = await createTestStore(app())
    const count = async () => (await asAdmin<{ count: number }>(app().adminUrl, 'select count(*)::int as count from app.store'))[0]?.count
    const before = await count()
    const again = createTenant(app().db, { slug: store.slug, name: 'Again', default_currency: 'usd', owner: { email: 'a@b.example' } })
    await assert.rejects(again, { status: 422, type: 'duplicate_error', message: `The slug ${store.slug} is taken by another store` })
    assert.equal(await count(), before)
  })

  for (const [what, input] of Object.entries({
    'a slug with capitals': { slug: 'Bad' },
    'a reserved slug': { slug: 'www' },
    'a currency that is none': { default_currency: 'xxx' },
    'a country that is none': { default_country: 'zz' },
    'a plan that is not there': { plan: 'Gold' },
  })) {
    it(`refuses ${what}`, async () => {
      const wanted = { slug: 'fine', name: 'Fine', default_currency: 'usd', owner: { email: 'a@b.example' }, ...input }
      await assert.rejects(createTenant(app().db, wanted), { name: 'StoaError' })
    })
  }
})

import assert from 'node:assert/strict'
import { buy } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { createTestStore } from '../../support/store.js'

describe('store API: best sellers', () => {
  const app = useApp()

  it('lists what sold most first, with prices, and neither what was canceled nor another store’s', async () => {
    const store = await createTestStore(app(), { vendors: 2 })
    const other = await createTestStore(app())
    const list = async () => (await store.shopper.get('/store/best-sellers', { region_id: store.regionId })).body
    assert.deepEqual((await list()).products, [])
    await buy(other, 5)
    const [first, second] = store.vendors
    await buy({ ...store, vendors: [first] as typeof store.vendors }, 1)
    await buy({ ...store, vendors: [second] as typeof store.vendors }, 3)
    const { products, count } = await list()
    const ids = [second?.products[0]?.id, first?.products[0]?.id]
    assert.deepEqual([count, products.map((product: { id: string }) => product.id)], [2, ids])
    assert.equal(products[0].variants[0].calculated_price.currency_code, 'usd')
    const canceled = await buy({ ...store, vendors: [first] as typeof store.vendors }, 9)
    assert.equal((await list()).products[0].id, first?.products[0]?.id)
    assert.equal((await store.admin.post(`/admin/orders/${canceled.id}/cancel`, {})).status, 200)
    assert.equal((await list()).products[0].id, second?.products[0]?.id)
  })
})

import assert from 'node:assert/strict'
import { useApp } from '../../../support/app.js'
import { good } from '../../../support/http.js'
import { readyCart } from '../../../support/ready-cart.js'
import { createTestStore, type TestStore } from '../../../support/store.js'

describe('a variant that may be ordered without stock', () => {
  const app = useApp()
  let store: TestStore
  let variantId: string

  before(async () => {
    store = await createTestStore(app(), { stock: 1 })
    const product = store.vendors[0]?.products[0]
    variantId = product?.variantIds[0] as string
    good(await store.admin.post(`/admin/products/${product?.id}/variants/${variantId}`, { allow_backorder: true }))
  })

  it('goes into a cart and is sold beyond what there is', async () => {
    const cartId = await readyCart(store, { items: [{ variant_id: variantId, quantity: 3 }] })
    const { type, order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.deepEqual([type, order.items[0].quantity], ['order', 3])
  })

  it('needs no location in the channel to go into a cart', async () => {
    const places = `/admin/stock-locations/${store.vendors[0]?.locationId}/sales-channels`
    good(await store.admin.post(places, { remove: [store.salesChannelId] }))
    const { cart } = good(await store.shopper.post('/store/carts', { items: [{ variant_id: variantId, quantity: 2 }] }))
    assert.equal(cart.items[0].quantity, 2)
    good(await store.admin.post(places, { add: [store.salesChannelId] }))
  })

  it('leaves the rest of a cart to its stock', async () => {
    const counted = store.vendors[0]?.products[0]?.variantIds[1]
    const refused = await store.shopper.post('/store/carts', {
      items: [
        { variant_id: variantId, quantity: 9 },
        { variant_id: counted, quantity: 2 },
      ],
    })
    assert.deepEqual(
      [refused.status, refused.body],
      [400, { type: 'not_allowed', code: 'insufficient_inventory', message: 'Some variant does not have the required inventory' }],
    )
  })
})

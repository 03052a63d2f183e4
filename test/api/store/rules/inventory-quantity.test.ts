import assert from 'node:assert/strict'
import { useApp } from '../../../support/app.js'
import { asAdmin } from '../../../support/database.js'
import { good } from '../../../support/http.js'
import { createTestStore, type TestStore } from '../../../support/store.js'

describe('the inventory quantity of a variant', () => {
  const app = useApp()
  let store: TestStore
  let productId: string
  let variantId: string

  before(async () => {
    store = await createTestStore(app(), { stock: 7 })
    productId = store.vendors[0]?.products[0]?.id as string
    variantId = store.vendors[0]?.products[0]?.variantIds[0] as string
  })

  async function shown(fields = '+variants.inventory_quantity') {
    const { variants } = good(await store.shopper.get(`/store/products/${productId}`, { fields })).product
    return variants.find((variant: { id: string }) => variant.id === variantId)
  }

  it('is told on request alone', async () => {
    assert.equal((await shown()).inventory_quantity, 7)
    assert.equal('inventory_quantity' in (await shown('*variants')), false)
    const { variant } = good(await store.shopper.get(`/store/product-variants/${variantId}`, { fields: '+inventory_quantity' }))
    assert.equal(variant.inventory_quantity, 7)
  })

  it('is what the scarcest of its items still makes up, without what is promised', async () => {
    const { inventory_item: screw } = good(
      await store.admin.post('/admin/inventory-items', { sku: 'SCREW', vendor_id: store.vendors[0]?.id }),
    )
    good(
      await store.admin.post(`/admin/inventory-items/${screw.id}/location-levels`, {
        location_id: store.vendors[0]?.locationId,
        stocked_quantity: 11,
      }),
    )
    const link = { inventory_item_id: screw.id, required_quantity: 4 }
    good(await store.admin.post(`/admin/products/${productId}/variants/${variantId}/inventory-items`, link))
    assert.equal((await shown()).inventory_quantity, 2, 'eleven screws make two pieces of four')
    good(
      await store.admin.post('/admin/reservations', {
        inventory_item_id: screw.id,
        location_id: store.vendors[0]?.locationId,
        quantity: 4,
      }),
    )
    assert.equal((await shown()).inventory_quantity, 1)
    const places = `/admin/stock-locations/${store.vendors[0]?.locationId}/sales-channels`
    good(await store.admin.post(places, { remove: [store.salesChannelId] }))
    assert.equal((await shown()).inventory_quantity, 0, 'no location of the channel has any')
    good(await store.admin.post(places, { add: [store.salesChannelId] }))
  })

  it('is null for what is made of nothing, and absent for what is not counted', async () => {
    const { product } = good(
      await store.admin.post('/admin/products', {
        title: 'Airy',
        status: 'published',
        vendor_id: store.vendors[0]?.id,
        sales_channels: [{ id: store.salesChannelId }],
        options: [{ title: 'Kind', values: ['counted', 'free'] }],
        variants: [
          { title: 'counted', options: { Kind: 'counted' }, manage_inventory: true, prices: [] },
          { title: 'free', options: { Kind: 'free' }, manage_inventory: false, prices: [] },
        ],
      }),
    )
    await asAdmin(app().adminUrl, 'delete from app.variant_inventory_item where tenant_id = $1 and variant_id = any($2)', [
      store.tenantId,
      product.variants.map((variant: { id: string }) => variant.id),
    ])
    const answer = good(await store.shopper.get(`/store/products/${product.id}`, { fields: '+variants.inventory_quantity' }))
    const [counted, free] = ['counted', 'free'].map((title) =>
      answer.product.variants.find((variant: { title: string }) => variant.title === title),
    )
    assert.equal(counted.inventory_quantity, null)
    assert.equal('inventory_quantity' in free, false)
  })

  it('is of one channel: a key with several must name one', async () => {
    const { sales_channel: second } = good(await store.admin.post('/admin/sales-channels', { name: 'Second' }))
    const { api_key: key } = good(
      await store.admin.post('/admin/api-keys', {
        title: 'Both',
        type: 'publishable',
        sales_channel_ids: [store.salesChannelId, second.id],
      }),
    )
    const headers = { 'x-publishable-api-key': key.token }
    const query = { fields: '+variants.inventory_quantity' }
    const refused = await store.shopper.get('/store/products', query, headers)
    assert.deepEqual([refused.status, refused.body.type], [400, 'invalid_data'])
    assert.match(refused.body.message, /^Inventory availability cannot be calculated in the given context\. /)
    const one = good(
      await store.shopper.get('/store/products', { ...query, id: productId, sales_channel_id: store.salesChannelId }, headers),
    )
    assert.equal(one.products[0].variants.find((variant: { id: string }) => variant.id === variantId).inventory_quantity, 1)
    const variants = await store.shopper.get('/store/product-variants', { fields: '+inventory_quantity' }, headers)
    assert.deepEqual([variants.status, variants.body.message], [400, refused.body.message])
  })
})

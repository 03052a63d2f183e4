import assert from 'node:assert/strict'
import { buy } from '../../support/after-sale.js'
import { useAfterSale } from '../../support/admin-client.js'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'

/** Medusa's dashboard runs on Stoa as it is: what it asks for on its pages, and stops at where it is not answered. */
describe("Medusa's dashboard", () => {
  const app = useApp()
  const { store } = useAfterSale(app)

  it('says how an order stands, and how its goods are sent, to whoever asks for some fields only', async () => {
    const bought = await buy(store())
    const asked =
      'id,currency_code,*items,*items.variant.options,*items.variant.inventory_items,*items.variant.inventory_items.inventory,+items.variant.product.shipping_profile.id'
    const { order } = good(await store().admin.get(`/admin/orders/${bought.id}`, { fields: asked }))
    assert.deepEqual([order.status, order.payment_status, order.fulfillment_status], ['pending', 'captured', 'not_fulfilled'])
    const [item] = order.items
    assert.equal(item.detail.fulfilled_quantity, 0)
    assert.equal(item.variant.inventory_items[0].required_quantity, 1)
    assert.equal(item.variant.inventory_items[0].inventory.id, item.variant.inventory_items[0].inventory_item_id)
    assert.match(item.variant.product.shipping_profile.id, /^sp_/)
    assert.ok(Array.isArray(item.variant.options))
    assert.equal(order.customer, undefined, 'and nothing that it was not asked for')
    const { order: shopper } = good(await store().shopper.get(`/store/orders/${bought.id}`, { fields: 'id' }))
    assert.deepEqual(shopper, {
      id: bought.id,
      status: 'pending',
      payment_status: 'captured',
      fulfillment_status: 'not_fulfilled',
    })
  })

  it('tells an earlier version of an order as long as nothing of what it holds has changed', async () => {
    const bought = await buy(store())
    const path = `/admin/orders/${bought.id}`
    good(await store().admin.post(path, { email: 'elsewhere@example.com' }))
    const { order: first } = good(await store().admin.get(path, { version: '1', fields: 'version,total' }))
    assert.deepEqual([first.version, first.total], [1, bought.order.total])
    const ahead = await store().admin.get(path, { version: '9' })
    assert.deepEqual([ahead.status, ahead.body.type], [404, 'not_found'])
  })

  it('tells of a location which ways of delivery and providers it has, and of a way its location', async () => {
    const [location] = good(
      await store().admin.get('/admin/stock-locations', {
        fields: 'name,*fulfillment_sets.service_zones.shipping_options,*fulfillment_sets.service_zones.shipping_options.rules',
      }),
    ).stock_locations
    const [option] = location.fulfillment_sets[0].service_zones[0].shipping_options
    assert.deepEqual(
      option.rules.map(({ attribute }: { attribute: string }) => attribute),
      ['is_return', 'enabled_in_store'],
    )
    const { shipping_option } = good(
      await store().admin.get(`/admin/shipping-options/${option.id}`, { fields: '+service_zone.fulfillment_set.location.id' }),
    )
    assert.equal(shipping_option.service_zone.fulfillment_set.location.id, location.id)
    good(await store().admin.post(`/admin/stock-locations/${location.id}/fulfillment-providers`, { add: ['manual_manual'] }))
    const providers = async (query: Record<string, string>) =>
      good(await store().admin.get('/admin/fulfillment-providers', query)).fulfillment_providers.map(({ id }: { id: string }) => id)
    assert.deepEqual(await providers({ stock_location_id: location.id }), ['manual_manual'])
    assert.deepEqual(await providers({ stock_location_id: 'sloc_unknown' }), [])
    assert.deepEqual(await providers({ q: 'nobody' }), [])
  })
})

import assert from 'node:assert/strict'
import { useApp } from '../../../support/app.js'
import { asAdmin } from '../../../support/database.js'
import { good } from '../../../support/http.js'
import { addressIn } from '../../../support/purchase.js'
import { createTestStore, type TestStore } from '../../../support/store.js'

interface Option {
  id: string
  name: string
  insufficient_inventory: boolean
  amount?: number
}

describe('the shipping options of a cart', () => {
  const app = useApp()
  let store: TestStore
  let variantId: string
  let cartId: string
  const sql = (text: string, values: unknown[] = []) => asAdmin(app().adminUrl, text, values)

  before(async () => {
    store = await createTestStore(app(), { stock: 10 })
    variantId = store.vendors[0]?.products[0]?.variantIds[0] as string
    const items = [{ variant_id: variantId, quantity: 2 }]
    const body = { items, shipping_address: { ...addressIn('us'), province: 'CA', city: 'Oakland', postal_code: '94601' } }
    cartId = good(await store.shopper.post('/store/carts', body)).cart.id
  })

  const options = async (query: object = {}): Promise<Option[]> =>
    good(await store.shopper.get('/store/shipping-options', { cart_id: cartId, ...query })).shipping_options
  const names = async (query: object = {}) => (await options(query)).map((option) => option.name).sort()
  const moveTo = async (address: object) => good(await store.shopper.post(`/store/carts/${cartId}`, { shipping_address: address }))

  /** An option of the vendor's in a zone of its own. */
  async function option(name: string, zone: object, more: object = {}): Promise<string> {
    const [set] = await sql('select id from app.fulfillment_set where tenant_id = $1 and location_id = $2', [
      store.tenantId,
      store.vendors[0]?.locationId,
    ])
    const made = good(await store.admin.post(`/admin/fulfillment-sets/${set?.id}/service-zones`, { name, geo_zones: [zone] }))
    const zones = made.fulfillment_set.service_zones as { id: string; name: string }[]
    const body = {
      name,
      service_zone_id: zones.find((candidate) => candidate.name === name)?.id,
      shipping_profile_id: store.vendors[0]?.profileId,
      provider_id: 'manual_manual',
      price_type: 'flat',
      type: { label: name, description: name, code: name },
      prices: [{ currency_code: 'usd', amount: 9 }],
      ...more,
    }
    return good(await store.admin.post('/admin/shipping-options', body)).shipping_option.id
  }

  it('match where it goes from the country down to the postal code', async () => {
    await option('state', { type: 'province', country_code: 'us', province_code: 'us-ca' })
    await option('city', { type: 'city', country_code: 'us', province_code: 'ca', city: 'oakland' })
    const zip = { type: 'zip', country_code: 'us', province_code: 'ca', city: 'oakland', postal_expression: ['94601'] }
    await option('street', zip)
    await option('abroad', { type: 'country', country_code: 'ca' })
    const national = 'Standard from vendor-1'
    assert.deepEqual(await names(), [national, 'city', 'state', 'street'])
    const there = { ...addressIn('us'), province: 'CA', city: 'Oakland' }
    await moveTo({ ...there, postal_code: '94602' })
    assert.deepEqual(await names(), [national, 'city', 'state'])
    await moveTo({ ...there, city: 'Fresno', postal_code: '94601' })
    assert.deepEqual(await names(), [national, 'state'])
    await moveTo({ ...there, province: 'NV', postal_code: '94601' })
    assert.deepEqual(await names(), [national])
  })

  it('are dropped from a cart that moves out of their reach', async () => {
    const home = { ...addressIn('us'), province: 'CA', city: 'Oakland', postal_code: '94601' }
    await moveTo(home)
    const state = (await options()).find((one) => one.name === 'state')
    const chosen = good(await store.shopper.post(`/store/carts/${cartId}/shipping-methods`, { option_id: state?.id })).cart
    assert.deepEqual([chosen.shipping_total, chosen.shipping_methods.length], [9, 1])
    const { cart } = await moveTo({ ...home, province: 'NV' })
    assert.deepEqual([cart.shipping_total, cart.shipping_methods], [0, []])
  })

  it('are those that the store shows, and those for returns when these are asked for', async () => {
    const us = { type: 'country', country_code: 'us' }
    const rule = (attribute: string, value: string) => ({ attribute, operator: 'eq', value })
    await option('staff only', us, { rules: [rule('enabled_in_store', 'false'), rule('is_return', 'false')] })
    await option('back to us', us, { rules: [rule('enabled_in_store', 'true'), rule('is_return', 'true')] })
    const shown = await names()
    assert.ok(!shown.includes('staff only') && !shown.includes('back to us'))
    assert.deepEqual(await names({ is_return: true }), ['back to us'])
    const back = (await options({ is_return: true }))[0]
    const refused = await store.shopper.post(`/store/carts/${cartId}/shipping-methods`, { option_id: back?.id })
    assert.deepEqual([refused.status, refused.body.message], [400, 'Shipping Options are invalid for cart.'])
  })

  it('say whether their location has what the cart holds', async () => {
    assert.deepEqual(new Set((await options()).map((one) => one.insufficient_inventory)), new Set([false]))
    await sql('update app.inventory_level set stocked_quantity = 1 where tenant_id = $1', [store.tenantId])
    assert.deepEqual(new Set((await options()).map((one) => one.insufficient_inventory)), new Set([true]))
    await sql('update app.product_variant set allow_backorder = true where tenant_id = $1', [store.tenantId])
    assert.deepEqual(new Set((await options()).map((one) => one.insufficient_inventory)), new Set([false]), 'what is made to order')
    await sql('update app.product_variant set allow_backorder = false where tenant_id = $1', [store.tenantId])
    await sql('update app.inventory_level set stocked_quantity = 10 where tenant_id = $1', [store.tenantId])
  })

  it('count what two lines of the same thing need together', async () => {
    await sql('update app.inventory_level set stocked_quantity = 5 where tenant_id = $1', [store.tenantId])
    good(await store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: variantId, quantity: 3, metadata: { gift: true } }))
    assert.equal((await options())[0]?.insufficient_inventory, false)
    await sql('update app.inventory_level set stocked_quantity = 4 where tenant_id = $1', [store.tenantId])
    assert.equal((await options())[0]?.insufficient_inventory, true)
    await sql('update app.inventory_level set stocked_quantity = 10 where tenant_id = $1', [store.tenantId])
  })

  it('are from locations that serve the channel of the cart', async () => {
    const places = `/admin/stock-locations/${store.vendors[0]?.locationId}/sales-channels`
    good(await store.admin.post(places, { remove: [store.salesChannelId] }))
    assert.deepEqual(await options(), [])
    good(await store.admin.post(places, { add: [store.salesChannelId] }))
    assert.notEqual((await options()).length, 0)
  })

  it('come in one shape, with the place for those who fetch things themselves', async () => {
    const place = `/admin/stock-locations/${store.vendors[0]?.locationId}`
    good(await store.admin.post(place, { address: { address_1: '1 Quay', city: 'Oakland', country_code: 'us' } }))
    const [found] = (await options()) as unknown as Record<string, Record<string, unknown>>[]
    for (const name of [
      'id',
      'name',
      'price_type',
      'service_zone_id',
      'shipping_profile_id',
      'provider_id',
      'data',
      'metadata',
      'type',
      'provider',
      'service_zone',
      'rules',
      'prices',
      'calculated_price',
      'amount',
      'is_tax_inclusive',
      'insufficient_inventory',
    ]) {
      assert.ok(name in (found ?? {}), name)
    }
    assert.deepEqual(Object.keys(found?.type ?? {}).sort(), ['code', 'description', 'id', 'label'])
    const set = found?.service_zone?.fulfillment_set as Record<string, Record<string, unknown>>
    assert.deepEqual([found?.service_zone?.fulfillment_set_id, set.type], [set.id, 'shipping'])
    const address = set.location?.address as Record<string, unknown>
    const { created_at } = good(await store.admin.get(place)).stock_location
    assert.deepEqual([address.city, address.created_at, address.deleted_at], ['Oakland', created_at, null])
    assert.match(address.updated_at as string, /^\d{4}-.*\.\d{3}Z$/)
    const [price] = (found?.prices ?? []) as unknown as Record<string, unknown>[]
    assert.match(price?.price_set_id as string, /^pset_/)
    assert.deepEqual([price?.price_list_id, price?.title, price?.rules_count, price?.price_rules], [null, null, 0, []])
    const query = { cart_id: cartId, fields: 'id,name' }
    const [named] = good(await store.shopper.get('/store/shipping-options', query)).shipping_options
    assert.deepEqual(Object.keys(named).sort(), Object.keys(found ?? {}).sort(), 'all of it, whatever is named')
  })
})

import assert from 'node:assert/strict'
import { useApp } from '../support/app.js'
import { type Client, client } from '../support/client.js'
import { good } from '../support/http.js'
import { signedInOperator } from '../support/people.js'
import { fillCart } from '../support/purchase.js'

const callsAllowed = 40

/** A client that refuses anything but 200, and counts. */
function counted(inner: Client, counter: { calls: number }) {
  const counts = <Result>(answer: Result) => {
    counter.calls += 1
    return answer
  }
  return {
    get: async (path: string, query?: Record<string, string>) => counts(good(await inner.get(path, query))),
    post: async (path: string, body?: unknown) => counts(good(await inner.post(path, body))),
  }
}

describe('scenario: a store is set up over HTTP alone', () => {
  const app = useApp()
  const counter = { calls: 0 }
  let operator: Client

  before(async () => {
    operator = await signedInOperator(app())
  })

  it(`takes fewer than ${callsAllowed} calls from nothing to a product that can be bought, and it is bought`, async () => {
    const platform = counted(operator, counter)
    const created = await platform.post('/platform/tenants', {
      slug: 'from-nothing',
      name: 'From nothing',
      default_currency: 'eur',
      defaults: false,
      owner: { email: 'owner@from-nothing.example' },
    })
    const admin = counted(client(app(), { secretKey: created.secret_key }), counter)

    const { stores } = await admin.get('/admin/stores')
    const storeId = stores[0].id
    const channelId = stores[0].default_sales_channel_id
    const { region } = await admin.post('/admin/regions', {
      name: 'Europe',
      currency_code: 'eur',
      countries: ['de', 'fr'],
      payment_providers: ['pp_system_default'],
      is_tax_inclusive: true,
    })
    await admin.post('/admin/tax-regions', { country_code: 'de', default_tax_rate: { name: 'VAT', code: 'DE19', rate: 19 } })
    const { product_type: books } = await admin.post('/admin/product-types', { value: 'Books' })
    const { tax_regions } = await admin.get('/admin/tax-regions', { country_code: 'de' })
    await admin.post('/admin/tax-rates', {
      tax_region_id: tax_regions[0].id,
      name: 'Reduced',
      code: 'DE7',
      rate: 7,
      rules: [{ reference: 'product_type', reference_id: books.id }],
    })
    const { stock_location } = await admin.post('/admin/stock-locations', {
      name: 'Warehouse',
      address: { address_1: '1 Dock Street', city: 'Hamburg', country_code: 'de' },
    })
    await admin.post(`/admin/stock-locations/${stock_location.id}/sales-channels`, { add: [channelId] })
    const withSet = await admin.post(`/admin/stock-locations/${stock_location.id}/fulfillment-sets`, { name: 'Parcels', type: 'shipping' })
    const setId = withSet.stock_location.fulfillment_sets[0].id
    const { fulfillment_set } = await admin.post(`/admin/fulfillment-sets/${setId}/service-zones`, {
      name: 'Germany',
      geo_zones: [{ type: 'country', country_code: 'de' }],
    })
    const { shipping_profile } = await admin.post('/admin/shipping-profiles', { name: 'Default', type: 'default' })
    await admin.post('/admin/shipping-options', {
      name: 'Parcel',
      service_zone_id: fulfillment_set.service_zones[0].id,
      shipping_profile_id: shipping_profile.id,
      provider_id: 'manual_manual',
      price_type: 'flat',
      type: { label: 'Standard', code: 'standard', description: 'Two days' },
      prices: [{ currency_code: 'eur', amount: 5.35 }],
      rules: [
        { attribute: 'enabled_in_store', operator: 'eq', value: 'true' },
        { attribute: 'is_return', operator: 'eq', value: 'false' },
      ],
    })
    const { product_category } = await admin.post('/admin/product-categories', { name: 'Novels' })
    const { product } = await admin.post('/admin/products', {
      title: 'A long novel',
      status: 'published',
      type_id: books.id,
      shipping_profile_id: shipping_profile.id,
      categories: [{ id: product_category.id }],
      sales_channels: [{ id: channelId }],
      options: [{ title: 'Cover', values: ['Soft', 'Hard'] }],
      variants: [
        { title: 'Soft', sku: 'NOVEL-S', options: { Cover: 'Soft' }, prices: [{ currency_code: 'eur', amount: 10.7 }] },
        { title: 'Hard', sku: 'NOVEL-H', options: { Cover: 'Hard' }, prices: [{ currency_code: 'eur', amount: 21.4 }] },
      ],
    })
    for (const variant of product.variants) {
      await admin.post(`/admin/inventory-items/${variant.inventory_items[0].inventory_item_id}/location-levels`, {
        location_id: stock_location.id,
        stocked_quantity: 3,
      })
    }
    await admin.post(`/admin/stores/${storeId}`, {
      default_region_id: region.id,
      default_location_id: stock_location.id,
      payment_capture: 'manual',
    })
    await admin.post('/admin/commission-rules', { name: 'House', rate: 0 })
    const { api_key } = await admin.post('/admin/api-keys', { title: 'Shop', type: 'publishable' })
    await admin.post(`/admin/api-keys/${api_key.id}/sales-channels`, { add: [channelId] })
    assert.ok(counter.calls < callsAllowed, `${counter.calls} calls`)

    const shopper = client(app(), { publishableKey: api_key.token })
    const listed = await shopper.get('/store/products', { region_id: region.id, country_code: 'de', fields: '*variants.calculated_price' })
    assert.equal(listed.body.products[0].variants[0].calculated_price.calculated_amount, 10.7)
    const cartId = await fillCart(shopper, { regionId: region.id, variantIds: [product.variants[0].id], quantity: 2, country: 'de' })
    const done = await shopper.post(`/store/carts/${cartId}/complete`)
    assert.equal(done.body.type, 'order', JSON.stringify(done.body))
    const { order } = done.body
    assert.equal(order.total, 26.75, 'two novels at 10.70 and shipping at 5.35, tax included')
    const rates = order.items[0].tax_lines.map((line: { code: string }) => line.code)
    assert.deepEqual(rates, ['DE7'], 'books are taxed at the reduced rate')

    const kept = await admin.get(`/admin/orders/${order.id}`)
    assert.deepEqual([kept.order.payment_status, kept.order.total], ['authorized', 26.75])
    const payment = kept.order.payment_collections[0].payments[0]
    await admin.post(`/admin/payments/${payment.id}/capture`, {})
    assert.equal((await admin.get(`/admin/orders/${order.id}`)).order.payment_status, 'captured')
    const left = await admin.get('/admin/inventory-items', { sku: 'NOVEL-S' })
    assert.equal(left.inventory_items[0].reserved_quantity, 2)
    assert.equal((await admin.get('/admin/ledger/trial-balance')).is_balanced, true)
  })
})

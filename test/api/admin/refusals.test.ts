import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { createTestStore, type TestStore } from '../../support/store.js'

type Ids = Record<string, string>

interface Refused {
  method: 'get' | 'post' | 'delete'
  path: string
  body?: unknown
  status: number | readonly number[]
}

/** Where each kind of thing is read, and the envelope it comes in. */
const kinds = {
  store: '/admin/stores',
  sales_channel: '/admin/sales-channels',
  region: '/admin/regions',
  price_preference: '/admin/price-preferences',
  tax_region: '/admin/tax-regions',
  tax_rate: '/admin/tax-rates',
  collection: '/admin/collections',
  product_category: '/admin/product-categories',
  product_type: '/admin/product-types',
  product_tag: '/admin/product-tags',
  product: '/admin/products',
  stock_location: '/admin/stock-locations',
  shipping_profile: '/admin/shipping-profiles',
  shipping_option: '/admin/shipping-options',
  shipping_option_type: '/admin/shipping-option-types',
  inventory_item: '/admin/inventory-items',
  api_key: '/admin/api-keys',
  user: '/admin/users',
  vendor: '/admin/vendors',
  commission_rule: '/admin/commission-rules',
  order: '/admin/orders',
  vendor_order: '/admin/vendor-orders',
  payment: '/admin/payments',
} as const

/** What a product that comes in one kind says of it, and its variant. */
const kind = { options: [{ title: 'Kind', values: ['One'] }] }
const one = { title: 'One', options: { Kind: 'One' } }

/** Bodies that would be taken for a thing of one's own. */
const changes: Record<string, unknown> = {
  store: { name: 'Mine now' },
  sales_channel: { name: 'Mine now' },
  region: { name: 'Mine now' },
  price_preference: { is_tax_inclusive: true },
  tax_rate: { name: 'Mine now' },
  collection: { title: 'Mine now' },
  product_category: { name: 'Mine now' },
  product: { title: 'Mine now' },
  stock_location: { name: 'Mine now' },
  shipping_option: { name: 'Mine now' },
  vendor: { name: 'Mine now' },
  commission_rule: { name: 'Mine now' },
}
const removable = ['region', 'price_preference', 'tax_region', 'tax_rate', 'product', 'shipping_option', 'commission_rule'] as const

/** Everything that the admin API makes, in one store. */
async function furnish(store: TestStore): Promise<Ids> {
  const { admin } = store
  const made = async (path: string, body: unknown) => {
    const answer = await admin.post(path, body)
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const location = (await made('/admin/stock-locations', { name: 'Cellar' })).stock_location.id
  const set = (await made(`/admin/stock-locations/${location}/fulfillment-sets`, { name: 'Parcels', type: 'shipping' })).stock_location
    .fulfillment_sets[0].id
  const zones = await made(`/admin/fulfillment-sets/${set}/service-zones`, {
    name: 'Home',
    geo_zones: [{ type: 'country', country_code: 'us' }],
  })
  const zone = zones.fulfillment_set.service_zones[0].id
  const profile = (await made('/admin/shipping-profiles', { name: 'Other' })).shipping_profile.id
  const type = (await made('/admin/shipping-option-types', { label: 'Express', code: 'express' })).shipping_option_type.id
  const option = await made('/admin/shipping-options', {
    name: 'Express',
    service_zone_id: zone,
    shipping_profile_id: profile,
    type_id: type,
    prices: [{ currency_code: 'usd', amount: 9 }],
  })
  const region = (await made('/admin/regions', { name: 'Canada', currency_code: 'cad', countries: ['ca'] })).region.id
  const taxRegion = (await made('/admin/tax-regions', { country_code: 'ca', default_tax_rate: { name: 'GST', code: 'GST', rate: 5 } }))
    .tax_region
  const product = (
    await made('/admin/products', { title: 'Own thing', ...kind, variants: [{ ...one, prices: [{ currency_code: 'usd', amount: 3 }] }] })
  ).product
  return {
    store: (await admin.get('/admin/stores')).body.stores[0].id,
    sales_channel: (await made('/admin/sales-channels', { name: 'Fair' })).sales_channel.id,
    region,
    price_preference: (await admin.get('/admin/price-preferences', { value: region })).body.price_preferences[0].id,
    tax_region: taxRegion.id,
    tax_rate: taxRegion.tax_rates[0].id,
    collection: (await made('/admin/collections', { title: 'Summer', handle: 'summer' })).collection.id,
    product_category: (await made('/admin/product-categories', { name: 'Shoes', handle: 'shoes' })).product_category.id,
    product_type: (await made('/admin/product-types', { value: 'Shoe' })).product_type.id,
    product_tag: (await made('/admin/product-tags', { value: 'new' })).product_tag.id,
    product: product.id,
    variant: product.variants[0].id,
    inventory_item: product.variants[0].inventory_items[0].inventory_item_id,
    stock_location: location,
    fulfillment_set: set,
    service_zone: zone,
    shipping_profile: profile,
    shipping_option_type: type,
    shipping_option: option.shipping_option.id,
    api_key: (await made('/admin/api-keys', { title: 'Fair', type: 'publishable' })).api_key.id,
    user: (await admin.get('/admin/users')).body.users[0].id,
    vendor: (await made('/admin/vendors', { handle: 'guest', name: 'Guest' })).vendor.id,
    commission_rule: (await made('/admin/commission-rules', { name: 'Shoes', rate: 12.5, currency_code: 'cad' })).commission_rule.id,
  }
}

/** A fingerprint of every row of a tenant, apart from when its keys were used. */
async function rowsOf(adminUrl: string, tenantId: string): Promise<Record<string, string>> {
  const tables = await asAdmin<{ name: string }>(adminUrl, `select tablename as name from pg_tables where schemaname = 'app' order by 1`)
  const parts = tables.map(
    ({
      name,
    }) => `select '${name}' as name, md5(coalesce(string_agg((to_jsonb(x) - 'last_used_at')::text, '|' order by to_jsonb(x)::text), '')) as rows
      from app.${name} x where x.tenant_id = $1`,
  )
  const rows = await asAdmin<{ name: string; rows: string }>(adminUrl, parts.join(' union all '), [tenantId])
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]))
}

describe('admin API: what it refuses', () => {
  const app = useApp()
  let store: TestStore
  let own: Ids
  let foreign: Ids
  let before_: Record<string, string>

  before(async function () {
    this.timeout(60_000)
    store = await createTestStore(app())
    own = await furnish(store)
    foreign = await furnish(await createTestStore(app()))
    before_ = await rowsOf(app().adminUrl, store.tenantId)
  })

  async function refuse(refused: Refused): Promise<void> {
    const { admin } = store
    const answer = refused.method === 'get' ? await admin.get(refused.path) : await admin[refused.method](refused.path, refused.body)
    const where = `${refused.method} ${refused.path} ${JSON.stringify(refused.body ?? '')} → ${answer.status} ${JSON.stringify(answer.body)}`
    assert.ok([refused.status].flat().includes(answer.status), where)
    assert.equal(typeof answer.body.message, 'string', where)
  }

  afterEach('nothing was written', async () => {
    assert.deepEqual(await rowsOf(app().adminUrl, store.tenantId), before_)
  })

  it('does not know an id that nobody has', async () => {
    for (const [kind, path] of Object.entries(kinds)) {
      await refuse({ method: 'get', path: `${path}/${kind}_none`, status: 404 })
      if (changes[kind] !== undefined) await refuse({ method: 'post', path: `${path}/${kind}_none`, body: changes[kind], status: 404 })
    }
    for (const kind of removable) await refuse({ method: 'delete', path: `${kinds[kind]}/none`, status: 404 })
  })

  it('does not know what belongs to another store', async () => {
    for (const [kind, path] of Object.entries(kinds)) {
      const id = foreign[kind]
      if (id === undefined) continue
      await refuse({ method: 'get', path: `${path}/${id}`, status: 404 })
      if (changes[kind] !== undefined) await refuse({ method: 'post', path: `${path}/${id}`, body: changes[kind], status: 404 })
    }
    for (const kind of removable) await refuse({ method: 'delete', path: `${kinds[kind]}/${foreign[kind]}`, status: 404 })
  })

  it('does not do anything to what belongs to another store', async () => {
    const post = (path: string, body: unknown = {}) => refuse({ method: 'post', path, body, status: 404 })
    const zones = { name: 'Theirs', geo_zones: [{ type: 'country', country_code: 'us' }] }
    const variant = { title: 'Two', prices: [] }
    await post(`/admin/sales-channels/${foreign.sales_channel}/products`, { add: [own.product] })
    await post(`/admin/stock-locations/${foreign.stock_location}/sales-channels`, { add: [own.sales_channel] })
    await post(`/admin/stock-locations/${foreign.stock_location}/fulfillment-sets`, { name: 'Theirs', type: 'shipping' })
    await post(`/admin/fulfillment-sets/${foreign.fulfillment_set}/service-zones`, zones)
    await post(`/admin/products/${foreign.product}/variants`, variant)
    await post(`/admin/products/${foreign.product}/variants/${foreign.variant}`, { title: 'Two' })
    await post(`/admin/products/${own.product}/variants/${foreign.variant}`, { title: 'Two' })
    await refuse({ method: 'delete', path: `/admin/products/${own.product}/variants/${foreign.variant}`, status: 404 })
    await post(`/admin/inventory-items/${foreign.inventory_item}/location-levels`, { location_id: foreign.stock_location })
    await post(`/admin/inventory-items/${own.inventory_item}/location-levels/${foreign.stock_location}`, { stocked_quantity: 1 })
    await refuse({ method: 'get', path: `/admin/inventory-items/${foreign.inventory_item}/location-levels`, status: 404 })
    await post(`/admin/api-keys/${foreign.api_key}/revoke`)
    await post(`/admin/api-keys/${foreign.api_key}/sales-channels`, { add: [own.sales_channel] })
    await post(`/admin/vendors/${foreign.vendor}/suspend`)
    await post(`/admin/vendors/${foreign.vendor}/resume`)
    await post(`/admin/vendors/${foreign.vendor}/members`, { email: 'spy@example.com' })
    await refuse({ method: 'get', path: `/admin/vendors/${foreign.vendor}/members`, status: 404 })
    await post('/admin/payments/pay_none/capture')
  })

  it("does not take another store's id in a body", async () => {
    const post = (path: string, body: unknown) => refuse({ method: 'post', path, body, status: [400, 404] })
    const thing = { title: 'Thing', ...kind, variants: [{ ...one, prices: [{ currency_code: 'usd', amount: 1 }] }] }
    const option = { name: 'Slow', prices: [{ currency_code: 'usd', amount: 1 }] }
    for (const key of ['default_sales_channel_id', 'default_region_id', 'default_location_id']) {
      const kind = key === 'default_location_id' ? 'stock_location' : key.slice('default_'.length, -'_id'.length)
      await post(`/admin/stores/${own.store}`, { [key]: foreign[kind] })
    }
    await post('/admin/price-preferences', { attribute: 'region_id', value: foreign.region })
    await post('/admin/tax-regions', { country_code: 'ca', province_code: 'qc', parent_id: foreign.tax_region })
    await post('/admin/tax-rates', { tax_region_id: foreign.tax_region, name: 'Theirs', code: 'T' })
    for (const reference of ['product', 'product_type', 'shipping_option'] as const) {
      const rules = [{ reference, reference_id: foreign[reference] }]
      await post('/admin/tax-rates', { tax_region_id: own.tax_region, name: 'Theirs', code: 'T', rules })
      await post(`/admin/tax-rates/${own.tax_rate}`, { rules })
    }
    await post('/admin/product-categories', { name: 'Below theirs', parent_category_id: foreign.product_category })
    await post(`/admin/product-categories/${own.product_category}`, { parent_category_id: foreign.product_category })
    for (const wrong of [
      { vendor_id: foreign.vendor },
      { collection_id: foreign.collection },
      { type_id: foreign.product_type },
      { shipping_profile_id: foreign.shipping_profile },
      { categories: [{ id: foreign.product_category }] },
      { tags: [{ id: foreign.product_tag }] },
      { sales_channels: [{ id: foreign.sales_channel }] },
    ]) {
      await post('/admin/products', { ...thing, ...wrong })
      await post(`/admin/products/${own.product}`, wrong)
    }
    await post(`/admin/products/${own.product}`, { variants: [{ id: foreign.variant, title: 'Theirs' }] })
    await post(`/admin/sales-channels/${own.sales_channel}/products`, { add: [own.product, foreign.product] })
    await post('/admin/stock-locations', { name: 'Theirs', vendor_id: foreign.vendor })
    await post(`/admin/stock-locations/${own.stock_location}/sales-channels`, { add: [foreign.sales_channel] })
    await post('/admin/shipping-profiles', { name: 'Theirs', vendor_id: foreign.vendor })
    await post('/admin/shipping-option-types', { label: 'Theirs', code: 'theirs', vendor_id: foreign.vendor })
    const parts = { service_zone_id: own.service_zone, shipping_profile_id: own.shipping_profile, type_id: own.shipping_option_type }
    for (const [key, kind] of [
      ['service_zone_id', 'service_zone'],
      ['shipping_profile_id', 'shipping_profile'],
      ['type_id', 'shipping_option_type'],
    ] as const) {
      await post('/admin/shipping-options', { ...option, ...parts, [key]: foreign[kind] })
    }
    await post(`/admin/shipping-options/${own.shipping_option}`, { shipping_profile_id: foreign.shipping_profile })
    await post(`/admin/shipping-options/${own.shipping_option}`, { type_id: foreign.shipping_option_type })
    await post(`/admin/inventory-items/${own.inventory_item}/location-levels`, { location_id: foreign.stock_location })
    await post('/admin/api-keys', { title: 'Theirs', type: 'publishable', sales_channel_ids: [foreign.sales_channel] })
    await post(`/admin/api-keys/${own.api_key}/sales-channels`, { add: [foreign.sales_channel] })
    for (const key of ['vendor_id', 'product_type_id', 'product_category_id']) {
      const id = foreign[key.slice(0, -'_id'.length)]
      await post('/admin/commission-rules', { name: 'Theirs', rate: 1, [key]: id })
      await post(`/admin/commission-rules/${own.commission_rule}`, { [key]: id })
    }
  })

  it("keeps another vendor's shipping profile out of a product", async () => {
    const body = { title: 'Mixed', ...kind, vendor_id: own.vendor, shipping_profile_id: own.shipping_profile }
    await refuse({ method: 'post', path: '/admin/products', body, status: [400, 404] })
  })

  it('names a field that it does not know, and takes none of the rest', async () => {
    const bodies: [string, unknown][] = [
      [`/admin/stores/${own.store}`, { name: 'New', colour: 'red' }],
      ['/admin/sales-channels', { name: 'New', colour: 'red' }],
      ['/admin/regions', { name: 'New', currency_code: 'usd', colour: 'red' }],
      ['/admin/tax-regions', { country_code: 'fr', colour: 'red' }],
      ['/admin/collections', { title: 'New', colour: 'red' }],
      ['/admin/product-categories', { name: 'New', colour: 'red' }],
      ['/admin/product-tags', { value: 'fresh', colour: 'red' }],
      ['/admin/products', { title: 'New', colour: 'red' }],
      ['/admin/products', { title: 'New', variants: [{ title: 'One', prices: [], colour: 'red' }] }],
      ['/admin/stock-locations', { name: 'New', colour: 'red' }],
      ['/admin/shipping-profiles', { name: 'New', colour: 'red' }],
      [`/admin/inventory-items/${own.inventory_item}/location-levels`, { location_id: own.stock_location, colour: 'red' }],
      ['/admin/api-keys', { title: 'New', type: 'secret', colour: 'red' }],
      ['/admin/vendors', { handle: 'new', name: 'New', colour: 'red' }],
      ['/admin/commission-rules', { name: 'New', colour: 'red' }],
      ['/admin/payments/pay_none/capture', { colour: 'red' }],
    ]
    for (const [path, body] of bodies) {
      const { status, body: answer } = await store.admin.post(path, body)
      assert.deepEqual([status, answer.type, answer.message], [400, 'invalid_data', "Invalid request: Unrecognized fields: 'colour'"], path)
    }
    for (const path of Object.values(kinds)) await refuse({ method: 'get', path: `${path}?colour=red`, status: 400 })
  })

  it('does not take values of the wrong kind or size', async () => {
    const bodies: [string, unknown][] = [
      [`/admin/stores/${own.store}`, { supported_currencies: [] }],
      [`/admin/stores/${own.store}`, { supported_currencies: [{ currency_code: 'usd' }] }],
      [`/admin/stores/${own.store}`, { supported_currencies: [{ currency_code: 'usd', is_default: true }, { currency_code: 'zzz' }] }],
      [`/admin/stores/${own.store}`, { payment_capture: 'later' }],
      ['/admin/sales-channels', { name: 5 }],
      ['/admin/sales-channels', { name: 'x'.repeat(201) }],
      ['/admin/regions', { name: 'New', currency_code: 'zzz' }],
      ['/admin/regions', { name: 'New', currency_code: 'usd', countries: ['zz'] }],
      ['/admin/regions', { name: 'New', currency_code: 'usd', countries: ['ca'] }],
      ['/admin/tax-regions', { country_code: 'zz' }],
      ['/admin/tax-regions', { country_code: 'fr', province_code: 'x' }],
      ['/admin/tax-regions', { country_code: 'us', province_code: 'ny', parent_id: own.tax_region }],
      ['/admin/tax-rates', { tax_region_id: own.tax_region, name: 'New', code: 'N', rate: 101 }],
      ['/admin/tax-rates', { tax_region_id: own.tax_region, name: 'New', code: 'N', rate: 1.00001 }],
      ['/admin/tax-rates', { tax_region_id: own.tax_region, name: 'New', code: 'N', rules: [{ reference: 'cart', reference_id: 'x' }] }],
      ['/admin/collections', { title: 'New', handle: 'Not A Handle' }],
      [`/admin/product-categories/${own.product_category}`, { parent_category_id: own.product_category }],
      ['/admin/products', { title: '' }],
      ['/admin/products', { title: 'New', ...kind, variants: [{ ...one, prices: [{ currency_code: 'usd', amount: 1.005 }] }] }],
      ['/admin/products', { title: 'New', ...kind, variants: [{ ...one, prices: [{ currency_code: 'zzz', amount: 1 }] }] }],
      ['/admin/products', { title: 'New', ...kind, variants: [{ ...one, prices: [{ currency_code: 'usd', amount: -1 }] }] }],
      [
        '/admin/products',
        { title: 'New', ...kind, variants: [{ ...one, prices: [{ currency_code: 'usd', amount: 1, min_quantity: 5, max_quantity: 2 }] }] },
      ],
      [
        '/admin/products',
        { title: 'New', options: [{ title: 'Size', values: ['S'] }], variants: [{ title: 'One', prices: [], options: { Size: 'L' } }] },
      ],
      ['/admin/products', { title: 'New', ...kind, thumbnail: 'javascript:alert(1)' }],
      [
        '/admin/shipping-options',
        {
          name: 'New',
          service_zone_id: own.service_zone,
          shipping_profile_id: own.shipping_profile,
          prices: [{ currency_code: 'usd', amount: 1 }],
        },
      ],
      [`/admin/shipping-options/${own.shipping_option}`, { price_type: 'calculated' }],
      [
        `/admin/fulfillment-sets/${own.fulfillment_set}/service-zones`,
        { name: 'New', geo_zones: [{ type: 'country', country_code: 'zz' }] },
      ],
      [`/admin/inventory-items/${own.inventory_item}/location-levels`, { location_id: own.stock_location, stocked_quantity: -1 }],
      [`/admin/inventory-items/${own.inventory_item}/location-levels/${own.stock_location}`, { stocked_quantity: 1.5 }],
      ['/admin/api-keys', { title: 'New', type: 'vendor' }],
      ['/admin/api-keys', { title: 'New', type: 'publishable', permissions: ['orders:read'] }],
      ['/admin/api-keys', { title: 'New', type: 'secret', permissions: ['platform:tenants:write'] }],
      ['/admin/vendors', { handle: '-new-', name: 'New' }],
      [`/admin/vendors/${own.vendor}/members`, { email: 'nobody' }],
      [`/admin/vendors/${own.vendor}/members`, { email: 'a@b.example', role: 'store_owner' }],
      ['/admin/commission-rules', { name: 'New', fixed: 1 }],
      [`/admin/commission-rules/${own.commission_rule}`, { fixed: 1 }],
      ['/admin/payments/pay_none/capture', { amount: 0 }],
    ]
    for (const [path, body] of bodies) await refuse({ method: 'post', path, body, status: 400 })
    await refuse({ method: 'get', path: '/admin/orders?order=email', status: 400 })
    await refuse({ method: 'get', path: '/admin/products?limit=-1', status: 400 })
    await refuse({ method: 'get', path: '/admin/ledger/balances?as_of=soon', status: 400 })
  })

  it('does not give a handle, value or place out twice', async () => {
    const post = (path: string, body: unknown, status = 400) => refuse({ method: 'post', path, body, status })
    const thing = { title: 'Twin', ...kind, handle: 'thing-1-1' }
    await post('/admin/collections', { title: 'Again', handle: 'summer' })
    await post('/admin/product-categories', { name: 'Again', handle: 'shoes' })
    await post('/admin/product-types', { value: 'Shoe' })
    await post('/admin/product-tags', { value: 'new' })
    await post('/admin/products', thing)
    await post(`/admin/products/${own.product}`, { handle: 'thing-1-1' })
    await post('/admin/vendors', { handle: 'guest', name: 'Again' }, 422)
    await post(`/admin/vendors/${own.vendor}`, { handle: 'vendor-1' }, 422)
    await post(`/admin/vendors/${own.vendor}/members`, { email: store.vendors[0]?.email }, 422)
    await post('/admin/tax-regions', { country_code: 'ca' })
    await post('/admin/tax-rates', { tax_region_id: own.tax_region, name: 'Second', code: 'S', is_default: true })
    await post('/admin/price-preferences', { attribute: 'region_id', value: own.region })
    await post('/admin/commission-rules', { name: 'Again', rate: 1, currency_code: 'cad' }, 422)
  })

  it('does not answer without a credential, nor to a publishable or vendor key', async () => {
    for (const path of Object.values(kinds)) {
      for (const stranger of [store.shopper, store.vendor(0)]) assert.equal((await stranger.get(path)).status, 401, path)
      const { status } = await fetch(`${app().url}${path}`, { headers: { 'x-tenant': store.slug } })
      assert.equal(status, 401, path)
    }
  })
})

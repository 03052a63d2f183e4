import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { good } from '../../support/http.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('admin API: settings', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app())
  })

  const post = async (path: string, body: object = {}) => good(await store.admin.post(path, body))
  const get = async (path: string, query?: Record<string, string>) => good(await store.admin.get(path, query))

  it('shows the one store of the tenant and changes what is named', async () => {
    const { stores, count } = await get('/admin/stores')
    assert.equal(count, 1)
    const { store: changed } = await post(`/admin/stores/${stores[0].id}`, {
      name: 'New name',
      payment_capture: 'manual',
      mail_from_name: 'Shop',
    })
    assert.deepEqual([changed.name, changed.payment_capture, changed.mail_from_name], ['New name', 'manual', 'Shop'])
    assert.equal(changed.default_region_id, store.regionId, 'what is not named stays')
  })

  it('replaces the currencies of the store as a whole, with one default', async () => {
    const { stores } = await get('/admin/stores')
    const { store: changed } = await post(`/admin/stores/${stores[0].id}`, {
      supported_currencies: [
        { currency_code: 'USD', is_default: false },
        { currency_code: 'jpy', is_default: true, is_tax_inclusive: true },
      ],
    })
    const currencies = changed.supported_currencies.map((row: Record<string, unknown>) => [
      row.currency_code,
      row.is_default,
      row.is_tax_inclusive,
    ])
    assert.deepEqual(currencies, [
      ['jpy', true, true],
      ['usd', false, false],
    ])
    assert.equal(changed.supported_currencies[0].currency.decimal_digits, 0)
  })

  it('knows the currencies of the world', async () => {
    assert.equal((await get('/admin/currencies/kwd')).currency.decimal_digits, 3)
    assert.deepEqual(
      (await get('/admin/currencies', { q: 'krone' })).currencies.map((currency: { code: string }) => currency.code),
      ['dkk', 'nok'],
    )
    assert.equal((await store.admin.get('/admin/currencies/zzz')).status, 404)
    assert.deepEqual((await store.shopper.get('/store/currencies/kwd')).body, await get('/admin/currencies/kwd'), 'to shoppers, too')
  })

  it('shows products in a channel, and no longer', async () => {
    const { sales_channel: channel } = await post('/admin/sales-channels', { name: 'Fair', description: 'Once a year' })
    const { api_key: key } = await post('/admin/api-keys', { title: 'Fair', type: 'publishable', sales_channel_ids: [channel.id] })
    const shopper = client(app(), { publishableKey: key.token })
    const product = store.vendors[0]?.products[0]?.id
    assert.equal((await shopper.get('/store/products')).body.count, 0)
    await post(`/admin/sales-channels/${channel.id}/products`, { add: [product] })
    await post(`/admin/sales-channels/${channel.id}/products`, { add: [product] })
    assert.deepEqual(
      (await shopper.get('/store/products')).body.products.map((found: { id: string }) => found.id),
      [product],
    )
    await post(`/admin/sales-channels/${channel.id}/products`, { remove: [product] })
    assert.equal((await shopper.get('/store/products')).body.count, 0)
  })

  it('closes a channel to its keys at once', async () => {
    const { sales_channel: channel } = await post('/admin/sales-channels', { name: 'Short' })
    const { api_key: key } = await post('/admin/api-keys', { title: 'Short', type: 'publishable', sales_channel_ids: [channel.id] })
    const shopper = client(app(), { publishableKey: key.token })
    assert.equal((await shopper.get('/store/products')).status, 200)
    await post(`/admin/sales-channels/${channel.id}`, { is_disabled: true })
    const closed = await shopper.get('/store/products')
    assert.deepEqual([closed.status, closed.body.message], [400, 'Publishable key needs to have a sales channel configured'])
  })

  it('creates, changes and removes a region, whose countries are free again', async () => {
    const { region } = await post('/admin/regions', {
      name: 'Nordics',
      currency_code: 'SEK',
      countries: ['SE', 'no'],
      payment_providers: ['pp_system_default'],
      is_tax_inclusive: true,
    })
    assert.deepEqual(
      region.countries.map((country: { iso_2: string }) => country.iso_2),
      ['no', 'se'],
    )
    assert.deepEqual([region.currency_code, region.is_tax_inclusive, region.automatic_taxes], ['sek', true, true])
    assert.deepEqual(region.payment_providers, [{ id: 'pp_system_default', is_enabled: true }])
    const taken = await store.admin.post('/admin/regions', { name: 'Again', currency_code: 'sek', countries: ['se', 'fi'] })
    assert.deepEqual([taken.status, taken.body.message], [400, 'Countries with codes: "se" are already assigned to a region'])
    const { region: changed } = await post(`/admin/regions/${region.id}`, {
      countries: ['se', 'dk'],
      payment_providers: [],
      is_tax_inclusive: false,
    })
    assert.deepEqual(
      changed.countries.map((country: { iso_2: string }) => country.iso_2),
      ['dk', 'se'],
    )
    assert.deepEqual([changed.payment_providers, changed.is_tax_inclusive, changed.name], [[], false, 'Nordics'])
    const { body } = await store.admin.delete(`/admin/regions/${region.id}`)
    assert.deepEqual(body, { id: region.id, object: 'region', deleted: true })
    assert.equal((await store.admin.get(`/admin/regions/${region.id}`)).status, 404)
    assert.equal((await store.shopper.get(`/store/regions/${region.id}`)).status, 404)
    await post('/admin/regions', { name: 'Sweden', currency_code: 'sek', countries: ['se'] })
  })

  it('lets two requests for one country end in one region that has it', async () => {
    const answers = await Promise.all(
      ['One', 'Two', 'Three'].map((name) => store.admin.post('/admin/regions', { name, currency_code: 'eur', countries: ['pt'] })),
    )
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 400, 400])
    const { regions } = await get('/admin/regions', { currency_code: 'eur' })
    assert.equal(regions.length, 1, 'the refused ones left nothing')
  })

  it('says by preference whether prices include tax', async () => {
    const { price_preference: preference } = await post('/admin/price-preferences', {
      attribute: 'currency_code',
      value: 'gbp',
      is_tax_inclusive: true,
    })
    const { price_preference: changed } = await post(`/admin/price-preferences/${preference.id}`, { is_tax_inclusive: false })
    assert.equal(changed.is_tax_inclusive, false)
    const { price_preferences } = await get('/admin/price-preferences', { attribute: 'currency_code', value: 'gbp' })
    assert.deepEqual(
      price_preferences.map((row: { id: string }) => row.id),
      [preference.id],
    )
    assert.equal((await store.admin.delete(`/admin/price-preferences/${preference.id}`)).body.deleted, true)
  })

  it('taxes a country, a province of it, and some things differently', async () => {
    const { tax_region: country } = await post('/admin/tax-regions', {
      country_code: 'US',
      default_tax_rate: { name: 'Federal', code: 'F', rate: 1.25 },
    })
    assert.equal(country.tax_rates[0].rate, 1.25)
    const { tax_region: province } = await post('/admin/tax-regions', { country_code: 'us', province_code: 'NY', parent_id: country.id })
    assert.equal(province.province_code, 'ny')
    const again = { country_code: 'us', province_code: 'US-NY', parent_id: country.id }
    assert.match((await store.admin.post('/admin/tax-regions', again)).body.message, /already exists/, 'it is the same province')
    const product = store.vendors[0]?.products[0]?.id as string
    const { tax_rate: special } = await post('/admin/tax-rates', {
      tax_region_id: province.id,
      name: 'Special',
      code: 'S',
      rate: 8.875,
      rules: [{ reference: 'product', reference_id: product }],
    })
    assert.equal(special.rules[0].reference_id, product)
    const { tax_rate: changed } = await post(`/admin/tax-rates/${special.id}`, { rate: 4, rules: [] })
    assert.deepEqual([changed.rate, changed.rules, changed.name], [4, [], 'Special'])
    const listed = await get('/admin/tax-rates', { tax_region_id: province.id })
    assert.equal(listed.count, 1)
    assert.equal((await store.admin.delete(`/admin/tax-regions/${country.id}`)).body.deleted, true)
    for (const path of [`/admin/tax-regions/${province.id}`, `/admin/tax-rates/${special.id}`])
      assert.equal((await store.admin.get(path)).status, 404)
  })

  it('pages and orders a list', async () => {
    for (const name of ['b', 'c', 'a']) await post('/admin/sales-channels', { name: `page-${name}` })
    const page = await get('/admin/sales-channels', { q: 'PAGE-', order: '-name', limit: '2', offset: '1', fields: 'name' })
    assert.deepEqual(
      page.sales_channels.map((row: object) => row),
      page.sales_channels.map(({ id, name }: { id: string; name: string }) => ({ id, name })),
    )
    assert.deepEqual(
      [page.sales_channels.map((row: { name: string }) => row.name), page.count, page.offset, page.limit],
      [['page-b', 'page-a'], 3, 1, 2],
    )
  })
})

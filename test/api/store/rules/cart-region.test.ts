import assert from 'node:assert/strict'
import { useApp } from '../../../support/app.js'
import { asAdmin } from '../../../support/database.js'
import { good } from '../../../support/http.js'
import { addressIn } from '../../../support/purchase.js'
import { addRegion } from '../../../support/region.js'
import { createTestStore, type TestStore } from '../../../support/store.js'

describe('the region of a cart', () => {
  const app = useApp()
  let store: TestStore
  let variants: string[]
  let nordic: string
  let germany: string
  const sql = (text: string, values: unknown[] = []) => asAdmin(app().adminUrl, text, values)

  before(async () => {
    store = await createTestStore(app(), { productsPerVendor: 2, tax_ppm: 100_000 })
    variants = (store.vendors[0]?.products ?? []).map((product) => product.variantIds[0] as string)
    germany = await addRegion(app(), store, { country: 'de', currency: 'eur' })
    nordic = await addRegion(app(), store, { country: 'dk', currency: 'dkk' })
    await sql(`insert into app.region_country (tenant_id, region_id, iso_2) values ($1, $2, 'se')`, [store.tenantId, nordic])
  })

  const create = async (body: object = {}) => good(await store.shopper.post('/store/carts', body)).cart
  const update = async (id: string, body: object) => good(await store.shopper.post(`/store/carts/${id}`, body)).cart

  it('is the store’s default one, or any, when none is named', async () => {
    assert.equal((await create()).region.id, store.regionId)
    await sql('update app.store set default_region_id = null where tenant_id = $1', [store.tenantId])
    assert.ok([store.regionId, germany, nordic].includes((await create()).region.id))
    await sql('update app.store set default_region_id = $2 where tenant_id = $1', [store.tenantId, store.regionId])
  })

  it('must exist', async () => {
    const empty = await createTestStore(app(), { vendors: 0 })
    const path = `/admin/regions/${empty.regionId}`
    good(await empty.admin.delete(path))
    const answer = await empty.shopper.post('/store/carts', {})
    assert.deepEqual([answer.status, answer.body], [404, { type: 'not_found', message: 'No regions found' }])
  })

  it('says the currency, which may be named if it is the same', async () => {
    assert.equal((await create({ region_id: germany, currency_code: 'EUR' })).currency_code, 'eur')
  })

  it('gives its country as address where it has one, and none where it has several', async () => {
    assert.equal((await create({ region_id: germany })).shipping_address.country_code, 'de')
    assert.equal((await create({ region_id: nordic })).shipping_address, null)
  })

  it('keeps countries in lower case, whatever case they come in', async () => {
    const cart = await create({ region_id: nordic, shipping_address: addressIn('DK'), billing_address: addressIn('SE') })
    assert.deepEqual([cart.shipping_address.country_code, cart.billing_address.country_code], ['dk', 'se'])
    assert.equal((await update(cart.id, { shipping_address: addressIn('SE') })).shipping_address.country_code, 'se')
  })

  it('takes the address away when it changes to one of several countries, unless one comes along', async () => {
    const cart = await create({ shipping_address: addressIn('us') })
    assert.equal((await update(cart.id, { region_id: nordic })).shipping_address, null)
    const along = await create({ shipping_address: addressIn('us') })
    const moved = await update(along.id, { region_id: nordic, shipping_address: addressIn('se') })
    assert.deepEqual([moved.shipping_address.country_code, moved.currency_code], ['se', 'dkk'])
  })

  it('must hold the country of the address, also of the one that comes along', async () => {
    const cart = await create({ shipping_address: addressIn('us') })
    const refused = await store.shopper.post(`/store/carts/${cart.id}`, { region_id: nordic, shipping_address: addressIn('us') })
    assert.deepEqual(
      [refused.status, refused.body],
      [400, { type: 'invalid_data', message: 'Country with code us is not within region Region dk' }],
    )
    assert.equal(good(await store.shopper.get(`/store/carts/${cart.id}`)).cart.region.id, store.regionId, 'nothing of it is kept')
  })

  it('drops what was priced by hand when it changes, and prices the rest anew', async () => {
    const items = variants.map((variant_id) => ({ variant_id, quantity: 1 }))
    const cart = await create({ items })
    await sql('update app.cart_line_item set is_custom_price = true, unit_price_minor = 1 where tenant_id = $1 and id = $2', [
      store.tenantId,
      cart.items[0].id,
    ])
    const same = await update(cart.id, { email: 'ada@example.com' })
    assert.deepEqual(
      same.items.map((item: { unit_price: number }) => item.unit_price),
      [0.01, 11],
    )
    const moved = await update(cart.id, { region_id: germany })
    assert.deepEqual(
      moved.items.map((item: { variant_id: string; unit_price: number }) => [item.variant_id, item.unit_price]),
      [[variants[1], 11]],
    )
    assert.deepEqual([moved.tax_total, moved.items[0].tax_lines], [0, []], 'nobody has said what is taxed there')
  })

  it('adds a thing that was priced by hand as a line of its own', async () => {
    const cart = await create({ items: [{ variant_id: variants[0], quantity: 1 }] })
    await sql('update app.cart_line_item set is_custom_price = true, unit_price_minor = 1 where tenant_id = $1 and id = $2', [
      store.tenantId,
      cart.items[0].id,
    ])
    const added = good(await store.shopper.post(`/store/carts/${cart.id}/line-items`, { variant_id: variants[0], quantity: 2 })).cart
    assert.deepEqual(
      added.items.map((item: { quantity: number; unit_price: number }) => [item.quantity, item.unit_price]),
      [
        [1, 0.01],
        [2, 10],
      ],
    )
  })

  it('is one in which the channel is open', async () => {
    await sql('update app.sales_channel set is_disabled = true where tenant_id = $1 and id = $2', [store.tenantId, store.salesChannelId])
    const { api_key: key } = good(await store.admin.post('/admin/api-keys', { title: 'None', type: 'publishable' }))
    const answer = await store.shopper.post(
      '/store/carts',
      { sales_channel_id: store.salesChannelId },
      { 'x-publishable-api-key': key.token },
    )
    assert.deepEqual(
      [answer.status, answer.body],
      [400, { type: 'invalid_data', message: 'Unable to assign cart to disabled Sales Channel: Default' }],
    )
    await sql('update app.sales_channel set is_disabled = false where tenant_id = $1', [store.tenantId])
  })
})

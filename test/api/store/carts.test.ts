import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { lockCartStatement } from '../../../src/carts/index.js'
import { statement } from '../../../src/db/index.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { refusedAsConflict } from '../../support/http.js'
import { addressIn, fillCart } from '../../support/purchase.js'
import { addRegion } from '../../support/region.js'
import { createTestStore, type TestStore } from '../../support/store.js'

interface Line {
  id: string
  quantity: number
  variant_id: string
  unit_price: number
  subtotal: number
}

describe('a cart', () => {
  const app = useApp()
  let store: TestStore
  let variantId: string
  let germany: string

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, tax_ppm: 82_500 })
    variantId = store.vendors[0]?.products[0]?.variantIds[0] as string
    germany = await addRegion(app(), store, { country: 'de', currency: 'eur' })
    await asAdmin(app().adminUrl, `insert into app.tax_region (tenant_id, id, country_code) values ($1, 'txreg_de', 'de')`, [
      store.tenantId,
    ])
    await asAdmin(
      app().adminUrl,
      `insert into app.tax_rate (tenant_id, id, tax_region_id, name, code, rate_ppm, is_default) values ($1, 'txr_de', 'txreg_de', 'USt', 'ust', 190000, true)`,
      [store.tenantId],
    )
    await asAdmin(
      app().adminUrl,
      `insert into app.price_preference (tenant_id, id, attribute, value, is_tax_inclusive) values ($1, 'prpref_de', 'currency_code', 'eur', true)`,
      [store.tenantId],
    )
  })

  async function newCart(body: object = { region_id: store.regionId }): Promise<string> {
    const created = await store.shopper.post('/store/carts', body)
    assert.equal(created.status, 200, JSON.stringify(created.body))
    return created.body.cart.id
  }
  const add = (cartId: string, line: object) => store.shopper.post(`/store/carts/${cartId}/line-items`, line)

  it('has its first lines from the moment it is made', async () => {
    const items = [
      { variant_id: variantId, quantity: 2 },
      { variant_id: variantId, quantity: 1, metadata: { gift: true } },
    ]
    const { body } = await store.shopper.post('/store/carts', { items })
    assert.deepEqual(
      body.cart.items.map((line: Line) => line.quantity),
      [2, 1],
    )
    assert.equal(body.cart.item_subtotal, 30)
  })

  it('counts the same thing up in one line, and keeps one with other metadata apart', async () => {
    const cartId = await newCart()
    await add(cartId, { variant_id: variantId, quantity: 1 })
    await add(cartId, { variant_id: variantId, quantity: 2 })
    const { body } = await add(cartId, { variant_id: variantId, quantity: 1, metadata: { engraving: 'A.B.' } })
    assert.deepEqual(
      body.cart.items.map((line: Line) => line.quantity),
      [3, 1],
    )
  })

  it('adds up: lines, tax, and the whole', async () => {
    const cartId = await newCart()
    const { body } = await add(cartId, { variant_id: variantId, quantity: 3 })
    const { cart } = body
    assert.deepEqual([cart.item_subtotal, cart.item_tax_total, cart.item_total, cart.tax_total, cart.total], [30, 2.48, 32.48, 2.48, 32.48])
    assert.deepEqual(
      cart.items[0].tax_lines.map((line: { code: string; rate: number }) => [line.code, line.rate]),
      [['tax', 8.25]],
    )
  })

  it('says goodbye to a line in the words that clients wait for', async () => {
    const cartId = await newCart()
    const { body } = await add(cartId, { variant_id: variantId, quantity: 1 })
    const id = body.cart.items[0].id
    const gone = await store.shopper.delete(`/store/carts/${cartId}/line-items/${id}`)
    assert.equal(gone.status, 200)
    assert.deepEqual({ ...gone.body, parent: gone.body.parent.id }, { id, object: 'line-item', deleted: true, parent: cartId })
    assert.deepEqual(gone.body.parent.items, [])
  })

  it('ends what was begun to be paid when its total changes, and keeps it when it does not', async () => {
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantId] })
    const renamed = await store.shopper.post(`/store/carts/${cartId}`, { email: 'new@example.com' })
    assert.equal(renamed.body.cart.payment_collection.payment_sessions.length, 1)
    const { body } = await add(cartId, { variant_id: variantId, quantity: 1 })
    assert.deepEqual(body.cart.payment_collection.payment_sessions, [])
    assert.equal(body.cart.payment_collection.amount, body.cart.total)
  })

  it('keeps one shipping choice for each vendor: a second one of the same vendor takes its place', async () => {
    const other = store.vendors[1]?.products[0]?.variantIds[0] as string
    const cartId = await newCart()
    await add(cartId, { variant_id: variantId, quantity: 1 })
    await add(cartId, { variant_id: other, quantity: 1 })
    const choose = (index: number) =>
      store.shopper.post(`/store/carts/${cartId}/shipping-methods?fields=%2Bshipping_methods.name`, {
        option_id: store.vendors[index]?.shippingOptionId,
      })
    await choose(0)
    await choose(1)
    const { body } = await choose(0)
    assert.deepEqual(body.cart.shipping_methods.map((method: { amount: number }) => method.amount).sort(), [5, 6])
    assert.equal(body.cart.shipping_subtotal, 11)
  })

  it('drops the shipping of a vendor whose last thing left', async () => {
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantId] })
    const { cart } = (await store.shopper.get(`/store/carts/${cartId}`)).body
    const { body } = await store.shopper.delete(`/store/carts/${cartId}/line-items/${cart.items[0].id}`)
    assert.deepEqual(body.parent.shipping_methods, [])
    assert.equal(body.parent.total, 0)
  })

  it('is priced and taxed anew in another region, and goes to its one country', async () => {
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantId] })
    const { body } = await store.shopper.post(`/store/carts/${cartId}`, { region_id: germany })
    const { cart } = body
    assert.equal(cart.currency_code, 'eur')
    assert.equal(cart.region.id, germany)
    assert.equal(cart.shipping_address.country_code, 'de')
    assert.equal(cart.items[0].is_tax_inclusive, true)
    // 10.00 holds 19 %: 8.40 and 1.60; the shipping of 5.00 holds 4.20 and 0.80.
    assert.deepEqual([cart.item_total, cart.item_subtotal, cart.item_tax_total], [10, 8.4, 1.6])
    assert.deepEqual([cart.shipping_total, cart.shipping_subtotal, cart.total], [5, 4.2, 15])
    assert.deepEqual([cart.payment_collection.currency_code, cart.payment_collection.amount], ['eur', 15])
    assert.deepEqual(cart.payment_collection.payment_sessions, [])
  })

  it('is taxed where it goes', async () => {
    const cartId = await newCart()
    await add(cartId, { variant_id: variantId, quantity: 1 })
    await asAdmin(
      app().adminUrl,
      `insert into app.tax_region (tenant_id, id, country_code, province_code) values ($1, 'txreg_or', 'us', 'or')`,
      [store.tenantId],
    )
    await asAdmin(
      app().adminUrl,
      `insert into app.tax_rate (tenant_id, id, tax_region_id, name, code, rate_ppm, is_default) values ($1, 'txr_or', 'txreg_or', 'None', 'none', 0, true)`,
      [store.tenantId],
    )
    const { body } = await store.shopper.post(`/store/carts/${cartId}`, { shipping_address: { ...addressIn('us'), province: 'OR' } })
    assert.equal(body.cart.tax_total, 0)
    assert.equal(body.cart.items[0].tax_lines[0].code, 'none')
  })

  it('is taxed where it goes however that is written, and answers what was written', async () => {
    const { tax_regions } = (await store.admin.get('/admin/tax-regions', { country_code: 'us', parent_id: 'null' })).body
    const made = await store.admin.post('/admin/tax-regions', {
      country_code: 'us',
      province_code: 'ny',
      parent_id: tax_regions.find((region: { province_code: string | null }) => region.province_code === null).id,
      default_tax_rate: { name: 'Sales tax', code: 'nys', rate: 8 },
    })
    assert.equal(made.status, 200, JSON.stringify(made.body))
    const cartId = await newCart()
    await add(cartId, { variant_id: variantId, quantity: 1 })
    const taxedAs = async (province: string) => {
      const { body } = await store.shopper.post(`/store/carts/${cartId}`, { shipping_address: { ...addressIn('us'), province } })
      assert.equal(body.cart.shipping_address.province, province)
      return body.cart.items[0].tax_lines.map((line: { code: string }) => line.code)
    }
    for (const written of ['NY', 'us-ny', 'US-NY', 'New York', ' new york ', 'N.Y.'])
      assert.deepEqual(await taxedAs(written), ['nys'], written)
    assert.notDeepEqual(await taxedAs('New Jersey'), ['nys'])
  })

  it('has no taxes in a region that computes none by itself, until they are asked for', async () => {
    const manual = await createTestStore(app(), { tax_ppm: 100_000 })
    await asAdmin(app().adminUrl, 'update app.region set automatic_taxes = false where tenant_id = $1', [manual.tenantId])
    const { body } = await manual.shopper.post('/store/carts', {
      items: [{ variant_id: manual.vendors[0]?.products[0]?.variantIds[0], quantity: 1 }],
    })
    assert.equal(body.cart.tax_total, 0)
    const taxed = await manual.shopper.post(`/store/carts/${body.cart.id}/taxes`)
    assert.equal(taxed.body.cart.tax_total, 1)
  })

  it('says what a shipping option costs, and who else can be paid', async () => {
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantId] })
    const { body } = await store.shopper.get('/store/shipping-options', {
      cart_id: cartId,
      fields: '+service_zone.fulfillment_set.type,*service_zone.fulfillment_set.location.address',
    })
    const [option] = body.shipping_options
    assert.deepEqual(Object.keys(body), ['shipping_options'])
    assert.deepEqual(
      [
        option.id,
        option.amount,
        option.price_type,
        option.insufficient_inventory,
        option.provider.id,
        option.calculated_price.calculated_amount,
      ],
      [store.vendors[0]?.shippingOptionId, 5, 'flat', false, 'manual_manual', 5],
    )
    assert.equal(option.calculated_price.calculated_price.price_list_type, null)
    assert.equal(option.service_zone.fulfillment_set.type, 'shipping')
    assert.deepEqual([option.prices[0].amount, option.prices[0].price_rules], [5, []])
    const calculated = await store.shopper.post(`/store/shipping-options/${option.id}/calculate`, { cart_id: cartId })
    assert.deepEqual(calculated.body.shipping_option.amount, 5)
    const providers = await store.shopper.get('/store/payment-providers', { region_id: store.regionId })
    assert.deepEqual(providers.body, { payment_providers: [{ id: 'pp_system_default', is_enabled: true }], count: 1, offset: 0, limit: 20 })
  })

  it('has one payment collection, and one session at a time', async () => {
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantId] })
    const first = (await store.shopper.post('/store/payment-collections', { cart_id: cartId })).body.payment_collection
    const again = (await store.shopper.post('/store/payment-collections', { cart_id: cartId })).body.payment_collection
    assert.equal(again.id, first.id)
    assert.equal(again.payment_sessions.length, 1)
    const path = `/store/payment-collections/${first.id}/payment-sessions`
    const { body } = await store.shopper.post(path, { provider_id: 'pp_system_default', data: { hint: 1 } })
    assert.equal(body.payment_collection.payment_sessions.length, 1)
    assert.notEqual(body.payment_collection.payment_sessions[0].id, first.payment_sessions[0].id)
    assert.deepEqual(Object.keys(body.payment_collection).sort(), ['amount', 'currency_code', 'id', 'payment_sessions'])
    const { cart } = (await store.shopper.get(`/store/carts/${cartId}`)).body
    assert.equal(body.payment_collection.payment_sessions[0].amount, cart.total)
  })

  it('does not change under an attempt to complete it that began a moment earlier', async () => {
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantId] })
    const { request } = await app().db.unitOfWork(store.scope, async (unit) => {
      await unit.run(lockCartStatement(store.tenantId, cartId))
      const late = add(cartId, { variant_id: variantId, quantity: 1 })
      await wait(150)
      await unit.run(
        statement(
          '',
          `insert into checkout (tenant_id, id, cart_id, attempt, state, currency_code, amount_minor) values ($1, 'chk_' || $2, $2, 1, 'open', 'usd', 1)`,
          [store.tenantId, cartId],
        ),
      )
      // Not awaited here: it waits for this very transaction.
      return { request: late }
    })
    const answer = await request
    refusedAsConflict(answer)
  })

  it('takes ten additions at once without losing one', async () => {
    const cartId = await newCart()
    await Promise.all(Array.from({ length: 10 }, () => add(cartId, { variant_id: variantId, quantity: 1 })))
    const { cart } = (await store.shopper.get(`/store/carts/${cartId}`)).body
    assert.deepEqual(
      cart.items.map((line: Line) => line.quantity),
      [10],
    )
  })
})

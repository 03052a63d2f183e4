import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { promote } from '../../support/promotions.js'
import { addressIn, fillCart } from '../../support/purchase.js'
import { readyCart, startPayment } from '../../support/ready-cart.js'
import { signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('promotions in a cart', function () {
  this.timeout(30_000)
  const app = useApp()
  let store: TestStore
  let variants: string[]

  before(async () => {
    store = await createTestStore(app(), { vendors: 3, price_minor: 10_000n, tax_ppm: 200_000 })
    variants = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    await promote(store, { code: 'TENTH' })
    await promote(store, { code: 'SHIP', target_type: 'shipping_methods', value: 100 })
    await promote(store, {
      code: 'FROM250',
      value: 50,
      type: 'fixed',
      target_type: 'order',
      more: { rules: [{ attribute: 'item_total', operator: 'gte', values: ['250'] }] },
    })
  })

  const newCart = async (items: readonly string[] = [variants[0] as string], more: object = {}) =>
    good(
      await store.shopper.post('/store/carts', {
        region_id: store.regionId,
        items: items.map((variant_id) => ({ variant_id, quantity: 1 })),
        shipping_address: addressIn('us'),
        ...more,
      }),
    ).cart
  const add = (cartId: string, ...promo_codes: string[]) => store.shopper.post(`/store/carts/${cartId}/promotions`, { promo_codes })
  const codesOf = (cart: { promotions: { code: string }[] }) => cart.promotions.map((promotion) => promotion.code).sort()

  it('take off what they say, and every total says so', async () => {
    const { id } = await newCart()
    const { cart } = good(await add(id, 'TENTH'))
    assert.deepEqual(codesOf(cart), ['TENTH'])
    const { id: methodId, ...method } = cart.promotions[0].application_method
    assert.match(methodId, /^proappmet_/)
    assert.deepEqual(method, { value: 10, type: 'percentage', currency_code: null })
    const totals = {
      total: 108,
      subtotal: 100,
      tax_total: 18,
      discount_total: 12,
      discount_subtotal: 10,
      discount_tax_total: 2,
      original_total: 120,
      original_tax_total: 20,
    }
    for (const [name, value] of Object.entries(totals)) assert.equal(cart[name], value, name)
    for (const [name, value] of Object.entries({ item_total: 108, item_discount_total: 12, original_item_total: 120 }))
      assert.equal(cart[name], value, name)
    const [item] = cart.items
    assert.equal(item.discount_total ?? 12, 12)
    assert.deepEqual(
      item.adjustments.map(({ id: _id, ...adjustment }: { id: string }) => adjustment),
      [{ code: 'TENTH', promotion_id: cart.promotions[0].id, amount: 10, is_tax_inclusive: false }],
    )
    assert.match(item.adjustments[0].id, /^caliadj_/)
  })

  it('say nothing of who pays for them', async () => {
    const { id } = await newCart()
    good(await add(id, 'TENTH'))
    const { body } = await store.shopper.get(`/store/carts/${id}`, { fields: '*items,*items.adjustments,*promotions' })
    assert.ok(!JSON.stringify(body).includes('funder'))
    assert.equal(body.cart.items[0].adjustments[0].amount, 10)
  })

  it('are refused when nobody knows them, and absent when they do not suit the cart', async () => {
    const { id } = await newCart()
    const unknown = await add(id, 'NOPE')
    assert.equal(unknown.status, 400)
    assert.deepEqual(unknown.body, { type: 'invalid_data', message: 'The promotion code NOPE is invalid' })
    const { cart } = good(await add(id, 'FROM250'))
    assert.deepEqual(codesOf(cart), [])
    assert.equal(cart.discount_total, 0)
    await promote(store, { code: 'DRAFT', more: { status: 'draft' } })
    assert.deepEqual(codesOf(good(await add(id, 'DRAFT')).cart), [])
  })

  it('count as soon as the cart suits them, and no longer than it does', async () => {
    const { id, items } = await newCart()
    good(await add(id, 'FROM250'))
    const line = `/store/carts/${id}/line-items/${items[0].id}`
    const { cart: full } = good(await store.shopper.post(line, { quantity: 3 }))
    assert.deepEqual(codesOf(full), ['FROM250'])
    assert.equal(full.discount_subtotal, 50)
    const { cart: less } = good(await store.shopper.post(line, { quantity: 2 }))
    assert.deepEqual(codesOf(less), [])
    assert.equal(less.discount_subtotal, 0)
  })

  it('divide a fixed amount among the lines, to the last cent', async () => {
    const { id } = await newCart(variants)
    const { cart } = good(await add(id, 'FROM250'))
    const amounts = cart.items.map((item: { adjustments: { amount: number }[] }) => item.adjustments[0]?.amount)
    assert.deepEqual([...amounts].sort(), [16.66, 16.67, 16.67])
    assert.equal(cart.discount_subtotal, 50)
    // Each line's tax is rounded once: 100.00, 100.00 and 100.01.
    assert.equal(cart.total, 300.01)
  })

  it('are added to and taken away, by adding, removing, and replacing on update', async () => {
    const { id } = await newCart()
    good(await add(id, 'TENTH'))
    await promote(store, { code: 'FIVE', value: 5 })
    assert.deepEqual(codesOf(good(await add(id, 'FIVE')).cart), ['FIVE', 'TENTH'])
    assert.deepEqual(
      codesOf(good(await store.shopper.delete(`/store/carts/${id}/promotions`, { promo_codes: ['TENTH', 'NEVER-THERE'] })).cart),
      ['FIVE'],
    )
    assert.deepEqual(codesOf(good(await store.shopper.post(`/store/carts/${id}`, { promo_codes: ['TENTH'] })).cart), ['TENTH'])
    assert.deepEqual(codesOf(good(await store.shopper.post(`/store/carts/${id}`, { promo_codes: [] })).cart), [])
    good(await add(id, 'TENTH'))
    assert.deepEqual(codesOf(good(await add(id)).cart), [])
    assert.deepEqual(codesOf(await newCart(undefined, { promo_codes: ['TENTH'] })), ['TENTH'])
    const refused = await store.shopper.post('/store/carts', { region_id: store.regionId, promo_codes: ['NOPE'] })
    assert.equal(refused.body.message, 'The promotion code NOPE is invalid')
  })

  it('make shipping free, and follow the shipping that is chosen', async () => {
    const { id } = await newCart()
    good(await add(id, 'SHIP'))
    const { cart } = good(
      await store.shopper.post(`/store/carts/${id}/shipping-methods`, { option_id: store.vendors[0]?.shippingOptionId }),
    )
    assert.equal(cart.shipping_total, 0)
    assert.equal(cart.shipping_discount_total, 6)
    assert.equal(cart.original_shipping_total, 6)
    assert.equal(cart.total, 120)
    assert.deepEqual(
      cart.shipping_methods[0].adjustments.map((adjustment: { amount: number }) => adjustment.amount),
      [5],
    )
  })

  it('are the vendor’s own on its own lines alone', async () => {
    await promote(store, { code: 'STALL', value: 20, more: { vendor_id: store.vendors[1]?.id } })
    const { id } = await newCart(variants)
    const { cart } = good(await add(id, 'STALL'))
    const discounted = cart.items.filter((item: { adjustments: object[] }) => item.adjustments.length > 0)
    assert.deepEqual(
      discounted.map((item: { variant_id: string }) => item.variant_id),
      [variants[1]],
    )
    assert.equal(cart.discount_subtotal, 20)
  })

  it('start by themselves for a category, on the very request that brings the thing', async () => {
    const { product_category } = good(await store.admin.post('/admin/product-categories', { name: 'Sale', is_active: true }))
    good(await store.admin.post(`/admin/products/${store.vendors[2]?.products[0]?.id}`, { categories: [{ id: product_category.id }] }))
    const automatic = await promote(store, {
      code: 'AUTO',
      value: 25,
      method: { target_rules: [{ attribute: 'items.product.categories.id', operator: 'in', values: product_category.id }] },
      more: { is_automatic: true },
    })
    const { id } = await newCart()
    const { cart } = good(await store.shopper.post(`/store/carts/${id}/line-items`, { variant_id: variants[2], quantity: 1 }))
    assert.deepEqual(codesOf(cart), ['AUTO'])
    assert.equal(cart.discount_subtotal, 25)
    const { cart: kept } = good(await store.shopper.delete(`/store/carts/${id}/promotions`, { promo_codes: ['AUTO'] }))
    assert.deepEqual(codesOf(kept), ['AUTO'])
    good(await store.admin.post(`/admin/promotions/${automatic.id}`, { status: 'inactive' }))
    const { cart: later } = good(await store.shopper.post(`/store/carts/${id}`, { metadata: { note: 'later' } }))
    assert.deepEqual(codesOf(later), [])
    assert.equal(later.discount_total, 0)
  })

  it('for a group of customers are for those who have signed in', async () => {
    const { customer_group } = good(await store.admin.post('/admin/customer-groups', { name: 'Friends' }))
    const ada = await signUp(app(), store, 'ada@friends.example')
    good(await store.admin.post(`/admin/customer-groups/${customer_group.id}/customers`, { add: [ada.id] }))
    await promote(store, {
      code: 'FRIEND',
      more: { rules: [{ attribute: 'customer.groups.id', operator: 'in', values: [customer_group.id] }] },
    })
    const { id } = await newCart()
    assert.deepEqual(codesOf(good(await add(id, 'FRIEND')).cart), [])
    const { cart } = good(await ada.client.post(`/store/carts/${id}/customer`))
    assert.deepEqual(codesOf(cart), ['FRIEND'])
  })

  it('with tax in their amounts take off what they say of what the shopper pays', async () => {
    await promote(store, { code: 'GROSS', value: 12, type: 'fixed', target_type: 'order', more: { is_tax_inclusive: true } })
    const { id } = await newCart()
    const { cart } = good(await add(id, 'GROSS'))
    assert.deepEqual([cart.total, cart.discount_total, cart.discount_subtotal, cart.tax_total], [108, 12, 10, 18])
  })

  it('stay with the order as they were, with their amounts', async () => {
    const cartId = await readyCart(store, { items: [{ variant_id: variants[0] as string, quantity: 2 }] })
    good(await add(cartId, 'TENTH', 'SHIP'))
    await startPayment(store, cartId)
    const { cart } = good(await store.shopper.get(`/store/carts/${cartId}`))
    const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    const found = good(
      await store.shopper.get(`/store/orders/${order.id}`, { fields: '*promotions,*promotions.application_method,+item_discount_total' }),
    ).order
    assert.deepEqual(codesOf(found), ['SHIP', 'TENTH'])
    const applied = found.promotions.find((one: { code: string }) => one.code === 'TENTH')
    assert.deepEqual(applied.application_method, {
      id: applied.id.replace('promo_', 'proappmet_'),
      value: 10,
      type: 'percentage',
      currency_code: null,
    })
    for (const name of [
      'total',
      'subtotal',
      'tax_total',
      'discount_total',
      'discount_subtotal',
      'discount_tax_total',
      'original_total',
      'item_total',
      'shipping_total',
    ]) {
      assert.equal(order[name], cart[name], name)
    }
    assert.equal(order.items[0].adjustments[0].amount, 20)
    assert.equal(order.items[0].adjustments[0].code, 'TENTH')
    assert.match(order.items[0].adjustments[0].id, /^ordliadj_/)
    assert.ok(!JSON.stringify(found).includes('funder'))
    await asAdmin(app().adminUrl, `update app.promotion set code = 'GONE' where tenant_id = $1 and code = 'TENTH'`, [store.tenantId])
    const after = good(await store.shopper.get(`/store/orders/${order.id}`, { fields: '*promotions' })).order
    assert.deepEqual(codesOf(after), ['SHIP', 'TENTH'])
    await asAdmin(app().adminUrl, `update app.promotion set code = 'TENTH' where tenant_id = $1 and code = 'GONE'`, [store.tenantId])
  })

  it('let a shopper order what costs nothing, without a payment', async () => {
    await promote(store, { code: 'ALL', value: 100 })
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variants[0] as string] })
    const { cart } = good(await add(cartId, 'ALL', 'SHIP'))
    assert.equal(cart.total, 0)
    const { type, order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.equal(type, 'order')
    assert.equal(order.total, 0)
    assert.equal(order.discount_total, order.original_total)
  })

  it('of a vendor on its shipping count for shipping that the store chooses', async () => {
    await promote(store, {
      code: 'SENDS',
      value: 100,
      target_type: 'shipping_methods',
      more: { vendor_id: store.vendors[1]?.id, is_automatic: true },
    })
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: variants.slice(0, 2) })
    const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.deepEqual([order.original_shipping_total, order.shipping_total], [13.2, 6])
    const { promotions } = good(await store.admin.get('/admin/promotions', { code: 'SENDS' }))
    assert.equal(promotions[0].used, 1)
    good(await store.admin.post(`/admin/promotions/${promotions[0].id}`, { status: 'inactive' }))
  })

  it('that were left out for a budget stay out when the cart is completed', async () => {
    const budget = { type: 'spend', currency_code: 'usd', limit: 11 }
    const { campaign } = good(await store.admin.post('/admin/campaigns', { name: 'Tight', campaign_identifier: 'tight', budget }))
    for (const code of ['TIGHT-A', 'TIGHT-B']) await promote(store, { code, more: { campaign_id: campaign.id } })
    const cartId = await readyCart(store, { items: [{ variant_id: variants[0] as string, quantity: 1 }] })
    assert.deepEqual(codesOf(good(await add(cartId, 'TIGHT-A', 'TIGHT-B')).cart), ['TIGHT-A'])
    await startPayment(store, cartId)
    const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.equal(order.discount_subtotal, 10)
  })

  it('that have ended since are seen again before they are paid', async () => {
    const ending = await promote(store, { code: 'ENDING' })
    const cartId = await readyCart(store, { items: [{ variant_id: variants[0] as string, quantity: 1 }] })
    good(await add(cartId, 'ENDING'))
    await startPayment(store, cartId)
    good(await store.admin.post(`/admin/promotions/${ending.id}`, { status: 'inactive' }))
    const refused = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.equal(refused.status, 400)
    assert.equal(refused.body.message, "The promotions of the cart have changed. Refresh the cart's payment collection and try again.")
    await startPayment(store, cartId)
    const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.equal(order.discount_total, 0)
  })
})

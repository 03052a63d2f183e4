import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { good } from '../../support/http.js'
import { type MedusaShop, medusaShop } from './shop.js'

/** Starts to pay by hand, and answers what completing the cart says. */
async function completed(shop: MedusaShop, cartId: string) {
  const { payment_collection } = good(await shop.shopper.post('/store/payment-collections', { cart_id: cartId }))
  good(
    await shop.shopper.post(`/store/payment-collections/${payment_collection.id}/payment-sessions`, { provider_id: 'pp_system_default' }),
  )
  return shop.shopper.post(`/store/carts/${cartId}/complete`)
}

describe('carts of a store that was set up as Medusa’s clients do', () => {
  const app = useApp()
  let shop: MedusaShop
  let variantId: string

  before(async () => {
    shop = await medusaShop(app())
    const { id: taxRegion } = (
      await shop.make('/admin/tax-regions', { country_code: 'us', default_tax_rate: { name: 'US', code: 'US', rate: 2 } })
    ).tax_region
    assert.match(taxRegion, /^txreg_/)
    variantId = (await shop.product({ shipping_profile_id: shop.profileId })).variants[0]?.id as string
  })

  const cartOf = async (items: object[], more: object = {}) =>
    good(await shop.shopper.post('/store/carts', { ...shop.place, items, ...more })).cart
  const one = (id: string, quantity = 1) => [{ variant_id: id, quantity }]

  it('take a product that is in no channel of the cart, and its empty metadata', async () => {
    const cart = await cartOf(one(variantId))
    assert.deepEqual([cart.sales_channel_id, cart.items[0].metadata, cart.items[0].requires_shipping], [shop.channelId, {}, true])
  })

  it('keep the metadata that a change does not name', async () => {
    const cart = await cartOf([{ variant_id: variantId, quantity: 1, metadata: { gift: 'yes', note: 'a' } }], { metadata: { a: 1, b: 2 } })
    const changed = good(await shop.shopper.post(`/store/carts/${cart.id}`, { metadata: { a: '', c: 3 } })).cart
    assert.deepEqual(changed.metadata, { b: 2, c: 3 })
    const line = { quantity: 2, metadata: { note: 'b' } }
    const { items } = good(await shop.shopper.post(`/store/carts/${cart.id}/line-items/${cart.items[0].id}`, line)).cart
    assert.deepEqual([items[0].quantity, items[0].metadata], [2, { gift: 'yes', note: 'b' }])
  })

  it('are offered what its rules allow, and while they are empty what the store itself offers', async () => {
    const { shipping_profile: profile } = await shop.make('/admin/shipping-profiles', { name: 'Ruled', type: 'ruled' })
    const optionId = await shop.shipping(profile.id, [{ currency_code: 'usd', amount: 10 }])
    const cart = await cartOf([])
    const offered = async () =>
      good(await shop.shopper.get('/store/shipping-options', { cart_id: cart.id })).shipping_options.filter(
        (option: { id: string }) => option.id === optionId,
      )
    const [option] = await offered()
    assert.deepEqual(
      [option.amount, option.rules.map((rule: { attribute: string; value: string }) => [rule.attribute, rule.value])],
      [
        10,
        [
          ['is_return', 'false'],
          ['enabled_in_store', 'true'],
        ],
      ],
    )
    const change = (body: object) => shop.make(`/admin/shipping-options/${optionId}/rules/batch`, body)
    assert.equal(option.prices[0].price_list, null)
    const inEuros = await shop.shipping(profile.id, [{ currency_code: 'eur', amount: 10 }])
    const { shipping_options: all } = good(await shop.shopper.get('/store/shipping-options', { cart_id: cart.id }))
    const unpriced = all.find((one: { id: string }) => one.id === inEuros)
    assert.deepEqual([unpriced.calculated_price, 'amount' in unpriced], [null, false])
    good(await shop.admin.delete(`/admin/shipping-options/${inEuros}`))
    const elsewhere = { attribute: 'region_id', operator: 'nin', value: [shop.regionId] }
    const { created } = await change({ create: [elsewhere, { attribute: 'tier', operator: 'ne', value: 'gold' }] })
    assert.deepEqual(await offered(), [])
    const { updated } = await change({ update: [{ id: created[0].id, operator: 'in' }] })
    assert.deepEqual([updated[0].value, (await offered()).length], [[shop.regionId], 1])
    const gone = await change({ create: [{ attribute: 'tier', operator: 'eq', value: 'gold' }], delete: [created[1].id] })
    assert.deepEqual(gone.deleted, { ids: [created[1].id], object: 'shipping_option_rule', deleted: true })
    assert.deepEqual(await offered(), [], 'nobody says which tier the cart is of')
    const unknown = await shop.admin.post(`/admin/shipping-options/${optionId}/rules/batch`, { delete: [created[1].id] })
    assert.deepEqual([unknown.status, unknown.body.message], [404, `Shipping option rule with id: ${created[1].id} was not found`])
    const { id: zoneId, fulfillment_set_id: setId } = option.service_zone
    const cover = async (geo_zones: object[]) => {
      const { fulfillment_set } = await shop.make(`/admin/fulfillment-sets/${setId}/service-zones/${zoneId}`, { geo_zones })
      return fulfillment_set.service_zones[0].geo_zones as { id: string; country_code: string }[]
    }
    const [us] = await cover([{ type: 'country', country_code: 'us' }])
    const kept = await cover([
      { id: us?.id, type: 'country', country_code: 'us' },
      { type: 'country', country_code: 'ca' },
    ])
    assert.equal(kept.find((zone) => zone.country_code === 'us')?.id, us?.id, 'what is sent back with its id keeps it')
    const { shipping_option: set } = await shop.make(`/admin/shipping-options/${optionId}`, {
      rules: [created[0], { attribute: 'is_return', operator: 'eq', value: 'true' }],
    })
    assert.deepEqual(
      set.rules.map((rule: { id: string; value: unknown }) => [rule.id === created[0].id, rule.value]),
      [
        [true, [shop.regionId]],
        [false, 'true'],
        [false, 'true'],
      ],
    )
  })

  it('go anywhere from a region that names no countries', async () => {
    const { region } = await shop.make('/admin/regions', { name: 'Anywhere', currency_code: 'usd' })
    const to = (country_code: string) => ({ shipping_address: { country_code } })
    const cart = await cartOf(one(variantId), { region_id: region.id, ...to('dk') })
    assert.equal(cart.shipping_address.country_code, 'dk')
    const moved = good(await shop.shopper.post(`/store/carts/${cart.id}`, to('no'))).cart
    assert.equal(moved.shipping_address.country_code, 'no')
    const refused = await shop.shopper.post('/store/carts', { ...shop.place, ...to('dk') })
    assert.deepEqual([refused.status, refused.body.message], [400, 'Country with code dk is not within region US'])
  })

  it('need no shipping for what has no shipping profile', async () => {
    const { variants } = await shop.product({ title: 'Download' })
    const cart = await cartOf(one(variants[0]?.id as string))
    assert.equal(cart.items[0].requires_shipping, false)
    const done = good(await completed(shop, cart.id))
    assert.deepEqual([done.type, done.order.shipping_methods], ['order', []])
    const [session] = good(await shop.shopper.get(`/store/carts/${cart.id}`)).cart.payment_collection.payment_sessions
    assert.match(session.payment.id, /^pay_/)
  })

  it('take shipping of a profile that they do not need, which completes nothing', async () => {
    const { shipping_profile: other } = await shop.make('/admin/shipping-profiles', { name: 'Other', type: 'default' })
    const optionId = await shop.shipping(other.id, [{ currency_code: 'usd', amount: 10 }])
    const cart = await cartOf(one(variantId))
    const [offered] = good(await shop.shopper.get('/store/shipping-options', { cart_id: cart.id })).shipping_options
    assert.deepEqual([offered.id, offered.carries_items], [optionId, false])
    const chosen = good(await shop.shopper.post(`/store/carts/${cart.id}/shipping-methods`, { option_id: optionId })).cart
    assert.equal(chosen.shipping_methods[0].amount, 10)
    const refused = await completed(shop, cart.id)
    assert.deepEqual(
      [refused.status, refused.body.message],
      [400, 'The cart items require shipping profiles that are not satisfied by the current shipping methods'],
    )
    const neededId = await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount: 5 }])
    const { order } = good(await completed(shop, cart.id))
    const paidFor = order.shipping_methods.map((method: { shipping_option_id: string }) => method.shipping_option_id)
    assert.deepEqual([paidFor, order.shipping_subtotal], [[neededId], 5], 'what carries nothing is not paid for beside what does')
  })

  it('lose the shipping of a profile with its last line', async () => {
    const { shipping_profile: heavy } = await shop.make('/admin/shipping-profiles', { name: 'Heavy', type: 'default' })
    const { variants } = await shop.product({ title: 'Anvil', shipping_profile_id: heavy.id })
    const anvil = variants[0]?.id as string
    const [light, carried] = [
      await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount: 5 }]),
      await shop.shipping(heavy.id, [{ currency_code: 'usd', amount: 50 }]),
    ]
    const cart = await cartOf([...one(variantId), ...one(anvil)])
    for (const option_id of [light, carried]) good(await shop.shopper.post(`/store/carts/${cart.id}/shipping-methods`, { option_id }))
    const line = cart.items.find((item: { variant_id: string }) => item.variant_id === anvil)
    const left = good(await shop.shopper.post(`/store/carts/${cart.id}/line-items/${line.id}`, { quantity: 0 })).cart
    assert.deepEqual(
      left.shipping_methods.map((method: { shipping_option_id: string }) => method.shipping_option_id),
      [light],
    )
  })

  it('have no tax on gift cards, also when taxes are computed anew', async () => {
    const { variants } = await shop.product({ title: 'Gift card', is_giftcard: true })
    const cart = await cartOf([...one(variantId), ...one(variants[0]?.id as string)])
    for (const now of [cart, good(await shop.shopper.post(`/store/carts/${cart.id}/taxes`)).cart]) {
      const taxed = now.items.map((item: { title: string; tax_lines: object[] }) => [item.title, item.tax_lines.length])
      assert.deepEqual(Object.fromEntries(taxed), { Shirt: 1, 'Gift card': 0 })
    }
  })

  it('tell what a product’s promotion is for under any of its names', async () => {
    const { variants, id } = await shop.product({ title: 'Hat' })
    await shop.make('/admin/promotions', {
      code: 'HAT',
      type: 'standard',
      status: 'active',
      application_method: {
        type: 'fixed',
        target_type: 'items',
        allocation: 'across',
        value: 3,
        currency_code: 'usd',
        apply_to_quantity: 1,
        target_rules: [{ attribute: 'items.product_id', operator: 'in', values: [id] }],
      },
    })
    const cart = await cartOf([...one(variantId), ...one(variants[0]?.id as string)], { promo_codes: ['HAT'] })
    const discounts = cart.items.map((item: { title: string; adjustments: { amount: number }[] }) => [item.title, item.adjustments.length])
    assert.deepEqual(Object.fromEntries(discounts), { Shirt: 0, Hat: 1 })
  })

  it('are refused by a discount that others have used up since it was shown', async () => {
    const budget = { type: 'spend', currency_code: 'usd', limit: 4 }
    const { campaign } = await shop.make('/admin/campaigns', { name: 'Four', campaign_identifier: 'four', budget })
    await shop.make('/admin/promotions', {
      code: 'FOUR',
      type: 'standard',
      status: 'active',
      campaign_id: campaign.id,
      application_method: { type: 'fixed', target_type: 'items', allocation: 'across', value: 4, currency_code: 'usd' },
    })
    const { variants } = await shop.product({ title: 'Song' })
    const make = () => cartOf(one(variants[0]?.id as string), { promo_codes: ['FOUR'] })
    const [first, second] = [await make(), await make()]
    assert.equal(good(await completed(shop, first.id)).type, 'order')
    const refused = await completed(shop, second.id)
    assert.deepEqual(refused.body, { type: 'not_allowed', message: 'Promotion usage exceeds the budget limit.' })
    const without = good(await shop.shopper.delete(`/store/carts/${second.id}/promotions`, { promo_codes: ['FOUR'] })).cart
    assert.equal(without.discount_total, 0)
    assert.equal(good(await completed(shop, second.id)).type, 'order')
  })

  it('are paid for without a promotion that ended since it was shown', async () => {
    const { promotion } = await shop.make('/admin/promotions', {
      code: 'ENDS',
      type: 'standard',
      status: 'active',
      application_method: { type: 'percentage', target_type: 'items', allocation: 'across', value: 50 },
    })
    const cart = await cartOf(one(variantId), { promo_codes: ['ENDS'] })
    assert.ok(cart.discount_total > 0)
    const { payment_collection } = good(await shop.shopper.post('/store/payment-collections', { cart_id: cart.id }))
    assert.equal(payment_collection.amount, cart.total)
    await shop.make(`/admin/promotions/${promotion.id}`, { status: 'inactive' })
    const path = `/store/payment-collections/${payment_collection.id}/payment-sessions`
    const started = good(await shop.shopper.post(path, { provider_id: 'pp_system_default' })).payment_collection
    const { cart: now } = good(await shop.shopper.get(`/store/carts/${cart.id}`))
    assert.deepEqual([now.discount_total, started.amount, started.payment_sessions[0].amount], [0, now.total, now.total])
    assert.ok(now.total > cart.total)
  })

  it('keep the e-mail that their customer gave when they are claimed again', async () => {
    const person = { email: 'ada@medusa-shop.example', password: 'correct horse battery' }
    const { token: registered } = good(await shop.shopper.post('/auth/customer/emailpass/register', person))
    const key = good(await shop.admin.get('/admin/api-keys', { type: 'publishable', q: 'Shop' })).api_keys[0]
    const { api_key } = await shop.make('/admin/api-keys', { title: `Of ${key.title}`, type: 'publishable' })
    const as = (token: string) => client(app(), { publishableKey: api_key.token, token })
    good(await as(registered).post('/store/customers', { email: person.email }))
    const ada = as(good(await shop.shopper.post('/auth/customer/emailpass', person)).token)
    const cart = await cartOf(one(variantId))
    const steps = [
      good(await ada.post(`/store/carts/${cart.id}/customer`, {})).cart.email,
      good(await ada.post(`/store/carts/${cart.id}`, { email: 'office@medusa-shop.example' })).cart.email,
      good(await ada.post(`/store/carts/${cart.id}/customer`, {})).cart.email,
    ]
    assert.deepEqual(steps, [person.email, 'office@medusa-shop.example', 'office@medusa-shop.example'])
  })

  it('sell a variant that is made of several pieces of one inventory item', async () => {
    const { stock_location: location } = await shop.make('/admin/stock-locations', { name: 'Cellar' })
    await shop.make(`/admin/stock-locations/${location.id}/sales-channels`, { add: [shop.channelId] })
    const { inventory_item: bottle } = await shop.make('/admin/inventory-items', { sku: 'bottle', requires_shipping: false })
    await shop.make(`/admin/inventory-items/${bottle.id}/location-levels`, { location_id: location.id, stocked_quantity: 10 })
    const pack = (count: number) => ({
      title: `${count}-pack`,
      options: { pack: `${count}` },
      inventory_items: [{ inventory_item_id: bottle.id, required_quantity: count }],
      prices: [{ currency_code: 'usd', amount: count }],
    })
    const { variants } = await shop.product({
      title: 'Wine',
      options: [{ title: 'pack', values: ['2', '3'] }],
      variants: [pack(2), pack(3)],
    })
    const cart = await cartOf(variants.flatMap((variant) => one(variant.id)))
    good(await completed(shop, cart.id))
    const { reservations } = good(await shop.admin.get('/admin/reservations', { inventory_item_id: bottle.id }))
    // The item as it is kept, whose quantities are as they are by now.
    const { location_levels: _levels, vendor_id: _vendor, updated_at: _written, created_at: _made, ...item } = bottle
    const shown = reservations.map(({ quantity, inventory_item }: { quantity: number; inventory_item: Record<string, unknown> }) => {
      const { updated_at: _item_written, created_at: _item_made, ...rest } = inventory_item
      return [quantity, rest]
    })
    assert.deepEqual(
      shown.sort(),
      [2, 3].map((quantity) => [quantity, { ...item, stocked_quantity: 10, reserved_quantity: 5 }]),
    )
    const fourth = await shop.shopper.post('/store/carts', { ...shop.place, items: one(variants[1]?.id as string, 2) })
    assert.deepEqual([fourth.status, fourth.body.code], [400, 'insufficient_inventory'])
  })
})

import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { good } from '../../support/http.js'
import { type MedusaShop, medusaShop } from './shop.js'

interface Item {
  id: string
  title: string
  adjustments: { code: string; amount: number }[]
}
interface Cart {
  id: string
  items: Item[]
  promotions: { code: string }[]
  discount_total: number
  shipping_methods: { shipping_option_id: string; adjustments: { amount: number }[] }[]
}

describe('promotions in carts, as Medusa reckons them', () => {
  const app = useApp()
  let shop: MedusaShop
  let shirt: Awaited<ReturnType<MedusaShop['product']>>
  let song: Awaited<ReturnType<MedusaShop['product']>>
  const priced = (amount: number) => [
    { title: 'Large', options: { size: 'large' }, manage_inventory: false, prices: [{ currency_code: 'usd', amount }] },
  ]

  before(async () => {
    shop = await medusaShop(app())
    shirt = await shop.product({ shipping_profile_id: shop.profileId, variants: priced(100) })
    song = await shop.product({ title: 'Song', variants: priced(30) })
  })

  const promote = (code: string, method: object, more: object = {}) =>
    shop.make('/admin/promotions', {
      code,
      type: 'standard',
      status: 'active',
      application_method: { type: 'percentage', target_type: 'items', allocation: 'across', value: 10, ...method },
      ...more,
    })
  const of = (product: { variants: { id: string }[] }, quantity = 1) => ({ variant_id: product.variants[0]?.id as string, quantity })
  const cartOf = async (items: object[], more: object = {}): Promise<Cart> =>
    good(await shop.shopper.post('/store/carts', { ...shop.place, items, ...more })).cart
  const codes = (cart: Cart) => cart.promotions.map((promotion) => promotion.code).sort()
  const amounts = (cart: Cart) =>
    Object.fromEntries(cart.items.map((item) => [item.title, item.adjustments.map(({ code, amount }) => [code, amount])]))

  it('know a code that is a draft or was stopped, and take nothing off for it', async () => {
    await promote('DRAFTED', {}, { status: 'draft' })
    await promote('STOPPED', {}, { status: 'inactive' })
    const cart = await cartOf([of(shirt)], { promo_codes: ['DRAFTED'] })
    const changed = good(await shop.shopper.post(`/store/carts/${cart.id}/promotions`, { promo_codes: ['DRAFTED', 'STOPPED'] })).cart
    assert.deepEqual([codes(cart), codes(changed), changed.discount_total], [[], [], 0])
    const unknown = await shop.shopper.post(`/store/carts/${cart.id}/promotions`, { promo_codes: ['STOPPED', 'UNHEARD'] })
    assert.deepEqual([unknown.status, unknown.body], [400, { type: 'invalid_data', message: 'The promotion code UNHEARD is invalid' }])
  })

  it('say whose and how old a discount is, to whoever asks', async () => {
    await promote('WHOSE', {})
    const { id } = await cartOf([of(shirt)], { promo_codes: ['WHOSE'] })
    const [item] = good(await shop.shopper.get(`/store/carts/${id}`, { fields: '*items.adjustments' })).cart.items
    const [adjustment] = item.adjustments
    assert.deepEqual([adjustment.item_id, adjustment.created_at, adjustment.updated_at], [item.id, item.created_at, item.updated_at])
  })

  it('ask for whatever is known of the cart', async () => {
    const rule = (attribute: string, operator: string, ...values: string[]) => ({ rules: [{ attribute, operator, values }] })
    await promote('MAIL', {}, rule('email', 'eq', 'ada@rules.example'))
    await promote('TIER', {}, rule('metadata.tier', 'in', 'gold'))
    await promote('WITHSONG', {}, rule('items.product.id', 'in', song.id))
    await promote('NOBODYS', {}, rule('test.test', 'eq', 'a'))
    const all = ['MAIL', 'TIER', 'WITHSONG', 'NOBODYS']
    const plain = await cartOf([of(shirt)], { promo_codes: all })
    assert.deepEqual(codes(plain), [])
    const suited = { email: 'ada@rules.example', metadata: { tier: 'gold' }, promo_codes: all }
    assert.deepEqual(codes(await cartOf([of(shirt), of(song)], suited)), ['MAIL', 'TIER', 'WITHSONG'])
  })

  it('are for what costs so much', async () => {
    const target = (attribute: string, operator: string, value: string) => ({ target_rules: [{ attribute, operator, values: [value] }] })
    await promote('DEAR', target('items.unit_price', 'gt', '50'))
    await promote('CHEAP', target('items.unit_price', 'lte', '30'))
    const cart = await cartOf([of(shirt), of(song, 2)], { promo_codes: ['DEAR', 'CHEAP'] })
    assert.deepEqual(amounts(cart), { Shirt: [['DEAR', 10]], Song: [['CHEAP', 6]] })
    await promote('BULKY', { target_type: 'shipping_methods', ...target('shipping_methods.amount', 'gte', '20') })
    good(await shop.shopper.post(`/store/carts/${cart.id}`, { promo_codes: ['BULKY'] }))
    for (const [amount, taken] of [
      [20, 2],
      [5, 0],
    ] as const) {
      const option_id = await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount }])
      const { cart: now } = good(await shop.shopper.post(`/store/carts/${cart.id}/shipping-methods`, { option_id }))
      assert.equal(now.discount_total, taken)
    }
  })

  it('are for shipping of a kind', async () => {
    const [fast, slow] = [
      await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount: 20 }]),
      await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount: 5 }]),
    ]
    const { shipping_option } = good(await shop.admin.get(`/admin/shipping-options/${fast}`))
    const attribute = 'shipping_methods.shipping_option.shipping_option_type_id'
    await promote('FAST', {
      target_type: 'shipping_methods',
      allocation: 'each',
      max_quantity: 1,
      value: 100,
      target_rules: [{ attribute, operator: 'eq', values: [shipping_option.type.id] }],
    })
    const cart = await cartOf([of(shirt)], { promo_codes: ['FAST'] })
    const choose = async (option_id: string): Promise<Cart> =>
      good(await shop.shopper.post(`/store/carts/${cart.id}/shipping-methods`, { option_id })).cart
    const taken = (now: Cart) => now.shipping_methods.map((method) => method.adjustments.map((adjustment) => adjustment.amount))
    assert.deepEqual([taken(await choose(fast)), taken(await choose(slow))], [[[20]], [[]]])
    const { values } = good(
      await shop.admin.get('/admin/promotions/rule-value-options/target-rules/shipping_option_type', {
        application_method_target_type: 'shipping_methods',
      }),
    )
    assert.ok(values.some((one: { value: string }) => one.value === shipping_option.type.id))
  })

  it('take the highest value off first', async () => {
    await promote('A-TENTH', {})
    await promote('B-FIFTY', { type: 'fixed', target_type: 'order', currency_code: 'usd', value: 50 })
    const cart = await cartOf([of(shirt)], { promo_codes: ['A-TENTH', 'B-FIFTY'] })
    assert.deepEqual(amounts(cart), {
      Shirt: [
        ['B-FIFTY', 50],
        ['A-TENTH', 5],
      ],
    })
  })

  it('give the dearest pieces that are not counted as bought', async () => {
    const anyOf = (operator: string) => [{ attribute: 'items.product.id', operator, values: [shirt.id, song.id] }]
    const method = { allocation: 'each', value: 100, apply_to_quantity: 1, buy_rules_min_quantity: 1, max_quantity: 1 }
    await promote('ONE-FREE', { ...method, buy_rules: anyOf('in'), target_rules: anyOf('in') }, { type: 'buyget' })
    assert.deepEqual(amounts(await cartOf([of(shirt), of(song)], { promo_codes: ['ONE-FREE'] })), { Shirt: [], Song: [['ONE-FREE', 30]] })
    assert.deepEqual(amounts(await cartOf([of(shirt, 2), of(song)], { promo_codes: ['ONE-FREE'] })), {
      Shirt: [['ONE-FREE', 100]],
      Song: [],
    })
    assert.deepEqual(codes(await cartOf([of(shirt)], { promo_codes: ['ONE-FREE'] })), [])
  })

  it('of a budget for each customer are refused where nobody says whose cart it is', async () => {
    const budget = { type: 'use_by_attribute', attribute: 'customer_email', limit: 1 }
    const { campaign } = await shop.make('/admin/campaigns', { name: 'Each', campaign_identifier: 'each', budget })
    await promote('EACH', {}, { campaign_id: campaign.id })
    const message = 'Attribute value for "customer_email" is required by promotion campaing budget'
    const cart = await cartOf([of(song)])
    for (const refused of [
      await shop.shopper.post(`/store/carts/${cart.id}/promotions`, { promo_codes: ['EACH'] }),
      await shop.shopper.post('/store/carts', { ...shop.place, promo_codes: ['EACH'] }),
    ]) {
      assert.deepEqual([refused.status, refused.body], [400, { type: 'invalid_data', message }])
    }
    good(await shop.shopper.post(`/store/carts/${cart.id}`, { email: 'each@rules.example' }))
    const { cart: known } = good(await shop.shopper.post(`/store/carts/${cart.id}/promotions`, { promo_codes: ['EACH'] }))
    assert.deepEqual(codes(known), ['EACH'])
  })

  it('are for groups of customers under the names that clients use', async () => {
    const person = { email: 'grouped@rules.example', password: 'correct horse battery' }
    const { token: registered } = good(await shop.shopper.post('/auth/customer/emailpass/register', person))
    const { api_key } = await shop.make('/admin/api-keys', { title: 'Grouped', type: 'publishable' })
    const as = (token: string) => client(app(), { publishableKey: api_key.token, token })
    const { customer } = good(await as(registered).post('/store/customers', { email: person.email }))
    const { customer_group } = await shop.make('/admin/customer-groups', { name: 'Rule friends' })
    await shop.make(`/admin/customer-groups/${customer_group.id}/customers`, { add: [customer.id] })
    await promote('GROUPED', {}, { rules: [{ attribute: 'customer.groups.id', operator: 'in', values: [customer_group.id] }] })
    await promote('NOTGROUPED', {}, { rules: [{ attribute: 'customer.groups.id', operator: 'ne', values: [customer_group.id] }] })
    const signedIn = as(good(await shop.shopper.post('/auth/customer/emailpass', person)).token)
    const body = { ...shop.place, items: [of(song)], promo_codes: ['GROUPED', 'NOTGROUPED'] }
    assert.deepEqual(codes(good(await signedIn.post('/store/carts', body)).cart), ['GROUPED'])
    assert.deepEqual(codes(await cartOf([of(song)], { promo_codes: body.promo_codes })), ['NOTGROUPED'])
  })

  it('on goods follow the shipping that they ask for, on the very change that takes it away', async () => {
    const option_id = await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount: 20 }])
    const ask = (attribute: string, operator: string, value: string) => ({ rules: [{ attribute, operator, values: [value] }] })
    await promote('PARCEL', {}, ask('shipping_methods.shipping_option_id', 'eq', option_id))
    await promote('DEARSENT', {}, ask('shipping_subtotal', 'gte', '20'))
    const { id } = await cartOf([of(shirt)], { promo_codes: ['PARCEL', 'DEARSENT'] })
    const sent = good(await shop.shopper.post(`/store/carts/${id}/shipping-methods`, { option_id })).cart
    assert.deepEqual([codes(sent), sent.item_total], [['DEARSENT', 'PARCEL'], 81])
    await shop.make(`/admin/shipping-options/${option_id}`, { prices: [{ currency_code: 'usd', amount: 19 }] })
    const cheaper = good(await shop.shopper.post(`/store/carts/${id}/line-items`, of(song))).cart
    assert.deepEqual([codes(cheaper), cheaper.shipping_subtotal, cheaper.item_total], [['PARCEL'], 19, 117])
    good(await shop.admin.delete(`/admin/shipping-options/${option_id}`))
    const gone = good(await shop.shopper.post(`/store/carts/${id}/line-items`, of(song))).cart
    assert.deepEqual([codes(gone), gone.shipping_methods, gone.item_total], [[], [], 160])
    assert.equal(good(await shop.shopper.get(`/store/carts/${id}`)).cart.item_total, 160)
  })

  it('count for what shipping costs, which follows from what is paid for the goods', async () => {
    await shop.make('/admin/tax-regions', { country_code: 'us', default_tax_rate: { name: 'US', code: 'US', rate: 2 } })
    const from = (value: number) => [{ attribute: 'item_total', operator: 'gte', value }]
    const option_id = await shop.shipping(shop.profileId, [
      { currency_code: 'usd', amount: 8 },
      { currency_code: 'usd', amount: 0, rules: from(102) },
    ])
    await promote('CENT', { type: 'fixed', target_type: 'order', currency_code: 'usd', value: 0.01 })
    const { id } = await cartOf([of(shirt)])
    const { cart } = good(await shop.shopper.post(`/store/carts/${id}/shipping-methods`, { option_id }))
    assert.deepEqual([cart.item_total, cart.shipping_subtotal], [102, 0])
    const { cart: less } = good(await shop.shopper.post(`/store/carts/${id}/promotions`, { promo_codes: ['CENT'] }))
    assert.deepEqual([less.item_total, less.shipping_subtotal], [101.99, 8])
    const { shipping_options: offered } = good(await shop.shopper.get('/store/shipping-options', { cart_id: id }))
    assert.equal(offered.find((option: { id: string }) => option.id === option_id).amount, 8)
  })
})

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { manualClock, toMajor } from '../../../src/kernel/index.js'
import { priceCandidatesStatement, selectPrice } from '../../../src/pricing/index.js'
import { useApp } from '../../support/app.js'
import type { Client } from '../../support/client.js'
import { good } from '../../support/http.js'
import { fillCart } from '../../support/purchase.js'
import { addRegion } from '../../support/region.js'
import { type Shopper, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const minute_ms = 60_000

describe('prices by rule', () => {
  const clock = manualClock(new Date())
  const app = useApp({ clock })
  let store: TestStore
  let friend: Shopper
  let groupId: string
  let otherRegion: string

  before(async () => {
    store = await createTestStore(app(), { productsPerVendor: 2, stock: 1_000 })
    otherRegion = await addRegion(app(), store, { country: 'de', currency: 'eur' })
    friend = await signUp(app(), store, 'friend@example.com')
    groupId = good(await store.admin.post('/admin/customer-groups', { name: 'Friends' })).customer_group.id
    good(await store.admin.post(`/admin/customer-groups/${groupId}/customers`, { add: [friend.id] }))
  })

  /** A product of its own for each test, with one variant at these prices. */
  async function offered(prices: object[]): Promise<{ productId: string; variantId: string }> {
    const body = {
      title: 'Priced',
      status: 'published',
      vendor_id: store.vendors[0]?.id,
      options: [{ title: 'Kind', values: ['One'] }],
      variants: [{ title: 'One', options: { Kind: 'One' }, manage_inventory: false, prices }],
    }
    const { product } = good(await store.admin.post('/admin/products', body))
    return { productId: product.id, variantId: product.variants[0].id }
  }

  async function priceOf(productId: string, as: Client = store.shopper, regionId = store.regionId) {
    const answer = good(await as.get(`/store/products/${productId}`, { region_id: regionId, fields: '*variants.calculated_price' }))
    return answer.product.variants[0].calculated_price
  }

  const listOf = async (body: object): Promise<string> =>
    good(await store.admin.post('/admin/price-lists', { title: 'List', description: 'Of a test', status: 'active', ...body })).price_list.id

  const cartFor = async (as: Client) => good(await as.post('/store/carts', { region_id: store.regionId })).cart.id as string
  const add = async (as: Client, cartId: string, variantId: string, quantity: number) =>
    good(await as.post(`/store/carts/${cartId}/line-items`, { variant_id: variantId, quantity })).cart.items

  it('shows a sale beside the price that it is a sale of', async () => {
    const { productId, variantId } = await offered([{ currency_code: 'usd', amount: 20 }])
    const listId = await listOf({ prices: [{ variant_id: variantId, currency_code: 'usd', amount: 15 }] })
    const price = await priceOf(productId)
    assert.deepEqual(
      [price.calculated_amount, price.original_amount, price.is_calculated_price_price_list, price.is_original_price_price_list],
      [15, 20, true, false],
    )
    assert.deepEqual([price.calculated_price.price_list_id, price.calculated_price.price_list_type], [listId, 'sale'])
    assert.deepEqual([price.original_price.price_list_id, price.original_price.price_list_type], [null, null])
    const cartId = await cartFor(store.shopper)
    const [line] = await add(store.shopper, cartId, variantId, 1)
    assert.deepEqual([line.unit_price, line.compare_at_unit_price], [15, 20])
  })

  it('leaves out a sale that is dearer, a draft, and a list of another currency', async () => {
    const { productId, variantId } = await offered([{ currency_code: 'usd', amount: 20 }])
    await listOf({ prices: [{ variant_id: variantId, currency_code: 'usd', amount: 25 }] })
    await listOf({ status: 'draft', prices: [{ variant_id: variantId, currency_code: 'usd', amount: 1 }] })
    await listOf({ prices: [{ variant_id: variantId, currency_code: 'eur', amount: 1 }] })
    const price = await priceOf(productId)
    assert.deepEqual([price.calculated_amount, price.original_amount, price.calculated_price.price_list_type], [20, 20, null])
  })

  it('lets a list override, dearer as it may be, and the lowest of several', async () => {
    const { productId, variantId } = await offered([{ currency_code: 'usd', amount: 20 }])
    await listOf({ prices: [{ variant_id: variantId, currency_code: 'usd', amount: 5 }] })
    await listOf({ type: 'override', prices: [{ variant_id: variantId, currency_code: 'usd', amount: 30 }] })
    await listOf({ type: 'override', prices: [{ variant_id: variantId, currency_code: 'usd', amount: 28 }] })
    const price = await priceOf(productId)
    assert.deepEqual([price.calculated_amount, price.original_amount], [28, 28])
    assert.deepEqual([price.calculated_price.price_list_type, price.original_price.price_list_type], ['override', 'override'])
  })

  it('begins and ends a list at its hour, in the list of products and in a cart', async () => {
    const { productId, variantId } = await offered([{ currency_code: 'usd', amount: 20 }])
    const now = clock.now().getTime()
    const [starts_at, ends_at] = [now + minute_ms, now + 2 * minute_ms].map((time) => new Date(time).toISOString())
    await listOf({ starts_at, ends_at, prices: [{ variant_id: variantId, currency_code: 'usd', amount: 10 }] })
    const cartId = await cartFor(store.shopper)
    assert.equal((await add(store.shopper, cartId, variantId, 1))[0].unit_price, 20, 'not yet')
    clock.advance(minute_ms)
    assert.equal((await priceOf(productId)).calculated_amount, 10)
    assert.equal((await add(store.shopper, cartId, variantId, 1))[0].unit_price, 10)
    clock.advance(minute_ms)
    assert.equal((await priceOf(productId)).calculated_amount, 20, 'the end is no longer part of it')
    assert.equal((await store.shopper.get(`/store/carts/${cartId}`)).body.cart.items[0].unit_price, 10, 'reading changes nothing')
    good(await store.shopper.post('/store/payment-collections', { cart_id: cartId }))
    const { cart } = good(await store.shopper.get(`/store/carts/${cartId}`))
    assert.deepEqual(
      [cart.items[0].unit_price, cart.total, cart.payment_collection.amount],
      [20, 40, 40],
      'what is paid is the price of now',
    )
  })

  it('gives a group its price, and nobody else', async () => {
    const { productId, variantId } = await offered([
      { currency_code: 'usd', amount: 20 },
      { currency_code: 'usd', amount: 18, rules: { 'customer.groups.id': groupId } },
    ])
    assert.equal((await priceOf(productId)).calculated_amount, 20)
    assert.deepEqual(
      [(await priceOf(productId, friend.client)).calculated_amount, (await priceOf(productId, friend.client)).original_amount],
      [18, 18],
    )
    await listOf({ rules: { 'customer.groups.id': [groupId] }, prices: [{ variant_id: variantId, currency_code: 'usd', amount: 12 }] })
    assert.equal((await priceOf(productId)).calculated_amount, 20)
    assert.equal((await priceOf(productId, friend.client)).calculated_amount, 12)
    const listed = good(
      await friend.client.get('/store/products', { id: productId, region_id: store.regionId, fields: '*variants.calculated_price' }),
    )
    assert.equal(listed.products[0].variants[0].calculated_price.calculated_amount, 12)
  })

  it('does not give a group its price for an e-mail that anybody can type', async () => {
    const { variantId } = await offered([
      { currency_code: 'usd', amount: 20 },
      { currency_code: 'usd', amount: 18, rules: { 'customer.groups.id': groupId } },
    ])
    const cartId = await cartFor(store.shopper)
    good(await store.shopper.post(`/store/carts/${cartId}`, { email: friend.email }))
    assert.equal((await add(store.shopper, cartId, variantId, 1))[0].unit_price, 20)
  })

  it("puts a guest's cart at the customer's prices once it is the customer's", async () => {
    const { variantId } = await offered([
      { currency_code: 'usd', amount: 20 },
      { currency_code: 'usd', amount: 18, rules: { 'customer.groups.id': groupId } },
    ])
    const cartId = await cartFor(store.shopper)
    assert.equal((await add(store.shopper, cartId, variantId, 1))[0].unit_price, 20)
    const { cart } = good(await friend.client.post(`/store/carts/${cartId}/customer`))
    assert.equal(cart.items[0].unit_price, 18)
  })

  it('takes the tier of the merged quantity, and goes back when pieces are taken out', async () => {
    const { productId, variantId } = await offered([
      { currency_code: 'usd', amount: 20 },
      { currency_code: 'usd', amount: 15, min_quantity: 10, max_quantity: 49 },
      { currency_code: 'usd', amount: 12, min_quantity: 50 },
    ])
    assert.equal((await priceOf(productId)).calculated_amount, 20)
    const cartId = await cartFor(store.shopper)
    assert.equal((await add(store.shopper, cartId, variantId, 9))[0].unit_price, 20)
    assert.equal((await add(store.shopper, cartId, variantId, 1))[0].unit_price, 15)
    const [line] = await add(store.shopper, cartId, variantId, 40)
    assert.deepEqual([line.quantity, line.unit_price], [50, 12])
    const { cart } = good(await store.shopper.post(`/store/carts/${cartId}/line-items/${line.id}`, { quantity: 12 }))
    assert.deepEqual([cart.items[0].unit_price, cart.items[0].total], [15, 180])
  })

  it('prefers the price of the region over the one of its currency', async () => {
    const { productId, variantId } = await offered([
      { currency_code: 'usd', amount: 20 },
      { currency_code: 'eur', amount: 18 },
      { currency_code: 'eur', amount: 17, rules: { region_id: otherRegion } },
    ])
    assert.equal((await priceOf(productId)).calculated_amount, 20)
    assert.equal((await priceOf(productId, store.shopper, otherRegion)).calculated_amount, 17)
    const cartId = await cartFor(store.shopper)
    await add(store.shopper, cartId, variantId, 1)
    const { cart } = good(await store.shopper.post(`/store/carts/${cartId}`, { region_id: otherRegion }))
    assert.deepEqual([cart.currency_code, cart.items[0].unit_price], ['eur', 17])
  })

  it('asks of a cart what a page does not know, and prefers the price with more rules', async () => {
    const channel = { sales_channel_id: store.salesChannelId }
    const nearby = { ...channel, 'shipping_address.city': 'Springfield' }
    const own = { 'customer.id': friend.id }
    const prices = [{}, channel, nearby, own, { weather: 'fine' }]
    const { productId, variantId } = await offered(prices.map((rules, index) => ({ currency_code: 'usd', amount: 20 - index, rules })))
    const [variant] = good(await store.admin.get(`/admin/products/${productId}`)).product.variants
    const known = variant.prices.map((price: { amount: number; rules: object }) => [price.amount, price.rules])
    assert.deepEqual(new Map(known), new Map(prices.map((rules, index) => [20 - index, rules])))
    assert.equal((await priceOf(productId)).calculated_amount, 20)
    const cartId = await cartFor(store.shopper)
    assert.equal((await add(store.shopper, cartId, variantId, 1))[0].unit_price, 19)
    const shipping_address = { country_code: 'us', city: 'Springfield' }
    good(await store.shopper.post(`/store/carts/${cartId}`, { shipping_address }))
    assert.equal((await add(store.shopper, cartId, variantId, 1))[0].unit_price, 18)
    assert.equal((await add(friend.client, await cartFor(friend.client), variantId, 1))[0].unit_price, 17)
  })

  it('has lists ask the same of a cart, one value of several', async () => {
    const { productId, variantId } = await offered([{ currency_code: 'usd', amount: 20 }])
    const prices = (amount: number) => [{ variant_id: variantId, currency_code: 'usd', amount }]
    await listOf({ rules: { sales_channel_id: ['sc_other'] }, prices: prices(1) })
    await listOf({ rules: { sales_channel_id: ['sc_other', store.salesChannelId] }, prices: prices(10) })
    assert.equal((await priceOf(productId)).calculated_amount, 20)
    assert.equal((await add(store.shopper, await cartFor(store.shopper), variantId, 1))[0].unit_price, 10)
  })

  it("keeps a group's price when the vendor changes its own, and gives it up when staff leave it out", async () => {
    const rules = { 'customer.groups.id': groupId }
    const { productId, variantId } = await offered([
      { currency_code: 'usd', amount: 20 },
      { currency_code: 'usd', amount: 18, rules },
    ])
    good(
      await store
        .vendor(0)
        .post(`/vendor/products/${productId}`, { variants: [{ id: variantId, prices: [{ currency_code: 'usd', amount: 30 }] }] }),
    )
    assert.equal((await priceOf(productId)).calculated_amount, 30)
    assert.equal((await priceOf(productId, friend.client)).calculated_amount, 18)
    good(await store.admin.post(`/admin/products/${productId}/variants/${variantId}`, { prices: [{ currency_code: 'usd', amount: 25 }] }))
    assert.equal((await priceOf(productId, friend.client)).calculated_amount, 25)
  })

  it('sells at the price of the list, to the last cent', async () => {
    const product = store.vendors[0]?.products[0]
    const variantId = product?.variantIds[0] as string
    const listId = await listOf({ prices: [{ variant_id: variantId, currency_code: 'usd', amount: 3.33 }] })
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantId], quantity: 3 })
    const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.deepEqual([order.items[0].unit_price, order.item_total], [3.33, 9.99])
    good(await store.admin.delete(`/admin/price-lists/${listId}`))
  })

  it('finds what a plain model finds, whatever rules, lists, groups and hours there are', async function () {
    this.timeout(60_000)
    await agreesWithModel()
  })

  /** Random prices in the database, asked for with random contexts; the model knows nothing but the written rules. */
  async function agreesWithModel(): Promise<void> {
    const now = clock.now().getTime()
    const lists = await Promise.all(
      (['sale', 'override'] as const).flatMap((type) =>
        [null, groupId].flatMap((group) =>
          [-1, 1].map(async (ends) => ({
            type,
            group,
            ends,
            id: await listOf({
              type,
              ends_at: new Date(now + ends * minute_ms).toISOString(),
              ...(group === null ? {} : { rules: { 'customer.groups.id': [group] } }),
            }),
          })),
        ),
      ),
    )
    const one = fc.record({
      list: fc.option(fc.nat(lists.length - 1), { nil: null, freq: 2 }),
      amount: fc.integer({ min: 1, max: 50 }),
      region: fc.constantFrom(null, null, store.regionId, otherRegion),
      group: fc.constantFrom(null, null, groupId),
      min: fc.constantFrom(null, null, 2, 5),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(one, {
          minLength: 1,
          maxLength: 8,
          selector: ({ list, region, group, min }) => JSON.stringify([list, region, group, min]),
        }),
        async (prices) => {
          const rules = (price: (typeof prices)[number]) => ({
            ...(price.region === null ? {} : { region_id: price.region }),
            ...(price.group === null ? {} : { 'customer.groups.id': price.group }),
          })
          const shape = (price: (typeof prices)[number]) => ({
            currency_code: 'usd',
            amount: price.amount,
            min_quantity: price.min,
            rules: rules(price),
          })
          const { variantId } = await offered(prices.filter((price) => price.list === null).map(shape))
          for (const [index, list] of lists.entries()) {
            const create = prices.filter((price) => price.list === index).map((price) => ({ ...shape(price), variant_id: variantId }))
            if (create.length > 0) good(await store.admin.post(`/admin/price-lists/${list.id}/prices/batch`, { create }))
          }
          for (const isFriend of [false, true]) {
            for (const quantity of [1, 3, 9]) {
              const found = await foundPrice(variantId, isFriend ? friend.id : null, quantity)
              assert.deepEqual(found, modelled(prices, isFriend, quantity), JSON.stringify({ prices, isFriend, quantity }))
            }
          }
        },
      ),
      { numRuns: 25 },
    )

    function modelled(
      prices: { list: number | null; amount: number; region: string | null; group: string | null; min: number | null }[],
      isFriend: boolean,
      quantity: number,
    ): number | null {
      const met = (price: (typeof prices)[number]) => {
        const list = price.list === null ? undefined : lists[price.list]
        const needs = [price.region, price.group, price.min, list?.group ?? null].filter((rule) => rule !== null).length
        const holds =
          (price.region === null || price.region === store.regionId) &&
          (price.group === null || isFriend) &&
          (list === undefined || (list.ends > 0 && (list.group === null || isFriend))) &&
          quantity >= (price.min ?? 1)
        return holds ? needs : -1
      }
      const best = (wanted: (price: (typeof prices)[number]) => boolean) =>
        prices
          .filter((price) => wanted(price) && met(price) >= 0)
          .sort((a, b) => met(b) - met(a) || (b.min ?? 0) - (a.min ?? 0) || a.amount - b.amount)[0]?.amount
      const ofType = (type: string) =>
        lists.flatMap((list, index) => (list.type === type ? (best((price) => price.list === index) ?? []) : []))
      const overrides = ofType('override')
      if (overrides.length > 0) return Math.min(...overrides)
      const candidates = [best((price) => price.list === null) ?? [], ...ofType('sale')].flat()
      return candidates.length === 0 ? null : Math.min(...candidates)
    }
  }

  async function foundPrice(variantId: string, customerId: string | null, quantity: number): Promise<number | null> {
    const { db } = app()
    const [set] = await db.read(store.scope, {
      name: '',
      text: 'select price_set_id from product_variant where tenant_id = $1 and id = $2',
      values: [store.tenantId, variantId],
    })
    const wanted = {
      priceSetId: (set as { price_set_id: string }).price_set_id,
      currency: 'usd',
      regionId: store.regionId,
      customerId,
      now: clock.now(),
    }
    const [row] = await db.read(store.scope, priceCandidatesStatement(store.tenantId, wanted))
    const selected = selectPrice(row?.prices ?? [], quantity)
    return selected === null ? null : toMajor(selected.calculated.amount_minor, 'usd')
  }
})

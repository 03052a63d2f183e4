import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { useApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { promote } from '../support/promotions.js'
import { addressIn, fillCart } from '../support/purchase.js'
import { createTestStore, type TestStore } from '../support/store.js'
import { addRegion } from '../support/region.js'
import type { Answer } from '../support/client.js'

interface Cost {
  statements: number
  transactions: number
  roundTrips: number
}

describe('what a Store API request asks of the database', () => {
  // No worker beside it: whatever is counted is the request's.
  const app = useApp({ settings: { PROCESS: 'api' } })
  let store: TestStore
  let variantIds: string[]
  let otherRegion: string

  before(async () => {
    store = await createTestStore(app(), { vendors: 3, productsPerVendor: 5, tax_ppm: 100_000 })
    variantIds = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    otherRegion = await addRegion(app(), store, { country: 'de', currency: 'eur' })
  })

  /**
   * The cost of one request without that of finding its key: a key is looked up, and its use noted beside the request,
   * every few seconds. Each of those statements is a transaction of its own; the note takes two round trips.
   */
  async function costOf(request: () => Promise<Answer>): Promise<Cost> {
    await store.shopper.get('/store/regions')
    await quiet()
    const { statements, transactions, roundTrips } = app().db.statistics
    const keys = { statements: 0, roundTrips: 0 }
    app().db.observe((phase, text) => {
      if (phase !== 'sent' || !text.includes('api_key')) return
      keys.statements += 1
      keys.roundTrips += /^\s*update/.test(text) ? 2 : 1
    })
    const answer = await request()
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    if (keys.statements > 0) await quiet()
    app().db.observe(undefined)
    const after = app().db.statistics
    return {
      statements: after.statements - statements - keys.statements,
      transactions: after.transactions - transactions - keys.statements,
      roundTrips: after.roundTrips - roundTrips - keys.roundTrips,
    }
  }

  /** Waits until nothing is asked of the database any more. */
  async function quiet(): Promise<void> {
    for (let before = -1; before !== app().db.statistics.control; ) {
      before = app().db.statistics.control
      await wait(30)
    }
  }

  function within(cost: Cost, limit: Partial<Cost>): void {
    for (const [name, most] of Object.entries(limit)) {
      const spent = cost[name as keyof Cost]
      assert.ok(spent <= most, `${spent} ${name}, ${most} allowed`)
      assert.ok(spent > 0, `no ${name} counted`)
    }
  }

  const newCart = async () => (await store.shopper.post('/store/carts', { region_id: store.regionId })).body.cart.id as string
  const paidCart = (ids = variantIds) => fillCart(store.shopper, { regionId: store.regionId, variantIds: ids })
  /** One whose shipping is chosen for one vendor alone. */
  async function openCart(): Promise<string> {
    const picks = (isOn: boolean) =>
      asAdmin(app().adminUrl, 'update app.store set auto_pick_shipping = $2 where tenant_id = $1', [store.tenantId, isOn])
    await picks(false)
    const cartId = await paidCart()
    await picks(true)
    return cartId
  }

  it('reads a page of products or of variants in two statements and one round trip, however long it is', async () => {
    const ofVariant = '*variants.calculated_price,+variants.inventory_quantity,*variants.images,'
    for (const [path, fields] of [
      ['products', `${ofVariant}+metadata,+tags,`],
      ['product-variants', ofVariant.replaceAll('variants.', '')],
    ]) {
      for (const limit of [1, 12]) {
        const read = async () => {
          const answer = await store.shopper.get(`/store/${path}`, { limit, region_id: store.regionId, fields: fields as string })
          assert.equal((answer.body.products ?? answer.body.variants)?.length, limit)
          return answer
        }
        assert.deepEqual(await costOf(read), { statements: 2, roundTrips: 1, transactions: 1 }, `${path}, ${limit} at once`)
      }
    }
  })

  it('reads a cart in one statement', async () => {
    const cartId = await paidCart()
    within(await costOf(() => store.shopper.get(`/store/carts/${cartId}`)), { statements: 1, roundTrips: 1 })
  })

  it('reads an order page in one statement', async () => {
    const { body } = await store.shopper.post(`/store/carts/${await paidCart()}/complete`)
    within(await costOf(() => store.shopper.get(`/store/orders/${body.order.id}`)), { statements: 1, roundTrips: 1 })
  })

  it('reads the shipping options of a cart in one round trip', async () => {
    const cartId = await paidCart()
    within(await costOf(() => store.shopper.get('/store/shipping-options', { cart_id: cartId })), { statements: 2, roundTrips: 1 })
  })

  it('adds to a cart in five statements and two round trips, and in one more when its shipping and payment are begun', async () => {
    const line = { variant_id: store.vendors[0]?.products[1]?.variantIds[0], quantity: 1 }
    const fresh = await newCart()
    within(await costOf(() => store.shopper.post(`/store/carts/${fresh}/line-items`, line)), {
      statements: 5,
      roundTrips: 2,
      transactions: 1,
    })
    const full = await paidCart()
    within(await costOf(() => store.shopper.post(`/store/carts/${full}/line-items`, line)), {
      statements: 8,
      roundTrips: 3,
      transactions: 1,
    })
  })

  it('asks for two statements more where credit pays, in adding to the cart and in completing it', async () => {
    const { gift_card } = (await store.admin.post('/admin/gift-cards', { value: 1_000, currency_code: 'usd' })).body
    const plainId = await paidCart()
    const plain = await costOf(() => store.shopper.post(`/store/carts/${plainId}/complete`))
    const cartId = await paidCart()
    await store.shopper.post(`/store/carts/${cartId}/gift-cards`, { code: gift_card.code })
    const line = { variant_id: store.vendors[0]?.products[1]?.variantIds[0], quantity: 1 }
    within(await costOf(() => store.shopper.post(`/store/carts/${cartId}/line-items`, line)), { statements: 10, roundTrips: 3 })
    within(await costOf(() => store.shopper.get(`/store/carts/${cartId}`)), { statements: 1, roundTrips: 1 })
    // It is taken, and written on the cart whose shipping was left open and on the order; no payment is.
    within(await costOf(() => store.shopper.post(`/store/carts/${cartId}/complete`)), { statements: plain.statements + 2 })
  })

  it('rewrites no line and no shipping method that did not change', async () => {
    const cartId = await paidCart()
    const before = (await store.shopper.get(`/store/carts/${cartId}`)).body.cart
    const cost = await costOf(() => store.shopper.post(`/store/carts/${cartId}`, { metadata: { note: 'ring twice' } }))
    within(cost, { statements: 5, roundTrips: 3 })
    const after = (await store.shopper.get(`/store/carts/${cartId}`)).body.cart
    assert.deepEqual(after.items, before.items)
    assert.deepEqual(after.payment_collection.payment_sessions, before.payment_collection.payment_sessions)
  })

  it('makes every other change of a cart in nine statements, four round trips and one transaction; a move in more', async () => {
    const cartId = await openCart()
    const { items } = (await store.shopper.get(`/store/carts/${cartId}`)).body.cart
    const line = `/store/carts/${cartId}/line-items/${items[0].id}`
    const changes: [string, () => Promise<Answer>][] = [
      [
        'create',
        () =>
          store.shopper.post('/store/carts', {
            region_id: store.regionId,
            email: 'new@example.com',
            items: [{ variant_id: variantIds[0], quantity: 1 }],
          }),
      ],
      ['quantity', () => store.shopper.post(line, { quantity: 2 })],
      ['delete', () => store.shopper.delete(line)],
      [
        'address',
        () =>
          store.shopper.post(`/store/carts/${cartId}`, {
            email: 'moved@example.com',
            shipping_address: { ...addressIn('us'), province: 'ca' },
          }),
      ],
      ['shipping', () => store.shopper.post(`/store/carts/${cartId}/shipping-methods`, { option_id: store.vendors[1]?.shippingOptionId })],
      ['taxes', () => store.shopper.post(`/store/carts/${cartId}/taxes`)],
      ['collection', () => store.shopper.post('/store/payment-collections', { cart_id: cartId })],
      [
        'region',
        () =>
          store.shopper.post(`/store/carts/${cartId}`, {
            region_id: otherRegion,
            email: 'far@example.com',
            shipping_address: addressIn('de'),
          }),
      ],
    ]
    for (const [name, change] of changes) {
      const cost = await costOf(change)
      const [statements, roundTrips] = name === 'region' ? [12, 6] : [9, 4]
      assert.ok(cost.statements <= statements, `${name}: ${cost.statements} statements, ${statements} allowed`)
      assert.ok(cost.roundTrips <= roundTrips, `${name}: ${cost.roundTrips} round trips, ${roundTrips} allowed`)
      assert.equal(cost.transactions, 1, name)
    }
  })

  it('starts a payment in eight statements, none of them while the provider is asked; choosing the shipping that was left open in more', async () => {
    const cost = async (cartId: string) => {
      const { body } = await store.shopper.post('/store/payment-collections', { cart_id: cartId })
      const path = `/store/payment-collections/${body.payment_collection.id}/payment-sessions`
      return costOf(() => store.shopper.post(path, { provider_id: 'pp_system_default' }))
    }
    within(await cost(await paidCart()), { statements: 8, roundTrips: 4, transactions: 2 })
    // Whether the store chooses is read, and the cart changed, before the payment is begun as any other is.
    within(await cost(await openCart()), { statements: 16, roundTrips: 7, transactions: 4 })
  })

  it('completes a cart of three vendors in 24 statements, eight round trips and three transactions', async () => {
    const cartId = await paidCart()
    within(await costOf(() => store.shopper.post(`/store/carts/${cartId}/complete`)), { statements: 24, roundTrips: 8, transactions: 3 })
  })

  it('costs no further statement to reckon promotions in, and one to use them up', async () => {
    const line = { variant_id: store.vendors[0]?.products[2]?.variantIds[0], quantity: 1 }
    for (const [code, wish] of [
      ['AUTO', { more: { is_automatic: true } }],
      ['SHIP', { target_type: 'shipping_methods', more: { is_automatic: true } }],
      ['CODE', { value: 5 }],
    ] as const) {
      await promote(store, { code, ...wish })
    }
    const cartId = await paidCart()
    const added = await costOf(() => store.shopper.post(`/store/carts/${cartId}/promotions`, { promo_codes: ['CODE'] }))
    within(added, { statements: 12, roundTrips: 5, transactions: 1 })
    within(await costOf(() => store.shopper.post(`/store/carts/${cartId}/line-items`, line)), {
      statements: 8,
      roundTrips: 3,
      transactions: 1,
    })
    const full = await paidCart()
    within(await costOf(() => store.shopper.post(`/store/carts/${full}/complete`)), { statements: 25, roundTrips: 8, transactions: 3 })
  })
})

import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { registerAgreeable } from '../support/agreeable.js'
import { manyConnections, useApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants, deadlocksOf } from '../support/invariants.js'
import { promote } from '../support/promotions.js'
import { copiesOf, readyCart, startPayment } from '../support/ready-cart.js'
import { type SocketAnswer, separateSockets } from '../support/sockets.js'
import { createTestStore, type TestStore } from '../support/store.js'

const exceeded = { status: 400, body: { type: 'not_allowed', message: 'Promotion usage exceeds the budget limit.' } }

describe('promotions that many use at once', function () {
  this.timeout(60_000)
  const app = useApp({ settings: manyConnections })
  let declines = true
  registerAgreeable('pp_test_moody', async (_call, _money, data) =>
    declines ? { kind: 'declined', message: 'no' } : { kind: 'ok', value: { status: 'authorized', data } },
  )
  let store: TestStore
  let variants: string[]

  before(async () => {
    store = await createTestStore(app(), { vendors: 3, price_minor: 10_000n, stock: 1_000 })
    variants = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    await asAdmin(
      app().adminUrl,
      `insert into app.region_payment_provider (tenant_id, region_id, provider_id) values ($1, $2, 'pp_test_moody')`,
      [store.tenantId, store.regionId],
    )
  })

  afterEach('leaves every invariant whole', async () => {
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
  })

  /** A cart of something of these vendors with these codes, ready to be completed. */
  async function cartWith(codes: readonly string[], providerId?: string, vendors: readonly number[] = [0, 1, 2]): Promise<string> {
    const items = vendors.map((index) => ({ variant_id: variants[index] as string, quantity: 1 }))
    const cartId = await readyCart(store, { items, shippingOf: vendors })
    good(await store.shopper.post(`/store/carts/${cartId}/promotions`, { promo_codes: codes }))
    await startPayment(store, cartId, providerId)
    return cartId
  }

  const isOrder = ({ status, body }: SocketAnswer) => status === 200 && body.type === 'order'
  const promotionOf = async (id: string) => good(await store.admin.get(`/admin/promotions/${id}`)).promotion

  /** Holds a row until so many wait for it, and lets all go at once. */
  async function behindBarrier<T>(lock: string, id: string, waiting: number, run: () => Promise<T>): Promise<T> {
    const holder = new pg.Client({ connectionString: app().adminUrl })
    await holder.connect()
    try {
      await holder.query('begin')
      await holder.query(lock, [id])
      const result = run()
      for (const until = Date.now() + 20_000; ; ) {
        assert.ok(Date.now() < until, 'nobody waits for the row')
        const rows = await asAdmin<{ count: number }>(
          app().adminUrl,
          `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%promotion_id text, amount_minor bigint%'`,
        )
        if ((rows[0]?.count ?? 0) >= waiting) break
        await pause(10)
      }
      await holder.query('commit')
      return await result
    } finally {
      await holder.end()
    }
  }

  it('go to one of two carts when one use is left: one order, one refusal', async () => {
    const promotion = await promote(store, { code: 'LAST', more: { limit: 1 } })
    // Of different things: they do not wait for each other's stock.
    const carts = [await cartWith(['LAST'], undefined, [0]), await cartWith(['LAST'], undefined, [1])]
    const { post } = separateSockets(app(), store)
    const answers = await behindBarrier('select id from app.promotion where id = $1 for update', promotion.id, 2, () =>
      Promise.all(carts.map((cartId) => post(`/store/carts/${cartId}/complete`))),
    )
    assert.equal(answers.filter(isOrder).length, 1)
    assert.deepEqual(
      answers.find((answer) => !isOrder(answer)),
      exceeded,
    )
    assert.equal((await promotionOf(promotion.id)).used, 1)
    // The other shopper's cart is whole, and can be paid for without it.
    const refused = carts[answers.findIndex((answer) => !isOrder(answer))] as string
    await startPayment(store, refused)
    const { order } = good(await store.shopper.post(`/store/carts/${refused}/complete`))
    assert.equal(order.discount_total, 0)
  })

  it('are used no oftener than they may be by forty at once, with two that share a budget, and nobody dies of it', async () => {
    const budget = { type: 'spend', currency_code: 'usd', limit: 450 }
    const { campaign } = good(await store.admin.post('/admin/campaigns', { name: 'Crowd', campaign_identifier: 'crowd', budget }))
    const first = await promote(store, { code: 'CROWD', more: { campaign_id: campaign.id } })
    const second = await promote(store, {
      code: 'SHIPPED',
      target_type: 'shipping_methods',
      value: 50,
      more: { campaign_id: campaign.id, limit: 100 },
    })
    const carts = [
      ...(await copiesOf(app(), await cartWith(['CROWD', 'SHIPPED']), 20)),
      ...(await copiesOf(app(), await cartWith(['SHIPPED', 'CROWD']), 20)),
    ]
    // Counting them ends idle sessions, which the worker must not be about to use.
    await app().drain()
    const deadlocks = await deadlocksOf(app().adminUrl)
    const { post } = separateSockets(app(), store)
    const answers = await Promise.all(carts.map((cartId) => post(`/store/carts/${cartId}/complete`)))
    // Each takes 30 of the goods and 9 of the shipping: eleven fit.
    assert.equal(answers.filter(isOrder).length, 11)
    for (const answer of answers) if (!isOrder(answer)) assert.deepEqual(answer, exceeded)
    const found = good(await store.admin.get(`/admin/campaigns/${campaign.id}`)).campaign
    assert.equal(found.budget.used, 429)
    assert.equal((await promotionOf(first.id)).used, 11)
    assert.equal((await promotionOf(second.id)).used, 11)
    await app().drain()
    assert.equal(await deadlocksOf(app().adminUrl), deadlocks)
  })

  it('are given back when the payment is declined, and can be used again', async () => {
    const budget = { type: 'usage', limit: 1 }
    const { campaign } = good(await store.admin.post('/admin/campaigns', { name: 'Once', campaign_identifier: 'once', budget }))
    const promotion = await promote(store, { code: 'BACK', more: { limit: 1, campaign_id: campaign.id } })
    const [cartId] = await copiesOf(app(), await cartWith(['BACK'], 'pp_test_moody'), 1)
    declines = true
    const declined = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.equal(declined.type, 'cart')
    assert.equal((await promotionOf(promotion.id)).used, 0)
    assert.equal((await promotionOf(promotion.id)).campaign.budget.used, 0)
    declines = false
    const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.equal(order.discount_total, 30)
    assert.equal((await promotionOf(promotion.id)).used, 1)
    assert.equal((await promotionOf(promotion.id)).campaign.budget.used, 1)
  })

  it('are used once by an order, however often its cart is completed', async () => {
    const promotion = await promote(store, { code: 'FIVEFOLD', more: { limit: 10 } })
    const [cartId] = await copiesOf(app(), await cartWith(['FIVEFOLD']), 1)
    const { post } = separateSockets(app(), store)
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(`/store/carts/${cartId}/complete`)))
    for (const answer of answers) assert.ok(isOrder(answer), JSON.stringify(answer.body))
    assert.equal((await promotionOf(promotion.id)).used, 1)
  })

  it('keep their limit above what was used of them', async () => {
    const promotion = await promote(store, { code: 'LOWER', more: { limit: 10 } })
    for (const cartId of await copiesOf(app(), await cartWith(['LOWER']), 2))
      good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    const refused = await store.admin.post(`/admin/promotions/${promotion.id}`, { limit: 1 })
    assert.equal(refused.status, 400)
    good(await store.admin.post(`/admin/promotions/${promotion.id}`, { limit: 2 }))
    const { cart } = good(
      await store.shopper.post('/store/carts', {
        region_id: store.regionId,
        items: [{ variant_id: variants[0], quantity: 1 }],
        promo_codes: ['LOWER'],
      }),
    )
    assert.deepEqual(cart.promotions, [])
  })
})

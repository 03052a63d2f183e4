import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { prepareCheckout } from '../../src/checkout/prepare.js'
import { systemClock } from '../../src/kernel/index.js'
import { manyConnections, useApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants, deadlocksOf } from '../support/invariants.js'
import { copiesOf, readyCart, startPayment } from '../support/ready-cart.js'
import { type Shopper, signUp } from '../support/shopper.js'
import { type SocketAnswer, separateSockets } from '../support/sockets.js'
import { createTestStore, type TestStore } from '../support/store.js'

describe('credit that many spend at once', function () {
  this.timeout(60_000)
  const app = useApp({ settings: manyConnections })
  let store: TestStore
  let variants: string[]
  let buyer: Shopper

  before(async () => {
    store = await createTestStore(app(), { vendors: 3, price_minor: 10_000n, stock: 1_000 })
    variants = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    buyer = await signUp(app(), store, 'crowd@example.com')
  })

  afterEach('leaves every invariant whole', async () => {
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
  })

  const issue = async (value: number) => good(await store.admin.post('/admin/gift-cards', { value, currency_code: 'usd' })).gift_card
  const balanceOf = async (id: string) => good(await store.admin.get(`/admin/gift-cards/${id}`)).gift_card.balance as number
  const isOrder = ({ status, body }: SocketAnswer) => status === 200 && body.type === 'order'
  const isRefused = ({ status, body }: SocketAnswer) => status === 400 && body.code === 'insufficient_credit'

  /** A cart of something of a vendor, paid with these cards and what is left by itself. */
  async function cartWith(codes: readonly string[], vendor = 0): Promise<string> {
    const cartId = await readyCart(store, { items: [{ variant_id: variants[vendor] as string, quantity: 1 }], shippingOf: [vendor] })
    for (const code of codes) good(await store.shopper.post(`/store/carts/${cartId}/gift-cards`, { code }))
    await startPayment(store, cartId)
    return cartId
  }

  /** Holds a card's account until so many wait for it, and lets all go at once. */
  async function behindBarrier<T>(accountId: string, waiting: number, run: () => Promise<T>): Promise<T> {
    const holder = new pg.Client({ connectionString: app().adminUrl })
    await holder.connect()
    try {
      await holder.query('begin')
      await holder.query('select id from app.store_credit_account where id = $1 for update', [accountId])
      const result = run()
      for (const until = Date.now() + 20_000; ; ) {
        assert.ok(Date.now() < until, 'nobody waits for the account')
        const rows = await asAdmin<{ count: number }>(
          app().adminUrl,
          `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%store_credit_account%'`,
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

  it('goes to one of two carts when it is enough for one: one order, one refusal, nothing below nothing', async () => {
    const card = await issue(150)
    // Of different things: they do not wait for each other's stock.
    const carts = [await cartWith([card.code], 0), await cartWith([card.code], 1)]
    const { post } = separateSockets(app(), store)
    const answers = await behindBarrier(card.store_credit_account_id, 2, () =>
      Promise.all(carts.map((cartId) => post(`/store/carts/${cartId}/complete`))),
    )
    assert.deepEqual([answers.filter(isOrder).length, answers.filter(isRefused).length], [1, 1])
    const refused = carts[answers.findIndex((answer) => !isOrder(answer))] as string
    await startPayment(store, refused)
    const { order } = good(await store.shopper.post(`/store/carts/${refused}/complete`))
    assert.ok(order.total > 0 && order.credit_line_total < 50)
    assert.equal(await balanceOf(card.id), 0)
  })

  it('is claimed or spent, never both', async () => {
    const card = await issue(200)
    const cartId = await cartWith([card.code])
    const { post } = separateSockets(app(), store)
    const claim = () =>
      post('/store/store-credit-accounts/claim', { code: card.code }, { headers: { authorization: `Bearer ${buyer.token}` } })
    // All three have seen the whole card by then: who comes later may claim what the order has left of it.
    const answers = await behindBarrier(card.store_credit_account_id, 3, () =>
      Promise.all([post(`/store/carts/${cartId}/complete`), claim(), claim()]),
    )
    const [completed, ...claims] = answers as [SocketAnswer, ...SocketAnswer[]]
    const claimed = claims.filter((answer) => answer.status === 200).length
    assert.equal(Number(isOrder(completed)) + claimed, 1, JSON.stringify(answers.map((answer) => answer.body)))
  })

  it('is spent to the last cent and no further by forty carts with two cards in both orders, and nobody dies of it', async () => {
    const [one, two] = [await issue(500), await issue(500)]
    const carts = [
      ...(await copiesOf(app(), await cartWith([one.code, two.code], 0), 20)),
      ...(await copiesOf(app(), await cartWith([two.code, one.code], 1), 20)),
    ]
    await app().drain()
    const deadlocks = await deadlocksOf(app().adminUrl)
    const { post } = separateSockets(app(), store)
    const answers = await Promise.all(carts.map((cartId) => post(`/store/carts/${cartId}/complete`)))
    // 105 or 106 of the first card of each: four of either fit.
    assert.deepEqual([answers.filter(isOrder).length, answers.filter(isRefused).length], [8, 32])
    assert.deepEqual([await balanceOf(one.id), await balanceOf(two.id)], [80, 76])
    await app().drain()
    assert.equal(await deadlocksOf(app().adminUrl), deadlocks)
  })

  it('is taken once by an order, however often its cart is completed, and given back once, however often it is canceled', async () => {
    const card = await issue(60)
    const [cartId] = await copiesOf(app(), await cartWith([card.code]), 1)
    const { post } = separateSockets(app(), store)
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(`/store/carts/${cartId}/complete`)))
    for (const answer of answers) assert.ok(isOrder(answer), JSON.stringify(answer.body))
    assert.equal(await balanceOf(card.id), 0)
    const orderId = answers[0]?.body.order.id as string
    const cancel = () => store.admin.post(`/admin/orders/${orderId}/cancel`)
    const credit = () => store.admin.post(`/admin/orders/${orderId}/credit-lines`, { amount: 40 })
    await Promise.all([cancel(), credit(), cancel(), credit(), cancel()])
    await app().drain()
    assert.equal(good(await store.admin.get(`/admin/orders/${orderId}`)).order.status, 'canceled')
    const [row] = await asAdmin<{ credit_minor: bigint; credit_returned_minor: bigint }>(
      app().adminUrl,
      'select credit_minor, credit_returned_minor from app.orders where id = $1',
      [orderId],
    )
    assert.equal(Number(row?.credit_minor), 6_000)
    assert.equal(await balanceOf(card.id), 60)
  })

  it('stays taken by an attempt that a crash left open, and is spent once when it is gone on with', async () => {
    const card = await issue(10)
    const cartId = await cartWith([card.code])
    const context = { db: app().db, clock: systemClock, scope: store.scope, requestId: 'test', actorId: 'system' }
    // What a process leaves that dies after its first transaction. The worker is not to take it up before it was looked at.
    await prepareCheckout(context, cartId, 60_000)
    assert.equal(await balanceOf(card.id), 0)
    assert.equal((await store.shopper.post(`/store/carts/${cartId}/gift-cards`, { code: card.code })).status, 409)
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
    await asAdmin(app().adminUrl, `update app.outbox_event set available_at = now() where state = 'queued' and name = 'checkout.opened'`)
    await app().drain()
    const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.deepEqual([order.total, order.credit_line_total, await balanceOf(card.id)], [95, 10, 0])
  })
})

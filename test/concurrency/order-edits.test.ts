import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { lockOrderStatement, lockVendorOrderStatement } from '../../src/orders/locks.js'
import { type Bought, buy, orderOf, packAll } from '../support/after-sale.js'
import { manyConnections, useApp } from '../support/app.js'
import type { Answer } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants, deadlocksOf } from '../support/invariants.js'
import { createTestStore, type TestStore } from '../support/store.js'

describe('an edit of an order and everybody else at once', function () {
  this.timeout(60_000)
  const app = useApp({ settings: manyConnections })
  let store: TestStore
  let deadlocks: number
  before(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 2, paymentCapture: 'manual', tax_ppm: 82_500, stock: 200 })
    deadlocks = await deadlocksOf(app().adminUrl)
  })
  afterEach(async () => {
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
    assert.equal((await deadlocksOf(app().adminUrl)) - deadlocks, 0)
  })

  const variant = (vendor: number, product: number) => store.vendors[vendor]?.products[product]?.variantIds[0] as string
  const post = (path: string, body: unknown = {}) => store.admin.post(path, body)
  const statuses = (answers: readonly Answer[]) => answers.map((answer) => answer.status).sort()

  /** Everybody is begun while the order is held, and goes on at the same moment. */
  async function together(orderId: string, acts: readonly (() => Promise<Answer>)[]): Promise<Answer[]> {
    const begun = await app().db.unitOfWork(store.scope, async (unit) => {
      await unit.run(lockOrderStatement(store.tenantId, orderId))
      const answers = acts.map((act) => act())
      await pause(200)
      return { answers }
    })
    return Promise.all(begun.answers)
  }

  async function planned(quantity: number, pieces = 4): Promise<Bought> {
    const bought = await buy(store, pieces)
    good(await post('/admin/order-edits', { order_id: bought.id }))
    good(await post(`/admin/order-edits/${bought.id}/items/item/${bought.lines[0]}`, { quantity }))
    return bought
  }

  it('is begun by one of two who begin it, and done once by many who confirm it', async () => {
    const bought = await buy(store, 3)
    const begun = await together(
      bought.id,
      [1, 2, 3].map(() => () => post('/admin/order-edits', { order_id: bought.id })),
    )
    assert.deepEqual(statuses(begun), [200, 400, 400])
    assert.ok(begun.filter(({ status }) => status === 400).every(({ body }) => body.code === 'order_edit_open'))
    good(await post(`/admin/order-edits/${bought.id}/items/item/${bought.lines[0]}`, { quantity: 1 }))
    good(await post(`/admin/order-edits/${bought.id}/items`, { items: [{ variant_id: variant(1, 1), quantity: 2 }] }))
    const confirmed = await together(
      bought.id,
      [1, 2, 3].map(() => () => post(`/admin/order-edits/${bought.id}/confirm`)),
    )
    assert.deepEqual(statuses(confirmed), [200, 400, 400])
    const late = confirmed.find(({ status }) => status === 400)
    assert.equal(late?.body.message, 'An active Order Change is required to proceed')
    assert.equal((await orderOf(store, bought.id)).version, 2)
  })

  it('takes pieces out or lets them be packed, never both', async () => {
    for (const isFirst of [true, false]) {
      const bought = await planned(1)
      const confirm = () => post(`/admin/order-edits/${bought.id}/confirm`)
      const pack = () => post(`/admin/orders/${bought.id}/fulfillments`, { items: [{ id: bought.lines[0], quantity: 4 }] })
      const part = bought.order.vendor_orders.find((one: { vendor: { id: string } }) => one.vendor.id === store.vendors[0]?.id)
      // Both wait for the vendor order, which is given to whoever came first.
      const begun = await app().db.unitOfWork(store.scope, async (unit) => {
        await unit.run(lockVendorOrderStatement(store.tenantId, part.id))
        const answers: Promise<Answer>[] = []
        for (const act of isFirst ? [confirm, pack] : [pack, confirm]) {
          answers.push(act())
          await pause(200)
        }
        return { answers }
      })
      assert.deepEqual(
        (await Promise.all(begun.answers)).map(({ status }) => status),
        [200, 400],
      )
      const order = await orderOf(store, bought.id)
      const line = order.items.find((item: { id: string }) => item.id === bought.lines[0])
      assert.deepEqual([line.quantity, line.detail.fulfilled_quantity], isFirst ? [1, 0] : [4, 4])
    }
  })

  it('is done before the order is canceled, or not at all', async () => {
    for (let round = 0; round < 2; round += 1) {
      const bought = await planned(6)
      const acts = [() => post(`/admin/order-edits/${bought.id}/confirm`), () => post(`/admin/orders/${bought.id}/cancel`)]
      const answers = await together(bought.id, round === 0 ? acts : acts.reverse())
      const canceled = answers[round === 0 ? 1 : 0]
      assert.equal(canceled?.status, 200, JSON.stringify(canceled?.body))
      await app().drain()
      const order = await orderOf(store, bought.id)
      assert.deepEqual([order.status, order.summary.pending_difference], ['canceled', 0])
    }
  })

  it('and captures, refunds and payments of what it costs more leave one sum', async () => {
    for (const quantity of [1, 7]) {
      const bought = await planned(quantity)
      good(await post(`/admin/payments/${bought.paymentId}/capture`, { amount: 30 }))
      const answers = await together(bought.id, [
        () => post(`/admin/payments/${bought.paymentId}/capture`),
        () => post(`/admin/order-edits/${bought.id}/confirm`),
        () => post(`/admin/payments/${bought.paymentId}/refund`, { amount: 5 }),
        () => post(`/admin/payment-collections`, { order_id: bought.id }),
        () => post(`/admin/payments/${bought.paymentId}/capture`),
      ])
      for (const { status, body } of answers) {
        assert.ok([200, 400].includes(status) || body.code === 'payment_changed', `${status} ${JSON.stringify(body)}`)
      }
      const order = await orderOf(store, bought.id)
      for (const { id, status } of order.payment_collections) {
        if (status === 'not_paid') good(await post(`/admin/payment-collections/${id}/mark-as-paid`, { order_id: bought.id }))
      }
      good(await post(`/admin/payments/${bought.paymentId}/capture`))
      const after = await orderOf(store, bought.id)
      assert.ok(after.summary.pending_difference <= 0, JSON.stringify(after.summary))
      assert.ok(after.vendor_orders.every((part: { paid_at: string | null }) => part.paid_at !== null))
    }
  })

  it('of two orders promises the last pieces to one of them', async () => {
    await asAdmin(
      app().adminUrl,
      `update app.inventory_level l set stocked_quantity = l.reserved_quantity + 3 from app.variant_inventory_item k
       where k.tenant_id = $1 and k.variant_id = $2 and l.tenant_id = $1 and l.inventory_item_id = k.inventory_item_id`,
      [store.tenantId, variant(0, 1)],
    )
    const orders = [await buy(store, 1), await buy(store, 1)]
    for (const { id } of orders) {
      good(await post('/admin/order-edits', { order_id: id }))
      good(await post(`/admin/order-edits/${id}/items`, { items: [{ variant_id: variant(0, 1), quantity: 2 }] }))
    }
    const answers = await Promise.all(orders.map(({ id }) => post(`/admin/order-edits/${id}/confirm`)))
    assert.deepEqual(statuses(answers), [200, 400])
    assert.equal(answers.find(({ status }) => status === 400)?.body.code, 'insufficient_inventory')
  })

  it('and an exchange that is requested, canceled, packed and received at once ends in one of these', async () => {
    const bought = await buy(store, 2)
    await packAll(store, bought)
    good(await post(`/admin/payments/${bought.paymentId}/capture`))
    const { id } = good(await post('/admin/exchanges', { order_id: bought.id })).exchange
    const path = `/admin/exchanges/${id}`
    const { return: back } = good(await post(`${path}/inbound/items`, { items: [{ id: bought.lines[0], quantity: 1 }] }))
    const sent = good(await post(`${path}/outbound/items`, { items: [{ variant_id: variant(1, 1), quantity: 1 }] })).order_preview.items
    const line = sent.find((item: { id: string }) => !bought.lines.includes(item.id)).id
    const requested = await together(bought.id, [
      () => post(`${path}/request`),
      () => post(`${path}/request`),
      () => post(`${path}/outbound/items`, { items: [{ variant_id: variant(1, 1), quantity: 1 }] }),
      () => post('/admin/order-edits', { order_id: bought.id }),
    ])
    assert.deepEqual(
      requested
        .slice(0, 2)
        .map(({ status }) => status)
        .sort(),
      [200, 400],
    )
    await app().drain()
    const [canceled, packed] = await together(bought.id, [
      () => post(`${path}/cancel`),
      () => post(`/admin/orders/${bought.id}/fulfillments`, { items: [{ id: line, quantity: 1 }] }),
      () => post(`/admin/returns/${back.id}/receive`),
      () => post(`/admin/payments/${bought.paymentId}/refund`, { amount: 3 }),
    ])
    assert.notEqual(canceled?.status, packed?.status, JSON.stringify([canceled?.body.message, packed?.body.message]))
  })
})

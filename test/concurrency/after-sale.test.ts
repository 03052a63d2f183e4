import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { lockLinesStatement, lockVendorOrderStatement } from '../../src/orders/locks.js'
import { buy, packAll } from '../support/after-sale.js'
import { manyConnections, useApp } from '../support/app.js'
import type { Answer } from '../support/client.js'
import { brokenInvariants, deadlocksOf } from '../support/invariants.js'
import { createTestStore, type TestStore } from '../support/store.js'

describe('everybody at one order at once', function () {
  this.timeout(60_000)
  const app = useApp({ settings: manyConnections })
  let store: TestStore
  before(async () => {
    store = await createTestStore(app(), { vendors: 3, paymentCapture: 'manual', tax_ppm: 82_500, stock: 1_000 })
  })

  it('waits for one another, and nobody is answered with an error of the house', async () => {
    const before = await deadlocksOf(app().adminUrl)
    const seen = new Map<number, number>()
    for (let round = 0; round < 6; round += 1) {
      const bought = await buy(store, 4)
      const packed = await packAll(store, bought, 1)
      const { admin } = store
      const order = `/admin/orders/${bought.id}`
      const payment = `/admin/payments/${bought.paymentId}`
      const { body: begun } = await admin.post('/admin/returns', { order_id: bought.id })
      const returns = `/admin/returns/${begun.return.id}`
      await admin.post(`${returns}/request-items`, { items: bought.lines.map((id) => ({ id, quantity: 1 })) })
      const everybody: (() => Promise<Answer>)[] = [
        () => admin.post(`${payment}/capture`, { amount: 20 }),
        () => admin.post(`${payment}/refund`, { amount: 5 }),
        () => admin.post(`${payment}/refund`, {}),
        () => admin.post(`${order}/fulfillments`, { items: bought.lines.map((id) => ({ id, quantity: 1 })) }),
        () => admin.post(order, { email: `changed-${round}@example.com` }),
        () => admin.post(`${returns}/request`),
        () => admin.post(`${order}/cancel`),
        ...packed.fulfillments.map((one: { id: string }) => () => admin.post(`${order}/fulfillments/${one.id}/cancel`, {})),
        ...packed.vendor_orders.map((part: { id: string }, index: number) => () => {
          const vendor = store.vendors.findIndex((candidate) => candidate.id === packed.vendor_orders[index].vendor.id)
          const line = bought.lines[vendor] as string
          return store.vendor(vendor).post(`/vendor/orders/${part.id}/fulfillments`, { items: [{ id: line, quantity: 1 }] })
        }),
      ]
      // Begun in another order each time, so that each meets each both ways.
      const turned = [...everybody.slice(round * 2), ...everybody.slice(0, round * 2)]
      const answers = await Promise.all(turned.map((act) => act()))
      for (const { status, body } of answers) {
        seen.set(status, (seen.get(status) ?? 0) + 1)
        const isExpected = [200, 400].includes(status) || ['refund_in_progress', 'payment_changed'].includes(body.code)
        assert.ok(isExpected, `${status} ${JSON.stringify(body)}`)
      }
      await app().drain()
      assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
    }
    assert.ok((seen.get(200) ?? 0) > 20 && (seen.get(400) ?? 0) > 0, JSON.stringify([...seen]))
    assert.equal((await deadlocksOf(app().adminUrl)) - before, 0)
  })

  it('cancels and packs a paid order in the same order of locks', async () => {
    const paid = await createTestStore(app(), { vendors: 2, stock: 10 })
    const bought = await buy(paid, 1)
    const before = await deadlocksOf(app().adminUrl)
    const partId = bought.order.vendor_orders[0].id as string
    const canceled = await app().db.unitOfWork(paid.scope, async (unit) => {
      await unit.run(lockVendorOrderStatement(paid.tenantId, partId))
      const answer = paid.admin.post(`/admin/orders/${bought.id}/cancel`)
      await pause(500)
      await unit.run(lockLinesStatement(paid.tenantId, partId))
      return { answer }
    })
    const { status, body } = await canceled.answer
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal((await deadlocksOf(app().adminUrl)) - before, 0)
  })
})

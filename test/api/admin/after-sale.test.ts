import assert from 'node:assert/strict'
import { registerPaymentProvider } from '../../../src/payments/index.js'
import { manualPaymentProvider } from '../../../src/providers/payment-manual/index.js'
import { booksOf, buy, orderOf, packAll, shelf, notFoundByTotal } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { brokenInvariants } from '../../support/invariants.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('admin API: an order after its sale', () => {
  const app = useApp()
  let store: TestStore
  const canceled: string[] = []

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, paymentCapture: 'manual', tax_ppm: 100_000 })
    registerPaymentProvider({
      ...manualPaymentProvider,
      async cancel(call, _money, data) {
        canceled.push(call.operationKey)
        if (data.answer === 'unknown') return { kind: 'unknown', message: 'no answer' }
        return { kind: 'ok', value: { data } }
      },
    })
  })
  after(() => registerPaymentProvider(manualPaymentProvider))
  afterEach(async () => {
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })

  const post = (path: string, body: unknown = {}) => store.admin.post(path, body)

  describe('packing and sending', () => {
    it("packs every vendor's pieces at once, a fulfilment for each", async () => {
      const bought = await buy(store)
      const order = await packAll(store, bought)
      assert.equal(order.fulfillments.length, 2)
      assert.equal(new Set(order.fulfillments.map((fulfillment: { vendor_order_id: string }) => fulfillment.vendor_order_id)).size, 2)
      assert.equal(order.fulfillment_status, 'fulfilled')
    })

    it('packs nothing when one of the lines cannot be packed', async () => {
      const bought = await buy(store)
      const items = [
        { id: bought.lines[0], quantity: 1 },
        { id: bought.lines[1], quantity: 3 },
      ]
      assert.equal((await post(`/admin/orders/${bought.id}/fulfillments`, { items })).status, 400)
      const foreign = await buy(store)
      const mixed = await post(`/admin/orders/${bought.id}/fulfillments`, {
        items: [
          { id: bought.lines[0], quantity: 1 },
          { id: foreign.lines[1], quantity: 1 },
        ],
      })
      const message = `Items with ids ${foreign.lines[1]} does not exist in order with id ${bought.id}.`
      assert.deepEqual([mixed.status, mixed.body], [400, { type: 'invalid_data', message }])
      assert.equal((await orderOf(store, bought.id)).fulfillments.length, 0)
    })

    it('notes that what has arrived was sent, where nobody said so before', async () => {
      const bought = await buy(store)
      const empty = await post(`/admin/orders/${bought.id}/fulfillments`, { items: [] })
      const message = "Invalid request: Value for field 'items' too small, expected at least: '1'"
      assert.deepEqual([empty.status, empty.body.message], [400, message])
      const [first, second] = (await packAll(store, bought)).fulfillments
      const path = `/admin/orders/${bought.id}/fulfillments/${first.id}`
      const { order } = (await post(`${path}/mark-as-delivered`)).body
      const item = order.items.find((one: { id: string }) => one.id === first.items[0].line_item_id)
      assert.deepEqual([item.detail.shipped_quantity, item.detail.delivered_quantity], [2, 2])
      const again = await post(`${path}/mark-as-delivered`)
      assert.deepEqual([again.status, again.body.message], [400, 'Fulfillment has already been marked delivered'])
      assert.equal((await post(`${path}/shipments`, {})).body.message, 'Shipment has already been created')
      const other = `/admin/orders/${bought.id}/fulfillments/${second.id}`
      assert.equal((await post(`${other}/cancel`)).status, 200)
      assert.equal((await post(`${other}/mark-as-delivered`)).body.message, 'Cannot deliver an already canceled fulfillment')
      assert.equal((await post(`${other}/shipments`, {})).body.message, 'Cannot create shipment for a canceled fulfillment')
    })

    it('sends what was packed, and notes that it arrived', async () => {
      const bought = await buy(store)
      const [first, second] = (await packAll(store, bought)).fulfillments
      const path = `/admin/orders/${bought.id}/fulfillments/${first.id}`
      const line = first.items[0].line_item_id
      assert.equal((await post(`${path}/shipments`, { items: [{ id: line, quantity: 1 }] })).status, 400, 'shipped whole or not at all')
      const sent = await post(`${path}/shipments`, {
        items: [{ id: line, quantity: 2 }],
        labels: [{ tracking_number: 'T1', tracking_url: 'https://post.example/T1', label_url: 'https://post.example/T1.pdf' }],
      })
      assert.equal(sent.status, 200, JSON.stringify(sent.body))
      const shown = sent.body.order.fulfillments.find((fulfillment: { id: string }) => fulfillment.id === first.id)
      assert.deepEqual([shown.labels[0].tracking_number, shown.labels[0].label_url], ['T1', 'https://post.example/T1.pdf'])
      assert.equal(sent.body.order.fulfillment_status, 'partially_shipped')
      assert.equal((await post(`${path}/mark-as-delivered`)).body.order.fulfillment_status, 'partially_delivered')
      assert.equal((await post(`${path}/cancel`)).status, 400)
      const other = await buy(store)
      const foreign = await post(`/admin/orders/${other.id}/fulfillments/${second.id}/cancel`)
      const message = `Fulfillment with id ${second.id} not found in the order`
      assert.deepEqual([foreign.status, foreign.body], [400, { type: 'invalid_data', message }])
      const quiet = `/admin/orders/${bought.id}/fulfillments/${second.id}/shipments`
      assert.equal((await post(quiet, { no_notification: true })).body.order.fulfillment_status, 'partially_delivered')
      await app().drain()
      const mailed = await asAdmin<{ key: string }>(
        app().adminUrl,
        `select unique_key as key from app.notification where tenant_id = $1 and unique_key = any($2)`,
        [store.tenantId, [first, second].map(({ id }) => `fulfillment.shipped:${id}`)],
      )
      assert.deepEqual(mailed, [{ key: `fulfillment.shipped:${first.id}` }], 'no mail where staff want none')
    })

    it('puts what is unpacked back on the shelf, promised to the order', async () => {
      const before = await shelf(app(), store)
      const bought = await buy(store)
      assert.deepEqual(await shelf(app(), store), { ...before, reserved: before.reserved + 2 })
      const order = await packAll(store, bought)
      assert.deepEqual(await shelf(app(), store), { stocked: before.stocked - 2, reserved: before.reserved })
      const own = order.fulfillments.find(
        (fulfillment: { items: { line_item_id: string }[] }) => fulfillment.items[0]?.line_item_id === bought.lines[0],
      )
      const unpacked = await Promise.all([1, 2, 3].map(() => post(`/admin/orders/${bought.id}/fulfillments/${own.id}/cancel`)))
      assert.deepEqual(unpacked.map((answer) => answer.status).sort(), [200, 400, 400], 'unpacked once')
      assert.deepEqual(await shelf(app(), store), { ...before, reserved: before.reserved + 2 })
      const again = await post(`/admin/orders/${bought.id}/fulfillments`, { items: [{ id: bought.lines[0], quantity: 2 }] })
      assert.equal(again.status, 200, 'and can be packed again')
    })
  })

  it('credits what is still owed, when staff say so, and nobody pays it', async () => {
    const bought = await buy(store)
    const { total } = bought.order
    const credit = (amount: number) =>
      post(`/admin/orders/${bought.id}/credit-lines`, {
        amount,
        reference: 'Goodwill',
        reference_id: 'sorry',
        metadata: { by: 'telephone' },
      })
    const over = 'Cannot create more positive credit lines with amount more than the pending difference'
    assert.deepEqual((await credit(total + 1)).body, { type: 'invalid_data', message: over })
    assert.equal((await credit(-1)).body.message, 'Can only create positive credit lines if the order has a positive pending difference')
    const { order } = (await credit(10)).body
    const left = Number((total - 10).toFixed(2))
    const [line] = order.credit_lines
    assert.deepEqual([line.amount, line.reference, line.reference_id, line.metadata], [10, 'Goodwill', 'sorry', { by: 'telephone' }])
    const { current_order_total, original_order_total, pending_difference, credit_line_total } = order.summary
    assert.deepEqual(
      [order.total, current_order_total, original_order_total, pending_difference, credit_line_total],
      [left, left, total, left, 10],
    )
    assert.equal(order.payment_collections[0].amount, left, 'and that is what is to be paid')
    assert.equal((await booksOf(store, bought.id))['A:shopper'], left)
    await post(`/admin/payments/${bought.paymentId}/capture`, {})
    const paid = await orderOf(store, bought.id)
    assert.deepEqual([paid.payment_status, paid.summary.paid_total, paid.summary.pending_difference], ['captured', left, 0])
    assert.equal((await credit(1)).body.message, 'Can only create credit lines if the order has a positive or negative pending difference')
  })

  describe('cancelling', () => {
    it('frees the stock, gives the payment up and takes the sale out of the books', async () => {
      const before = await shelf(app(), store)
      const bought = await buy(store)
      canceled.length = 0
      const { status, body } = await post(`/admin/orders/${bought.id}/cancel`)
      assert.equal(status, 200, JSON.stringify(body))
      assert.deepEqual([body.order.status, body.order.payment_status], ['canceled', 'canceled'])
      assert.ok(body.order.canceled_at !== null)
      assert.deepEqual(
        body.order.vendor_orders.map((part: { status: string }) => part.status),
        ['canceled', 'canceled'],
      )
      assert.equal(body.order.summary.pending_difference, 0)
      assert.deepEqual(await shelf(app(), store), before)
      assert.deepEqual(canceled, [`cancel:${bought.paymentId}`])
      assert.deepEqual(await booksOf(store, bought.id), {})
      assert.equal((await post(`/admin/payments/${bought.paymentId}/capture`)).status, 400)
      assert.equal((await post(`/admin/orders/${bought.id}/fulfillments`, { items: [{ id: bought.lines[0], quantity: 1 }] })).status, 400)
      const again = await post(`/admin/orders/${bought.id}/cancel`)
      assert.deepEqual(again.body, { type: 'invalid_data', message: `Order with id ${bought.id} has been canceled.` })
      const email = await post(`/admin/orders/${bought.id}`, { email: 'other@example.com' })
      assert.deepEqual(email.body, { type: 'invalid_data', message: `Order with id ${bought.id} has been canceled.` })
      const items = [{ id: bought.lines[0], quantity: 1 }]
      const packing = await post(`/admin/orders/${bought.id}/fulfillments`, { items })
      assert.deepEqual(packing.body, { type: 'invalid_data', message: `Order with id ${bought.id} has been canceled.` })
      const completing = await post(`/admin/orders/${bought.id}/complete`)
      assert.equal(completing.body.message, `Orders ${bought.id} are canceled and cannot be completed`)
      assert.equal(canceled.length, 1)
    })

    it('gives back what was captured, all or part of the order', async () => {
      for (const amount of [undefined, 10.01]) {
        const bought = await buy(store)
        await post(`/admin/payments/${bought.paymentId}/capture`, amount === undefined ? {} : { amount })
        const { body } = await post(`/admin/orders/${bought.id}/cancel`)
        const [collection] = body.order.payment_collections
        assert.deepEqual([body.order.status, body.order.payment_status, collection.status], ['canceled', 'refunded', 'canceled'])
        assert.equal(body.order.summary.refunded_total, amount ?? bought.order.total)
        assert.equal(body.order.summary.pending_difference, 0)
        assert.deepEqual(await booksOf(store, bought.id), {})
      }
    })

    it('is refused while something is packed, and changes nothing then', async () => {
      const bought = await buy(store)
      const order = await packAll(store, bought, 1)
      const books = await booksOf(store, bought.id)
      const refused = await post(`/admin/orders/${bought.id}/cancel`)
      assert.deepEqual([refused.status, refused.body.message], [400, 'All fulfillments must be canceled before canceling an order'])
      assert.deepEqual(await booksOf(store, bought.id), books)
      for (const fulfillment of order.fulfillments) await post(`/admin/orders/${bought.id}/fulfillments/${fulfillment.id}/cancel`)
      assert.equal((await post(`/admin/orders/${bought.id}/cancel`)).status, 200)
    })

    it('either cancels or packs, when both are tried at once', async () => {
      for (let round = 0; round < 4; round += 1) {
        const bought = await buy(store)
        const items = bought.lines.map((id) => ({ id, quantity: 2 }))
        const [gone, packed, taken] = await Promise.all([
          post(`/admin/orders/${bought.id}/cancel`),
          post(`/admin/orders/${bought.id}/fulfillments`, { items }),
          post(`/admin/payments/${bought.paymentId}/capture`),
        ])
        assert.deepEqual([gone?.status, packed?.status].sort(), [200, 400])
        assert.ok([200, 400].includes(taken?.status as number), JSON.stringify(taken?.body))
        await app().drain()
        const order = await orderOf(store, bought.id)
        if (order.status === 'canceled') assert.deepEqual(await booksOf(store, bought.id), {}, 'what was captured meanwhile went back')
      }
    })

    it('is done at once when the provider does not answer, which is asked again', async () => {
      const bought = await buy(store)
      const answer = (data: object) =>
        asAdmin(app().adminUrl, 'update app.payment set data = $3 where tenant_id = $1 and id = $2', [
          store.tenantId,
          bought.paymentId,
          data,
        ])
      await answer({ answer: 'unknown' })
      const { body } = await post(`/admin/orders/${bought.id}/cancel`)
      assert.deepEqual([body.order.status, body.order.payment_collections[0].payments[0].canceled_at], ['canceled', null])
      await answer({})
      await asAdmin(
        app().adminUrl,
        `update app.outbox_event set available_at = now() where tenant_id = $1 and name = 'payment.cancel_requested' and state = 'queued'`,
        [store.tenantId],
      )
      await app().drain()
      assert.notEqual((await orderOf(store, bought.id)).payment_collections[0].payments[0].canceled_at, null)
    })
  })

  describe('changing', () => {
    it('changes e-mail, address and metadata, for the vendors too, and keeps a history', async () => {
      const bought = await buy(store)
      const changed = await post(`/admin/orders/${bought.id}`, {
        email: 'new@example.com',
        shipping_address: { address_1: '2 Side Street' },
        metadata: { gift: true },
      })
      assert.equal(changed.status, 200, JSON.stringify(changed.body))
      const { order } = changed.body
      assert.deepEqual(
        [order.email, order.shipping_address.address_1, order.shipping_address.country_code, order.metadata.gift],
        ['new@example.com', '2 Side Street', 'us', true],
      )
      const part = await store.vendor(0).get(`/vendor/orders/${order.vendor_orders[0].id}`)
      assert.deepEqual([part.body.order.email, part.body.order.shipping_address.address_1], ['new@example.com', '2 Side Street'])
      const history = await store.admin.get(`/admin/orders/${bought.id}/changes`)
      const [change] = history.body.order_changes
      assert.deepEqual(
        [change.change_type, change.actions.map((action: { details: { type: string } }) => action.details.type)],
        ['update_order', ['email', 'shipping_address', 'metadata']],
      )
      const abroad = await post(`/admin/orders/${bought.id}`, { shipping_address: { country_code: 'de' } })
      assert.deepEqual([abroad.status, abroad.body.message], [400, 'Country code cannot be changed'])
    })

    it('completes, then archives; not the other way round', async () => {
      const bought = await buy(store)
      const early = await post(`/admin/orders/${bought.id}/archive`)
      assert.deepEqual(early.body, {
        type: 'invalid_data',
        message: `Orders ${bought.id} are completed, canceled, or in draft and cannot be archived`,
      })
      assert.equal((await post(`/admin/orders/${bought.id}/complete`)).body.order.status, 'completed')
      assert.equal((await post(`/admin/orders/${bought.id}/archive`)).body.order.status, 'archived')
      assert.equal((await post(`/admin/orders/${bought.id}/archive`)).status, 400, 'it is away already')
      assert.equal((await post(`/admin/orders/${bought.id}/complete`)).status, 400)
      assert.equal((await post(`/admin/orders/${bought.id}/cancel`)).status, 400)
    })

    it('lists orders by time, region and state, and the lines of one', async () => {
      const bought = await buy(store)
      const { created_at } = await orderOf(store, bought.id)
      const ids = async (query: Record<string, string>) =>
        (await store.admin.get('/admin/orders', { fields: 'id', limit: 100, ...query })).body.orders.map(
          (order: { id: string }) => order.id,
        )
      assert.deepEqual(await ids({ 'created_at[$gte]': created_at }), [bought.id])
      assert.deepEqual(await ids({ 'created_at[$gt]': created_at }), [])
      assert.ok(!(await ids({ 'created_at[$lt]': created_at })).includes(bought.id))
      assert.ok((await ids({ 'updated_at[$lte]': new Date().toISOString(), region_id: store.regionId })).includes(bought.id))
      assert.deepEqual(await ids({ region_id: 'reg_none' }), [])
      assert.ok(!(await ids({ status: 'canceled' })).includes(bought.id))
      assert.equal((await store.admin.get('/admin/orders', { 'created_at[$gte]': 'yesterday' })).status, 400)
      const { body } = await store.admin.get(`/admin/orders/${bought.id}/line-items`)
      assert.deepEqual(
        body.order_items
          .map((item: { item_id: string; quantity: number; item: { id: string } }) => [item.item_id, item.quantity, item.item.id])
          .sort(),
        bought.lines.map((id) => [id, 2, id]).sort(),
      )
    })
  })

  it('leaves orders that are found by the total that they tell', async () => {
    assert.deepEqual(await notFoundByTotal(store), [])
  })
})

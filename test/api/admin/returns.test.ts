import assert from 'node:assert/strict'
import { addReturnOption, type Bought, booksOf, buy, orderOf, packAll, shelf, notFoundByTotal } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { brokenInvariants } from '../../support/invariants.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const cents = (amount: number) => Math.round(amount * 100) / 100

describe('admin API: returns', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, tax_ppm: 100_000 })
  })
  afterEach(async () => {
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })

  const post = (path: string, body: unknown = {}) => store.admin.post(`/admin/returns${path}`, body)
  const good = async (answer: ReturnType<typeof post>) => {
    const { status, body } = await answer
    assert.equal(status, 200, JSON.stringify(body))
    return body
  }
  const detailOf = async (bought: Bought, line: number) => {
    const order = await orderOf(store, bought.id)
    const { detail } = order.items.find((item: { id: string }) => item.id === bought.lines[line])
    return [detail.return_requested_quantity, detail.return_received_quantity, detail.return_dismissed_quantity]
  }
  /** What the pieces of a line, and of the order, were sold for that are on their way back, came back good and damaged. */
  const fatesOf = async (bought: Bought, line: number) => {
    const order = await orderOf(store, bought.id)
    const item = order.items.find((one: { id: string }) => one.id === bought.lines[line])
    return [item, order].map((of) => [of.fulfilled_total, of.return_requested_total, of.return_received_total, of.return_dismissed_total])
  }
  async function packedOrder(): Promise<Bought> {
    const bought = await buy(store)
    await packAll(store, bought)
    return bought
  }
  async function begun(bought: Bought, pieces: readonly number[]): Promise<string> {
    const { return: made } = await good(post('', { order_id: bought.id }))
    const items = pieces.flatMap((quantity, line) => (quantity === 0 ? [] : [{ id: bought.lines[line], quantity }]))
    await good(post(`/${made.id}/request-items`, { items }))
    return made.id
  }

  it('of everything, after money was given for nothing, leaves an order that comes to nothing', async () => {
    const bought = await packedOrder()
    const refund = (body: object) => good(store.admin.post(`/admin/payments/${bought.paymentId}/refund`, body))
    await refund({ amount: cents(bought.order.shipping_total + 5) })
    await app().drain()
    const { return: made } = await good(post('', { order_id: bought.id }))
    const items = bought.lines.map((id) => ({ id, quantity: 2 }))
    await good(post(`/${made.id}/request-items`, { items }))
    await good(post(`/${made.id}/request`))
    await good(post(`/${made.id}/receive`))
    await good(post(`/${made.id}/receive-items`, { items }))
    await good(post(`/${made.id}/receive/confirm`))
    const back = await orderOf(store, bought.id)
    assert.deepEqual([back.total, cents(back.summary.pending_difference + back.summary.transaction_total)], [0, 0])
    await refund({})
    await app().drain()
    const order = await orderOf(store, bought.id)
    assert.deepEqual([order.payment_status, order.total, order.summary.pending_difference], ['refunded', 0, 0])
    assert.deepEqual(await booksOf(store, bought.id), {})
  })

  it('goes from begun to received, and puts the good pieces back on the shelf', async () => {
    const bought = await packedOrder()
    const before = await shelf(app(), store)
    const { return: made, order } = await good(post('', { order_id: bought.id, internal_note: 'rang up' }))
    assert.deepEqual([made.status, made.note, order.id], ['open', 'rang up', bought.id])
    const { return_reason: reason } = (await store.admin.post('/admin/return-reasons', { value: 'too_small', label: 'Too small' })).body
    const chosen = await good(
      post(`/${made.id}/request-items`, {
        items: [
          { id: bought.lines[0], quantity: 1, reason_id: reason.id },
          { id: bought.lines[1], quantity: 1 },
        ],
      }),
    )
    const action = chosen.order_preview.items.find((item: { id: string }) => item.id === bought.lines[0]).actions[0]
    assert.equal(action.action, 'RETURN_ITEM')
    await good(post(`/${made.id}/request-items/${action.id}`, { quantity: 2 }))
    assert.deepEqual(await detailOf(bought, 0), [0, 0, 0], 'nothing is on its way yet')
    assert.equal((await good(post(`/${made.id}/request`))).return.status, 'requested')
    assert.deepEqual(
      [await detailOf(bought, 0), await detailOf(bought, 1)],
      [
        [2, 0, 0],
        [1, 0, 0],
      ],
    )
    assert.equal(
      (await post(`/${made.id}/receive-items`, { items: [{ id: bought.lines[0], quantity: 1 }] })).status,
      400,
      'receiving begins first',
    )
    await good(post(`/${made.id}/receive`))
    assert.equal((await post(`/${made.id}/receive/confirm`)).status, 400, 'nothing was counted')
    assert.equal((await post(`/${made.id}/receive-items`, { items: [{ id: bought.lines[0], quantity: 3 }] })).status, 400)
    await good(post(`/${made.id}/receive-items`, { items: [{ id: bought.lines[0], quantity: 1 }] }))
    const counted = await good(post(`/${made.id}/dismiss-items`, { items: [{ id: bought.lines[0], quantity: 1 }] }))
    const { detail, actions, ...line } = counted.order_preview.items.find((item: { id: string }) => item.id === bought.lines[0])
    assert.deepEqual(
      [detail.return_requested_quantity, detail.return_received_quantity, detail.return_dismissed_quantity, detail.written_off_quantity],
      [0, 1, 1, 1],
      'as it would be',
    )
    assert.deepEqual([line.total, line.return_received_total, line.write_off_total, actions.length], [0, 11, 11, 2])
    assert.equal(counted.order_preview.order_change.change_type, 'return_receive')
    assert.deepEqual(await detailOf(bought, 0), [2, 0, 0], 'and not as it is')
    const part = await good(post(`/${made.id}/receive/confirm`))
    assert.equal(part.return.status, 'partially_received')
    assert.equal((await orderOf(store, bought.id)).summary.pending_difference, -44, 'what came damaged is owed as well')
    assert.deepEqual(await detailOf(bought, 0), [0, 1, 1])
    const sold = bought.lines.map((id) => bought.order.items.find((item: { id: string }) => item.id === id).total)
    assert.deepEqual(await fatesOf(bought, 0), [
      [sold[0], 0, sold[0] / 2, sold[0] / 2],
      [sold[0] + sold[1], sold[1] / 2, sold[0] / 2, sold[0] / 2],
    ])
    assert.deepEqual(
      await shelf(app(), store),
      { stocked: before.stocked + 1, reserved: before.reserved },
      'the damaged one is not for sale',
    )
    await good(post(`/${made.id}/receive`))
    await good(post(`/${made.id}/receive-items`, { items: [{ id: bought.lines[1], quantity: 1 }] }))
    const done = await good(post(`/${made.id}/receive/confirm`))
    assert.deepEqual([done.return.status, done.return.refund_amount], ['received', null])
    assert.ok(done.return.received_at !== null)
    const [first] = done.return.items
    const original = bought.order.items.find((item: { id: string }) => item.id === first.item_id)
    assert.deepEqual(
      [first.item.title, first.item.variant_sku, first.item.unit_price, first.detail.return_received_quantity],
      [original.title, original.variant_sku, original.unit_price, 1],
    )
    assert.equal(done.return.items.find((item: { item_id: string }) => item.item_id === bought.lines[0]).reason.label, 'Too small')
    const history = await store.admin.get(`/admin/orders/${bought.id}/changes`)
    assert.deepEqual(
      history.body.order_changes.map((change: { change_type: string }) => change.change_type),
      ['return_request', 'return_receive', 'return_receive'],
    )
    assert.equal((await post(`/${made.id}/cancel`)).status, 400)
  })

  it('offers what the received pieces were sold for, and gives it back when told to', async () => {
    const bought = await packedOrder()
    const returnId = await begun(bought, [1, 0])
    await good(post(`/${returnId}/request`))
    const refund = (body: object) => store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { return_id: returnId, ...body })
    assert.equal((await refund({})).status, 400, 'nothing has come back')
    const owed = async () => (await orderOf(store, bought.id)).summary.pending_difference
    const ofLine = bought.order.items.find((item: { id: string }) => item.id === bought.lines[0]).total
    assert.equal(await owed(), -ofLine / 2, 'owed from when it is on its way, as Medusa shows it')
    await good(post(`/${returnId}/receive`))
    await good(post(`/${returnId}/receive-items`, { items: [{ id: bought.lines[0], quantity: 1 }] }))
    const { return: received } = await good(post(`/${returnId}/receive/confirm`))
    const line = bought.order.items.find((item: { id: string }) => item.id === bought.lines[0])
    assert.deepEqual([received.refundable_amount, received.refund_amount], [line.total / 2, null])
    assert.equal(await owed(), -line.total / 2)
    assert.equal((await orderOf(store, bought.id)).payment_status, 'captured', 'nothing is given back by itself')
    const books = await booksOf(store, bought.id)
    assert.equal((await refund({ amount: line.total })).status, 400, 'more than it is worth')
    const { status, body } = await refund({})
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal(body.payment.refunded_amount, line.total / 2)
    assert.equal(await owed(), 0)
    const after = await booksOf(store, bought.id)
    const [first, second] = store.vendors.map((vendor) => `L:vendor ${vendor.id}`) as [string, string]
    assert.equal(after[second], books[second], 'only who sold it gives it back')
    assert.equal(Number(((books[first] as number) - (after[first] as number)).toFixed(2)), 9, 'its price less commission')
    assert.deepEqual(
      [(await good(store.admin.get(`/admin/returns/${returnId}`))).return.refund_amount, (await refund({})).status],
      [line.total / 2, 400],
    )
  })

  it('is what a refund is for that names none, as those of Medusa’s software: only who sold it gives it back, and once', async () => {
    const bought = await packedOrder()
    const returnId = await begun(bought, [0, 1])
    await good(post(`/${returnId}/request`))
    await good(post(`/${returnId}/receive`))
    await good(post(`/${returnId}/receive-items`, { items: [{ id: bought.lines[1], quantity: 1 }] }))
    const { return: received } = await good(post(`/${returnId}/receive/confirm`))
    const refund = (body: object) => store.admin.post(`/admin/payments/${bought.paymentId}/refund`, body)
    const given = async () => {
      const order = await orderOf(store, bought.id)
      return [order.summary.pending_difference, ...order.vendor_orders.map((part: { refunded_total: number }) => part.refunded_total)]
    }
    await good(refund({ amount: 1 }))
    assert.deepEqual(await given(), [cents(1 - received.refundable_amount), 0, 1])
    await good(refund({ amount: cents(received.refundable_amount - 1) }))
    assert.deepEqual(await given(), [0, 0, received.refundable_amount])
    const again = await refund({ return_id: returnId })
    assert.deepEqual([again.status, again.body.message], [400, 'Nothing that was received with this return is left to refund.'])
    // What is more than came back is nobody's in particular.
    await good(refund({ amount: 2 }))
    const [owed, first, second] = await given()
    assert.deepEqual([owed, cents(first + second)], [0, cents(received.refundable_amount + 2)])
    assert.ok(first > 0)
  })

  /** What an order comes to, by its totals and by its summary, what it came to before the last change, and who owes what. */
  async function standing(bought: Bought): Promise<number[]> {
    const { total, summary } = await orderOf(store, bought.id)
    return [total, summary.current_order_total, summary.original_order_total, summary.pending_difference]
  }

  it('keeps what sending back costs from what is offered', async () => {
    const optionId = await addReturnOption(store)
    const bought = await packedOrder()
    const returnId = await begun(bought, [2, 0])
    assert.equal(
      (await post(`/${returnId}/shipping-method`, { shipping_option_id: store.vendors[0]?.shippingOptionId })).status,
      404,
      'not one for returns',
    )
    const chosen = await good(post(`/${returnId}/shipping-method`, { shipping_option_id: optionId }))
    const [way] = chosen.return.shipping_methods
    assert.deepEqual([way.id, way.amount, way.is_tax_inclusive, way.data, way.return_id], [returnId, 3, false, {}, returnId])
    const { order_preview: planned } = chosen
    assert.deepEqual(
      [planned.total, planned.shipping_total, planned.summary.pending_difference, planned.summary.original_order_total],
      [cents(bought.order.total + 3), cents(bought.order.shipping_total + 3), 3, bought.order.total],
    )
    const added = planned.shipping_methods.find((method: { actions?: object[] }) => method.actions !== undefined)
    assert.deepEqual([added.total, added.tax_lines], [3, []])
    assert.equal(
      (await good(post(`/${returnId}/shipping-method/${added.actions[0].id}`, { custom_amount: 2 }))).return.shipping_methods[0].amount,
      2,
    )
    const whole = bought.order.total
    await good(post(`/${returnId}/request`))
    assert.deepEqual(await standing(bought), [cents(whole + 2), cents(whole + 2), whole, -20], 'sending back is a part of the order')
    assert.equal((await post(`/${returnId}/shipping-method`, { shipping_option_id: optionId })).status, 400)
    await good(post(`/${returnId}/receive`))
    await good(post(`/${returnId}/receive-items`, { items: [{ id: bought.lines[0], quantity: 2 }] }))
    assert.equal((await good(post(`/${returnId}/receive/confirm`))).return.refundable_amount, 20)
    assert.deepEqual(
      await standing(bought),
      [cents(whole - 20), cents(whole - 20), cents(whole + 2), -20],
      'what came back is none any more',
    )
    const order = await orderOf(store, bought.id)
    const [came] = order.items.filter((item: { id: string }) => item.id === bought.lines[0])
    assert.deepEqual([came.quantity, came.total, came.tax_total, came.tax_lines[0].total, came.original_total], [2, 0, 0, 0, 0])
    const { orders } = await good(store.admin.get(`/admin/orders?id=${bought.id}`))
    assert.deepEqual([orders[0].total, orders[0].summary], [order.total, order.summary], 'lists say the same')
    assert.equal((await good(store.admin.get('/admin/orders', { id: bought.id, total: order.total }))).count, 1, 'and find it by that')
    const refund = (more: object) => store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { return_id: returnId, ...more })
    assert.equal((await refund({ amount: 5 })).body.payment.refunded_amount, 5)
    assert.equal((await refund({})).body.payment.refunded_amount, 20)
    assert.equal((await refund({})).status, 400, 'and keeps it however often it is asked')
    assert.deepEqual(
      await standing(bought),
      [cents(whole - 20), cents(whole - 20), cents(whole + 2), 0],
      'giving back what is owed changes nothing',
    )
  })

  it('takes back no piece twice, however many ask at once', async () => {
    const bought = await packedOrder()
    const returns = await Promise.all([begun(bought, [2, 1]), begun(bought, [2, 1]), begun(bought, [2, 1])])
    const answers = await Promise.all(returns.map((returnId) => post(`/${returnId}/request`)))
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 400, 400])
    assert.deepEqual(
      [await detailOf(bought, 0), await detailOf(bought, 1)],
      [
        [2, 0, 0],
        [1, 0, 0],
      ],
    )
    const winner = returns[answers.findIndex((answer) => answer.status === 200)] as string
    await good(post(`/${winner}/receive`))
    await good(post(`/${winner}/receive-items`, { items: [{ id: bought.lines[0], quantity: 2 }] }))
    const before = await shelf(app(), store)
    const confirms = await Promise.all([1, 2, 3].map(() => post(`/${winner}/receive/confirm`)))
    assert.deepEqual(confirms.map((answer) => answer.status).sort(), [200, 400, 400])
    assert.equal((await shelf(app(), store)).stocked, before.stocked + 2, 'on the shelf once')
  })

  it('is shown also when what it was put together for has left the order', async () => {
    const bought = await buy(store)
    const { fulfillments } = await packAll(store, bought)
    const id = await begun(bought, [2])
    for (const { id: packed } of fulfillments) await good(store.admin.post(`/admin/orders/${bought.id}/fulfillments/${packed}/cancel`))
    await good(store.admin.post('/admin/order-edits', { order_id: bought.id }))
    await good(store.admin.post(`/admin/order-edits/${bought.id}/items/item/${bought.lines[0]}`, { quantity: 0 }))
    await good(store.admin.post(`/admin/order-edits/${bought.id}/confirm`))
    const { return: shown } = await good(store.admin.get(`/admin/returns/${id}`))
    assert.deepEqual([shown.status, shown.refundable_amount], ['open', 0])
    assert.equal((await post(`/${id}/request`)).status, 400)
    assert.equal((await store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { return_id: id })).status, 400)
  })

  it('refuses what was not packed, and lets a return be dropped, canceled and counted again', async () => {
    const bought = await buy(store)
    const { return: made } = await good(post('', { order_id: bought.id }))
    assert.equal((await post(`/${made.id}/request-items`, { items: [{ id: bought.lines[0], quantity: 1 }] })).status, 400)
    const none = await post(`/${made.id}/request-items`, { items: [{ id: bought.lines[0], quantity: 0 }] })
    assert.deepEqual(none.body, { type: 'invalid_data', message: `Quantity to return of item ${bought.lines[0]} is required.` })
    const empty = await post(`/${made.id}/request`)
    assert.deepEqual([empty.status, empty.body.message], [400, 'Order return request should have at least 1 item'])
    assert.equal((await store.admin.delete(`/admin/returns/${made.id}/request`)).body.deleted, true)
    assert.equal((await store.admin.get(`/admin/returns/${made.id}`)).status, 404)
    const order = await packAll(store, bought)
    const returnId = await begun(bought, [1, 0])
    await good(post(`/${returnId}/request`))
    const own = order.fulfillments.find(
      (fulfillment: { items: { line_item_id: string }[] }) => fulfillment.items[0]?.line_item_id === bought.lines[0],
    )
    assert.equal(
      (await store.admin.post(`/admin/orders/${bought.id}/fulfillments/${own.id}/cancel`)).status,
      400,
      'its pieces are on their way back',
    )
    await good(post(`/${returnId}/receive`))
    await good(post(`/${returnId}/receive-items`, { items: [{ id: bought.lines[0], quantity: 1 }] }))
    const twice = `Order (${bought.id}) already has an existing active order change`
    assert.deepEqual((await post(`/${returnId}/receive`)).body, { type: 'invalid_data', message: twice })
    assert.deepEqual((await post(`/${returnId}/cancel`)).body, { type: 'invalid_data', message: twice })
    await good(store.admin.delete(`/admin/returns/${returnId}/receive`))
    const outOfTurn = { type: 'invalid_data', message: 'An active Order Change is required to proceed' }
    assert.deepEqual((await post(`/${returnId}/receive/confirm`)).body, outOfTurn)
    assert.deepEqual((await post(`/${returnId}/request`)).body, outOfTurn)
    assert.equal((await good(post(`/${returnId}/cancel`))).return.status, 'canceled')
    assert.equal((await post(`/${returnId}/receive`)).body.message, `Return with id ${returnId} has been canceled.`)
    assert.deepEqual((await post('/return_none/receive')).body, { type: 'not_found', message: 'Return id not found: return_none' })
    assert.deepEqual(await detailOf(bought, 0), [0, 0, 0])
    assert.equal((await store.admin.get('/admin/returns', { order_id: bought.id })).body.count, 1)
  })

  it('tells the shopper that it is called off, unless they never heard of it or staff say so', async () => {
    for (const [request, cancel, mails] of [
      [{}, {}, 2],
      [{}, { no_notification: true }, 1],
      [{ no_notification: true }, {}, 0],
    ] as const) {
      const bought = await packedOrder()
      const returnId = await begun(bought, [1, 0])
      await good(post(`/${returnId}/request`, request))
      await app().drain()
      await good(post(`/${returnId}/cancel`, cancel))
      await app().drain()
      const told = app().mails.filter(
        ({ subject }) => /^Your return/.test(subject) && subject.includes(` order #${bought.order.display_id} `),
      )
      assert.equal(told.length, mails, JSON.stringify([request, cancel, told.map(({ subject }) => subject)]))
      if (mails === 2) assert.match(told[1]?.text ?? '', /Nothing of your order #\d+ at .* is expected back with this return any more\./)
    }
  })

  it("puts a vendor's goods on that vendor's shelves only", async () => {
    const bought = await packedOrder()
    const { return: made } = await good(post('', { order_id: bought.id, location_id: store.vendors[1]?.locationId }))
    await good(post(`/${made.id}/request-items`, { items: [{ id: bought.lines[0], quantity: 1 }] }))
    assert.equal((await post(`/${made.id}/request`)).status, 400)
    await good(post(`/${made.id}`, { location_id: null }))
    await good(post(`/${made.id}/request`))
    assert.equal((await post(`/${made.id}`, { location_id: store.vendors[1]?.locationId })).status, 400)
  })

  it('leaves orders that are found by the total that they tell', async () => {
    assert.deepEqual(await notFoundByTotal(store), [])
  })
})

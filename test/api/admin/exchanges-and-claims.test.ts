import assert from 'node:assert/strict'
import { refused, type Sdk, useAfterSale } from '../../support/admin-client.js'
import { addReturnOption, type Bought, booksOf, buy, orderOf, packAll, shelf, notFoundByTotal } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import type { TestStore } from '../../support/store.js'

type Line = { id: string; quantity: number; actions: { id: string; action: string }[] }

describe("exchanges and claims with Medusa's SDK", () => {
  const app = useApp()
  const afterSale = useAfterSale(app)
  let store: TestStore
  let exchanges: Sdk['admin']['exchange']
  let claims: Sdk['admin']['claim']
  let sdk: Sdk

  before(async () => {
    store = afterSale.store()
    sdk = afterSale.sdk()
    exchanges = sdk.admin.exchange
    claims = sdk.admin.claim
  })

  const variant = (vendor: number, product: number) => store.vendors[vendor]?.products[product]?.variantIds[0] as string
  const actionIn = (parts: unknown, id?: string) =>
    (parts as Line[]).find((part) => (id === undefined || part.id === id) && part.actions?.length > 0)?.actions[0]?.id as string

  /** What the shopper will owe by what is planned, below nothing for what is owed to them: Medusa's clients do not know the key. */
  const dueBy = (preview: { summary: object }) => (preview.summary as { difference_due: number }).difference_due

  /** A packed order, and an exchange of a piece of its first line for another product, not requested yet. */
  async function planned(outbound: object = {}): Promise<{ bought: Bought; id: string; line: string }> {
    const bought = await buy(store)
    await packAll(store, bought)
    const [line] = bought.lines as [string]
    const { exchange } = await exchanges.create({ order_id: bought.id, internal_note: 'Too small', description: 'For a larger one' })
    await exchanges.addInboundItems(exchange.id, { items: [{ id: line, quantity: 1 }] })
    await exchanges.addOutboundItems(exchange.id, { items: [{ variant_id: variant(0, 1), quantity: 1, ...outbound }] })
    return { bought, id: exchange.id, line }
  }

  it('tell the shopper what to send back and what is sent, what has arrived, and what went back; each once', async () => {
    const { bought, id } = await planned()
    const returnOption = await addReturnOption(store)
    await exchanges.addInboundShipping(id, { shipping_option_id: returnOption })
    const requested = await exchanges.request(id, {})
    const newest = async () => {
      await app().drain()
      return (
        app()
          .mails.filter((mail) => mail.subject.includes(`order #${bought.order.display_id}`))
          .at(-1)?.text ?? ''
      )
    }
    const told = await newest()
    assert.match(
      told,
      /We send you\n {2}1 × Thing 1\.2\n[\s\S]*Please send back[^\n]*\n {2}1 × Thing 1\.1\n\nHow\n {2}Send back, \$3\.00\n/,
    )
    assert.match(told, /Still to be paid: \$4\.10\.\n\nPay here: http/)
    const back = `/admin/returns/${requested.return.id}`
    good(await store.admin.post(`${back}/receive`, {}))
    good(await store.admin.post(`${back}/receive-items`, { items: [{ id: bought.lines[0], quantity: 1 }] }))
    good(await store.admin.post(`${back}/receive/confirm`, {}))
    assert.match(await newest(), /Arrived\n {2}1 of 1 × Thing 1\.1\n/)
    good(await store.admin.post(`/admin/payments/${bought.paymentId}/capture`, {}))
    good(await store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { amount: 2 }))
    assert.match(await newest(), /We have given back \$2\.00/)
    const sent = app().mails.length
    await app().drain()
    assert.equal(app().mails.length, sent)
  })

  it('tell the shopper that they are called off, once, if they had been told of them', async () => {
    const mailsOf = async (bought: Bought) => {
      await app().drain()
      return app().mails.filter(({ subject }) => subject.includes(`order #${bought.order.display_id}`) && /exchange/i.test(subject))
    }
    const { bought, id } = await planned()
    await exchanges.request(id, {})
    assert.equal((await mailsOf(bought)).length, 1)
    await exchanges.cancel(id)
    await refused(exchanges.cancel(id))
    const [, off, ...more] = await mailsOf(bought)
    assert.match(off?.subject ?? '', /^Your exchange #\d+ for order #\d+ at .* is called off$/)
    assert.match(off?.text ?? '', /nothing is sent for it, and nothing is expected back\.\nIf something is on its way back already/)
    assert.deepEqual(more, [])
    const silent = await planned()
    await exchanges.request(silent.id, { no_notification: true } as never)
    await exchanges.cancel(silent.id)
    assert.deepEqual(await mailsOf(silent.bought), [])
  })

  it('send goods for goods that come back, which pay for them; the shopper pays the difference', async () => {
    const { bought, id, line } = await planned()
    const { order: preview } = await sdk.admin.order.retrievePreview(bought.id)
    assert.deepEqual([dueBy(preview), preview.summary.pending_difference], [1.1, 12.1], 'what comes back is owed once it was asked for')
    assert.equal(preview.order_change.change_type, 'exchange')
    const noted = preview.order_change as unknown as { description: string; internal_note: string }
    assert.deepEqual([noted.description, noted.internal_note], ['For a larger one', 'Too small'])
    assert.equal(preview.order_change.return_id, (await exchanges.retrieve(id)).exchange.return_id)
    assert.equal((preview.items as unknown as Line[]).find((item) => item.id === line)?.actions[0]?.action, 'RETURN_ITEM')
    assert.equal((await orderOf(store, bought.id)).items.length, 2, 'nothing happens before it is requested')

    const requested = await exchanges.request(id, {})
    assert.deepEqual(
      [requested.return.status, requested.return.exchange_id, requested.exchange.return_id],
      ['requested', id, requested.return.id],
    )
    assert.deepEqual([requested.exchange.difference_due, requested.exchange.return_items.map((item) => item.item_id)], [1.1, [line]])
    const order = await orderOf(store, bought.id)
    assert.deepEqual([order.items.length, order.summary.pending_difference], [3, 1.1])
    const [open] = order.payment_collections.filter((collection: { status: string }) => collection.status === 'not_paid')
    await sdk.admin.paymentCollection.markAsPaid(open.id, { order_id: bought.id })
    const added = order.items.find((item: Line) => !bought.lines.includes(item.id))
    good(await store.admin.post(`/admin/orders/${bought.id}/fulfillments`, { items: [{ id: added.id, quantity: 1 }] }))

    const before = await shelf(app(), store)
    const back = `/admin/returns/${requested.return.id}`
    good(await store.admin.post(`${back}/receive`))
    good(await store.admin.post(`${back}/receive-items`, { items: [{ id: line, quantity: 1 }] }))
    const received = good(await store.admin.post(`${back}/receive/confirm`))
    assert.deepEqual([received.return.status, received.return.refundable_amount], ['received', 0], 'its worth is spent')
    assert.equal((await shelf(app(), store)).stocked, before.stocked + 1)
    const again = await store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { return_id: requested.return.id })
    assert.match(again.body.message, /Nothing that was received with this return is left to refund/)
    assert.equal((await orderOf(store, bought.id)).summary.pending_difference, 0)
    assert.equal((await booksOf(store, bought.id))['A:shopper'], undefined)
    const part = good(await store.vendor(0).get('/vendor/orders')).orders.find(
      (one: { display_id: string }) => one.display_id === `${order.display_id}-1`,
    )
    assert.equal(part.items.length, 2, 'the vendor sees what it sends')
  })

  it('leave what is cheaper to be refunded, less what sending back costs', async () => {
    const option = await addReturnOption(store)
    const { bought, id } = await planned({ unit_price: 5 })
    const { order_preview: sent } = await exchanges.addInboundShipping(id, { shipping_option_id: option })
    const dearer = await exchanges.updateInboundShipping(id, actionIn(sent.shipping_methods), { custom_amount: 2 })
    assert.equal(dueBy(dearer.order_preview), -3.5)
    const by = (dearer.order_preview.shipping_methods as unknown as { detail: Record<string, unknown> }[]).map(
      ({ detail }) => detail.exchange_id,
    )
    assert.deepEqual(
      by.filter((one) => one !== null),
      [id],
      'what sends it back is told by the exchange',
    )
    await exchanges.request(id, {})
    assert.equal((await orderOf(store, bought.id)).summary.pending_difference, -3.5)
    good(await store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { amount: 3.5 }))
    assert.equal((await orderOf(store, bought.id)).summary.pending_difference, 0)
    const list = await exchanges.list({ order_id: bought.id })
    assert.deepEqual([list.count, list.exchanges[0]?.id, list.exchanges[0]?.additional_items.length], [1, id, 1])
    const { exchange } = await exchanges.retrieve(id)
    const [first] = exchange.additional_items as unknown as { item_id: string; item: { id: string }; note: string | null }[]
    assert.deepEqual([exchange.order_id, first?.item.id, first?.note], [bought.id, first?.item_id, null])
  })

  it('plan, change and unplan what comes back and what is sent', async () => {
    const { bought, id, line } = await planned()
    const { order_preview: preview } = await exchanges.addOutboundShipping(id, {
      shipping_option_id: store.vendors[0]?.shippingOptionId as string,
    })
    const method = actionIn(preview.shipping_methods)
    await exchanges.updateOutboundShipping(id, method, { custom_amount: 1 })
    const inbound = actionIn(preview.items, line)
    const two = await exchanges.updateInboundItem(id, inbound, { quantity: 2 })
    assert.equal(dueBy(two.order_preview), -8.8)
    const outbound = (two.order_preview.items as unknown as Line[]).find((item) => !bought.lines.includes(item.id)) as Line
    const more = await exchanges.updateOutboundItem(id, outbound.actions[0]?.id as string, { quantity: 2 })
    assert.deepEqual([dueBy(more.order_preview), more.exchange.difference_due], [3.3, 3.3])
    await exchanges.deleteOutboundShipping(id, method)
    await exchanges.removeOutboundItem(id, outbound.actions[0]?.id as string)
    await exchanges.removeInboundItem(id, inbound)
    const empty = await refused(exchanges.request(id, {}))
    assert.equal(empty.message, 'Order exchange request should have at least 1 item inbound and 1 item outbound')
    assert.equal(
      (await refused(sdk.admin.orderEdit.initiateRequest({ order_id: bought.id }))).message,
      `Order (${bought.id}) already has an existing active order change`,
    )
    assert.equal((await exchanges.cancelRequest(id)).deleted, true)
    assert.equal((await refused(exchanges.retrieve(id))).status, 404, 'it is gone')
    await sdk.admin.orderEdit.initiateRequest({ order_id: bought.id })
  })

  it('are canceled before anything moves, and then are as if they had never been', async () => {
    const shelves = await shelf(app(), store, 0)
    const { bought, id, line } = await planned()
    await exchanges.addOutboundShipping(id, { shipping_option_id: store.vendors[0]?.shippingOptionId as string })
    const before = await booksOf(store, bought.id)
    const [one, other] = await Promise.allSettled([1, 2].map(() => exchanges.request(id, {})))
    assert.deepEqual([one?.status, other?.status].sort(), ['fulfilled', 'rejected'], 'once, by whoever was first')
    const { exchange } = await exchanges.retrieve(id)
    assert.match((await refused(sdk.admin.return.cancel(exchange.return_id as string, {}))).message, /cancel that instead/)
    const own = await orderOf(store, bought.id)
    assert.equal(own.summary.pending_difference, 1.1 + 5.5)
    await exchanges.cancel(id)
    const order = await orderOf(store, bought.id)
    assert.deepEqual([order.summary.pending_difference, order.items.length], [0, 2])
    assert.deepEqual(await booksOf(store, bought.id), before)
    assert.deepEqual(await shelf(app(), store, 0), { ...shelves, stocked: shelves.stocked - 2 })
    const again = good(await store.admin.post('/admin/returns', { order_id: bought.id }))
    good(await store.admin.post(`/admin/returns/${again.return.id}/request-items`, { items: [{ id: line, quantity: 2 }] }))
    assert.equal((await refused(exchanges.cancel(id))).message, `Exchange with id ${id} has been canceled.`)
  })

  it('refuse what cannot be', async () => {
    const { bought, id, line } = await planned()
    const many = await refused(exchanges.addInboundItems(id, { items: [{ id: line, quantity: 3 }] }))
    assert.match(many.message, /Cannot request to return more items/)
    const { exchange: found } = await exchanges.retrieve(id)
    const { exchange: whole } = good(await store.admin.get(`/admin/exchanges/${id}`, { fields: 'id,*return,*return.items' }))
    assert.deepEqual([whole.return.id, whole.return.items[0].item_id], [found.return_id, line])
    assert.match((await refused(sdk.admin.return.confirmRequest(found.return_id as string, {}))).message, /request that instead/)
    assert.match((await refused(exchanges.cancel(id))).message, /was not requested/)
    const { exchange } = await exchanges.request(id, {})
    assert.match((await refused(exchanges.request(id, {}))).message, /^An active Order Change is required to proceed$/)
    assert.match((await refused(exchanges.cancel('oexc_none'))).message, /^OrderExchange id not found: oexc_none$/)
    assert.equal((await refused(exchanges.cancelRequest(id))).status, 400)
    assert.equal((await refused(exchanges.addOutboundItems(id, { items: [{ variant_id: variant(0, 1), quantity: 1 }] }))).status, 400)
    const sent = exchange.additional_items[0]?.item_id as string
    good(await store.admin.post(`/admin/orders/${bought.id}/fulfillments`, { items: [{ id: sent, quantity: 1 }] }))
    assert.match((await refused(exchanges.cancel(id))).message, /items that it sends are packed/)
  })

  describe('claims', () => {
    /** A packed order with a claim of a piece of its first line. */
    async function claimed(type: 'refund' | 'replace'): Promise<{ bought: Bought; id: string; line: string }> {
      const bought = await buy(store)
      await packAll(store, bought)
      const [line] = bought.lines as [string]
      const { claim } = await claims.create({ order_id: bought.id, type })
      await claims.addItems(claim.id, {
        items: [{ id: line, quantity: 1, reason: 'production_failure' as never, internal_note: 'Cracked' }],
      })
      return { bought, id: claim.id, line }
    }

    it('send something in place of what was broken, for nothing, whether or not that comes back', async () => {
      const { bought, id, line } = await claimed('replace')
      await claims.addInboundItems(id, { items: [{ id: line, quantity: 1, reason: 'wrong_item' as never }] })
      const { order_preview: preview } = await claims.addOutboundItems(id, { items: [{ variant_id: variant(0, 0), quantity: 1 }] })
      assert.equal(dueBy(preview), 0)
      const actions = (preview.items as unknown as Line[]).find((item) => item.id === line)?.actions
      assert.deepEqual(actions?.map(({ action }) => action).sort(), ['RETURN_ITEM', 'WRITE_OFF_ITEM'])
      const sent = preview.items.find((item) => item.actions?.some(({ action }) => action === 'ITEM_ADD'))?.actions?.[0]
      assert.deepEqual([sent?.reference, sent?.reference_id], ['order_claim', id])
      assert.equal(preview.order_change.change_type, 'claim')
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
      const lost = (found: any) => {
        const one = found.items.find((candidate: { id: string }) => candidate.id === line)
        return [one.detail.written_off_quantity, one.write_off_total]
      }
      assert.deepEqual(
        [lost(preview), lost(await orderOf(store, bought.id))],
        [
          [1, 11],
          [0, 0],
        ],
      )
      const requested = await claims.request(id, {})
      const [item] = requested.claim.claim_items
      assert.deepEqual([item?.item_id, item?.quantity, item?.reason], [line, 1, 'wrong_item'])
      assert.equal(requested.return.claim_id, id)
      const order = await orderOf(store, bought.id)
      assert.deepEqual([order.items.length, order.summary.pending_difference, order.payment_collections.length], [3, 0, 1])
      assert.deepEqual(lost(order), [1, 11])
      const back = `/admin/returns/${requested.return.id}`
      good(await store.admin.post(`${back}/receive`))
      good(await store.admin.post(`${back}/dismiss-items`, { items: [{ id: line, quantity: 1 }] }))
      assert.equal(good(await store.admin.post(`${back}/receive/confirm`)).return.refundable_amount, 0)
      const again = await store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { return_id: requested.return.id })
      assert.match(again.body.message, /Nothing that was received with this return is left to refund/)
      // The other piece was sent, too, and is not back.
      const { claim: second } = await claims.create({ order_id: bought.id, type: 'refund' })
      await claims.addItems(second.id, { items: [{ id: line, quantity: 1 }] })
      assert.equal(
        (await refused(claims.addItems(second.id, { items: [{ id: line, quantity: 2 }] }))).message,
        'Cannot claim more items than what was ordered.',
      )
      await claims.addInboundShipping(second.id, { shipping_option_id: await addReturnOption(store, 0) })
      const { claim, return: none } = await claims.request(second.id, {})
      assert.deepEqual([claim.refund_amount, none], [11, null], 'nothing comes back with it')
    })

    it('leave what was broken to be refunded, each piece once', async () => {
      const { bought, id, line } = await claimed('refund')
      const { claim } = await claims.request(id, {})
      assert.deepEqual([claim.refund_amount, claim.type, (await orderOf(store, bought.id)).summary.pending_difference], [11, 'refund', -11])
      good(await store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { amount: 11 }))
      const order = await orderOf(store, bought.id)
      assert.deepEqual([order.summary.pending_difference, order.summary.credit_line_total], [0, 11], 'credited once')
      const { claim: second } = await claims.create({ order_id: bought.id, type: 'refund' })
      const many = await refused(claims.addItems(second.id, { items: [{ id: line, quantity: 2 }] }))
      assert.equal(many.message, 'Cannot claim more items than what was ordered.')
      assert.equal((await claims.cancelRequest(second.id)).object, 'claim')
      assert.deepEqual(
        (await claims.list({ order_id: bought.id, status: 'requested' })).claims.map((one) => one.id),
        [id],
      )
      assert.equal((await refused(exchanges.retrieve(id))).status, 404, 'a claim is no exchange')
    })

    it('are changed before they are requested, and canceled after it', async () => {
      const { bought, id, line } = await claimed('replace')
      const before = await booksOf(store, bought.id)
      const { claim } = await claims.retrieve(id)
      const two = await claims.updateItem(id, claim.claim_items[0]?.id as string, { quantity: 2 })
      assert.equal(dueBy(two.order_preview), -22)
      await claims.removeItem(id, claim.claim_items[0]?.id as string)
      await claims.addOutboundItems(id, { items: [{ variant_id: variant(0, 1), quantity: 1 }] })
      assert.equal((await refused(claims.request(id, {}))).message, 'Order claim request should have at least 1 item')
      await claims.addItems(id, { items: [{ id: line, quantity: 1 }] })
      await claims.request(id, {})
      assert.equal((await orderOf(store, bought.id)).summary.pending_difference, 1.1)
      await claims.cancel(id, {})
      assert.deepEqual(await booksOf(store, bought.id), before)
      const order = await orderOf(store, bought.id)
      assert.deepEqual([order.summary.pending_difference, order.items.length, order.payment_collections.length], [0, 2, 1])
      const { order_changes } = good(await store.admin.get(`/admin/orders/${bought.id}/changes`))
      assert.deepEqual(order_changes.map((change: { change_type: string }) => change.change_type).sort(), ['claim', 'claim_cancel'])
    })
  })

  it('leaves orders that are found by the total that they tell', async () => {
    assert.deepEqual(await notFoundByTotal(store), [])
  })
})

import assert from 'node:assert/strict'
import { adminClient, refused, type Sdk, useAfterSale } from '../../support/admin-client.js'
import { type Bought, booksOf, buy, orderOf, packAll, shelf } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { brokenInvariants } from '../../support/invariants.js'
import { promote } from '../../support/promotions.js'
import { readyCart, startPayment } from '../../support/ready-cart.js'
import { createTestStore, type TestStore } from '../../support/store.js'

type Line = { id: string; quantity: number; unit_price: number; total: number; actions: { id: string; action: string }[] }

describe("order edits with Medusa's SDK", () => {
  const app = useApp()
  const afterSale = useAfterSale(app)
  let store: TestStore
  let edits: Sdk['admin']['orderEdit']
  let collections: Sdk['admin']['paymentCollection']
  let sdk: Sdk

  before(async () => {
    store = afterSale.store()
    sdk = afterSale.sdk()
    edits = sdk.admin.orderEdit
    collections = sdk.admin.paymentCollection
  })

  /** Amounts in major units are sums of cents. */
  const cents = (amount: number) => Math.round(amount * 100) / 100
  const variant = (vendor: number, product: number) => store.vendors[vendor]?.products[product]?.variantIds[0] as string
  const lineOf = (order: { items: unknown[] }, id: string) => (order.items as Line[]).find((item) => item.id === id) as Line
  const partOf = (order: Bought['order'], vendor: number) =>
    order.vendor_orders.find((part: { vendor: { id: string } }) => part.vendor.id === store.vendors[vendor]?.id)
  const begun = async (quantity = 2): Promise<Bought> => {
    const bought = await buy(store, quantity)
    await edits.initiateRequest({ order_id: bought.id })
    return bought
  }

  it('begin with a change that is open, and one at a time', async () => {
    const bought = await buy(store)
    const { order_change: change } = await edits.initiateRequest({ order_id: bought.id, internal_note: 'By phone' })
    assert.deepEqual([change.change_type, change.status, change.order_id, change.actions], ['edit', 'pending', bought.id, []])
    const second = await refused(edits.initiateRequest({ order_id: bought.id }))
    assert.equal(second.status, 400)
    assert.equal(second.message, `Order (${bought.id}) already has an existing active order change`)
    const returning = await store.admin.post('/admin/returns', { order_id: bought.id })
    assert.deepEqual([returning.status, returning.body.message], [400, second.message], 'nor a return beside it')
    assert.equal((await refused(edits.confirm(bought.id))).status, 400, 'nothing is planned yet')
    const gone = await edits.cancelRequest(bought.id)
    assert.deepEqual([gone.object, gone.deleted], ['order-edit', true])
    assert.equal((await refused(edits.cancelRequest(bought.id))).message, 'An active Order Change is required to proceed')
    await edits.initiateRequest({ order_id: bought.id })
  })

  it('add items at what they cost for this order, with its taxes, and ask for the money in a second collection', async () => {
    const bought = await begun()
    const before = await shelf(app(), store)
    const { order_preview: preview } = await edits.addItems(bought.id, { items: [{ variant_id: variant(0, 1), quantity: 3 }] })
    const [added] = (preview.items as unknown as Line[]).filter((item) => !bought.lines.includes(item.id)) as [Line]
    assert.deepEqual([added.quantity, added.unit_price, added.total, added.actions[0]?.action], [3, 11, 36.3, 'ITEM_ADD'])
    assert.deepEqual([preview.total, preview.summary.pending_difference], [cents(bought.order.total + 36.3), 36.3])
    const unchanged = await orderOf(store, bought.id)
    assert.deepEqual([unchanged.total, unchanged.items.length], [bought.order.total, 2], 'nothing happens before it is confirmed')
    assert.deepEqual((await sdk.admin.order.retrievePreview(bought.id)).order.items.length, 3)

    await edits.request(bought.id)
    await edits.confirm(bought.id)
    const order = await orderOf(store, bought.id)
    assert.deepEqual([order.total, order.summary.pending_difference, order.version], [cents(bought.order.total + 36.3), 36.3, 2])
    assert.equal(lineOf(order, added.id).total, 36.3, 'sold as it was shown')
    const part = partOf(order, 0)
    assert.equal(part.total, cents(partOf(bought.order, 0).total + 36.3))
    assert.equal(part.commission_total, cents(partOf(bought.order, 0).commission_total + 3.3))
    assert.equal(part.vendor_amount, cents(partOf(bought.order, 0).vendor_amount + 29.7))
    assert.equal(partOf(order, 1).total, partOf(bought.order, 1).total)
    assert.deepEqual(await shelf(app(), store), before, 'the first variant has its own shelf')

    const vendors = good(await store.vendor(0).get(`/vendor/orders/${part.id}`)).order
    assert.deepEqual([vendors.items.length, vendors.payment_status], [2, 'authorized'], 'the vendor is not told that it is paid')
    const [open] = order.payment_collections.filter((collection: { status: string }) => collection.status === 'not_paid')
    assert.equal(open.amount, 36.3)
    const paid = await collections.markAsPaid(open.id, { order_id: bought.id })
    assert.deepEqual([paid.payment_collection.status, paid.payment_collection.captured_amount], ['completed', 36.3])
    const after = await orderOf(store, bought.id)
    assert.deepEqual([after.summary.pending_difference, after.payment_status], [0, 'captured'])
    assert.equal(good(await store.vendor(0).get(`/vendor/orders/${part.id}`)).order.payment_status, 'captured')
    const books = await booksOf(store, bought.id)
    assert.deepEqual([books['A:shopper'], Object.keys(books).length > 0], [undefined, true])
    const packed = good(await store.admin.post(`/admin/orders/${bought.id}/fulfillments`, { items: [{ id: added.id, quantity: 3 }] }))
    assert.equal(lineOf(packed.order, added.id).quantity, 3)
  })

  it('tell the shopper what is asked and what was done, with the link to pay it, and ask again when staff do: each once', async () => {
    const bought = await begun()
    const number = `#${bought.order.display_id}`
    const mails = async () => {
      await app().drain()
      return app().mails.filter((mail) => mail.subject.includes(`order ${number}`) && !mail.subject.startsWith('Your order'))
    }
    const later = async () => (await mails()).at(-1)?.text ?? ''
    await edits.addItems(bought.id, { items: [{ variant_id: variant(0, 1), quantity: 3 }] })
    for (let click = 0; click < 2; click += 1) await edits.request(bought.id)
    assert.match(await later(), /Nothing is changed before you agree[\s\S]*3 × Thing 1\.2[\s\S]*\$36\.30 would then be to be paid\./)
    assert.doesNotMatch(await later(), /Pay here/)
    await edits.confirm(bought.id)
    const link = `http://${store.slug}.localhost:${new URL(app().url).port}/orders/${bought.id}/pay`
    await app().drain()
    const [done] = app().mails.filter((mail) => mail.subject.startsWith(`Your order ${number}`) && mail.subject.endsWith('was changed'))
    assert.ok(done?.text.includes('Still to be paid: $36.30.') && done.text.includes(`Pay here: ${link}`), done?.text)
    good(await store.admin.post(`/admin/orders/${bought.id}/payment-requests`))
    assert.ok((await later()).includes(`Pay here: ${link}`))
    assert.equal((await mails()).length, 2, 'one that asked to agree, and one that asks for the money')
    const open = (await orderOf(store, bought.id)).payment_collections.find(({ status }: { status: string }) => status === 'not_paid')
    await collections.markAsPaid(open.id, { order_id: bought.id })
    assert.equal((await store.admin.post(`/admin/orders/${bought.id}/payment-requests`)).status, 400)
  })

  it('take pieces out: stock, commission, tax and books follow, and staff refund what was paid too much', async () => {
    const before = await shelf(app(), store)
    const bought = await begun(4)
    const [line] = bought.lines as [string]
    const { order_preview: preview } = await edits.updateOriginalItem(bought.id, line, { quantity: 1 })
    assert.deepEqual(
      [lineOf(preview, line).quantity, lineOf(preview, line).total, lineOf(preview, line).actions[0]?.action],
      [1, 11, 'ITEM_UPDATE'],
    )
    assert.equal(preview.summary.pending_difference, -33)
    assert.deepEqual([preview.summary.original_order_total, preview.summary.current_order_total], [bought.order.total, preview.total])
    const { details } = lineOf(preview, line).actions[0] as unknown as { details: object }
    assert.deepEqual(details, { reference_id: line, quantity: 1, quantity_diff: -3, unit_price: 10 })
    const history = async () => good(await store.admin.get(`/admin/orders/${bought.id}/changes`)).order_changes[0].actions[0].details
    assert.equal((await history()).quantity_diff, -3)
    await edits.confirm(bought.id)
    assert.deepEqual(await history(), details)
    const order = await orderOf(store, bought.id)
    assert.deepEqual([order.total, order.summary.pending_difference], [cents(bought.order.total - 33), -33])
    assert.equal(order.summary.original_order_total, bought.order.total, 'what it came to before')
    assert.deepEqual(
      [partOf(order, 0).commission_total, partOf(order, 0).vendor_amount],
      [cents(partOf(bought.order, 0).commission_total - 3), cents(partOf(bought.order, 0).vendor_amount - 27)],
    )
    assert.deepEqual(await shelf(app(), store), { ...before, reserved: before.reserved + 1 })
    const shown = good(await store.vendor(0).get(`/vendor/orders/${partOf(order, 0).id}`)).order
    assert.deepEqual([shown.items[0].quantity, shown.commission_lines[0].amount, shown.total], [1, 1, partOf(order, 0).total])

    good(await store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { amount: 33 }))
    const refunded = await orderOf(store, bought.id)
    assert.deepEqual([refunded.summary.pending_difference, refunded.summary.credit_line_total], [0, 0], 'and nothing else is credited')
    assert.equal((await booksOf(store, bought.id))['A:shopper'], undefined)
    good(await store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { amount: 10 }))
    assert.equal((await orderOf(store, bought.id)).summary.credit_line_total, 10, 'a further refund credits the order')
  })

  it('take a line out altogether, and add it again', async () => {
    const bought = await begun()
    const [line] = bought.lines as [string]
    const { order_preview: preview } = await edits.updateOriginalItem(bought.id, line, { quantity: 0 })
    assert.deepEqual([lineOf(preview, line).quantity, lineOf(preview, line).actions[0]?.action], [0, 'ITEM_UPDATE'], 'it is still shown')
    await edits.confirm(bought.id)
    const order = await orderOf(store, bought.id)
    assert.deepEqual([order.items.length, partOf(order, 0).status], [1, 'canceled'])
    assert.equal(order.total, cents(bought.order.total - 22))
    assert.equal(good(await store.shopper.get(`/store/orders/${bought.id}`)).order.items.length, 1)
    await edits.initiateRequest({ order_id: bought.id })
    await edits.addItems(bought.id, { items: [{ variant_id: variant(0, 0), quantity: 2 }] })
    await edits.confirm(bought.id)
    const again = await orderOf(store, bought.id)
    assert.deepEqual([again.total, again.summary.pending_difference, partOf(again, 0).status], [bought.order.total, 0, 'pending'])
    assert.equal(again.payment_collections.length, 1, 'what was paid too much pays for it')
  })

  it('raise an item in a line of its own, at the price at which it was sold', async () => {
    await promote(store, { code: 'TENTH' })
    const shopping = await readyCart(store, {
      items: [{ variant_id: variant(0, 0), quantity: 2 }],
      shippingOf: [0],
    })
    good(await store.shopper.post(`/store/carts/${shopping}/promotions`, { promo_codes: ['TENTH'] }))
    await startPayment(store, shopping)
    const { order: placed } = good(await store.shopper.post(`/store/carts/${shopping}/complete`))
    const line = placed.items[0].id as string
    await edits.initiateRequest({ order_id: placed.id })
    await edits.updateOriginalItem(placed.id, line, { quantity: 5 })
    good(
      await store.admin.post(`/admin/products/${store.vendors[0]?.products[0]?.id}/variants/${variant(0, 0)}`, {
        prices: [{ currency_code: 'usd', amount: 99 }],
      }),
    )
    await edits.confirm(placed.id)
    good(
      await store.admin.post(`/admin/products/${store.vendors[0]?.products[0]?.id}/variants/${variant(0, 0)}`, {
        prices: [{ currency_code: 'usd', amount: 10 }],
      }),
    )
    const order = await orderOf(store, placed.id)
    const [first, more] = [lineOf(order, line), (order.items as Line[]).find((item) => item.id !== line) as Line]
    assert.deepEqual([first.quantity, first.total], [2, 19.8], 'as it was sold')
    assert.deepEqual([more.quantity, more.unit_price, more.total], [3, 10, 33], 'promotions are not applied to an edit')
    // Now the discounted line loses a piece, and its discount half of itself.
    await edits.initiateRequest({ order_id: placed.id })
    await edits.updateOriginalItem(placed.id, line, { quantity: 1 })
    await edits.confirm(placed.id)
    const less = lineOf(await orderOf(store, placed.id), line) as Line & { discount_total: number; adjustments: { amount: number }[] }
    assert.deepEqual([less.quantity, less.total, less.discount_total, less.adjustments[0]?.amount], [1, 9.9, 1.1, 1])
  })

  it('plan, change and unplan items and shipping', async () => {
    const bought = await begun()
    const first = await edits.addItems(bought.id, { items: [{ variant_id: variant(1, 1), quantity: 1, unit_price: 7.5 }] })
    const added = (first.order_preview.items as unknown as Line[]).find((item) => !bought.lines.includes(item.id)) as Line
    assert.deepEqual([added.unit_price, added.total], [7.5, 8.25])
    const action = added.actions[0]?.id as string
    const changed = await edits.updateAddedItem(bought.id, action, { quantity: 4 })
    assert.deepEqual([lineOf(changed.order_preview, added.id).quantity, lineOf(changed.order_preview, added.id).total], [4, 33])
    await edits.updateOriginalItem(bought.id, bought.lines[0] as string, { quantity: 3 })
    const back = await edits.updateOriginalItem(bought.id, bought.lines[0] as string, { quantity: 2 })
    assert.equal(lineOf(back.order_preview, bought.lines[0] as string).actions, undefined, 'as many as there are is no change')
    const path = `/admin/order-edits/${bought.id}/shipping-method`
    const shipped = good(await store.admin.post(path, { shipping_option_id: store.vendors[1]?.shippingOptionId })).order_preview
    const method = shipped.shipping_methods.find((candidate: { actions?: unknown[] }) => candidate.actions !== undefined)
    assert.deepEqual([method.metadata, method.actions[0].amount], [null, method.amount])
    assert.deepEqual([method.amount, method.total], [6, 6.6])
    const dearer = good(await store.admin.post(`${path}/${method.actions[0].id}`, { custom_amount: 2 })).order_preview
    assert.equal(dearer.summary.pending_difference, cents(33 + 2.2))
    const without = await edits.removeAddedItem(bought.id, action)
    assert.equal(without.order_preview.summary.pending_difference, 2.2)
    await edits.confirm(bought.id)
    assert.equal((await orderOf(store, bought.id)).shipping_methods.length, 3)
    const { order_changes } = good(await store.admin.get(`/admin/orders/${bought.id}/changes`))
    assert.deepEqual(
      [order_changes[0].change_type, order_changes[0].status, order_changes[0].actions[0].action],
      ['edit', 'confirmed', 'SHIPPING_ADD'],
    )
    const second = await edits.initiateRequest({ order_id: bought.id })
    await edits.updateOriginalItem(bought.id, bought.lines[0] as string, { quantity: 1 })
    const gone = good(await store.admin.post(path, { shipping_option_id: store.vendors[1]?.shippingOptionId })).order_preview
    const last = gone.shipping_methods.find((candidate: { actions?: unknown[] }) => candidate.actions !== undefined)
    good(await store.admin.delete(`${path}/${last.actions[0].id}`))
    await edits.cancelRequest(bought.id)
    const history = good(await store.admin.get(`/admin/orders/${bought.id}/changes`)).order_changes
    assert.deepEqual([history[1].id, history[1].status, history[1].actions.length], [second.order_change.id, 'canceled', 1])
  })

  it('refuse what cannot be', async () => {
    const bought = await begun()
    await packAll(store, bought, 1)
    const [line] = bought.lines as [string]
    const packed = await refused(edits.updateOriginalItem(bought.id, line, { quantity: 0 }))
    assert.deepEqual([packed.status, packed.message], [400, `Item ${line} has already been fulfilled and quantity cannot be lower than 1.`])
    const none = await refused(edits.addItems(bought.id, { items: [{ variant_id: 'variant_none', quantity: 1 }] }))
    assert.equal(none.status, 400)
    const nought = await refused(edits.addItems(bought.id, { items: [{ variant_id: variant(0, 1), quantity: 0 }] }))
    assert.equal(nought.message, 'Item quantity must be greater than 0')
    const many = await refused(edits.addItems(bought.id, { items: [{ variant_id: variant(0, 1), quantity: 5_000 }] }))
    assert.match(many.message, /inventory/)
    assert.equal(
      (await refused(edits.updateOriginalItem(bought.id, 'ordli_none', { quantity: 1 }))).message,
      'Item ID "ordli_none" not found.',
    )
    assert.equal((await refused(edits.removeAddedItem(bought.id, 'ordchact_none'))).status, 404)
    const single = await readyCart(store, { items: [{ variant_id: variant(0, 0), quantity: 1 }], shippingOf: [0] })
    const { order } = good(await store.shopper.post(`/store/carts/${single}/complete`))
    await edits.initiateRequest({ order_id: order.id })
    const foreign = await refused(edits.addItems(order.id, { items: [{ variant_id: variant(1, 0), quantity: 1 }] }))
    assert.match(foreign.message, /a vendor from whom the order has nothing/)
    const empty = await refused(edits.updateOriginalItem(order.id, order.items[0].id, { quantity: 0 }))
    assert.match(empty.message, /cancel it instead/)
    good(await store.admin.post(`/admin/orders/${order.id}/cancel`))
    assert.equal((await refused(edits.confirm(order.id))).status, 400, 'a canceled order is not edited')
    assert.equal((await refused(edits.initiateRequest({ order_id: order.id }))).status, 400)
  })

  it('sell nothing that has gone meanwhile', async () => {
    const bought = await begun()
    await edits.addItems(bought.id, { items: [{ variant_id: variant(1, 1), quantity: 50 }] })
    const [level] = await asAdmin<{ id: string }>(
      app().adminUrl,
      `update app.inventory_level l set stocked_quantity = 49 from app.variant_inventory_item k
       where k.tenant_id = $1 and k.variant_id = $2 and l.tenant_id = $1 and l.inventory_item_id = k.inventory_item_id returning l.id`,
      [store.tenantId, variant(1, 1)],
    )
    assert.ok(level)
    const failed = await refused(edits.confirm(bought.id))
    assert.match(failed.message, /inventory/)
    assert.equal((await orderOf(store, bought.id)).total, bought.order.total, 'all of it or nothing')
    const product = `/admin/products/${store.vendors[1]?.products[1]?.id}`
    good(await store.admin.post(product, { status: 'draft' }))
    assert.match((await refused(edits.confirm(bought.id))).message, /not published/)
    good(await store.admin.post(product, { status: 'published' }))
    await edits.cancelRequest(bought.id)
  })

  it('take less of what was authorised and is not captured yet', async () => {
    const manual = await createTestStore(app(), { vendors: 1, tax_ppm: 100_000, paymentCapture: 'manual' })
    const own = adminClient(app(), manual).admin.orderEdit
    const bought = await buy(manual, 3)
    await own.initiateRequest({ order_id: bought.id })
    await own.updateOriginalItem(bought.id, bought.lines[0] as string, { quantity: 1 })
    await own.confirm(bought.id)
    good(await manual.admin.post(`/admin/payments/${bought.paymentId}/capture`))
    const order = await orderOf(manual, bought.id)
    assert.deepEqual([order.summary.paid_total, order.summary.pending_difference, order.payment_status], [order.total, 0, 'captured'])
    assert.notEqual(order.vendor_orders[0].paid_at, null)
    assert.deepEqual(await brokenInvariants(app().adminUrl, manual.tenantId, { atRest: false }), [])
  })

  it('give credit back that pays for more than the order comes to', async () => {
    const { gift_card: card } = good(await store.admin.post('/admin/gift-cards', { value: 100, currency_code: 'usd' }))
    const cart = await readyCart(store, { items: [{ variant_id: variant(0, 0), quantity: 4 }], shippingOf: [0] })
    good(await store.shopper.post(`/store/carts/${cart}/gift-cards`, { code: card.code }))
    const { order: placed } = good(await store.shopper.post(`/store/carts/${cart}/complete`))
    await edits.initiateRequest({ order_id: placed.id })
    const { order_preview: preview } = await edits.updateOriginalItem(placed.id, placed.items[0].id, { quantity: 1 })
    assert.deepEqual([preview.total, preview.summary.pending_difference], [0, 0])
    await edits.confirm(placed.id)
    const order = await orderOf(store, placed.id)
    assert.deepEqual([order.total, order.credit_line_total, order.summary.pending_difference], [0, 16.5, 0])
    assert.equal(good(await store.admin.get(`/admin/gift-cards/${card.id}`)).gift_card.balance, cents(100 - 16.5))
    // What it comes to again is asked for in money.
    await edits.initiateRequest({ order_id: placed.id })
    await edits.updateOriginalItem(placed.id, placed.items[0].id, { quantity: 2 })
    await edits.confirm(placed.id)
    const raised = await orderOf(store, placed.id)
    assert.deepEqual([raised.total, raised.summary.pending_difference, raised.payment_status], [11, 11, 'not_paid'])
    const open = raised.payment_collections.find((collection: { status: string }) => collection.status === 'not_paid')
    await collections.markAsPaid(open.id, { order_id: placed.id })
    assert.equal((await orderOf(store, placed.id)).payment_status, 'captured')
  })

  describe('payment collections', () => {
    it('ask for no more than is owed, and go while nobody has begun to pay them', async () => {
      const bought = await begun()
      const nothing = await refused(collections.create({ order_id: bought.id, amount: 5 }))
      assert.match(nothing.message, /Nothing more is to be paid/)
      await edits.addItems(bought.id, { items: [{ variant_id: variant(0, 0), quantity: 1 }] })
      await edits.confirm(bought.id)
      const [, open] = (await orderOf(store, bought.id)).payment_collections
      assert.deepEqual((await collections.delete(open.id)).deleted, true)
      const more = await refused(collections.create({ order_id: bought.id, amount: 11.01 }))
      assert.equal(more.message, 'Amount cannot be greater than 11')
      const { payment_collection: part } = await collections.create({ order_id: bought.id, amount: 6 })
      const { payment_collection: whole } = await collections.create({ order_id: bought.id, amount: 11 })
      assert.deepEqual([whole.id, whole.amount], [part.id, 11], 'the one that is open is taken')
      const twice = await Promise.all([1, 2, 3].map(() => collections.markAsPaid(whole.id, { order_id: bought.id })))
      assert.deepEqual(new Set(twice.map((answer) => answer.payment_collection.captured_amount)), new Set([11]), 'taken once')
      assert.equal((await refused(collections.delete(whole.id))).message, 'Can only delete payment collections where status is not_paid')
      const order = await orderOf(store, bought.id)
      assert.equal(order.summary.pending_difference, 0)
      const refunds = order.payment_collections.flatMap((collection: { payments: { id: string }[] }) => collection.payments)
      assert.equal(refunds.length, 2)
      // Canceled, the order gives back both payments, and asks for nothing any more.
      good(await store.admin.post(`/admin/orders/${bought.id}/cancel`))
      await app().drain()
      assert.deepEqual(await booksOf(store, bought.id), {})
    })
  })
})

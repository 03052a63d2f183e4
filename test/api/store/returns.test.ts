import assert from 'node:assert/strict'
import { addReturnOption, buy, packAll } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { codeIn, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('store API: returns', () => {
  const app = useApp()
  let store: TestStore
  let optionId: string
  let reasonId: string
  let closerReasonId: string

  before(async () => {
    store = await createTestStore(app())
    optionId = await addReturnOption(store)
    const reason = await store.admin.post('/admin/return-reasons', { value: 'wrong_size', label: 'Wrong size' })
    reasonId = reason.body.return_reason.id
    const below = { value: 'too_large', label: 'Too large', parent_return_reason_id: reasonId }
    closerReasonId = (await store.admin.post('/admin/return-reasons', below)).body.return_reason.id
  })

  const ask = (body: object) => store.shopper.post('/store/returns', body)

  it('tells why goods can be sent back, with the reasons below each', async () => {
    const { body } = await store.shopper.get('/store/return-reasons')
    assert.deepEqual([body.count, body.limit], [2, 20])
    const one = await store.shopper.get(`/store/return-reasons/${reasonId}`)
    assert.deepEqual([one.body.return_reason.value, one.body.return_reason.return_reason_children[0].value], ['wrong_size', 'too_large'])
    assert.equal(one.body.return_reason.metadata, undefined)
    assert.equal((await store.shopper.get('/store/return-reasons/rr_none')).status, 404)
  })

  it("asks to send goods back, at the store's price whatever the shopper names", async () => {
    const bought = await buy(store)
    await packAll(store, bought)
    const wish = {
      order_id: bought.id,
      items: [{ id: bought.lines[0], quantity: 1, reason_id: closerReasonId, note: 'tight', title: 'of the line' }],
      return_shipping: { option_id: optionId, price: 0, name: 'of the option' },
    }
    const { status, body } = await ask(wish)
    assert.equal(status, 200, JSON.stringify(body))
    const { return: made } = body
    assert.deepEqual([made.status, made.order_id, made.refund_amount, made.created_by], ['requested', bought.id, null, null])
    const root = 'id order_id display_id status location_id exchange_id claim_id refund_amount no_notification metadata requested_at'
    const dates = 'received_at canceled_at created_by created_at updated_at deleted_at'
    const ofItem = 'id item_id return_id quantity received_quantity damaged_quantity reason_id note metadata'
    for (const name of `${root} ${dates} items shipping_methods`.split(' ')) assert.ok(name in made, name)
    for (const name of ofItem.split(' ')) assert.ok(name in made.items[0], name)
    assert.deepEqual(
      [made.items[0].item_id, made.items[0].quantity, made.items[0].received_quantity, made.items[0].note],
      [bought.lines[0], 1, 0, 'tight'],
    )
    assert.equal(made.shipping_methods[0].amount, 3)
    const shown = await store.shopper.get(`/store/orders/${bought.id}`)
    assert.equal(shown.body.order.items[0].detail.return_requested_quantity, 1)
    assert.equal((await ask({ ...wish, items: [{ id: bought.lines[0], quantity: 2 }] })).status, 400, 'one piece is on its way already')
    const { region_id } = shown.body.order
    const prices = [{ region_id, amount: 2 }]
    assert.equal((await store.admin.post(`/admin/shipping-options/${optionId}`, { prices })).status, 200)
    const second = await ask(wish)
    assert.equal(second.body.return?.shipping_methods[0].amount, 2, 'as the region of the order has it')
  })

  it('tells on request who packed and sent what was bought, what came with it, and which version of the order it is', async () => {
    const bought = await buy(store)
    const packed = await packAll(store, bought)
    const path = `/admin/orders/${bought.id}/fulfillments/${packed.fulfillments[0].id}/shipments`
    good(await store.admin.post(path, { items: [{ id: bought.lines[0], quantity: 2 }], labels: [] }))
    const order = async (fields?: string) =>
      good(await store.shopper.get(`/store/orders/${bought.id}`, fields === undefined ? {} : { fields })).order
    const names = 'id location_id packed_at shipped_at delivered_at canceled_at requires_shipping data provider_id shipping_option_id'
    const [sent] = (await order('*fulfillments')).fulfillments
    for (const name of `${names} metadata created_at created_by marked_shipped_by updated_at labels`.split(' '))
      assert.ok(name in sent, name)
    assert.deepEqual([sent.data, sent.metadata], [{}, null])
    assert.deepEqual([sent.provider.id, sent.shipping_option.id], [sent.provider_id, sent.shipping_option_id])
    assert.match(sent.created_by, /^(user|apk)_/)
    assert.equal(sent.marked_shipped_by, sent.created_by)
    const plain = await order()
    assert.equal('created_by' in plain.fulfillments[0] || 'version' in plain, false)
    const { locale, version, canceled_at } = await order('+locale,+version,+canceled_at')
    assert.deepEqual({ locale, version, canceled_at }, { locale: null, version: 1, canceled_at: null })
  })

  it('waits, as a return by staff does, for an edit that is open and for an account that asks for the order, which does so for a week', async () => {
    const bought = await buy(store)
    await packAll(store, bought)
    const wish = { order_id: bought.id, items: [{ id: bought.lines[0], quantity: 1 }], return_shipping: { option_id: optionId } }
    const edit = () => store.admin.post('/admin/order-edits', { order_id: bought.id })
    assert.equal((await edit()).status, 200)
    const open = `Order (${bought.id}) already has an existing active order change`
    assert.deepEqual((await ask(wish)).body, { type: 'invalid_data', code: 'order_edit_open', message: open })
    assert.equal((await store.admin.delete(`/admin/order-edits/${bought.id}`)).status, 200)

    const claimer = await signUp(app(), store, 'claimer@example.com')
    assert.equal((await claimer.client.post(`/store/orders/${bought.id}/transfer/request`)).status, 200)
    await app().drain()
    const token = codeIn(app().mails, bought.order.email)
    for (const refused of [await ask(wish), await edit()]) {
      assert.equal(refused.body.code, 'order_transfer_open')
      const until = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)
      assert.equal(refused.body.message, `${open}: an account asks for it until ${until}. Cancel that transfer, or wait.`)
    }
    await asAdmin(
      app().adminUrl,
      `update app.order_transfer set created_at = created_at - interval '7 days' where tenant_id = $1 and order_id = $2`,
      [store.tenantId, bought.id],
    )
    const { order_changes } = (await store.admin.get(`/admin/orders/${bought.id}/changes`, { change_type: 'transfer' })).body
    assert.equal(order_changes[0].status, 'canceled')
    assert.equal((await ask(wish)).status, 200)
    const late = await store.shopper.post(`/store/orders/${bought.id}/transfer/accept`, { token })
    assert.equal(late.body.message, `Order ${bought.id} does not have an order transfer request.`)
    assert.equal((await claimer.client.post(`/store/orders/${bought.id}/transfer/request`)).status, 200, 'it can be asked for again')
  })

  it('refuses, and keeps nothing of, what does not fit', async () => {
    const bought = await buy(store)
    await packAll(store, bought)
    const shipping = { return_shipping: { option_id: optionId } }
    const items = [{ id: bought.lines[0], quantity: 1 }]
    const refused = async (body: object, status: number, message?: string) => {
      const answer = await ask(body)
      assert.equal(answer.status, status, JSON.stringify(answer.body))
      if (message !== undefined) assert.equal(answer.body.message, message)
    }
    await refused({ order_id: bought.id, items: [], ...shipping }, 400, 'Items are required to create a return.')
    await refused(
      { order_id: bought.id, items: [{ id: 'ordli_x', quantity: 1 }], ...shipping },
      400,
      `Items with ids ordli_x does not exist in order with id ${bought.id}.`,
    )
    await refused({ order_id: 'order_none', items, ...shipping }, 404)
    await refused({ order_id: bought.id, items, return_shipping: { option_id: store.vendors[0]?.shippingOptionId } }, 400)
    await refused({ order_id: bought.id, items, ...shipping, location_id: 'sloc_none' }, 400)
    await refused({ order_id: bought.id, items: [{ ...items[0], reason_id: 'rr_none' }], ...shipping }, 400)
    await refused({ order_id: bought.id, items, ...shipping, receive_now: true }, 400)
    await refused({ order_id: bought.id, items }, 400)
    assert.equal((await store.admin.get('/admin/returns', { order_id: bought.id })).body.count, 0)
  })
})

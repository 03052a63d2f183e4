import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { queueWebhooks } from '../../../src/webhooks/index.js'
import { addReturnOption, type Bought, buy, packAll, raise } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { jobContext } from '../../support/payouts.js'
import { createTestStore, type TestStore } from '../../support/store.js'
import { type Received, type Receiver, startReceiver, verify } from '../../support/webhooks.js'

const everything = [
  'order.placed',
  'order.canceled',
  'payment.captured',
  'payment.refunded',
  'shipment.created',
  'delivery.created',
  'order-edit.confirmed',
  'order.return_requested',
  'order.return_received',
]

describe('webhooks: what is sent', () => {
  const app = useApp({ settings: { WEBHOOKS_TO_LOOPBACK: 'true' } })
  let receiver: Receiver
  let store: TestStore
  let paths = 0

  before(async () => {
    receiver = await startReceiver()
  })
  after(() => receiver.close())
  beforeEach(async () => {
    store = await createTestStore(app(), { vendors: 2, paymentCapture: 'manual' })
    receiver.answer = () => ({ status: 204 })
  })

  /** An endpoint at an address of its own, of the store or of a vendor. */
  async function listen(of: 'store' | number = 'store', eventTypes: readonly string[] = everything) {
    const path = `/hook-${++paths}`
    const [surface, client] = of === 'store' ? ['admin', store.admin] : ['vendor', store.vendor(of)]
    const { webhook } = good(await client.post(`/${surface}/webhooks`, { url: receiver.url + path, event_types: eventTypes }))
    const deliveries = async (query = {}) =>
      good(await client.get(`/${surface}/webhooks/${webhook.id}/deliveries`, query)).webhook_deliveries
    return { ...webhook, path, base: `/${surface}/webhooks/${webhook.id}`, client, deliveries } as {
      id: string
      secret: string
      path: string
      base: string
      client: TestStore['admin']
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
      deliveries: (query?: Record<string, string>) => Promise<any[]>
    }
  }

  const told = (received: readonly Received[]) => received.map(({ json }) => json.type)
  const partOf = (bought: Bought, index: number) =>
    bought.order.vendor_orders.find((part: { vendor: { id: string } }) => part.vendor.id === store.vendors[index]?.id).id as string

  /** Time goes by: what was to be tried later is tried now. */
  async function later(time = '4 days'): Promise<void> {
    const values = [store.tenantId, time]
    const move = (table: string, column: string, more = '') =>
      asAdmin(
        app().adminUrl,
        `update app.${table} set ${column} = ${column} - $2::interval where tenant_id = $1 and ${column} is not null ${more}`,
        values,
      )
    await move('webhook_endpoint', 'busy_until')
    await move('webhook_endpoint', 'looked_at_again')
    await move('webhook_delivery', 'next_attempt_at')
    await move('outbox_event', 'available_at', `and name = 'webhook.due' and state = 'queued'`)
    await app().drain()
  }

  async function stateOf(id: string) {
    return good(await store.admin.get(`/admin/webhooks/${id}`)).webhook
  }

  it('tells a store of an order in the order in which it happened, signed, and of nobody who bought', async () => {
    const endpoint = await listen()
    const bought = await buy(store)
    good(await store.admin.post(`/admin/payments/${bought.paymentId}/capture`))
    const [fulfillment] = (await packAll(store, bought)).fulfillments
    good(await store.admin.post(`/admin/orders/${bought.id}/fulfillments/${fulfillment.id}/shipments`, { items: [] }))
    good(await store.admin.post(`/admin/orders/${bought.id}/fulfillments/${fulfillment.id}/mark-as-delivered`))
    const { payment } = good(await store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { amount: 1 }))
    await raise(store, bought.id, store.vendors[0]?.products[0]?.variantIds[1] as string)
    await app().drain()
    const received = receiver.at(endpoint.path)
    assert.deepEqual(told(received), [
      'order.placed',
      'payment.captured',
      'shipment.created',
      'delivery.created',
      'payment.refunded',
      'order-edit.confirmed',
    ])
    for (const one of received) {
      assert.deepEqual(verify(endpoint.secret, one), one.json)
      assert.throws(() => verify(endpoint.secret, { ...one, body: one.body.replace(bought.id, 'order_other') }))
      assert.equal(one.json.data.order_id, bought.id)
      assert.ok(Math.abs(Date.parse(one.json.timestamp) - Date.now()) < 60_000)
      for (const value of Object.values(one.json.data)) assert.match(String(value), /^[a-z-]+(_[a-z]+)*_[0-9A-Z]{26}$/)
    }
    const [placed, captured, shipped, , refunded] = received.map(({ json }) => json.data)
    assert.deepEqual(placed, { id: bought.id, order_id: bought.id })
    assert.equal(captured.id, bought.paymentId)
    assert.equal(shipped.id, fulfillment.id)
    assert.deepEqual([refunded.id, refunded.refund_id], [bought.paymentId, payment.refunds[0].id])
    const log = await endpoint.deliveries({ state: 'delivered', order: 'id' })
    assert.deepEqual(
      log.map((one) => [one.id, one.event_type, one.attempts, one.response_status]),
      received.map(({ headers, json }) => [headers['webhook-id'], json.type, 1, 204]),
    )
  })

  it('tells of money that was taken in the moment of buying', async () => {
    const automatic = await createTestStore(app(), { vendors: 1, paymentCapture: 'automatic' })
    store = automatic
    const endpoint = await listen()
    const bought = await buy(automatic)
    await app().drain()
    assert.deepEqual(
      receiver.at(endpoint.path).map(({ json }) => [json.type, json.data.id]),
      [
        ['order.placed', bought.id],
        ['payment.captured', bought.paymentId],
      ],
    )
  })

  it('tells a vendor of its own vendor orders alone, never by the order they are parts of', async () => {
    const [own, neighbour] = [await listen(0), await listen(1)]
    const bought = await buy(store)
    const packed = await packAll(store, bought)
    const parcel = packed.fulfillments.find((one: { items: { line_item_id: string }[] }) => one.items[0]?.line_item_id === bought.lines[1])
    good(await store.vendor(1).post(`/vendor/orders/${partOf(bought, 1)}/fulfillments/${parcel.id}/shipments`, { labels: [] }))
    await app().drain()
    assert.deepEqual(told(receiver.at(own.path)), ['order.placed'])
    assert.deepEqual(
      receiver.at(neighbour.path).map(({ json }) => [json.type, json.data]),
      [
        ['order.placed', { id: partOf(bought, 1), vendor_order_id: partOf(bought, 1) }],
        ['shipment.created', { id: parcel.id, vendor_order_id: partOf(bought, 1) }],
      ],
    )
    for (const { body } of [...receiver.at(own.path), ...receiver.at(neighbour.path)]) assert.ok(!body.includes(bought.id))
  })

  it('tells a vendor nothing of what happens while it is not active', async () => {
    const endpoint = await listen(0)
    const become = (status: string) =>
      asAdmin(app().adminUrl, `update app.vendor set status = $2 where tenant_id = $1 and id = $3`, [
        store.tenantId,
        status,
        store.vendors[0]?.id,
      ])
    const bought = await buy(store)
    await app().drain()
    await become('suspended')
    good(await store.admin.post(`/admin/orders/${bought.id}/cancel`))
    await app().drain()
    assert.deepEqual(told(receiver.at(endpoint.path)), ['order.placed'])
    await become('active')
    await buy(store)
    await app().drain()
    assert.deepEqual(told(receiver.at(endpoint.path)), ['order.placed', 'order.placed'])
  })

  it('tells of returns, also where the shopper is sent no mail, to whose goods come back', async () => {
    const [all, own, neighbour] = [await listen(), await listen(0), await listen(1)]
    const bought = await buy(store)
    const mailsBefore = app().mails.length
    const ofReturns = () =>
      app()
        .mails.slice(mailsBefore)
        .filter(({ subject }) => /return/i.test(subject))
    await packAll(store, bought)
    await addReturnOption(store)
    const { return: back } = good(await store.admin.post('/admin/returns', { order_id: bought.id }))
    good(await store.admin.post(`/admin/returns/${back.id}/request-items`, { items: [{ id: bought.lines[0], quantity: 1 }] }))
    good(await store.admin.post(`/admin/returns/${back.id}/request`, { no_notification: true }))
    good(await store.admin.post(`/admin/returns/${back.id}/receive`))
    good(await store.admin.post(`/admin/returns/${back.id}/receive-items`, { items: [{ id: bought.lines[0], quantity: 1 }] }))
    good(await store.admin.post(`/admin/returns/${back.id}/receive/confirm`, { no_notification: true }))
    await app().drain()
    assert.deepEqual(told(receiver.at(all.path)), ['order.placed', 'order.return_requested', 'order.return_received'])
    assert.deepEqual(told(receiver.at(own.path)), ['order.placed', 'order.return_requested', 'order.return_received'])
    assert.deepEqual(told(receiver.at(neighbour.path)), ['order.placed'])
    assert.deepEqual(ofReturns(), [])
    // Where a mail is sent, it is one of those that were looked for.
    const { return: next } = good(await store.admin.post('/admin/returns', { order_id: bought.id }))
    good(await store.admin.post(`/admin/returns/${next.id}/request-items`, { items: [{ id: bought.lines[1], quantity: 1 }] }))
    good(await store.admin.post(`/admin/returns/${next.id}/request`, {}))
    await app().drain()
    assert.equal(ofReturns().length, 1)
    assert.deepEqual(told(receiver.at(neighbour.path)), ['order.placed', 'order.return_requested'])
  })

  it('waits with what followed until what came before was taken, and lets other orders pass', async () => {
    const endpoint = await listen()
    // The first order that is told of gets stuck.
    receiver.answer = ({ json }) => ({
      status: json.data.order_id === receiver.at(endpoint.path)[0]?.json.data.order_id ? 500 : 200,
      body: 'no'.repeat(2_000),
    })
    const stuck = await buy(store)
    await app().drain()
    const other = await buy(store)
    good(await store.admin.post(`/admin/orders/${stuck.id}/cancel`))
    await app().drain()
    await later('3 seconds')
    await later()
    const before = receiver.at(endpoint.path)
    const tried = told(before.filter(({ json }) => json.data.order_id === stuck.id))
    assert.ok(tried.length >= 2 && tried.every((type) => type === 'order.placed'), tried.join())
    assert.deepEqual(told(before.filter(({ json }) => json.data.order_id === other.id)), ['order.placed'])
    const [failing] = await endpoint.deliveries({ state: 'pending', order: 'id' })
    assert.deepEqual([failing.attempts, failing.response_status, failing.error], [tried.length, 500, 'answered 500'])
    assert.equal(failing.response_body.length, 1_000)
    receiver.answer = () => ({ status: 200 })
    await later()
    const tries = receiver.at(endpoint.path).filter(({ json }) => json.data.order_id === stuck.id)
    assert.deepEqual(told(tries), [...tried, 'order.placed', 'order.canceled'])
    assert.equal(new Set(tries.map(({ headers }) => headers['webhook-id'])).size, 2)
    assert.deepEqual(await endpoint.deliveries({ state: 'pending' }), [])
    assert.equal((await stateOf(endpoint.id)).failing_since, null)
  })

  it('tells what came before along with what followed, where that was noted first', async () => {
    const bought = await buy(store)
    const endpoint = await listen('store', ['order.canceled', 'shipment.created'])
    // Of two facts the job of the first is late.
    const shipped = { fulfillment_id: 'ful_late', vendor_order_id: partOf(bought, 0), order_id: bought.id }
    await asAdmin(
      app().adminUrl,
      `insert into app.outbox_event (tenant_id, id, name, handler, payload, available_at)
       values ($1, 'evt_00000000000000000000000001', 'fulfillment.shipped', 'queue_webhooks', $2, now() + interval '1 hour')`,
      [store.tenantId, JSON.stringify(shipped)],
    )
    good(await store.admin.post(`/admin/orders/${bought.id}/cancel`))
    await app().drain()
    assert.deepEqual(told(receiver.at(endpoint.path)), ['shipment.created', 'order.canceled'])
  })

  it('is called by one job at a time, so that one who takes long leaves the others to other stores', async () => {
    const endpoint = await listen('store', ['order.placed'])
    const other = await listen(0, ['order.placed'])
    const open = { now: 0, most: 0 }
    receiver.answer = async ({ path }) => {
      if (path !== endpoint.path) return { status: 200 }
      open.most = Math.max(open.most, ++open.now)
      await pause(100)
      open.now -= 1
      return { status: 200 }
    }
    await Promise.all([1, 2, 3, 4].map(() => buy(store)))
    await app().drain()
    assert.deepEqual([receiver.at(endpoint.path).length, receiver.at(other.path).length, open.most], [4, 4, 1])
  })

  it('tries ten times in three days, then disables the endpoint and mails who can see to it; enabled again, it gets what it missed', async () => {
    const endpoint = await listen('store', ['order.placed'])
    receiver.answer = () => ({ status: 503 })
    await buy(store)
    await app().drain()
    const mailsBefore = app().mails.length
    let hours = 0
    let [given] = await endpoint.deliveries()
    while (given.state === 'pending') {
      hours += (Date.parse(given.next_attempt_at) - Date.now()) / 3_600_000
      assert.equal((await stateOf(endpoint.id)).state, 'enabled')
      await later()
      given = (await endpoint.deliveries())[0]
    }
    assert.ok(hours > 65 && hours < 90, `tried for ${hours} hours`)
    assert.deepEqual([given.state, given.attempts, receiver.at(endpoint.path).length], ['failed', 10, 10])
    const disabled = await stateOf(endpoint.id)
    assert.deepEqual([disabled.state, /503/.test(disabled.disabled_reason)], ['disabled', true])
    const mails = app().mails.slice(mailsBefore)
    assert.deepEqual(
      mails.map(({ to }) => to),
      [store.owner.email],
    )
    assert.match(mails[0]?.subject ?? '', /127\.0\.0\.1:\d+ was disabled/)
    await buy(store)
    await app().drain()
    assert.equal((await store.admin.post(`${endpoint.base}/deliveries/${given.id}/replay`)).status, 400, 'it is disabled')
    receiver.answer = () => ({ status: 200 })
    good(await store.admin.post(endpoint.base, { state: 'enabled' }))
    await app().drain()
    assert.deepEqual(
      (await endpoint.deliveries()).map(({ id, state }) => [id, state]),
      [[given.id, 'delivered']],
      'what happened while it was disabled it is not told',
    )
  })

  it('disables an endpoint that answers 410 at once, and tells the vendor whose it is', async () => {
    const endpoint = await listen(0, ['order.placed'])
    receiver.answer = () => ({ status: 410 })
    const mailsBefore = app().mails.length
    await buy(store)
    await app().drain()
    const { webhook } = good(await store.vendor(0).get(endpoint.base))
    assert.deepEqual([webhook.state, receiver.at(endpoint.path).length], ['disabled', 1])
    const mails = app()
      .mails.slice(mailsBefore)
      .filter(({ subject }) => /disabled/.test(subject))
    assert.deepEqual(
      mails.map(({ to }) => to),
      [store.vendors[0]?.email],
    )
  })

  it('sends a delivery again under its id, and a test to an endpoint that is disabled', async () => {
    const endpoint = await listen()
    await buy(store)
    await app().drain()
    const [delivery] = await endpoint.deliveries()
    const { webhook_delivery } = good(await store.admin.post(`${endpoint.base}/deliveries/${delivery.id}/replay`))
    assert.equal(webhook_delivery.id, delivery.id)
    await app().drain()
    const [first, second, ...more] = receiver.at(endpoint.path)
    assert.equal(more.length, 0)
    assert.deepEqual([second?.body, second?.headers['webhook-id']], [first?.body, first?.headers['webhook-id']])
    good(await store.admin.post(endpoint.base, { state: 'disabled' }))
    const tested = good(await store.admin.post(`${endpoint.base}/test`)).webhook_delivery
    assert.equal(tested.state, 'pending')
    await app().drain()
    const last = receiver.at(endpoint.path).at(-1) as Received
    assert.deepEqual([last.headers['webhook-id'], last.json.type, last.json.data.id], [tested.id, 'webhook.test', endpoint.id])
    assert.deepEqual(
      (await endpoint.deliveries({ event_type: 'webhook.test' })).map(({ state }) => state),
      ['delivered'],
    )
  })

  it('signs with both secrets for a day after a new one was made', async () => {
    const endpoint = await listen('store', ['order.placed'])
    const { webhook } = good(await store.admin.post(`${endpoint.base}/rotate-secret`))
    assert.notEqual(webhook.secret, endpoint.secret)
    await buy(store)
    await app().drain()
    const received = receiver.at(endpoint.path).at(-1) as Received
    for (const secret of [endpoint.secret, webhook.secret]) verify(secret, received)
    await asAdmin(app().adminUrl, `update app.webhook_endpoint set previous_secret_until = now() where id = $1`, [endpoint.id])
    await buy(store)
    await app().drain()
    const after = receiver.at(endpoint.path).at(-1) as Received
    verify(webhook.secret, after)
    assert.throws(() => verify(endpoint.secret, after))
  })

  it('notes one delivery of a fact however often its handler runs, and nothing where nobody listens', async () => {
    const queued = () =>
      asAdmin<{ id: string; payload: { order_id: string } }>(
        app().adminUrl,
        `select id, payload from app.outbox_event where tenant_id = $1 and handler = 'queue_webhooks'`,
        [store.tenantId],
      )
    await buy(store)
    assert.deepEqual(await queued(), [])
    const endpoint = await listen('store', ['order.placed'])
    await buy(store)
    await app().drain()
    const [fact, ...others] = await queued()
    assert.deepEqual(others, [])
    for (let run = 0; run < 2; run += 1) await queueWebhooks(jobContext(app(), store), fact?.payload as object as never, fact?.id as string)
    await app().drain()
    assert.deepEqual([receiver.at(endpoint.path).length, (await endpoint.deliveries()).length], [1, 1])
  })

  it('follows no redirect, and keeps deliveries for 30 days', async () => {
    const endpoint = await listen('store', ['order.placed'])
    receiver.answer = () => ({ status: 302, headers: { location: `${receiver.url}/elsewhere` } })
    await buy(store)
    await app().drain()
    assert.deepEqual(receiver.at('/elsewhere'), [])
    const [redirected] = await endpoint.deliveries()
    assert.deepEqual([redirected.state, redirected.response_status], ['pending', 302])
    await asAdmin(app().adminUrl, `update app.webhook_delivery set created_at = now() - interval '31 days' where id = $1`, [redirected.id])
    receiver.answer = () => ({ status: 200 })
    await buy(store)
    await later()
    const left = await endpoint.deliveries()
    assert.deepEqual([left.length, left[0].id === redirected.id], [1, false])
  })
})

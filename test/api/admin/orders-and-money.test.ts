import assert from 'node:assert/strict'
import { registerPaymentProvider } from '../../../src/payments/index.js'
import { manualPaymentProvider } from '../../../src/providers/payment-manual/index.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('admin API: orders and money', () => {
  const app = useApp()
  let store: TestStore
  /** What the provider was asked to capture. */
  const asked: { key: string; amountMinor: bigint }[] = []

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, paymentCapture: 'manual', commission_ppm: 100_000 })
    registerPaymentProvider({
      ...manualPaymentProvider,
      async capture(call, money, data) {
        asked.push({ key: call.operationKey, amountMinor: money.amountMinor })
        if (data.answer === 'declined') return { kind: 'declined', message: 'The bank said no' }
        if (data.answer === 'unknown') return { kind: 'unknown', message: 'no answer' }
        return { kind: 'ok', value: { status: 'captured', data } }
      },
    })
  })
  after(() => registerPaymentProvider(manualPaymentProvider))

  beforeEach(() => {
    asked.length = 0
  })

  /** An order of both vendors: 10.00 and 20.00, shipping 5.00 and 6.00. */
  async function order(): Promise<{ id: string; paymentId: string }> {
    const variantIds = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds })
    const { body } = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.equal(body.type, 'order', JSON.stringify(body))
    const { body: payments } = await store.admin.get('/admin/payments', { order_id: body.order.id })
    return { id: body.order.id, paymentId: payments.payments[0].id }
  }
  const capture = (paymentId: string, body: unknown = {}) => store.admin.post(`/admin/payments/${paymentId}/capture`, body)
  const captures = (paymentId: string) =>
    asAdmin<{ amount: string }>(
      app().adminUrl,
      'select amount_minor::text as amount from app.capture where tenant_id = $1 and payment_id = $2 order by id',
      [store.tenantId, paymentId],
    )

  it("shows an order with every vendor's part, and what each earns", async () => {
    const { id } = await order()
    const { body } = await store.admin.get(`/admin/orders/${id}`)
    const parts = body.order.vendor_orders
    assert.equal(parts.length, 2)
    assert.equal(body.order.total, parts[0].total + parts[1].total)
    assert.deepEqual(
      parts.map((part: { commission_total: number }) => part.commission_total),
      [1, 2],
    )
    const found = await store.admin.get('/admin/orders', { vendor_id: store.vendors[0]?.id as string, order: '-created_at', limit: 1 })
    assert.deepEqual(
      found.body.orders.map((row: { id: string }) => row.id),
      [id],
    )
    const own = await store.admin.get('/admin/vendor-orders', { vendor_id: store.vendors[1]?.id as string, order: '-created_at' })
    assert.deepEqual([own.body.vendor_orders[0].order_id, own.body.vendor_orders[0].vendor.handle], [id, 'vendor-2'])
    const one = await store.admin.get(`/admin/vendor-orders/${own.body.vendor_orders[0].id}`)
    assert.equal(one.body.vendor_order.id, own.body.vendor_orders[0].id)
    assert.equal((await store.admin.get('/admin/vendor-orders/vord_none')).status, 404)
    const both = await store.admin.get('/admin/vendor-orders', { order_id: id })
    assert.deepEqual([both.body.count, both.body.vendor_orders.map((row: { order_id: string }) => row.order_id)], [2, [id, id]])
    assert.equal((await store.admin.get('/admin/vendor-orders', { order_id: 'order_none' })).body.count, 0)
    const { display_id, email, shipping_address } = body.order
    const who = [email, `${shipping_address.last_name} ${shipping_address.first_name}`.toUpperCase()]
    for (const q of [`${display_id}`, `#${display_id}`, `#${display_id}-2`, ...who]) {
      const { orders } = (await store.admin.get('/admin/orders', { q, order: '-created_at', limit: 1 })).body
      assert.deepEqual([orders[0]?.id, orders[0]?.display_id], [id, display_id], q)
    }
    for (const q of ['Nobody Of That Name', `${display_id}-3`]) assert.equal((await store.admin.get('/admin/orders', { q })).body.count, 0)
  })

  it('finds orders by what they come to, and shows the version that there is', async () => {
    const { id } = await order()
    const { total, version } = (await store.admin.get(`/admin/orders/${id}`)).body.order
    const found = async (bounds: Record<string, number>) => {
      const { body } = await store.admin.get('/admin/orders', { id, ...bounds })
      return body.orders.map((one: { id: string }) => one.id)
    }
    const around: Record<string, number>[] = [
      { total },
      { 'total[$eq]': total },
      { 'total[$gte]': total },
      { 'total[$gt]': total - 0.01, 'total[$lte]': total },
      { 'total[$lt]': total + 0.01 },
    ]
    const beside: Record<string, number>[] = [{ total: total + 1 }, { 'total[$gt]': total }, { 'total[$lt]': total }]
    for (const bounds of around) assert.deepEqual(await found(bounds), [id], JSON.stringify(bounds))
    for (const bounds of beside) assert.deepEqual(await found(bounds), [], JSON.stringify(bounds))
    const changes = (bounds: Record<string, string>) => store.admin.get(`/admin/orders/${id}/changes`, bounds)
    await store.admin.post(`/admin/orders/${id}`, { metadata: { seen: true } })
    assert.equal((await changes({ 'created_at[$gte]': '2020-01-01' })).body.order_changes.length, 1)
    assert.equal((await changes({ 'created_at[$lt]': '2020-01-01' })).body.order_changes.length, 0)
    const noted = (await store.admin.get(`/admin/orders/${id}`, { version })).body.order
    assert.deepEqual([noted.version, noted.metadata.seen], [version, true], 'whom it is for, and what is noted, makes no other version')
    assert.equal((await store.admin.get(`/admin/orders/${id}`, { version: version + 1 })).status, 404)
  })

  it('takes the money once, however often it is told', async () => {
    const { id, paymentId } = await order()
    const { body } = await capture(paymentId)
    assert.deepEqual([body.payment.amount, body.payment.captured_amount, body.payment.captures.length], [41, 41, 1])
    assert.ok(body.payment.captured_at !== null)
    assert.equal((await capture(paymentId)).status, 200)
    assert.deepEqual(await captures(paymentId), [{ amount: '4100' }])
    assert.equal(asked.length, 1)
    const shown = await store.admin.get(`/admin/orders/${id}`)
    assert.deepEqual([shown.body.order.payment_status, shown.body.order.payment_collections[0].status], ['captured', 'completed'])
    const vendor = await store.vendor(0).get('/vendor/orders', { order: '-created_at' })
    assert.equal(vendor.body.orders[0].payment_status, 'captured')
  })

  it('takes the money once when two members of staff click at once', async () => {
    const { paymentId } = await order()
    const answers = await Promise.all([capture(paymentId), capture(paymentId), capture(paymentId), capture(paymentId)])
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [200, 200, 200, 200],
    )
    assert.deepEqual(await captures(paymentId), [{ amount: '4100' }])
    assert.equal(new Set(asked.map((call) => call.key)).size, 1, 'the provider sees one key')
  })

  it('tells what was taken and given back as one account, in the order in which it was', async () => {
    const { id, paymentId } = await order()
    await capture(paymentId, { amount: 12 })
    assert.equal((await store.admin.post(`/admin/payments/${paymentId}/refund`, { amount: 5 })).status, 200)
    const refuse = async (payment: string, body: object) => (await store.admin.post(`/admin/payments/${payment}/refund`, body)).body.message
    assert.equal(await refuse('pay_none', { amount: 1 }), 'Payment id not found: pay_none')
    assert.equal(await refuse(paymentId, { amount: 1, refund_reason_id: 'refr_none' }), 'RefundReason id not found: refr_none')
    await capture(paymentId, { amount: 3 })
    const { body } = await store.admin.get(`/admin/orders/${id}`, { fields: '*transactions' })
    assert.deepEqual(
      body.order.transactions.map((one: { amount: number; reference: string; return_id: null }) => [
        one.amount,
        one.reference,
        one.return_id,
      ]),
      [
        [12, 'capture', null],
        [-5, 'refund', null],
        [3, 'capture', null],
      ],
    )
  })

  it('takes part of the money, then the rest, and never more', async () => {
    const { id, paymentId } = await order()
    assert.equal((await capture(paymentId, { amount: 11 })).body.payment.captured_amount, 11)
    assert.equal((await store.admin.get(`/admin/orders/${id}`)).body.order.payment_status, 'partially_captured')
    const more = await capture(paymentId, { amount: 30.01 })
    const message = 'You cannot capture more than the authorized amount substracted by what is already captured.'
    assert.deepEqual([more.status, more.body], [400, { type: 'invalid_data', message }])
    assert.equal((await capture(paymentId, { amount: 1.005 })).status, 400)
    assert.equal((await capture(paymentId)).body.payment.captured_amount, 41)
    assert.equal((await capture(paymentId, { amount: 1 })).status, 400)
    assert.deepEqual(await captures(paymentId), [{ amount: '1100' }, { amount: '3000' }])
    assert.equal(new Set(asked.map((call) => call.key)).size, 2)
  })

  it('books nothing when the provider declines, or has not answered', async () => {
    const { paymentId } = await order()
    const answer = (data: object) =>
      asAdmin(app().adminUrl, 'update app.payment set data = $3 where tenant_id = $1 and id = $2', [store.tenantId, paymentId, data])
    await answer({ answer: 'declined' })
    const declined = await capture(paymentId)
    assert.deepEqual([declined.status, declined.body], [422, { type: 'payment_authorization_error', message: 'The bank said no' }])
    await answer({ answer: 'unknown' })
    const unknown = await capture(paymentId)
    assert.deepEqual([unknown.status, unknown.body.code], [409, 'payment_outcome_unknown'])
    assert.deepEqual(await captures(paymentId), [])
    await answer({})
    assert.equal((await capture(paymentId)).status, 200)
    assert.equal(new Set(asked.map((call) => call.key)).size, 1, 'tried again under the same key')
  })

  it('shows books that balance, as they were and as they are', async () => {
    const { id, paymentId } = await order()
    const moment = new Date().toISOString()
    await new Promise((resolve) => setTimeout(resolve, 5))
    await capture(paymentId)
    const balances = async (query: Record<string, string>) => {
      const { body } = await store.admin.get('/admin/ledger/balances', query)
      return Object.fromEntries(
        body.balances.map((row: { code: string; party_id: string; balance: number }) => [
          `${row.code} ${row.party_id ?? ''}`.trim(),
          row.balance,
        ]),
      )
    }
    const [first, second] = store.vendors.map((vendor) => vendor.id)
    const owed = { [`L:vendor ${first}`]: 14, [`L:vendor ${second}`]: 24, 'R:commission': 3 }
    assert.deepEqual(await balances({ order_id: id, as_of: moment }), { 'A:shopper': 41, ...owed })
    const after = await balances({ order_id: id })
    assert.equal(after['A:shopper'], undefined, 'the shopper owes nothing any more')
    const { body: journal } = await store.admin.get('/admin/ledger/transactions', { limit: 1 })
    assert.deepEqual(
      journal.transactions[0].postings.map((posting: { code: string; amount: number }) => [posting.code, posting.amount]),
      [
        ['A:psp_clearing', 41],
        ['A:shopper', -41],
      ],
    )
    const { body: trial } = await store.admin.get('/admin/ledger/trial-balance')
    assert.deepEqual(trial, { trial_balance: [{ currency_code: 'usd', sum: 0 }], is_balanced: true })
  })

  it('changes and removes commission rules for sales from now on', async () => {
    const vendor_id = store.vendors[0]?.id
    const made = await store.admin.post('/admin/commission-rules', {
      name: 'Special',
      vendor_id,
      rate: 2.5,
      fixed: 0.3,
      currency_code: 'usd',
    })
    assert.deepEqual([made.status, made.body.commission_rule?.rate, made.body.commission_rule?.fixed], [200, 2.5, 0.3])
    const rule = made.body.commission_rule
    const commissionOf = async (orderId: string) => {
      const { body } = await store.admin.get(`/admin/orders/${orderId}`)
      return body.order.vendor_orders.find((part: { vendor: { id: string } }) => part.vendor.id === vendor_id).commission_total
    }
    const first = await order()
    assert.equal(await commissionOf(first.id), 0.55, '2.5 % of 10.00 and 0.30')
    const changed = await store.admin.post(`/admin/commission-rules/${rule.id}`, { rate: 50 })
    assert.deepEqual([changed.body.commission_rule.rate, changed.body.commission_rule.fixed], [50, 0.3])
    assert.equal(await commissionOf((await order()).id), 5.3)
    await store.admin.post(`/admin/commission-rules/${rule.id}`, { is_active: false })
    assert.equal(await commissionOf((await order()).id), 1, 'the rule for everything applies again')
    assert.equal((await store.admin.delete(`/admin/commission-rules/${rule.id}`)).body.deleted, true)
    assert.equal(await commissionOf(first.id), 0.55, 'what was sold keeps its commission')
  })

  it('tells what sales of the past would have paid by other rules, and changes nothing', async () => {
    const own = await createTestStore(app(), { vendors: 2, commission_ppm: 100_000 })
    const sell = async () => {
      const variantIds = own.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
      const cartId = await fillCart(own.shopper, { regionId: own.regionId, variantIds })
      return (await own.shopper.post(`/store/carts/${cartId}/complete`)).body.order.id as string
    }
    for (let n = 0; n < 2; n += 1) await sell()
    const [, second] = own.vendors
    const { commission_rules: before } = (await own.admin.get('/admin/commission-rules')).body
    const simulate = async (body: object) => {
      const { status, body: told } = await own.admin.post('/admin/commission-rules/simulate', body)
      assert.equal(status, 200, JSON.stringify(told))
      return Object.fromEntries(
        told.simulation.vendors.map((one: Record<string, number> & { vendor_id: string }) => [
          one.vendor_id,
          [one.lines, one.base, one.actual, one.simulated, one.difference],
        ]),
      )
    }
    const today = { from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date(Date.now() + 60_000).toISOString() }
    assert.deepEqual(await simulate({}), {}, 'nothing was sold last month')
    const [a, b] = own.vendors.map((vendor) => vendor.id) as [string, string]
    assert.deepEqual(await simulate(today), { [a]: [2, 20, 2, 2, 0], [b]: [2, 40, 4, 4, 0] }, 'by the rules there are, what was paid')
    const add = [{ name: 'Dearer', vendor_id: second?.id, rate: 12.5, fixed: 0.25, currency_code: 'usd' }]
    // 12.5 % of 20.00 and 0.25 for each of two lines.
    assert.deepEqual(await simulate({ ...today, add }), { [a]: [2, 20, 2, 2, 0], [b]: [2, 40, 4, 5.5, 1.5] })
    const remove = before.map((rule: { id: string }) => rule.id)
    assert.deepEqual(await simulate({ ...today, remove }), { [a]: [2, 20, 2, 0, -2], [b]: [2, 40, 4, 0, -4] })
    assert.deepEqual((await own.admin.get('/admin/commission-rules')).body.commission_rules, before)
    for (const body of [{ remove: ['comr_none'] }, { from: today.to, to: today.from }, { add: [{ name: 'Fixed', fixed: 1 }] }])
      assert.equal((await own.admin.post('/admin/commission-rules/simulate', body)).status, 400, JSON.stringify(body))
  })
})

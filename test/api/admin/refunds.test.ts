import assert from 'node:assert/strict'
import { registerPaymentProvider } from '../../../src/payments/index.js'
import { manualPaymentProvider } from '../../../src/providers/payment-manual/index.js'
import { type Bought, booksOf, buy, orderOf } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { brokenInvariants } from '../../support/invariants.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('admin API: giving money back', () => {
  const app = useApp()
  let store: TestStore
  /** What the provider was asked to give back. */
  const asked: { key: string; amountMinor: bigint }[] = []
  let behaviour: 'ok' | 'declined' | 'unknown' | 'dies' = 'ok'
  let gate: Promise<void> = Promise.resolve()
  let arrived: () => void = () => undefined

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, tax_ppm: 82_500, commission_ppm: 150_000 })
    registerPaymentProvider({
      ...manualPaymentProvider,
      async refund(call, money, data) {
        asked.push({ key: call.operationKey, amountMinor: money.amountMinor })
        arrived()
        await gate
        if (behaviour === 'dies') throw new Error('the process is gone')
        if (behaviour === 'ok') return { kind: 'ok', value: { data } }
        return { kind: behaviour, message: 'The bank said no' }
      },
    })
  })
  after(() => registerPaymentProvider(manualPaymentProvider))
  beforeEach(() => {
    asked.length = 0
    behaviour = 'ok'
    gate = Promise.resolve()
  })
  afterEach(async () => {
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })

  const refund = (bought: Bought, body: unknown = {}, headers: Record<string, string> = {}) =>
    store.admin.post(`/admin/payments/${bought.paymentId}/refund`, body, headers)
  const resumeNow = async () => {
    await asAdmin(
      app().adminUrl,
      `update app.outbox_event set available_at = now() where tenant_id = $1 and name = 'refund.requested' and state = 'queued'`,
      [store.tenantId],
    )
    await app().drain()
  }
  const credits = (orderId: string) =>
    asAdmin<Record<string, string>>(
      app().adminUrl,
      `select coalesce(order_line_item_id, order_shipping_method_id) as part, amount_minor::text as amount, vendor_amount_minor::text as vendor,
              commission_minor::text as commission, tax_minor::text as tax, state
       from app.order_credit where tenant_id = $1 and order_id = $2 order by id`,
      [store.tenantId, orderId],
    )

  it('gives everything back, from everyone what they had of it', async () => {
    const bought = await buy(store)
    const { status, body } = await refund(bought, { note: 'sorry' })
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual(
      [body.payment.refunded_amount, body.payment.refunds.length, body.payment.refunds[0].note],
      [bought.order.total, 1, 'sorry'],
    )
    assert.deepEqual(await booksOf(store, bought.id), {})
    const order = await orderOf(store, bought.id)
    assert.equal(order.payment_status, 'refunded')
    assert.deepEqual(
      [order.summary.refunded_total, order.summary.transaction_total, order.summary.pending_difference],
      [bought.order.total, 0, 0],
    )
    assert.deepEqual(
      order.items.map((item: { refundable_total: number }) => item.refundable_total),
      [0, 0],
    )
    const part = order.vendor_orders[0]
    assert.deepEqual(
      [part.refunded_total, part.refunded_vendor_amount, part.refunded_commission_total],
      [part.total, part.vendor_amount, part.commission_total],
    )
    const seen = await store.vendor(0).get(`/vendor/orders/${part.id}`)
    assert.deepEqual([seen.body.order.payment_status, seen.body.order.summary.refunded_total], ['refunded', part.total])
  })

  it('divides a part by what remains of each line, and its commission and tax in proportion', async () => {
    const bought = await buy(store)
    const { body } = await refund(bought, { amount: 10 })
    assert.equal(body.payment.refunded_amount, 10)
    const first = await credits(bought.id)
    assert.equal(
      first.reduce((sum, row) => sum + Number(row.amount), 0),
      1000,
    )
    for (const row of first) assert.equal(Number(row.amount), Number(row.vendor) + Number(row.commission) + Number(row.tax))
    const order = await orderOf(store, bought.id)
    assert.deepEqual(
      [order.payment_status, order.summary.current_order_total],
      ['partially_refunded', Number((bought.order.total - 10).toFixed(2))],
    )
    const [credit] = order.credit_lines
    const said = [credit.amount, credit.reference, credit.reference_id, order.credit_line_total, order.summary.credit_line_total]
    assert.deepEqual(said, [10, 'payment_collection', order.payment_collections[0].id, 10, 10], 'what was not owed is credit')
    assert.deepEqual([order.total, order.summary.original_order_total], [order.summary.current_order_total, bought.order.total])
    const line = first.find((row) => row.part === bought.lines[0]) as Record<string, string>
    const item = order.items.find((candidate: { id: string }) => candidate.id === bought.lines[0])
    assert.equal(item.refundable_total, Number((item.total - Number(line.amount) / 100).toFixed(2)))
    // 15 % of the net and 8.25 % on top of it, each of its share, to the cent.
    const net = Number(line.vendor) + Number(line.commission)
    assert.ok(Math.abs(Number(line.commission) - net * 0.15) <= 1 && Math.abs(Number(line.tax) - net * 0.0825) <= 1, JSON.stringify(line))
    await refund(bought, { amount: 0.01 })
    await refund(bought)
    assert.deepEqual(await booksOf(store, bought.id), {}, 'three refunds end at nothing exactly')
  })

  it('never gives back more than was taken', async () => {
    const bought = await buy(store)
    await refund(bought, { amount: 10 })
    const more = await refund(bought, { amount: bought.order.total })
    const message = 'You are not allowed to refund more than the captured amount'
    assert.deepEqual([more.status, more.body], [400, { type: 'invalid_data', message }])
    assert.equal((await refund(bought, { amount: 1.005 })).status, 400)
    await refund(bought)
    const nothing = await refund(bought)
    assert.deepEqual([nothing.status, nothing.body.message], [400, 'You cannot refund more than what is captured on the payment.'])
    assert.equal((await refund(bought, { amount: 0.01 })).status, 400)
    assert.equal((await store.admin.post('/admin/payments/pay_none/refund', {})).status, 404)
  })

  it('gives it back once when two members of staff click at once', async () => {
    for (const amount of [undefined, 7]) {
      const bought = await buy(store)
      asked.length = 0
      let open: () => void = () => undefined
      gate = new Promise((resolve) => {
        open = resolve
      })
      const standing = new Promise<void>((resolve) => {
        arrived = resolve
      })
      const body = amount === undefined ? {} : { amount }
      const first = refund(bought, body)
      await standing
      const others = [refund(bought, body), refund(bought, body), refund(bought, { amount: 1 })]
      assert.deepEqual(
        [(await (others[2] as typeof first)).status, (await (others[2] as typeof first)).body.code],
        [409, 'refund_in_progress'],
      )
      // Whoever asks after the first was settled asks for another one.
      for (let round = 0; asked.length < 3 && round < 500; round += 1) await new Promise((resolve) => setTimeout(resolve, 10))
      open()
      const answers = await Promise.all([first, others[0] as typeof first, others[1] as typeof first])
      assert.deepEqual(
        answers.map((answer) => answer.status),
        [200, 200, 200],
      )
      assert.equal(answers[0]?.body.payment.refunded_amount, amount ?? bought.order.total)
      assert.equal((await orderOf(store, bought.id)).payment_collections[0].payments[0].refunds.length, 1)
      assert.equal(new Set(asked.map((call) => call.key)).size, 1, 'the provider sees one key')
    }
  })

  it('answers the same when the same request comes again with its key', async () => {
    const bought = await buy(store)
    const key = { 'idempotency-key': `refund-${bought.id}` }
    const answers = [await refund(bought, { amount: 5 }, key), await refund(bought, { amount: 5 }, key)]
    assert.deepEqual(
      answers.map((answer) => [answer.status, answer.body.payment.refunded_amount]),
      [
        [200, 5],
        [200, 5],
      ],
    )
    assert.equal(asked.length, 1)
  })

  it('ends the same when the process dies between asking the provider and booking its answer', async () => {
    const bought = await buy(store)
    behaviour = 'dies'
    assert.equal((await refund(bought, { amount: 9 })).status, 500)
    assert.deepEqual(
      (await credits(bought.id)).map((row) => row.state),
      ['pending', 'pending', 'pending', 'pending'],
    )
    behaviour = 'ok'
    await resumeNow()
    const order = await orderOf(store, bought.id)
    assert.equal(order.summary.refunded_total, 9)
    assert.equal(new Set(asked.map((call) => call.key)).size, 1)
    assert.equal(asked.length, 2)
    await resumeNow()
    assert.equal(asked.length, 2, 'nothing is left to resume')
  })

  it('goes on with the same refund while the provider has not answered', async () => {
    const bought = await buy(store)
    behaviour = 'unknown'
    const open = await refund(bought)
    assert.deepEqual([open.status, open.body.code], [409, 'payment_outcome_unknown'])
    assert.equal((await orderOf(store, bought.id)).payment_status, 'captured')
    behaviour = 'ok'
    assert.equal((await refund(bought)).status, 200)
    assert.equal(new Set(asked.map((call) => call.key)).size, 1)
  })

  it('books nothing when the provider declines, and lets it be tried again', async () => {
    const bought = await buy(store)
    const books = await booksOf(store, bought.id)
    behaviour = 'declined'
    const declined = await refund(bought, { amount: 3 })
    assert.deepEqual([declined.status, declined.body], [422, { type: 'payment_authorization_error', message: 'The bank said no' }])
    assert.deepEqual(await booksOf(store, bought.id), books)
    assert.deepEqual([...new Set((await credits(bought.id)).map((row) => row.state))], ['void'])
    behaviour = 'ok'
    assert.equal((await refund(bought)).status, 200)
    assert.equal(new Set(asked.map((call) => call.key)).size, 2, 'another try is another refund')
  })

  it('names why, from reasons that the store keeps', async () => {
    const late = { label: 'Came too late', code: 'late', description: 'Weeks' }
    const { code: _code, ...codeless } = late
    const refused = await store.admin.post('/admin/refund-reasons', codeless)
    assert.deepEqual([refused.status, refused.body.message], [400, "Invalid request: Field 'code' is required"])
    const made = await store.admin.post('/admin/refund-reasons', late)
    assert.deepEqual([made.status, made.body.refund_reason?.code], [200, 'late'])
    const reason = made.body.refund_reason
    assert.equal((await store.admin.post('/admin/refund-reasons', late)).status, 400)
    assert.equal((await store.admin.post(`/admin/refund-reasons/${reason.id}`, { label: 'Late' })).body.refund_reason.label, 'Late')
    assert.equal((await store.admin.get('/admin/refund-reasons', { q: 'late' })).body.count, 1)
    const bought = await buy(store)
    const { body } = await refund(bought, { amount: 1, refund_reason_id: reason.id })
    assert.equal(body.payment.refunds[0].refund_reason.label, 'Late')
    const { payment_collections, credit_lines } = await orderOf(store, bought.id)
    assert.deepEqual([credit_lines[0].amount, credit_lines[0].reference, credit_lines[0].reference_id], [1, 'Late', 'late'])
    const [payment] = payment_collections[0].payments
    assert.deepEqual([payment.refunds[0].refund_reason.label, payment.payment_session.id], ['Late', payment.payment_session_id])
    assert.equal((await refund(bought, { amount: 1, refund_reason_id: 'refr_none' })).status, 404)
    assert.equal((await store.admin.delete(`/admin/refund-reasons/${reason.id}`)).body.deleted, true)
    assert.equal((await store.admin.get(`/admin/refund-reasons/${reason.id}`)).status, 404)
    assert.equal(
      (await store.admin.get(`/admin/payments/${bought.paymentId}`)).body.payment.refunds[0].refund_reason.label,
      'Late',
      'what was said stays',
    )
    assert.equal((await refund(bought, { amount: 1, refund_reason_id: reason.id })).status, 404)
  })
})

import assert from 'node:assert/strict'
import { runDuePayouts } from '../../../src/payouts/index.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { brokenInvariants } from '../../support/invariants.js'
import { openBank, type PayingBank, payingBankId } from '../../support/paying-bank.js'
import { addPayee, jobContext, releasedMinor, sell, setStore, type Sold } from '../../support/payouts.js'
import { readyCart, startPayment } from '../../support/ready-cart.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('paying vendors by hand', () => {
  const app = useApp()
  let store: TestStore
  let bank: PayingBank
  const tenants: string[] = []

  beforeEach(async () => {
    store = await createTestStore(app(), { vendors: 1 })
    bank = await openBank(app(), store)
    tenants.push(store.tenantId)
  })

  const part = (sold: Sold) => sold.parts[0]?.id as string
  const released = (sold: Sold, states?: string[]) => releasedMinor(app(), store, part(sold), states)
  const refund = (sold: Sold, amount?: number) =>
    store.admin.post(`/admin/payments/${sold.paymentId}/refund`, amount === undefined ? {} : { amount })
  const books = async (code: string) => {
    const { balances } = good(await store.admin.get('/admin/ledger/balances'))
    return balances.find((row: { code: string; party_id: string | null }) => row.code === code && row.party_id !== null)?.balance ?? 0
  }

  it('waits to be paid by hand for what no provider can pay, and follows refunds until then', async () => {
    const sold = await sell(store, { providerId: 'pp_system_default' })
    await app().drain()
    assert.equal(await released(sold, ['awaiting']), 1_400)
    assert.equal(await books('L:vendor'), 14, 'nothing is booked before it is paid')
    good(await refund(sold, 7.5))
    await app().drain()
    assert.equal(await released(sold, ['awaiting']), 700)
    good(await refund(sold))
    await app().drain()
    assert.equal(await released(sold, ['awaiting']), 0)
  })

  it('releases of a payment no more than it took: what store credit paid for is paid by hand', async () => {
    await addPayee(store, bank)
    const { gift_card } = good(await store.admin.post('/admin/gift-cards', { value: 5, currency_code: 'usd' }))
    const items = [{ variant_id: store.vendors[0]?.products[0]?.variantIds[0] as string, quantity: 1 }]
    const cartId = await readyCart(store, { items })
    good(await store.shopper.post(`/store/carts/${cartId}/gift-cards`, { code: gift_card.code }))
    await startPayment(store, cartId, payingBankId)
    const { body } = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.equal(body.type, 'order', JSON.stringify(body))
    await app().drain()
    const { releases } = good(await store.admin.get('/admin/releases', { order_id: body.order.id }))
    const paid = releases.map((one: { method: string; state: string; amount: number }) => [one.method, one.state, one.amount]).sort()
    assert.deepEqual(paid, [
      ['manual', 'awaiting', 4],
      ['provider', 'succeeded', 10],
    ])
  })

  const run = async () => good(await store.admin.post('/admin/payouts/run')).payouts as { id: string; amount: number; state: string }[]
  const balance = async () => good(await store.vendor(0).get('/vendor/balance')).balances[0]
  const byHand = (quantity = 1) => sell(store, { providerId: 'pp_system_default', quantity })

  it('collects what waits into a payout when it comes to the minimum, exports it, and books it when it is paid', async () => {
    await setStore(store, { payout_minimums: { usd: 20 } })
    const first = await byHand()
    await app().drain()
    assert.deepEqual(await run(), [], '14.00 are less than 20.00')
    assert.deepEqual(await balance(), { currency_code: 'usd', pending: 0, available: 14, reserved: 0, paid: 0, debt: 0 })
    await byHand()
    await app().drain()
    const [payout, ...more] = await run()
    assert.deepEqual([payout?.amount, payout?.state, more.length], [28, 'open', 0])
    assert.deepEqual(await run(), [], 'it is collected once')
    const csv = (await store.admin.get('/admin/payouts/export')).body as string
    assert.match(csv.split('\r\n')[1] as string, new RegExp(`^${payout?.id},${store.vendors[0]?.id},vendor-1,Vendor 1,.*,usd,28,2,`))
    const paid = good(await store.admin.post(`/admin/payouts/${payout?.id}/mark-paid`, { note: 'Wired on Monday' }))
    assert.equal(paid.payout.state, 'paid')
    assert.equal(await released(first), 1_400)
    assert.equal(await books('L:vendor'), 0)
    assert.deepEqual(await balance(), { currency_code: 'usd', pending: 0, available: 0, reserved: 0, paid: 28, debt: 0 })
    assert.equal((await store.admin.post(`/admin/payouts/${payout?.id}/mark-paid`, {})).status, 400)
    const { payouts } = good(await store.vendor(0).get('/vendor/payouts'))
    assert.deepEqual([payouts.length, payouts[0].amount, payouts[0].note], [1, 28, undefined])
    const rest = (await store.admin.get('/admin/payouts/export')).body as string
    assert.equal(rest.trim().split('\r\n').length, 1, 'nothing is left to pay')
  })

  it('leaves a payout that is on its way as it is, and nets a refund with the next one', async () => {
    const sold = await byHand()
    await app().drain()
    const [payout] = await run()
    good(await refund(sold))
    await app().drain()
    assert.deepEqual(await balance(), { currency_code: 'usd', pending: 0, available: 14, reserved: 0, paid: 0, debt: 14 })
    good(await store.admin.post(`/admin/payouts/${payout?.id}/mark-paid`, {}))
    await byHand(3)
    await app().drain()
    const [next] = (await run()).filter((one) => one.state === 'open')
    // 3 × 9.00 and 5.00 of shipping, less the 14.00 that were paid for nothing.
    assert.equal(next?.amount, 18)
    good(await store.admin.post(`/admin/payouts/${next?.id}/mark-paid`, {}))
    assert.equal(await books('L:vendor'), 0)
    assert.equal((await balance()).paid, 32)
  })

  it('gives up a payout that was not paid: what is due now is in the next', async () => {
    const sold = await byHand()
    await app().drain()
    const [payout] = await run()
    good(await refund(sold, 7.5))
    await app().drain()
    good(await store.admin.post(`/admin/payouts/${payout?.id}/cancel`))
    await app().drain()
    const [next] = await run()
    assert.equal(next?.amount, 7)
  })

  it('leaves the commission with the store or gives it back first with a refund, as the store says, and nets what a vendor then owes', async () => {
    await addPayee(store, bank)
    const commission = async () => {
      const { balances } = good(await store.admin.get('/admin/ledger/balances'))
      return balances.find(({ code }: { code: string }) => code === 'R:commission')?.balance ?? 0
    }
    assert.equal(
      (await store.admin.post(`/admin/stores/${good(await store.admin.get('/admin/stores')).stores[0].id}`, { commission_on_refund: 'no' }))
        .status,
      400,
    )
    await setStore(store, { commission_on_refund: 'keep' })
    const kept = await sell(store)
    await app().drain()
    good(await refund(kept))
    await app().drain()
    assert.deepEqual([await released(kept), await books('L:vendor'), await commission()], [0, -1, 1])
    const { balances } = good(await store.admin.get(`/admin/vendors/${store.vendors[0]?.id}/balance`))
    assert.equal(balances[0].debt, 1)
    const next = await sell(store)
    await app().drain()
    assert.deepEqual([await released(next), bank.paidMinor(), await books('L:vendor'), await commission()], [1_400, 1_300n, 0, 2])

    const canceled = await sell(store)
    await app().drain()
    good(await refund(canceled, 3))
    good(await store.admin.post(`/admin/orders/${canceled.orderId}/cancel`))
    await app().drain()
    assert.deepEqual([await released(canceled), await books('L:vendor'), await commission()], [0, 0, 2], 'nothing was sold')

    await setStore(store, { commission_on_refund: 'return' })
    const returned = await sell(store)
    await app().drain()
    // 0.50 of the goods, which the commission of 1.00 gives, and 0.25 of the shipping.
    good(await refund(returned, 0.75))
    await app().drain()
    assert.deepEqual([await released(returned), await commission()], [1_375, 2.5])
    good(await refund(returned))
    await app().drain()
    assert.deepEqual([await released(returned), await books('L:vendor'), await commission()], [0, 0, 2])
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })

  it('runs by itself as often as the store says', async () => {
    await setStore(store, { payout_interval_days: 7 })
    await byHand()
    await app().drain()
    const due = () =>
      asAdmin<{ due_at: string }>(
        app().adminUrl,
        `select payload ->> 'due_at' as due_at from app.outbox_event where tenant_id = $1 and name = 'payout_run.due' and state = 'queued'`,
        [store.tenantId],
      )
    const [first] = await due()
    assert.ok(first !== undefined)
    await asAdmin(app().adminUrl, `update app.outbox_event set available_at = now() where tenant_id = $1 and name = 'payout_run.due'`, [
      store.tenantId,
    ])
    await app().drain()
    const { payouts } = good(await store.admin.get('/admin/payouts', { state: 'open' }))
    assert.equal(payouts.length, 1)
    assert.equal((await due()).length, 1, 'the next run')
    await setStore(store, { payout_interval_days: 0 })
    await runDuePayouts(jobContext(app(), store), { due_at: (await due())[0]?.due_at as string })
    assert.equal(good(await store.admin.get('/admin/payouts')).count, 1)
  })

  describe('what a vendor sees of its money', () => {
    it('says of each cent whether it is pending, available, reserved, paid or owed', async () => {
      await setStore(store, { reserve_rate: 10, reserve_days: 30 })
      const payee = await addPayee(store, bank)
      await sell(store)
      await app().drain()
      assert.deepEqual(await balance(), { currency_code: 'usd', pending: 0, available: 0, reserved: 1.4, paid: 12.6, debt: 0 })
      await setStore(store, { release_policy: 'manual', reserve_rate: 0 })
      await sell(store)
      await app().drain()
      assert.deepEqual(await balance(), { currency_code: 'usd', pending: 14, available: 0, reserved: 1.4, paid: 12.6, debt: 0 })
      bank.setStatus(payee, 'restricted')
      const staff = good(await store.admin.get(`/admin/vendors/${store.vendors[0]?.id}/balance`))
      assert.deepEqual(staff.balances[0], await balance())
    })

    it('is a statement whose lines lead from what was owed before to what is owed after', async () => {
      await addPayee(store, bank)
      const sold = await sell(store)
      await app().drain()
      good(await refund(sold, 7.5))
      await app().drain()
      const period = { from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date(Date.now() + 3_600_000).toISOString() }
      const { statement } = good(await store.vendor(0).get('/vendor/statements', period))
      const [usd] = statement.currencies
      assert.deepEqual([usd.opening, usd.closing], [0, 0])
      const lines = usd.lines.map((line: { kind: string; amount: number; vendor_order_id: string }) => [
        line.kind,
        line.amount,
        line.vendor_order_id,
      ])
      assert.deepEqual(lines, [
        ['sale', 14, part(sold)],
        ['release', -14, part(sold)],
        ['credit', -7, part(sold)],
        ['clawback', 7, part(sold)],
      ])
      const csv = (await store.vendor(0).get('/vendor/statements', { ...period, format: 'csv' })).body as string
      assert.equal(csv.trim().split('\r\n').length, 7)
      const pdf = await store.vendor(0).get('/vendor/statements', { ...period, format: 'pdf' })
      assert.equal(pdf.headers.get('content-type'), 'application/pdf')
      assert.match(pdf.body as string, /^%PDF-/)
      const wrong = await store.vendor(0).get('/vendor/statements', { ...period, to: 'January' })
      assert.match(wrong.body.message, /what is at `to` or after it is not in the statement/)
      const before = { from: '2020-01-01', to: '2020-02-01' }
      const empty = good(await store.admin.get(`/admin/vendors/${store.vendors[0]?.id}/statements`, before)).statement.currencies[0]
      assert.deepEqual([empty.opening, empty.closing, empty.lines], [0, 0, []])
      assert.equal((await store.vendor(0).get('/vendor/statements', { from: before.to, to: before.from })).status, 400)
    })
  })

  describe('in the end', () => {
    it('leaves books that agree with its rows', async () => {
      for (const tenantId of tenants) assert.deepEqual(await brokenInvariants(app().adminUrl, tenantId, { atRest: false }), [])
    })
  })
})

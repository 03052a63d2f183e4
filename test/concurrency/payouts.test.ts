import assert from 'node:assert/strict'
import fc from 'fast-check'
import { toMajor } from '../../src/kernel/index.js'
import { capturePayment, refundPayment } from '../../src/payments/index.js'
import { liftHold, placeHold, settleVendorOrder } from '../../src/payouts/index.js'
import { manyConnections, useApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { brokenInvariants, deadlocksOf } from '../support/invariants.js'
import { openBank, type PayingBank } from '../support/paying-bank.js'
import { addPayee, jobContext, releasedMinor, sell, setStore, type Sold } from '../support/payouts.js'
import { createTestStore, type TestStore } from '../support/store.js'

const day_ms = 86_400_000

describe('paying vendors while everything happens at once', function () {
  this.timeout(60_000)
  const app = useApp({ settings: { ...manyConnections, PROCESS: 'api' } })
  let store: TestStore
  let bank: PayingBank
  let payee: string

  before(async () => {
    store = await createTestStore(app(), { vendors: 1, commission_ppm: 123_000, tax_ppm: 70_000, paymentCapture: 'manual' })
    bank = await openBank(app(), store)
    payee = await addPayee(store, bank)
  })
  beforeEach(() => {
    bank.beforeRelease = async () => undefined
    bank.beforeRefund = async () => undefined
    bank.beforeClawback = async () => undefined
    bank.moods.length = 0
  })

  const part = (sold: Sold) => sold.parts[0]?.id as string
  const context = (at?: Date) => jobContext(app(), store, at)
  const settle = (sold: Sold, at?: Date) => settleVendorOrder(context(at), part(sold))
  const released = (sold: Sold) => releasedMinor(app(), store, part(sold), ['succeeded', 'pending'])
  const broken = () => brokenInvariants(app().adminUrl, store.tenantId, { atRest: false })
  /** By the rows of the sale and its credits, apart from the code that settles. */
  const due = async (sold: Sold, states = ['booked', 'pending']) => {
    const [row] = await asAdmin<{ due: string }>(
      app().adminUrl,
      `select v.vendor_amount_minor - coalesce((select sum(c.vendor_amount_minor) from app.order_credit c
         where c.tenant_id = $1 and c.vendor_order_id = v.id and c.state = any($3)), 0) as due
       from app.vendor_order v where v.tenant_id = $1 and v.id = $2`,
      [store.tenantId, part(sold), states],
    )
    return Number(row?.due)
  }
  const paid = async () => {
    const sold = await sell(store)
    await capturePayment(context(), sold.paymentId, undefined)
    return sold
  }

  it('pays once when two workers settle one order at the same moment', async () => {
    const sold = await paid()
    const before = bank.transfers.size
    let waiting = 0
    let open: () => void = () => undefined
    const both = new Promise<void>((resolve) => {
      open = resolve
    })
    bank.beforeRelease = async () => {
      waiting += 1
      if (waiting === 2) open()
      await both
    }
    await Promise.all([settle(sold), settle(sold)])
    assert.equal(waiting, 2, 'both asked the bank, under one key')
    assert.equal(bank.transfers.size - before, 1)
    assert.equal(await released(sold), await due(sold))
    assert.deepEqual(await broken(), [])
  })

  it('takes back what a refund gave while the release was on its way', async () => {
    const sold = await paid()
    bank.beforeRelease = async () => {
      bank.beforeRelease = async () => undefined
      await refundPayment(context(), sold.paymentId, { amount: 6 })
    }
    await settle(sold)
    assert.equal(await released(sold), await due(sold))
    assert.deepEqual(await broken(), [])
  })

  it('does not release what a refund is about to give', async () => {
    const sold = await paid()
    const whole = await due(sold)
    let seen = 0
    bank.beforeRefund = async () => {
      await settle(sold)
      seen = await released(sold)
    }
    await refundPayment(context(), sold.paymentId, { amount: 6 })
    assert.ok(seen > 0 && seen < whole, `${seen} of ${whole}`)
    assert.equal(seen, await due(sold))
    await settle(sold)
    assert.equal(await released(sold), await due(sold))
  })

  it('nets a debt once when two orders of the vendor are settled at once', async () => {
    const [debtor, one, other] = [await paid(), await paid(), await paid()]
    await settle(debtor)
    bank.empty(payee)
    await refundPayment(context(), debtor.paymentId, {})
    await settle(debtor)
    const owed = await released(debtor)
    assert.ok(owed > 0)
    const before = bank.paidMinor()
    await Promise.all([settle(one), settle(other)])
    await Promise.all([settle(one), settle(other)])
    assert.equal(await released(debtor), 0)
    assert.equal(Number(bank.paidMinor() - before), (await due(one)) + (await due(other)) - owed)
    assert.deepEqual(await broken(), [])
  })

  it('nets nothing that is being taken back at that moment, and by itself what did not come back', async () => {
    for (const comesBack of [true, false]) {
      const [debtor, meanwhile, later] = [await paid(), await paid(), await paid()]
      await settle(debtor)
      await refundPayment(context(), debtor.paymentId, {})
      const owed = await released(debtor)
      bank.beforeClawback = async () => {
        bank.beforeClawback = async () => undefined
        await settle(meanwhile)
        if (!comesBack) bank.empty(payee)
      }
      await settle(debtor)
      assert.equal(await released(meanwhile), await due(meanwhile))
      assert.equal(await released(debtor), comesBack ? 0 : owed)
      const before = bank.paidMinor()
      await settle(later)
      assert.equal(await released(debtor), 0)
      assert.equal(Number(bank.paidMinor() - before), (await due(later)) - (comesBack ? 0 : owed))
      for (const sold of [debtor, meanwhile]) await settle(sold)
      assert.equal(await released(debtor), 0, 'and the vendor is not owed it again')
      assert.deepEqual(await broken(), [])
    }
  })

  it('keeps what is held of a vendor as a whole, while other orders are being released or wait to be paid by hand', async () => {
    const hold = async (amount: number) => {
      const input = {
        vendor_id: store.vendors[0]?.id as string,
        reason: 'manual' as const,
        amount: toMajor(amount, 'usd'),
        currency_code: 'usd',
      }
      return app().db.unitOfWork(store.scope, (unit) => placeHold(unit, context(), input))
    }
    const lift = (id: string) => app().db.unitOfWork(store.scope, (unit) => liftHold(unit, context(), id))
    const [one, other] = [await paid(), await paid()]
    const share = await due(one)
    const held = await hold(share)
    await settle(one)
    bank.beforeRelease = async () => {
      bank.beforeRelease = async () => undefined
      await settle(one)
    }
    await settle(other)
    assert.equal((await released(one)) + (await released(other)), share)
    await lift(held)
    for (const sold of [one, other]) await settle(sold)

    const byHand = await Promise.all([1, 2].map(() => sell(store, { providerId: 'pp_system_default' })))
    for (const { paymentId } of byHand) await capturePayment(context(), paymentId, undefined)
    const again = await hold(share)
    for (const sold of [...byHand, ...byHand]) await settle(sold)
    const awaiting = await Promise.all(byHand.map((sold) => releasedMinor(app(), store, part(sold), ['awaiting'])))
    assert.equal(
      awaiting.reduce((sum, amount) => sum + amount, 0),
      share,
    )
    await lift(again)
    for (const sold of byHand) await settle(sold)
    for (const sold of byHand) assert.equal(await releasedMinor(app(), store, part(sold), ['awaiting']), share)
  })

  it('never releases more than is due, and books what it does, whatever happens in whichever order', async () => {
    await setStore(store, { reserve_rate: 15, reserve_days: 5 })
    const orders = await Promise.all(Array.from({ length: 4 }, () => sell(store)))
    const total = 1_605
    const index = fc.nat({ max: orders.length - 1 })
    const amount = fc.integer({ min: 1, max: total })
    const action = fc.oneof(
      fc.record({ kind: fc.constant('capture' as const), index, amount }),
      fc.record({ kind: fc.constant('refund' as const), index, amount }),
      fc.record({ kind: fc.constant('hold' as const), index, amount }),
      fc.record({ kind: fc.constant('lift' as const) }),
      fc.record({ kind: fc.constant('empty' as const) }),
      fc.record({ kind: fc.constant('lose' as const), method: fc.constantFrom('release' as const, 'clawback' as const) }),
      fc.record({ kind: fc.constant('settle' as const), index, days: fc.constantFrom(0, 0, 2, 6), at_once: fc.boolean() }),
    )
    const holds: string[] = []
    const refused = () => undefined
    const act = async (step: typeof action extends fc.Arbitrary<infer Step> ? Step : never): Promise<void> => {
      if (step.kind === 'empty') return bank.empty(payee)
      if (step.kind === 'lose') return void bank.moods.push({ method: step.method, mood: 'did it, and says nothing' })
      if (step.kind === 'lift') {
        const id = holds.pop()
        if (id !== undefined) await app().db.unitOfWork(store.scope, (unit) => liftHold(unit, context(), id))
        return
      }
      const sold = orders[step.index] as Sold
      if (step.kind === 'hold') {
        const input = { vendor_order_id: part(sold), reason: 'manual' as const, amount: toMajor(step.amount, 'usd') }
        return void holds.push(await app().db.unitOfWork(store.scope, (unit) => placeHold(unit, context(), input)))
      }
      if (step.kind === 'settle') {
        const before = await released(sold)
        const at = new Date(Date.now() + step.days * day_ms)
        await Promise.allSettled(step.at_once ? [settle(sold, at), settle(sold, at)] : [settle(sold, at)])
        return assert.ok((await released(sold)) <= Math.max(before, await due(sold)), 'more was released than is due')
      }
      const amountOf = step.amount > total / 2 ? undefined : toMajor(step.amount, 'usd')
      if (step.kind === 'capture') return capturePayment(context(), sold.paymentId, amountOf).catch(refused)
      await refundPayment(context(), sold.paymentId, { amount: toMajor(step.amount, 'usd') }).catch(refused)
    }
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 15, maxLength: 15 }), async (steps) => {
        for (const step of steps) await act(step)
        assert.deepEqual(await broken(), [])
      }),
      { numRuns: 6, endOnFailure: true },
    )
    bank.moods.length = 0
    for (const id of holds) await app().db.unitOfWork(store.scope, (unit) => liftHold(unit, context(), id))
    for (const sold of orders) await capturePayment(context(), sold.paymentId, undefined).catch(refused)
    bank.balances.set(payee, 1_000_000n)
    // What is reserved at the first look is not any more at the second.
    for (const days of [40, 50]) for (const sold of orders) await settle(sold, new Date(Date.now() + days * day_ms))
    for (const sold of orders) assert.equal(await released(sold), await due(sold))
    assert.deepEqual(await broken(), [])
  })

  it('has the bank and the books agree in the end, and nobody waited for nobody', async () => {
    const [row] = await asAdmin<{ booked: string }>(
      app().adminUrl,
      `select coalesce(sum(s.amount_minor), 0) as booked from app.ledger_posting s join app.ledger_transaction t on t.tenant_id = $1 and t.id = s.transaction_id
       join app.ledger_account a on a.tenant_id = $1 and a.id = s.account_id
       where s.tenant_id = $1 and a.code = 'L:vendor' and t.kind in ('release', 'clawback')`,
      [store.tenantId],
    )
    assert.equal(BigInt(row?.booked as string), bank.paidMinor())
    assert.equal(await deadlocksOf(app().adminUrl), 0)
  })
})

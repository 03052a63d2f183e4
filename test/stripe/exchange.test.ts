import assert from 'node:assert/strict'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { connectAccount, type StripeOrder, type StripeStore, useStripe } from '../support/stripe.js'
import { addPayees } from './truths.js'

interface Sums {
  [account: string]: number
}

describe('an account that keeps another currency than shoppers pay in', () => {
  const world = useStripe({ virtualTime: true, simulator: { settlement: { currency: 'usd', rates: { eur: 1.1 } } } })
  let store: StripeStore
  let control: ReturnType<typeof world>['simulator']['control']

  beforeEach(async function () {
    this.timeout(30_000)
    control = world().simulator.control
    control.setRates({ eur: 1.1 })
    store = await world().openStore({ currency: 'eur', price_minor: 1_999n, vendors: 2 })
    await addPayees(world(), store)
  })
  afterEach(async () => {
    assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), [])
    const books = await balances()
    const net = control
      .snapshot()
      .balanceTransactions.filter((one) => one.account.includes(store.accountName))
      .reduce((sum, one) => sum + one.net, 0)
    assert.equal(books['A:psp_clearing usd'] ?? 0, net, 'the clearing account is what Stripe has')
    assert.equal(books['A:psp_clearing eur'] ?? 0, 0, 'and has nothing in the currency of the shoppers')
  })

  const sql = <Row extends object>(text: string, values: unknown[] = []) => asAdmin<Row>(world().app.adminUrl, text, values)
  async function balances(): Promise<Sums> {
    const rows = await sql<{ account: string; sum: string }>(
      `select a.code || ' ' || a.currency_code as account, sum(p.amount_minor)::text as sum from app.ledger_posting p
       join app.ledger_account a on a.tenant_id = p.tenant_id and a.id = p.account_id where p.tenant_id = $1 group by 1 having sum(p.amount_minor) <> 0`,
      [store.tenantId],
    )
    return Object.fromEntries(rows.map(({ account, sum }) => [account, Number(sum)]))
  }
  const transfers = () =>
    control
      .snapshot()
      .transfers.filter((one) => (one.metadata as Record<string, string>).tenant === store.tenantId)
      .map((one) => ({ amount: one.amount as number, currency: one.currency as string, reversed: one.amount_reversed as number }))
  const releases = () =>
    sql<{ amount_minor: string; settled_minor: string | null; settled_currency_code: string | null; state: string }>(
      'select amount_minor, settled_minor, settled_currency_code, state from app.release where tenant_id = $1 order by id',
      [store.tenantId],
    )
  const failedReleases = async () => (await releases()).filter(({ state }) => state === 'failed').length
  const refund = (order: StripeOrder, body: object = {}) => store.admin.post(`/admin/payments/${order.paymentId}/refund`, body)
  async function exceptions() {
    good(await store.admin.post('/admin/reconciliation/runs', { payment_account_id: await connectAccount(store, store.accountName) }))
    await world().app.drain()
    const { reconciliation_exceptions } = good(await store.admin.get('/admin/reconciliation/exceptions', { state: 'open' }))
    return reconciliation_exceptions.map(({ kind, amount, currency_code }: Record<string, unknown>) => ({ kind, amount, currency_code }))
  }
  /** The first order of an account teaches that it changes euros; from then on releases wait for the rate. */
  async function taught(): Promise<void> {
    await store.buy()
    await world().settle()
    await world().settle(3_700_000)
    await due()
  }
  async function due(): Promise<void> {
    await sql(`update app.outbox_event set available_at = now() where tenant_id = $1 and state = 'queued' and available_at < $2`, [
      store.tenantId,
      control.now(),
    ])
    await world().app.drain()
  }

  it('pays the first order’s vendor after a refusal that says why, in the currency that it keeps', async function () {
    this.timeout(30_000)
    await store.buy()
    await world().settle()
    assert.ok((await failedReleases()) <= 1)
    await taught()
    assert.ok(transfers().length >= 1 && transfers().every(({ currency }) => currency === 'usd'))
  })

  it('sends vendors what their share is at the rate at which the payment came in, and reconciles', async function () {
    this.timeout(30_000)
    await taught()
    const before = transfers().length
    const failedBefore = await failedReleases()
    await store.buy()
    assert.equal(await failedReleases(), failedBefore, 'only of the order that taught it')
    await world().settle()
    const sent = transfers().slice(before)
    const rows = (await releases()).filter(({ state }) => state === 'succeeded').slice(before)
    assert.equal(sent.length, 1)
    // 19.99 less 10 % commission (rounded down, for the vendor) and 5.00 of shipping: 23.00; the charge of 24.99 came in as 27.49.
    const [row] = rows
    assert.equal(row?.settled_currency_code, 'usd')
    assert.equal(Number(row?.settled_minor), Math.floor((Number(row?.amount_minor) * 2_749) / 2_499))
    assert.deepEqual(sent, [{ amount: Number(row?.settled_minor), currency: 'usd', reversed: 0 }])
    const { releases: shown } = good(await store.admin.get('/admin/releases', { state: 'succeeded' }))
    assert.deepEqual([shown[0].settled_amount, shown[0].settled_currency_code], [Number(row?.settled_minor) / 100, 'usd'])
    assert.deepEqual(await exceptions(), [])
  })

  it('books what a refund at another rate cost, takes the transfer back whole, and leaves nothing to be converted', async function () {
    this.timeout(30_000)
    await taught()
    const fxBefore = await balances()
    const order = await store.buy()
    await world().settle()
    control.setRates({ eur: 1.2 })
    good(await refund(order))
    await world().settle()
    const after = await balances()
    const of = (account: string) => (after[account] ?? 0) - (fxBefore[account] ?? 0)
    // 24.99 came in as 27.49 and went back as 29.99.
    assert.equal(of('E:exchange usd'), 250)
    assert.deepEqual([of('A:fx_clearing eur'), of('A:fx_clearing usd')], [0, 0])
    assert.equal(transfers().at(-1)?.reversed, transfers().at(-1)?.amount)
    assert.deepEqual(await exceptions(), [])
  })

  it('comes out even after refunds in parts at several rates, whichever is heard of first', async function () {
    this.timeout(30_000)
    await taught()
    const fxBefore = await balances()
    const order = await store.buy()
    await world().settle()
    for (const [amount, rate] of [
      [3.33, 1.07],
      [7.77, 1.31],
      [0.01, 0.9],
      [undefined, 1.15],
    ] as const) {
      control.setRates({ eur: rate })
      good(await refund(order, amount === undefined ? {} : { amount }))
    }
    await world().settle()
    const after = await balances()
    const of = (account: string) => (after[account] ?? 0) - (fxBefore[account] ?? 0)
    assert.deepEqual([of('A:fx_clearing eur'), of('A:fx_clearing usd'), of('L:vendor eur')], [0, 0, 0])
    const went = control
      .snapshot()
      .balanceTransactions.filter((one) => one.account.includes(store.accountName) && one.type === 'refund')
      .reduce((sum, one) => sum - one.amount, 0)
    assert.equal(of('E:exchange usd'), went - 2_749)
    assert.deepEqual(await exceptions(), [])
  })

  for (const outcome of ['won', 'lost'] as const) {
    it(`holds what a bank has in the shopper's currency, and has nothing there when it is ${outcome} at another rate`, async function () {
      this.timeout(30_000)
      await taught()
      const order = await store.buy()
      await world().settle()
      const charge = control.snapshot().charges.find((one) => one.payment_intent === order.intentId)
      control.setRates({ eur: 1.25 })
      const dispute = await control.openDispute(charge?.id as string)
      await world().settle()
      assert.equal((await balances())['A:dispute_hold eur'], 2_499)
      control.setRates({ eur: 1.05 })
      await control.closeDispute(dispute, outcome)
      await world().settle()
      const after = await balances()
      assert.deepEqual([after['A:dispute_hold eur'], after['A:dispute_hold usd']], [undefined, undefined])
      assert.deepEqual(await exceptions(), [])
    })
  }

  it('takes what a bank gives back in part of a lost dispute for that part, at whatever rate', async function () {
    this.timeout(30_000)
    await taught()
    const fxBefore = await balances()
    const order = await store.buy()
    await world().settle()
    const charge = control.snapshot().charges.find((one) => one.payment_intent === order.intentId)
    const dispute = await control.openDispute(charge?.id as string)
    await control.closeDispute(dispute, 'lost')
    await world().settle()
    const lost = async () =>
      Number(
        (
          await sql<{ lost_minor: string }>('select lost_minor from app.payment where tenant_id = $1 and id = $2', [
            store.tenantId,
            order.paymentId,
          ])
        )[0]?.lost_minor,
      )
    const exchange = async () => ((await balances())['E:exchange usd'] ?? 0) - (fxBefore['E:exchange usd'] ?? 0)
    assert.equal(await lost(), 2_499)
    await control.reinstateDispute(dispute, 1_000)
    await world().settle()
    // 10.00 of 24.99 that came in as 27.49: what is still out is rounded down.
    assert.deepEqual([await lost(), await exchange()], [1_499, 1])
    control.setRates({ eur: 1.2 })
    await control.reinstateDispute(dispute, 500)
    await world().settle()
    // 5.00 came back as 6.00, and had gone as 5.50.
    assert.deepEqual([await lost(), await exchange()], [999, -49])
    const after = await balances()
    assert.deepEqual([after['A:dispute_hold eur'], after['A:dispute_hold usd']], [undefined, undefined])
    assert.deepEqual(await exceptions(), [])
  })

  it('takes no more of a transfer than was sent, where somebody takes it back at Stripe', async function () {
    this.timeout(30_000)
    await taught()
    await store.buy()
    await world().settle()
    const transfer = control
      .snapshot()
      .transfers.filter((one) => (one.metadata as Record<string, string>).tenant === store.tenantId)
      .at(-1)
    const amount = transfer?.amount as number
    await store.stripe.transfers.createReversal(transfer?.id as string, { amount: 1_000 })
    await store.stripe.transfers.createReversal(transfer?.id as string, { amount: amount - 1_000 })
    await world().settle()
    const [row] = await sql<{ released: string; returned: string; settled: string }>(
      `select r.amount_minor as released, sum(c.amount_minor)::text as returned, sum(c.settled_minor)::text as settled from app.release r
       join app.clawback c on c.tenant_id = r.tenant_id and c.release_id = r.id where r.tenant_id = $1 and r.reference = $2 group by 1`,
      [store.tenantId, transfer?.id],
    )
    assert.deepEqual([row?.returned, Number(row?.settled)], [row?.released, amount])
    assert.deepEqual(await exceptions(), [])
  })

  it('says of a transfer that nothing moved for what it was in the provider’s currency, and of nothing else', async function () {
    this.timeout(30_000)
    await taught()
    const row = transfers().at(-1)
    await sql(
      `update app.release set reference = 'tr_nobody' where tenant_id = $1 and id = (select max(id) from app.release where tenant_id = $1 and state = 'succeeded')`,
      [store.tenantId],
    )
    await sql('alter table app.ledger_transaction disable trigger ledger_transaction_append_only')
    await sql(`update app.ledger_transaction set occurred_at = occurred_at - interval '4 days' where tenant_id = $1 and kind = 'release'`, [
      store.tenantId,
    ])
    await sql('alter table app.ledger_transaction enable trigger ledger_transaction_append_only')
    const amount = -(row?.amount ?? 0) / 100
    assert.deepEqual(
      (await exceptions()).sort((a: { kind: string }, b: { kind: string }) => (a.kind < b.kind ? -1 : 1)),
      [
        { kind: 'movement_unmatched', amount, currency_code: 'usd' },
        { kind: 'transfer_unmoved', amount, currency_code: 'usd' },
      ],
    )
  })

  it('reconciles what was captured in part', async function () {
    this.timeout(30_000)
    const manual = await world().openStore({ currency: 'eur', price_minor: 1_999n, paymentCapture: 'manual' })
    store = manual
    const { paymentId } = await store.buy()
    good(await store.admin.post(`/admin/payments/${paymentId}/capture`, { amount: 12.34 }))
    await world().settle()
    assert.deepEqual(await exceptions(), [])
  })
})
